"""The files in which PyTorch keeps what its packages offer, where a program may look for it too: `nn.Linear` is of `nn.modules.linear`."""

from __future__ import annotations

_LAYERS = {
    "activation": "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish MultiheadAttention PReLU "
    "RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d",
    "channelshuffle": "ChannelShuffle",
    "container": "ModuleDict ModuleList ParameterDict ParameterList Sequential",
    "conv": "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d "
    "LazyConvTranspose2d LazyConvTranspose3d",
    "distance": "CosineSimilarity PairwiseDistance",
    "dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    "flatten": "Flatten Unflatten",
    "fold": "Fold Unfold",
    "instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d",
    "linear": "Bilinear Identity LazyLinear Linear",
    "loss": "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss "
    "L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss PoissonNLLLoss SmoothL1Loss "
    "SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss",
    "module": "Module",
    "normalization": "GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d "
    "ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d",
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AvgPool1d AvgPool2d "
    "AvgPool3d LPPool1d LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d",
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}
_RULES = "SGD Adam AdamW RMSprop Adafactor Adagrad Adadelta Adamax NAdam RAdam Rprop ASGD LBFGS Optimizer"
_FILES = {
    "autograd": {
        "anomaly_mode": "detect_anomaly set_detect_anomaly",
        "function": "Function",
        "grad_mode": "enable_grad inference_mode no_grad set_grad_enabled",
        "gradcheck": "gradcheck gradgradcheck",
        "variable": "Variable",
    },
    "distributions": {
        "bernoulli": "Bernoulli",
        "beta": "Beta",
        "binomial": "Binomial",
        "categorical": "Categorical",
        "cauchy": "Cauchy",
        "chi2": "Chi2",
        "dirichlet": "Dirichlet",
        "distribution": "Distribution",
        "exponential": "Exponential",
        "gamma": "Gamma",
        "geometric": "Geometric",
        "gumbel": "Gumbel",
        "half_cauchy": "HalfCauchy",
        "half_normal": "HalfNormal",
        "independent": "Independent",
        "inverse_gamma": "InverseGamma",
        "negative_binomial": "NegativeBinomial",
        "pareto": "Pareto",
        "relaxed_bernoulli": "RelaxedBernoulli",
        "relaxed_categorical": "RelaxedOneHotCategorical",
        "weibull": "Weibull",
        "kl": "kl_divergence",
        "laplace": "Laplace",
        "log_normal": "LogNormal",
        "mixture_same_family": "MixtureSameFamily",
        "multinomial": "Multinomial",
        "multivariate_normal": "MultivariateNormal",
        "normal": "Normal",
        "one_hot_categorical": "OneHotCategorical OneHotCategoricalStraightThrough",
        "poisson": "Poisson",
        "studentT": "StudentT",
        "transformed_distribution": "TransformedDistribution",
        "transforms": (
            "AbsTransform AffineTransform ComposeTransform ExpTransform PowerTransform SigmoidTransform SoftplusTransform TanhTransform"
        ),
        "uniform": "Uniform",
    },
    "nn": {"parameter": "Buffer Parameter"} | {f"modules.{file}": names for file, names in _LAYERS.items()},
    "nn.utils": {
        "clip_grad": "clip_grad_norm_ clip_grad_value_ get_total_norm",
        "convert_parameters": "parameters_to_vector vector_to_parameters",
        "spectral_norm": "remove_spectral_norm spectral_norm",
        "weight_norm": "remove_weight_norm weight_norm",
    },
    "optim": {kind.lower(): kind for kind in _RULES.split()},
    "utils.data": {
        "dataloader": "DataLoader default_collate",
        "dataset": "ChainDataset ConcatDataset Dataset IterableDataset StackDataset Subset TensorDataset random_split",
        "sampler": "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler",
    },
}  # fmt: skip
"""What stands in each file of a package, under the name that the package offers it by."""

HOMES: dict[str, tuple[str, frozenset[str]]] = {
    f"torch.{package}.{file}": (f"torch.{package}", frozenset(names.split()))
    for package, files in _FILES.items()
    for file, names in files.items()
}
FILE_OF: dict[str, str] = {name: home for home, (_, names) in HOMES.items() for name in names}
"""The file of each name, which stands in what is printed of a type."""
FILE_OF["AveragedModel"] = "torch.optim.swa_utils"
HOMES["torch.nn.modules"] = "torch.nn", frozenset(name for names in _LAYERS.values() for name in names.split())


def offered(path: str, name: str) -> str:
    """The package that offers a name of one of its files; `path` itself where it is no such file."""
    package, names = HOMES.get(path, (path, frozenset()))
    return package if name in names else path


def holds(path: str) -> bool:
    """Whether a path is such a file, or leads to one."""
    return path in HOMES or any(home.startswith(f"{path}.") for home in HOMES)
