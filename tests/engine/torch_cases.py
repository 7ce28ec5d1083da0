"""Layers, initial numbers and optimizers as programs that run alike on PyTorch and on the engine.

`python -m tests.engine.torch_cases` with PyTorch installed writes what it gives to `tests/fixtures/nn.json`; the tests compare the engine with that.
"""

import json
import math
import warnings
from collections import OrderedDict
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "nn.json"

LAYERS = {
    "Linear": lambda nn: nn.Linear(3, 4),
    "Linear without bias": lambda nn: nn.Linear(3, 4, bias=False),
    "Linear of 30": lambda nn: nn.Linear(3, 30),
    "Bilinear": lambda nn: nn.Bilinear(3, 3, 2),
    "Embedding": lambda nn: nn.Embedding(5, 3),
    "EmbeddingBag": lambda nn: nn.EmbeddingBag(5, 3),
    "EmbeddingBag of sums with padding": lambda nn: nn.EmbeddingBag(6, 4, mode="sum", padding_idx=1),
    "EmbeddingBag of the greatest": lambda nn: nn.EmbeddingBag(6, 4, mode="max"),
    "Embedding with a bound": lambda nn: nn.Embedding(6, 4, max_norm=1.5, scale_grad_by_freq=True),
    "Embedding with padding": lambda nn: nn.Embedding(6, 4, padding_idx=1),
    "LayerNorm": lambda nn: nn.LayerNorm(3),
    "LayerNorm over two": lambda nn: nn.LayerNorm((2, 3), eps=0.1, bias=False),
    "LayerNorm plain": lambda nn: nn.LayerNorm(3, elementwise_affine=False),
    "RMSNorm": lambda nn: nn.RMSNorm(3),
    "BatchNorm1d": lambda nn: nn.BatchNorm1d(3),
    "BatchNorm1d averaging": lambda nn: nn.BatchNorm1d(3, momentum=None, affine=False),
    "BatchNorm1d of the batch": lambda nn: nn.BatchNorm1d(3, track_running_stats=False),
    "BatchNorm2d": lambda nn: nn.BatchNorm2d(3),
    "BatchNorm2d averaging": lambda nn: nn.BatchNorm2d(3, momentum=None),
    "BatchNorm1d without bias": lambda nn: nn.BatchNorm1d(3, bias=False),
    "InstanceNorm2d without bias": lambda nn: nn.InstanceNorm2d(3, affine=True, bias=False),
    "GroupNorm without bias": lambda nn: nn.GroupNorm(2, 4, bias=False),
    "GroupNorm": lambda nn: nn.GroupNorm(2, 4),
    "GroupNorm plain": lambda nn: nn.GroupNorm(4, 4, affine=False),
    "RNN": lambda nn: nn.RNN(3, 4),
    "RNN both ways": lambda nn: nn.RNN(3, 4, 2, "relu", batch_first=True, bidirectional=True),
    "GRU": lambda nn: nn.GRU(3, 2),
    "GRU of two": lambda nn: nn.GRU(3, 2, num_layers=2, bias=False),
    "LSTM": lambda nn: nn.LSTM(3, 4),
    "LSTM both ways": lambda nn: nn.LSTM(3, 2, 2, batch_first=True, bidirectional=True),
    "LSTM with dropout": lambda nn: nn.LSTM(3, 2, 2, dropout=0.5),
    "RNNCell": lambda nn: nn.RNNCell(3, 4),
    "RNNCell with relu": lambda nn: nn.RNNCell(3, 4, nonlinearity="relu", bias=False),
    "GRUCell": lambda nn: nn.GRUCell(3, 4),
    "LSTMCell": lambda nn: nn.LSTMCell(3, 4),
    "Conv1d": lambda nn: nn.Conv1d(4, 6, 3),
    "Conv1d in groups": lambda nn: nn.Conv1d(4, 6, 2, stride=2, padding=1, groups=2, bias=False),
    "Conv1d padded around": lambda nn: nn.Conv1d(4, 2, 3, padding=2, padding_mode="circular"),
    "Conv2d": lambda nn: nn.Conv2d(4, 3, 3),
    "Conv2d with all": lambda nn: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), dilation=2, groups=2),
    "Conv2d the same": lambda nn: nn.Conv2d(4, 2, 2, padding="same"),
    "Conv2d valid": lambda nn: nn.Conv2d(4, 2, 2, padding="valid"),
    "Conv2d reflecting": lambda nn: nn.Conv2d(4, 2, 3, padding="same", padding_mode="reflect"),
    "Conv2d replicating": lambda nn: nn.Conv2d(4, 2, 2, padding="same", padding_mode="replicate"),
    "ConvTranspose1d": lambda nn: nn.ConvTranspose1d(4, 3, 3, stride=2, padding=1, output_padding=1),
    "ConvTranspose2d": lambda nn: nn.ConvTranspose2d(4, 2, 2),
    "ConvTranspose2d with all": lambda nn: nn.ConvTranspose2d(4, 6, 3, 2, 1, (1, 0), 2, dilation=2, bias=False),
    "MaxPool1d": lambda nn: nn.MaxPool1d(2),
    "MaxPool2d": lambda nn: nn.MaxPool2d(2),
    "MaxPool2d with all": lambda nn: nn.MaxPool2d((3, 2), 1, 1, dilation=2, ceil_mode=True),
    "AvgPool1d": lambda nn: nn.AvgPool1d(2, padding=1, count_include_pad=False),
    "AvgPool2d": lambda nn: nn.AvgPool2d(2),
    "AvgPool2d with all": lambda nn: nn.AvgPool2d((3, 2), 2, 1, True, False, 5),
    "AdaptiveAvgPool1d": lambda nn: nn.AdaptiveAvgPool1d(3),
    "AdaptiveAvgPool2d": lambda nn: nn.AdaptiveAvgPool2d((None, 2)),
    "AdaptiveAvgPool2d to one": lambda nn: nn.AdaptiveAvgPool2d(1),
    "AdaptiveMaxPool1d": lambda nn: nn.AdaptiveMaxPool1d(3),
    "AdaptiveMaxPool2d": lambda nn: nn.AdaptiveMaxPool2d((None, 4)),
    "InstanceNorm1d": lambda nn: nn.InstanceNorm1d(2),
    "InstanceNorm2d with all": lambda nn: nn.InstanceNorm2d(3, affine=True, track_running_stats=True),
    "Upsample Pool1d": lambda nn: nn.Upsample(scale_factor=2),
    "Upsample Pool2d": lambda nn: nn.Upsample(size=(7, 4), mode="bilinear", align_corners=True),
    "UpsamplingNearest2d": lambda nn: nn.UpsamplingNearest2d(scale_factor=2),
    "UpsamplingBilinear2d": lambda nn: nn.UpsamplingBilinear2d(scale_factor=1.5),
    "Fold": lambda nn: nn.Fold((4, 5), 2),
    "Unfold Pool2d": lambda nn: nn.Unfold(2, padding=1, stride=2),
    "RReLU": lambda nn: nn.RReLU(0.2, 0.4),
    **{
        f"{kind}Pad{rank}d": lambda nn, kind=kind, rank=rank: getattr(nn, f"{kind}Pad{rank}d")(
            1, *([2.5] if kind == "Constant" else [])
        )
        for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular")
        for rank in (1, 2, 3)
    },
    "ZeroPad2d of each side": lambda nn: nn.ZeroPad2d((1, 2, 0, -1)),
    "PixelShuffle": lambda nn: nn.PixelShuffle(2),
    "PixelUnshuffle": lambda nn: nn.PixelUnshuffle(2),
    "Unflatten": lambda nn: nn.Unflatten(2, (3, 1)),
    "Flatten": lambda nn: nn.Flatten(),
    "Flatten two": lambda nn: nn.Flatten(0, 1),
    "Identity": lambda nn: nn.Identity(5, a=1),
    "Dropout": lambda nn: nn.Dropout(0.4),
    "ReLU": lambda nn: nn.ReLU(),
    "LeakyReLU": lambda nn: nn.LeakyReLU(0.2),
    "Tanh": lambda nn: nn.Tanh(),
    "Sigmoid": lambda nn: nn.Sigmoid(),
    "GELU": lambda nn: nn.GELU(),
    "GELU by tanh": lambda nn: nn.GELU("tanh"),
    "SiLU": lambda nn: nn.SiLU(),
    "Softplus": lambda nn: nn.Softplus(2, 1),
    "Softmax": lambda nn: nn.Softmax(dim=1),
    "LogSoftmax": lambda nn: nn.LogSoftmax(-1),
    "ELU": lambda nn: nn.ELU(0.5),
    "Hardtanh": lambda nn: nn.Hardtanh(-0.5, 0.5),
    "ReLU6": lambda nn: nn.ReLU6(),
    "SELU": lambda nn: nn.SELU(),
    "Mish": lambda nn: nn.Mish(),
    "PReLU": lambda nn: nn.PReLU(),
    "PReLU of each": lambda nn: nn.PReLU(2, 0.1),
    "Softsign": lambda nn: nn.Softsign(),
    "LogSigmoid": lambda nn: nn.LogSigmoid(),
    "MultiheadAttention": lambda nn: nn.MultiheadAttention(4, 2),
    "MultiheadAttention with a key more": lambda nn: nn.MultiheadAttention(4, 2, add_bias_kv=True),
    "MultiheadAttention with a key of zeros": lambda nn: nn.MultiheadAttention(
        4, 2, add_bias_kv=True, add_zero_attn=True
    ),
    "MultiheadAttention batch first": lambda nn: nn.MultiheadAttention(4, 1, bias=False, batch_first=True),
    "Sequential": lambda nn: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)),
    "Sequential by name": lambda nn: nn.Sequential(
        OrderedDict(a=nn.Linear(3, 4), b=nn.Sequential(nn.Tanh(), nn.Dropout(0.1)))
    ),
}
LOSSES = {
    "MSELoss": lambda nn: nn.MSELoss(),
    "MSELoss of each": lambda nn: nn.MSELoss(reduction="none"),
    "L1Loss": lambda nn: nn.L1Loss(reduction="sum"),
    "SmoothL1Loss": lambda nn: nn.SmoothL1Loss(beta=0.5),
    "HuberLoss": lambda nn: nn.HuberLoss(delta=0.5),
    "KLDivLoss": lambda nn: nn.KLDivLoss(reduction="batchmean"),
    "MultiLabelSoftMarginLoss": lambda nn: nn.MultiLabelSoftMarginLoss(),
    "MSELoss of old": lambda nn: nn.MSELoss(reduce=False),
    "BCELoss": lambda nn: nn.BCELoss(),
    "BCEWithLogitsLoss": lambda nn: nn.BCEWithLogitsLoss(),
    "NLLLoss": lambda nn: nn.NLLLoss(ignore_index=1),
    "NLLLoss of old": lambda nn: nn.NLLLoss(size_average=False),
    "CrossEntropyLoss": lambda nn: nn.CrossEntropyLoss(),
    "CrossEntropyLoss smoothed": lambda nn: nn.CrossEntropyLoss(reduction="sum", label_smoothing=0.1),
}
TEXTS = {
    "containers": lambda nn: nn.Sequential(
        nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.ReLU(True), nn.Linear(1, 1)]),
        nn.ModuleDict({"x": nn.Linear(2, 2), "y": nn.Sequential(nn.Tanh())}),
        nn.ModuleList(),
        nn.Sequential(),
    ),
    "losses": lambda nn: nn.ModuleList(
        [nn.MSELoss(), nn.L1Loss(), nn.CrossEntropyLoss(), nn.NLLLoss(), nn.BCELoss(), nn.BCEWithLogitsLoss()]
    ),
    "edges": lambda nn: nn.Sequential(
        nn.ZeroPad2d(1), nn.ConstantPad1d((1, 2), 0.5), nn.ReflectionPad2d((1, 2, 0, 1)), nn.CircularPad3d(1)
    ),
    "settings": lambda nn: nn.Sequential(nn.LeakyReLU(1, True), nn.Softmax(), nn.SiLU(True), nn.Dropout(inplace=True)),
}
INITIAL = {
    "uniform_": {},
    "normal_": {"mean": 1.0, "std": 0.5},
    "zeros_": {},
    "ones_": {},
    "constant_": {"val": 0.3},
    "eye_": {},
    "xavier_uniform_": {"gain": 2.0},
    "xavier_normal_": {},
    "kaiming_uniform_": {"a": 0.1},
    "kaiming_normal_": {"mode": "fan_out", "nonlinearity": "relu"},
    "orthogonal_": {"gain": 0.7},
}
SHAPES = ((2, 3), (5, 4), (4, 7))
OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.2, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.01, "maximize": True}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.1, "eps": 1e-6}),
    ("Adam", {"lr": 0.02, "amsgrad": True}),
    ("Adam", {"betas": (0.3, 0.9), "maximize": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {"lr": 0.03}),
    ("AdamW", {"lr": 0.03, "weight_decay": 0.3, "amsgrad": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "alpha": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"maximize": True}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.01, "initial_accumulator_value": 0.1}),
    ("Adagrad", {}),
]
SCHEDULES = [
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 5], "gamma": 0.1}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 4, "eta_min": 0.01}),
]
DTYPES = ("float32", "float64")
STEPS = 20


def rows(tensors):
    return [None if tensor is None else tensor.detach().reshape(-1).tolist() for tensor in tensors]


def flat(values):
    return [each for value in values for each in flat(value)] if isinstance(values, (tuple, list)) else [values]


def inputs(torch, name, dtype):
    torch.manual_seed(1)
    if "Embedding" in name:
        return [torch.tensor([[1, 2, 0], [4, 1, 1]])]
    if name == "Bilinear":
        return [torch.randn(4, 3, dtype=dtype), torch.randn(4, 3, dtype=dtype)]
    if "Multihead" in name:
        return [torch.randn(3, 2, 4, dtype=dtype) for _ in range(3)]
    if "Pad1d" in name or "Pad2d" in name or "Pad3d" in name:
        return [torch.randn(2, *(3, 4, 5, 3)[: int(name.partition("Pad")[2][0]) + 1], dtype=dtype)]
    if name == "Fold":
        return [torch.randn(2, 8, 12, dtype=dtype)]
    if "Pixel" in name:
        return [torch.randn(2, 4, 4, 6, dtype=dtype)]
    if "Conv" in name or "Pool" in name:
        return [torch.randn(2, 4, 5, *([6] if "2d" in name else []), dtype=dtype)]
    if "2d" in name or "GroupNorm" in name:
        return [torch.randn(2, 4 if "Group" in name else 3, 2, 3, dtype=dtype)]
    shape = (4, 3) if "Cell" in name or "BatchNorm" in name else (5, 2, 3)
    return [torch.randn(*shape, dtype=dtype)]


def layer(torch, name, dtype):
    """What a layer begins with, gives, sends back and keeps."""
    torch.set_default_dtype(dtype)
    try:
        torch.manual_seed(7)
        module = LAYERS[name](torch.nn)
        found = {"names": [key for key, _ in module.named_parameters()], "initial": rows(module.parameters())}
        given = inputs(torch, name, dtype)
        for tensor in given:
            if tensor.is_floating_point():
                tensor.requires_grad_()
        torch.manual_seed(11)
        results = flat(module(*given))
        weights = [
            torch.linspace(-1, 2, tensor.numel(), dtype=dtype).reshape(tensor.shape) for tensor in results
        ]  # each element pulls differently
        total = sum((one * two).sum() for one, two in zip(results, weights, strict=True))
        total.backward()
        found["shapes"] = [list(tensor.shape) for tensor in results]
        found["results"] = rows(results)
        found["gradients"] = rows([tensor.grad for tensor in [*given, *module.parameters()]])
        found["state"] = rows(module.state_dict().values())
        module.eval()
        found["eval"] = rows(flat(module(*given)))
        return found
    finally:
        torch.set_default_dtype(torch.float32)


def loss(torch, name, dtype):
    """What a loss gives and sends back."""
    torch.manual_seed(2)
    given = torch.rand(4, 3, dtype=dtype).requires_grad_()
    target = torch.rand(4, 3, dtype=dtype)
    if "NLL" in name or "Entropy" in name:
        target = torch.tensor([0, 2, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those "of old" are told that they are
        result = LOSSES[name](torch.nn)(given, target)
    result.sum().backward()
    return rows([result, given.grad])


def clipped(torch, dtype, **settings):
    """Gradients before and after their norm was held within bounds."""
    torch.manual_seed(4)
    params = [torch.randn(size, dtype=dtype).requires_grad_() for size in (3, 5)]
    sum((param**2).sum() for param in params).backward()
    before = torch.nn.utils.clip_grad_norm_(params, **settings)
    after = torch.nn.utils.clip_grad_norm_(params, 100.0)
    held = rows([param.grad for param in params])
    torch.nn.utils.clip_grad_value_(params, 0.1)
    return [*rows([before, after]), *held, *rows([param.grad for param in params])]


CLIPS = ({"max_norm": 1.0}, {"max_norm": 0.5, "norm_type": 1}, {"max_norm": 2.0, "norm_type": math.inf})


def initial(torch, name, shape, dtype):
    torch.manual_seed(5)
    tensor = torch.empty(*shape, dtype=dtype)
    assert getattr(torch.nn.init, name)(tensor, **INITIAL[name]) is tensor
    return rows([tensor])


def training(torch, name, settings, dtype):
    """Twenty steps of a small network."""
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 5, dtype=dtype), nn.Tanh(), nn.Linear(5, 2, dtype=dtype))
    x, y = torch.randn(8, 3, dtype=dtype), torch.randn(8, 2, dtype=dtype)
    optimizer, measure, losses = getattr(torch.optim, name)(net.parameters(), **settings), nn.MSELoss(), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = measure(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "parameters": rows(net.parameters()), "text": repr(optimizer)}


class LeNet:
    """A small picture classifier as a program would write it, trained a few steps."""

    def __init__(self, torch, dtype):
        nn, functional = torch.nn, torch.nn.functional

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1 = nn.Conv2d(1, 4, 3)
                self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
                self.norm = nn.BatchNorm2d(6)
                self.drop = nn.Dropout(0.25)
                self.fc1 = nn.Linear(6 * 2 * 2, 12)
                self.fc2 = nn.Linear(12, 3)

            def forward(self, x):
                x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
                x = functional.avg_pool2d(functional.relu(self.norm(self.conv2(x))), 2)
                x = functional.relu(self.fc1(torch.flatten(self.drop(x), 1)))
                return functional.log_softmax(self.fc2(x), dim=1)

        torch.set_default_dtype(dtype)
        try:
            torch.manual_seed(42)
            self.net = Net()
            self.images, self.labels = torch.randn(8, 1, 10, 10), torch.randint(0, 3, (8,))
            self.losses = self.trained(torch)
        finally:
            torch.set_default_dtype(torch.float32)

    def trained(self, torch):
        optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9)
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = torch.nn.functional.nll_loss(self.net(self.images), self.labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def told(self):
        self.net.eval()
        return {
            "text": repr(self.net),
            "losses": self.losses,
            "state": rows(self.net.state_dict().values()),
            "eval": rows([self.net(self.images)]),
        }


def schedule(torch, name, settings):
    x = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings)
    rates = []
    for _ in range(11):
        optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return rates


def measured(torch):
    """All of it, as plain JSON."""
    kinds = {name: getattr(torch, name) for name in DTYPES}
    return {
        "texts": {name: repr(make(torch.nn)) for name, make in {**LAYERS, **TEXTS}.items()},
        "layers": {name: {key: layer(torch, name, kind) for key, kind in kinds.items()} for name in LAYERS},
        "losses": {name: {key: loss(torch, name, kind) for key, kind in kinds.items()} for name in LOSSES},
        "clipped": {key: [clipped(torch, kind, **settings) for settings in CLIPS] for key, kind in kinds.items()},
        "initial": {
            name: {key: [initial(torch, name, shape, kind) for shape in SHAPES] for key, kind in kinds.items()}
            for name in INITIAL
        },
        "training": [
            {key: training(torch, name, settings, kind) for key, kind in kinds.items()} for name, settings in OPTIMIZERS
        ],
        "pictures": {key: LeNet(torch, kind).told() for key, kind in kinds.items()},
        "schedules": [schedule(torch, name, settings) for name, settings in SCHEDULES],
    }


def shortened(value, digits=17):
    """Numbers of float32 need no more than nine digits."""
    if isinstance(value, dict):
        return {key: shortened(each, 9 if key == "float32" else digits) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(each, digits) for each in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return value


if __name__ == "__main__":
    import torch

    FIXTURE.write_text(json.dumps({"torch": torch.__version__.partition("+")[0], **shortened(measured(torch))}) + "\n")
