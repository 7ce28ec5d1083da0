"""Normalization: numbers less their mean, over their spread, then scaled and moved by what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import dtypes, grad_mode, inside, saving
from engine.application import apply, begun
from engine.function import LongFunction
from engine.ops.inplace import write
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

MEASURED: dict[str, Any] = {
    "en": "The gradient passes over the spread, less the part that only moves the mean and the part that only changes the spread.",
    "zh": "梯度除以标准差后传回，并去掉只会移动均值的部分和只会改变标准差的部分。",
}
CHANNELS = "batch_dims(input.shape)"
GROUPS = "grouped(input, num_groups)"


def _rules(pulled: str, dims: str, average: str, rstd: str, spread: str, weight: str) -> dict[str, str]:
    """The rules of a normalization: `pulled` arrives at the measured input; `spread` and `weight` hold `{}` where an inner formula goes."""
    whole = "input" if spread == "{}" else GROUPS
    return {
        "input": spread.format(f"standard_back({pulled}, {whole}, {average}, {rstd}, {dims})"),
        "weight": weight.format("g * " + spread.format(f"standard({whole}, {average}, {rstd})")),
        "bias": weight.format("g"),
    }


def _both(pulled: str, dims: str, spread: str = "{}", weight: str = "{}") -> dict[str, Any]:
    """The rules from what was saved, and those for a derivative of the derivative, where means and spreads depend on the input again."""
    whole = "input" if spread == "{}" else GROUPS
    return {
        "vjp": _rules(pulled, dims, "average", "rstd", spread, weight),
        "twice": _rules(pulled, dims, f"mean({whole}, {dims}, True)", f"rstd_of({whole}, {dims}, eps)", spread, weight),
    }


LAYER_NORM = row(
    "native_layer_norm", "layer_norm(input, weight, bias, normalized_shape, eps)",
    together="layer_norm_backward(g, input, weight, bias, normalized_shape, eps, wanted)", held=("bias",), **_both("weighed(g, weight)", "last_dims(normalized_shape)"), settings="normalized_shape eps", results="result average rstd",
    symbol="layernorm", spelled=("F.layer_norm",), samples=(((2, 3), (3,), (3,), (3,), 1e-5), ((2, 2, 3), (2, 3), None, (2, 3), 0.1)), **MEASURED,
)  # fmt: skip
BATCH_NORM = row(
    "native_batch_norm", "batch_norm(input, weight, bias, eps)", together="batch_norm_backward(g, input, weight, eps, wanted)",
    **_both("weighed(g, lined(weight, input.shape))", CHANNELS, weight="channel_total({}, input.shape)"), settings="eps", results="result average rstd",
    symbol="batchnorm", spelled=("F.batch_norm",), samples=(((4, 3), (3,), (3,), 1e-5), ((2, 2, 3), None, (2,), 0.1), ((2, 2, 2, 2), (2,), None, 1e-5)),
    **MEASURED,
)  # fmt: skip
BATCH_NORM_RUNNING = row(
    "native_batch_norm_running", "batch_norm_running(input, weight, bias, running_mean, running_var, eps)",
    {
        "input": "weighed(g, lined(weight, input.shape)) * lined(rsqrt(running_var + eps), input.shape)",
        "weight": "channel_total(g * (input - lined(running_mean, input.shape)) * lined(rsqrt(running_var + eps), input.shape), input.shape)",
        "bias": "channel_total(g, input.shape)",
    },
    together="batch_norm_running_backward(g, input, weight, running_mean, running_var, eps, wanted)",
    inputs="input weight bias running_mean running_var", settings="eps", node="NativeBatchNorm", symbol="batchnorm",
    samples=(((4, 3), (3,), (3,), [0.1, 0.2, -0.3], [1.0, 2.0, 0.5], 1e-5), ((2, 2, 3), None, None, [0.5, 0.0], [1.0, 3.0], 0.1)),
    en="Mean and spread are fixed numbers here, so the gradient only passes through the scaling.", zh="此处均值与方差是固定的数，梯度只需经过缩放。",
)  # fmt: skip
GROUP_NORM = row(
    "native_group_norm", "group_norm(input, weight, bias, num_groups, eps)",
    **_both(
        "grouped(weighed(g, lined(weight, input.shape)), num_groups)", "(2,)", "reshape({}, input.shape)", "channel_total({}, input.shape)"
    ),
    settings="num_groups eps", results="result average rstd", taken=3, held=("weight",), symbol="groupnorm", spelled=("F.group_norm",),
    samples=(((2, 4, 2), (4,), (4,), 2, 1e-5), ((2, 4, 2, 2), None, None, 2, 0.1)), **MEASURED,
)  # fmt: skip


def _floating(name: str, input: Any) -> None:
    if not isinstance(input, Tensor):
        raise argument(name.lower(), "input", 1, input)
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"{name}\" not implemented for '{input.dtype.scalar}'")


def _measured(name: str, sizes: Any) -> tuple[int, ...]:
    """The sizes to normalize over. Raises in PyTorch's words where they are not those of the last dimensions."""
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {type(sizes).__name__}"
        )
    wanted = list(sizes)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        )
    return tuple(wanted)


@spelled("torch.nn.functional.layer_norm", "torch.layer_norm")
def layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:  # fmt: skip
    """The input less its mean over the last dimensions, over its spread there. Raises RuntimeError where their sizes differ."""
    if not isinstance(input, Tensor):
        raise argument("layer_norm", "input", 1, input)
    wanted = _measured("layer_norm", normalized_shape)
    _alike(input, weight, bias)
    for name, known in (("weight", weight), ("bias", bias)):
        if known is not None and known._data.shape != wanted:
            begun(LAYER_NORM, input, weight, bias)
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(known.shape)} and "
                f"normalized_shape = {list(wanted)}"
            )
    if input._data.shape[-len(wanted) :] != wanted:
        begun(LAYER_NORM, input, weight, bias)
        star = "".join(f", {size}" for size in wanted)
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*{star}], but got input of size{list(input.shape)}"
        )
    _floating("LayerNormKernelImpl", input)
    result: Tensor = apply(LAYER_NORM, (input, weight, bias), (wanted, eps))[0]
    return result


def _alike(input: Tensor, *known: Tensor | None) -> None:
    """Raises RuntimeError for parameters of another dtype, unless they are float32 and the input is float16."""
    for each in known:
        if each is None or each._data.dtype == input._data.dtype:
            continue
        if each.dtype is not dtypes.float32:
            raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
        if input.dtype is not dtypes.float16:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")


@spelled("torch.nn.functional.batch_norm")
def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None, bias: Tensor | None = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel less its mean, over its spread: of this batch while training, else of those that ran before.

    Raises ValueError while training on one value per channel, RuntimeError for statistics of another number of channels.
    """
    if not isinstance(input, Tensor):
        raise argument("batch_norm", "input", 1, input)
    shape = input._data.shape
    channels = shape[1] if len(shape) > 1 else 0
    if training and channels and input._data.size == channels:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    for name, known in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if known is not None and known._data.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {known._data.size}")
        if known is None and name.startswith("running") and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    if not input._data.size:
        m = METHODS
        empty = m["clone"](input) if weight is None else m["mul"](m["clone"](input), m["select"](weight, 0, 0))
        return empty if bias is None else m["add"](empty, m["select"](bias, 0, 0))  # type: ignore[no-any-return]
    _floating("batch_norm", input)
    _alike(input, weight, bias, running_mean, running_var)
    if inside.mask and training:
        inside.check_statistics(input, running_mean, running_var)
    result: Tensor
    if not training:
        with saving.Beside(late=[Tensor(np.empty(0, input._data.dtype)) for _ in range(2)]):
            result = apply(BATCH_NORM_RUNNING, (input, weight, bias, running_mean, running_var), (eps,))
        return result
    with saving.Beside((running_mean, running_var), shape=(1, channels, *[1] * (len(shape) - 2))):
        result, average, _ = apply(BATCH_NORM, (input, weight, bias), (eps,))
    if isinstance(node := result._node, LongFunction) and not saving.hooks:
        node._watched = tuple([(kept, kept._count) for kept in (running_mean, running_var) if kept is not None])
    if running_mean is not None and running_var is not None and input._data.size:
        count = input._data.size // channels
        spread = input._data.var((0, *range(2, len(shape)))) * (count / max(count - 1, 1))
        with grad_mode.no_grad():
            _blend(running_mean, average._data.reshape(-1), momentum)
            _blend(running_var, spread, momentum)
    return result


def _blend(kept: Tensor, new: Any, share: float) -> None:
    """Move what is kept towards the new; PyTorch counts no write, so that what saved it before is not refused."""
    kind = kept._data.dtype.type
    write(kept, (kind(1 - share) * kept._data + kind(share) * np.asarray(new)).astype(kind), "batch_norm", writes=0)


@spelled("torch.nn.functional.group_norm")
def checked_group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """The same, for more than one value a group. Raises ValueError where there is but one."""
    shape = input._data.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if not num_groups:
        raise ZeroDivisionError("integer division or modulo by zero")
    size = shape[0] * shape[1] // num_groups
    if input._data.size and size * int(np.prod(shape[2:])) == 1:
        told = [size, num_groups, *shape[2:]]
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {told}")
    return group_norm(input, num_groups, weight, bias, eps)


@spelled("torch.group_norm")
def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Groups of channels of each sample less their mean, over their spread. Raises RuntimeError where sizes do not fit."""
    shape = list(input._data.shape)
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if num_groups < 1:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {shape} and "
            f"num_groups={num_groups}"
        )
    for name, known in (("weight", weight), ("bias", bias)):
        if known is not None and list(known._data.shape) != shape[1:2]:
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(known.shape)} and input of shape {shape}"
            )
    _floating("GroupNormKernelImpl", input)
    _alike(input, weight, bias)
    result: Tensor = apply(GROUP_NORM, (input, weight, bias), (num_groups, eps))[0]
    return result


@spelled("torch.nn.functional.instance_norm")
def instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None,
    bias: Tensor | None = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel of each sample less its mean, over its spread. Raises ValueError where there is one value only."""
    if not isinstance(input, Tensor):
        raise argument("instance_norm", "input", 1, input)
    shape = tuple(input._data.shape)
    if use_input_stats and int(np.prod(shape[2:])) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    lead, channels = shape[:2]
    ran, varied, scale, shift = (
        None if each is None else METHODS["repeat"](each, lead) for each in (running_mean, running_var, weight, bias)
    )
    flat = METHODS["view"](METHODS["contiguous"](input), (1, lead * channels, *shape[2:]))
    found = batch_norm(flat, ran, varied, scale, shift, use_input_stats, momentum, eps)
    for kept, each in ((running_mean, ran), (running_var, varied)):
        if kept is not None and each is not None and use_input_stats:
            with grad_mode.no_grad():
                write(kept, each._data.reshape(lead, channels).mean(0).astype(kept._data.dtype), "batch_norm")
    result: Tensor = FUNCTIONS["reshape"](found, shape)
    return result
