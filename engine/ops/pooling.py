"""Pooling: the greatest or the mean of every window of a line, a picture or a body."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from engine.application import apply
from engine.kernels.pooling import pooled_sizes
from engine.ops import dims
from engine.ops.convolution import pair
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

Sizes = tuple[int, ...]
Window = tuple[Sizes, Sizes, Sizes, Sizes]
WINDOWS = "kernel_size stride padding dilation ceil_mode"
MEANS = "kernel_size stride padding ceil_mode count_include_pad divisor_override"
ADJOINT = {"en": "A derivative of pooling that is itself differentiated.", "zh": "池化的导数再求一次导。"}

MAX_POOL = row(
    "max_pool2d_with_indices", "max_pool(self, kernel_size, stride, padding, dilation, ceil_mode)", {"self": "pool_back(g, self, place)"},
    settings=WINDOWS, results="result place", node="MaxPool2DWithIndices", symbol="max pool", spelled=("F.max_pool1d", "F.max_pool2d"),
    samples=(
        ((2, 2, 4, 6), (2, 2), (2, 2), (0, 0), (1, 1), False),
        ((1, 2, 5, 5), (3, 2), (2, 1), (1, 1), (1, 2), True),
        ((3, 5, 4), (1, 3), (2, 1), (0, 1), (1, 1), False),
    ),
    en="Only the greatest of each window had a part in the result, so the whole gradient goes back to its place.",
    zh="只有每个窗口的最大值参与了结果，因此梯度全部回到它的位置。",
)  # fmt: skip
MAX_POOL_BACK = row(
    "max_pool2d_with_indices_backward", "pool_back(g_, self, place)", {"g_": "pool_take(g, place)", "self": "zeros_like(g)"},
    inputs="g_ self place", node="MaxPool2DWithIndicesBackwardBackward0!", symbol="max pool′",
    samples=(((1, 1, 2, 2), (1, 1, 3, 3), [[[[0, 4], [4, 8]]]]),), **ADJOINT,
)  # fmt: skip
AVG_POOL = row(
    "avg_pool2d", f"avg_pool(self, {', '.join(MEANS.split())})", {"self": f"avg_pool_back(g, self, {', '.join(MEANS.split())})"},
    settings=MEANS, node="AvgPool2D", symbol="avg pool", spelled=("F.avg_pool1d", "F.avg_pool2d"),
    samples=(
        ((2, 2, 4, 6), (2, 2), (2, 2), (0, 0), False, True, None),
        ((1, 2, 5, 5), (3, 2), (2, 1), (1, 1), True, False, None),
        ((1, 5, 4), (3, 2), (2, 3), (1, 0), True, True, None),
        ((1, 1, 4, 4), (2, 3), (1, 1), (0, 0), False, True, 5),
    ),
    en="Every value of a window had an equal part in its mean, so each gets an equal share of the gradient.",
    zh="窗口中的每个值在均值中份额相等，因此各得梯度的一等份。",
)  # fmt: skip
AVG_POOL_BACK = row(
    "avg_pool2d_backward", f"avg_pool_back(g_, self, {', '.join(MEANS.split())})",
    {"g_": f"avg_pool(g, {', '.join(MEANS.split())})", "self": "zeros_like(g)"},
    settings=MEANS, node="AvgPool2DBackwardBackward0!", symbol="avg pool′",
    samples=(((1, 2, 2, 3), (1, 2, 4, 6), (2, 2), (2, 2), (0, 0), False, True, None),), **ADJOINT,
)  # fmt: skip
BODY_MAX = row(
    "max_pool3d_with_indices", MAX_POOL.forward, {"self": "pool_back(g, self, place, 3)"}, settings=WINDOWS, results="result place", node="MaxPool3DWithIndices",
    symbol="max pool", spelled=("F.max_pool3d",), samples=(((1, 2, 2, 4, 4), (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1), False), ((2, 3, 4, 3), (2, 3, 1), (1, 2, 1), (1, 1, 0), (1, 1, 2), True)),
    en=MAX_POOL.note["en"], zh=MAX_POOL.note["zh-CN"],
)  # fmt: skip
BODY_MAX_BACK = row(
    "max_pool3d_with_indices_backward", "pool_back(g_, self, place, 3)", {"g_": "pool_take(g, place, 3)", "self": "zeros_like(g)"},
    inputs="g_ self place", node="MaxPool3DWithIndicesBackwardBackward0!", symbol="max pool′", samples=(((1, 1, 2, 2), (1, 2, 3, 3), [[[[0, 4], [4, 17]]]]),), **ADJOINT,
)  # fmt: skip
BODY_AVG = row(
    "avg_pool3d", AVG_POOL.forward, dict(AVG_POOL.vjp), settings=MEANS, node="AvgPool3D", symbol="avg pool", spelled=("F.avg_pool3d",),
    samples=(((1, 2, 2, 4, 4), (2, 2, 2), (2, 2, 2), (0, 0, 0), False, True, None), ((2, 3, 4, 3), (2, 3, 1), (1, 2, 1), (1, 1, 0), True, False, None)),
    en=AVG_POOL.note["en"], zh=AVG_POOL.note["zh-CN"],
)  # fmt: skip
BODY_AVG_BACK = row(
    "avg_pool3d_backward", AVG_POOL_BACK.forward, dict(AVG_POOL_BACK.vjp), settings=MEANS, node="AvgPool3DBackwardBackward0!", symbol="avg pool′",
    samples=(((1, 1, 2, 2), (1, 2, 4, 4), (2, 2, 2), (2, 2, 2), (0, 0, 0), False, True, None),), **ADJOINT,
)  # fmt: skip
ALLOWED = {
    "kernel_size": "must either be a single int", "stride": "must either be omitted, a single int", "padding": "must either be a single int",
    "dilation": "must be either a single int",
}  # fmt: skip
COUNTED, AXES = {2: "two", 3: "three"}, "THW"


def _sides(name: str, key: str, value: Any, count: int) -> tuple[int, ...]:
    if value.__class__ is int:
        return (value,) * count
    if not isinstance(value, (int, tuple, list)) or isinstance(value, bool):
        raise TypeError(f"{name}(): argument '{key}' must be tuple of ints, not {type(value).__name__}")
    sizes = pair(value, count)
    if len(sizes) != count or not all(isinstance(each, int) for each in sizes):
        if count == 1:
            raise RuntimeError(f"{name}() argument '{key}' should contain one int (got {len(sizes)})")
        must = ALLOWED[key].replace(" either", "" if name == "avg_pool3d" else " either")
        raise RuntimeError(f"{name}: {key} {must}, or a tuple of {COUNTED[count]} ints")
    return sizes


def _each(sign: str, sizes: Sizes) -> str:
    """Sizes of windows as PyTorch tells them, those of a line as those of a picture of one row."""
    whole = (1, *sizes) if len(sizes) == 1 else sizes
    return " ".join(f"{sign}{axis}: {each}" for axis, each in zip(AXES[-len(whole) :], whole, strict=True))


def _window(
    name: str,
    count: int,
    input: Tensor,
    kernel: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    look: Callable[[], None],
) -> Window:
    """Kernel, stride, padding and dilation, told in full. Raises RuntimeError in PyTorch's words where they make no window.

    There are to be as many as dimensions before PyTorch has a `look` at the input, and only then what they are counts.
    """
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    wide = _sides(name, "kernel_size", kernel, count)
    hop = wide if stride is None or stride == [] or stride == () else _sides(name, "stride", stride, count)
    edge, step = _sides(name, "padding", padding, count), _sides(name, "dilation", dilation, count)
    look()
    _sound(wide, hop, edge, step)
    return wide, hop, edge, step


@functools.lru_cache(maxsize=256)
def _sound(wide: Sizes, hop: Sizes, edge: Sizes, step: Sizes) -> None:
    """Raises RuntimeError in PyTorch's words where these make no window; looked at once, for calls repeat themselves."""
    if 0 in hop:
        raise RuntimeError("stride should not be zero")
    if min(wide) <= 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got {_each('k', wide)}")
    if min(hop) < 0:
        raise RuntimeError(f"stride should be greater than zero, but got {_each('d', hop)}")
    if min(step) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {_each('dilation', step)}")
    for side, around, apart in zip(wide, edge, step, strict=True):
        if around < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {around}")
        if around > ((side - 1) * apart + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={around}, kernel_size={side} and dilation={apart}"
            )


@functools.lru_cache(maxsize=256)
def _fits(shape: Sizes, sizes: Window, ceil: bool) -> None:
    """Raises RuntimeError in PyTorch's words where no window fits."""
    count = len(sizes[0])
    if count < 3 and not all(shape[1 - (len(shape) == count + 1) :]):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{[*shape[:-1], 1, shape[-1]] if count == 1 else list(shape)}"
        )
    out = pooled_sizes(shape[-count:], *sizes, ceil)
    if min(out) < 1:
        given, made = (
            "x".join(map(str, (shape[-count - 1], *(1,) * (2 - count), *each))) for each in (shape[-count:], out)
        )
        raise RuntimeError(f"Given input size: ({given}). Calculated output size: ({made}). Output size is too small")


SMALL_WHOLE = ("bool", "uint8", "int8", "int16", "int32")


def _kept(name: str, input: Tensor, *refused: str) -> None:
    if input.dtype.name in refused:
        raise NotImplementedError(f"\"{name}\" not implemented for '{input.dtype.scalar}'")


def _lined(name: str, input: Tensor) -> Tensor:
    """A line as a picture of one row."""
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    if input._data.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input._data.ndim}-dimensional tensor for argument #1 'self' (while checking arguments "
            f"for {name})"
        )
    picture: Tensor = METHODS["unsqueeze"](input, -2)
    return picture


def _picture(input: Tensor) -> None:
    if input._data.ndim not in (3, 4):
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")


@spelled("torch.nn.functional.max_pool2d", "torch.max_pool2d")
def max_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The greatest of every window, with its place on request. Raises RuntimeError where no window fits."""
    sizes = _window("max_pool2d", 2, input, kernel_size, stride, padding, dilation, lambda: _picture(input))
    _fits(input._data.shape, sizes, bool(ceil_mode))
    _kept("max_pool2d", input, "bool")
    found = apply(MAX_POOL, (input,), (*sizes, bool(ceil_mode)))
    return found if return_indices else found[0]


def _on_a_line(input: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool) -> None:
    """What PyTorch asks of a line where only the greatest is wanted. Raises RuntimeError in its words."""
    if not isinstance(input, Tensor):
        raise argument("max_pool1d", "input", 1, input)
    shape = input._data.shape
    if len(shape) not in (2, 3) or not all(shape[1 - (len(shape) == 2) :]):
        raise RuntimeError(
            f"max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}"
        )
    sizes = []
    for key, value, kinds in (
        ("kernel_size", kernel, "an int, list of ints or tuple of ints"),
        (
            "stride",
            kernel if stride is None or stride in ([], ()) else stride,
            "None, an int, list of ints, or tuple of ints",
        ),
        ("padding", padding, "an int, list of ints, or tuple of ints"),
        ("dilation", dilation, "an int, list of ints or tuple of ints"),
    ):
        row = pair(value, 1)
        if len(row) != 1:
            raise RuntimeError(f"max_pool1d() {key} must be {kinds} of size 1 but got size {len(row)}")
        sizes.append(row[0])
    wide, hop, edge, step = sizes
    for key, size in (("kernel_size", wide), ("stride", hop)):
        if size <= 0:
            raise RuntimeError(f"max_pool1d() {key} must be greater than zero, but got {size}")
    if edge < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {edge}")
    if edge > wide // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={edge} and kernel_size={wide}"
        )
    if step <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {step}")
    (out,) = pooled_sizes(shape[-1:], (wide,), (hop,), (edge,), (step,), ceil)
    if out < 1:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {out}")


@spelled("torch.nn.functional.max_pool1d", "torch.max_pool1d")
def max_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The greatest of every window of a line, with its place on request. Raises RuntimeError where no window fits."""
    if return_indices:
        for key, each in (
            ("kernel_size", kernel_size),
            ("stride", stride),
            ("padding", padding),
            ("dilation", dilation),
        ):
            if isinstance(each, (tuple, list)) and len(each) > 1:
                raise RuntimeError(f"max_pool1d() argument '{key}' should contain one int (got {len(each)})")
    else:
        _on_a_line(input, kernel_size, stride, padding, dilation, ceil_mode)
    sizes = _window("max_pool1d", 1, input, kernel_size, stride, padding, dilation, lambda: None)
    picture = _lined("max_pool1d", input)
    _fits(input._data.shape, sizes, bool(ceil_mode))
    if return_indices:
        _kept("max_pool2d", input, "bool")
    else:
        _kept("max_pool1d_impl", input, *SMALL_WHOLE, "int64")
    wide, hop, edge, step = sizes
    found = apply(MAX_POOL, (picture,), ((1, *wide), (1, *hop), (0, *edge), (1, *step), bool(ceil_mode)))
    values = METHODS["squeeze"](found[0], -2)
    return (values, METHODS["squeeze"](found[1], -2)) if return_indices else values


def _has_dimension(input: Tensor, dim: int) -> None:
    dims.one(dim, input._data.ndim)


@spelled("torch.nn.functional.avg_pool2d")
def avg_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of every window. Raises RuntimeError where no window fits."""
    wide, hop, edge, step = _window(
        "avg_pool2d", 2, input, kernel_size, stride, padding, 1, lambda: _has_dimension(input, -3)
    )
    if input._data.ndim > 4:
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    _fits(input._data.shape, (wide, hop, edge, step), bool(ceil_mode))
    _kept("avg_pool2d", input, *SMALL_WHOLE)
    result: Tensor = apply(
        AVG_POOL, (input,), (wide, hop, edge, bool(ceil_mode), bool(count_include_pad), divisor_override)
    )
    return result


def _solid(input: Tensor) -> None:
    """Raises RuntimeError in PyTorch's words for what is no body, or a batch of them."""
    if input._data.ndim not in (4, 5):
        raise RuntimeError("non-empty 4D or 5D (batch mode) tensor expected for input")


def _body(called: str, input: Tensor) -> None:
    """Raises RuntimeError in PyTorch's words for a body of nothing."""
    shape = input._data.shape
    if not all(shape[-4:]):
        raise RuntimeError(  # PyTorch says 0 of whichever it is
            f"{called}(): Expected input's non-batch dimensions to have positive length, but input has a shape of {list(shape)} and "
            "non-batch dimension 0 has length zero!"
        )


@spelled("torch.nn.functional.max_pool3d", "torch.max_pool3d")
def max_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The greatest of every window of a body, with its place on request. Raises RuntimeError where no window fits."""
    sizes = _window("max_pool3d", 3, input, kernel_size, stride, padding, dilation, lambda: _solid(input))
    _body("max_pool3d_with_indices_out_cpu_template", input)
    _fits(input._data.shape, sizes, bool(ceil_mode))
    _kept("max_pool3d", input, "bool")
    found = apply(BODY_MAX, (input,), (*sizes, bool(ceil_mode)))
    return found if return_indices else found[0]


@spelled("torch.nn.functional.avg_pool3d")
def avg_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of every window of a body. Raises RuntimeError where no window fits."""
    wide, hop, edge, step = _window("avg_pool3d", 3, input, kernel_size, stride, padding, 1, lambda: _solid(input))
    _body("avg_pool3d", input)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    size = input._data.shape[-3:]
    if any(each + 2 * around < side for each, around, side in zip(size, edge, wide, strict=True)):
        raise RuntimeError(f"input image ({_each('', size)}) smaller than kernel size ({_each('k', wide)})")
    _fits(input._data.shape, (wide, hop, edge, step), bool(ceil_mode))
    _kept("avg_pool3d_out_frame", input, *SMALL_WHOLE, "float16")
    settings = (wide, hop, edge, bool(ceil_mode), bool(count_include_pad), divisor_override)
    result: Tensor = apply(BODY_AVG, (input,), settings)
    return result


@spelled("torch.nn.functional.avg_pool1d", "torch.avg_pool1d")
def avg_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Tensor:  # fmt: skip
    """The mean of every window of a line. Raises RuntimeError where no window fits."""
    picture = _lined("avg_pool1d", input)
    wide, hop, edge, step = _window("avg_pool1d", 1, input, kernel_size, stride, padding, 1, lambda: None)
    _fits(input._data.shape, (wide, hop, edge, step), bool(ceil_mode))
    _kept("avg_pool2d", input, *SMALL_WHOLE)
    settings = ((1, *wide), (1, *hop), (0, *edge), bool(ceil_mode), bool(count_include_pad), None)
    result: Tensor = METHODS["squeeze"](apply(AVG_POOL, (picture,), settings), -2)
    return result


@spelled("internal.pool_back")
def pool_back(g: Tensor, input: Tensor, place: Tensor, count: int = 2) -> Tensor:
    result: Tensor = apply(BODY_MAX_BACK if count == 3 else MAX_POOL_BACK, (g, input, place))
    return result


@spelled("internal.avg_pool")
def avg_pool(input: Tensor, kernel_size: Sizes, *settings: Any) -> Tensor:
    result: Tensor = apply(BODY_AVG if len(kernel_size) == 3 else AVG_POOL, (input,), (kernel_size, *settings))
    return result


@spelled("internal.avg_pool_back")
def avg_pool_back(g: Tensor, input: Tensor, kernel_size: Sizes, *settings: Any) -> Tensor:
    op = BODY_AVG_BACK if len(kernel_size) == 3 else AVG_POOL_BACK
    result: Tensor = apply(op, (g, input), (kernel_size, *settings))
    return result


@spelled("internal.pool_take")
def pool_take(g: Tensor, place: Tensor, count: int = 2) -> Tensor:
    lead = tuple(place.shape[:-count])
    lines = [METHODS["reshape"](each, (*lead, math.prod(each.shape[-count:]))) for each in (g, place)]
    found = METHODS["gather"](lines[0], -1, lines[1])
    result: Tensor = METHODS["view"](found, tuple(place.shape))
    return result
