"""Whatever a program sets a layer's settings to, a call of it gives numbers, an error of PyTorch's kind, or a limit."""

from __future__ import annotations

import pytest

from engine.nn import LAYERS
from engine.nn.linear import Linear
from tests.program.trace import events_of, printed

INPUTS = {
    "t(2, 2)": "Dropout(0.5) AlphaDropout(0.5) FeatureAlphaDropout(0.5) Identity() Linear(2,2) ReLU() LeakyReLU() Tanh() Sigmoid() GELU() SiLU() Softplus() ELU() Softmax(0) "
    "LogSoftmax(0) Hardtanh() ReLU6() SELU() Mish() Softsign() LogSigmoid() Hardsigmoid() Hardswish() CELU() RReLU() Threshold(0.1,2) Hardshrink() "
    "Softshrink() Tanhshrink() GLU() PReLU() Softmin(0) Unflatten(1,(1,2)) LayerNorm(2) RMSNorm(2) BatchNorm1d(2) LazyLinear(2) LazyBatchNorm1d() "
    "RNNCell(2,2) GRUCell(2,2) LSTMCell(2,2) Sequential() ModuleList() ModuleDict() ParameterList() ParameterDict()",
    "t(1, 2, 4)": "Flatten() Dropout1d(0.5) Conv1d(2,2,2) ConvTranspose1d(2,2,2) MaxPool1d(2) AvgPool1d(2) LPPool1d(2,2) AdaptiveAvgPool1d(2) AdaptiveMaxPool1d(2) "
    "InstanceNorm1d(2) GroupNorm(1,2) LocalResponseNorm(2) ConstantPad1d(1,2.) ZeroPad1d(1) ReflectionPad1d(1) ReplicationPad1d(1) CircularPad1d(1) "
    "LazyConv1d(2,2) LazyConvTranspose1d(2,2) LazyInstanceNorm1d()",
    "t(1, 4, 4, 4)": "Dropout2d(0.5) Conv2d(4,2,2) ConvTranspose2d(4,2,2) MaxPool2d(2) AvgPool2d(2) LPPool2d(2,2) AdaptiveAvgPool2d(2) AdaptiveMaxPool2d(2) BatchNorm2d(4) "
    "InstanceNorm2d(4) Softmax2d() PixelShuffle(2) PixelUnshuffle(2) ChannelShuffle(2) Upsample(scale_factor=2) UpsamplingNearest2d(scale_factor=2) "
    "UpsamplingBilinear2d(scale_factor=2) Unfold(2) ConstantPad2d(1,2.) ZeroPad2d(1) ReflectionPad2d(1) ReplicationPad2d(1) CircularPad2d(1) LazyConv2d(2,2) "
    "LazyConvTranspose2d(2,2) LazyBatchNorm2d() LazyInstanceNorm2d()",
    "t(1, 1, 2, 2, 2)": "Dropout3d(0.5) Conv3d(1,1,2) ConvTranspose3d(1,1,2) MaxPool3d(2) AvgPool3d(2) LPPool3d(2,2) AdaptiveAvgPool3d(1) AdaptiveMaxPool3d(1) BatchNorm3d(1) "
    "InstanceNorm3d(1) ConstantPad3d(1,2.) ZeroPad3d(1) ReflectionPad3d(1) ReplicationPad3d(1) CircularPad3d(1) LazyConv3d(1,2) LazyConvTranspose3d(1,2) "
    "LazyBatchNorm3d() LazyInstanceNorm3d()",
    "t(2, 2, 2)": "RNN(2,2) GRU(2,2) LSTM(2,2) TransformerEncoderLayer(2,1,2) TransformerEncoder(nn.TransformerEncoderLayer(2,1,2),1)",
    "t(2, 2, 2), t(2, 2, 2)": "TransformerDecoderLayer(2,1,2) TransformerDecoder(nn.TransformerDecoderLayer(2,1,2),1) Transformer(2,1,1,1,2)",
    "t(2, 2, 2), t(2, 2, 2), t(2, 2, 2)": "MultiheadAttention(2,1)",
    "t(2, 2).sigmoid(), t(2, 2).sigmoid()": "Bilinear(2,2,2) MSELoss() L1Loss() BCELoss() BCEWithLogitsLoss() SmoothL1Loss() HuberLoss() KLDivLoss() HingeEmbeddingLoss() SoftMarginLoss() "
    "PoissonNLLLoss() MultiLabelSoftMarginLoss() CosineSimilarity() PairwiseDistance()",
    "t(2, 2), t(2, 2), t(2, 2).abs()": "MarginRankingLoss() TripletMarginLoss() TripletMarginWithDistanceLoss() GaussianNLLLoss()",
    "t(2, 2), t(2, 2), torch.tensor([1, -1])": "CosineEmbeddingLoss()",
    "t(2, 2), torch.tensor([0, 1])": "NLLLoss() CrossEntropyLoss() MultiMarginLoss()",
    "t(2, 2), torch.tensor([[0, -1], [1, 0]])": "MultiLabelMarginLoss()",
    "torch.tensor([[0, 1]])": "Embedding(4,2) EmbeddingBag(4,2)",
    "t(1, 4, 9)": "Fold((4,4),2)",
    "t(1, 1, 2), torch.tensor([[[0, 2]]])": "MaxUnpool1d(2)",
    "t(1, 1, 1, 1), torch.tensor([[[[0]]]])": "MaxUnpool2d(2)",
    "t(1, 1, 1, 1, 1), torch.tensor([[[[[0]]]]])": "MaxUnpool3d(2)",
    "t(3, 1, 3), torch.tensor([[1]]), torch.tensor([3]), torch.tensor([1])": "CTCLoss()",
}
"""The layers that a call with these inputs suits."""
TRIED = ("0", "-1", "10**9", "-10**12", "0.5", "float('nan')", "None", "(1,)", "()", "True", "'nonsense'")
ROWS = {layer.partition("(")[0]: (layer, given) for given, layers in INPUTS.items() for layer in layers.split()}
PROGRAM = """import torch
from torch import nn
def t(*shape):
    return torch.arange(1., 1 + torch.Size(shape).numel()).reshape(shape) / 7
try:
    layer = nn.{layer}
    layer.{name} = {value}
    layer({given})
    repr(layer)
except (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
    print(type(error).__name__)
"""  # fmt: skip


def test_no_layer_is_left_out() -> None:
    assert {layer.__name__ for layer in LAYERS} == set(ROWS)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_no_setting_of_a_layer_ends_a_run_but_by_a_limit(layer: type) -> None:
    made, given = ROWS[layer.__name__]
    for name in (*layer.FACTS, "training"):  # type: ignore[attr-defined]
        for value in TRIED:
            last = events_of(PROGRAM.format(layer=made, name=name, value=value, given=given))[-1]
            assert last["kind"] == "run-finished" or last["code"].startswith("limit"), (name, value, last)


@pytest.mark.parametrize(
    ("name", "value"), [("hidden_size", "5"), ("num_layers", "3"), ("forward", "3"), ("train", "3")]
)
def test_what_a_layer_was_laid_out_by_stays(name: str, value: str) -> None:
    program = f"from torch import nn\nlayer = nn.RNN(1, 2)\ntry:\n    layer.{name} = {value}\nexcept AttributeError as error:\n    print(error)\n"
    assert printed(program) == f"attribute '{name}' of 'RNN' objects is not writable\n"


def test_no_name_reaches_the_insides_of_a_layer() -> None:
    inner = sorted(
        {*Linear(1, 1).__dict__, "_call", "_count", "_run", "counted"} - {"training", *Linear.FACTS, "_modules"}
    )
    program = "import torch\nfrom torch import nn\nlayer = nn.Linear(1, 1)\nx = torch.ones(1, 1)\nbefore = layer(x)\n"
    program += "".join(f"layer.{name} = None\n" for name in inner)
    assert printed(f"{program}print(torch.equal(layer(x), before), len(list(layer.parameters())), layer)\n") == (
        "True 2 Linear(in_features=1, out_features=1, bias=True)\n"
    )
