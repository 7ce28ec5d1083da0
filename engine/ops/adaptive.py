"""Adaptive pooling: the mean or the greatest of as many nearly equal parts of a picture as are asked for."""

from __future__ import annotations

from typing import Any

from engine.application import apply
from engine.ops import dims
from engine.ops.convolution import pair
from engine.ops.pooling import ADJOINT, MAX_POOL, _lined
from engine.ops.signatures import handed
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

ADAPTIVE = row(
    "adaptive_avg_pool2d", "adaptive_avg_pool(self, output_size)", {"self": "adaptive_avg_pool_back(g, self)"},
    settings="output_size", node="AdaptiveAvgPool2D", symbol="avg pool", spelled=("F.adaptive_avg_pool1d", "F.adaptive_avg_pool2d"),
    samples=(((2, 2, 5, 4), (2, 3)), ((1, 3, 4), (3, 6))),
    en="Every value of a part had an equal share in its mean, so each gets an equal share of the gradient.",
    zh="每一部分中的值在均值中份额相等，因此各得梯度的一等份。",
)  # fmt: skip
ADAPTIVE_BACK = row(
    "adaptive_avg_pool2d_backward", "adaptive_avg_pool_back(g_, self)",
    {"g_": "adaptive_avg_pool(g, picture(g_.shape))", "self": "zeros_like(g)"},
    node="AdaptiveAvgPool2DBackwardBackward0!", symbol="avg pool′", samples=(((2, 2, 2, 3), (2, 2, 5, 4)),), **ADJOINT,
)  # fmt: skip
BOX = row(
    "adaptive_avg_pool3d", "adaptive_avg_pool(self, output_size)", {"self": "adaptive_avg_pool_back(g, self, 3)"},
    settings="output_size", node="AdaptiveAvgPool3D", symbol="avg pool", spelled=("F.adaptive_avg_pool3d", 'F.interpolate(x, size, mode="area")'), samples=(((1, 2, 3, 5, 4), (2, 2, 3)),),
    en=ADAPTIVE.note["en"], zh=ADAPTIVE.note["zh-CN"],
)  # fmt: skip
BOX_BACK = row(
    "adaptive_avg_pool3d_backward", "adaptive_avg_pool_back(g_, self, 3)", {"g_": "adaptive_avg_pool(g, box(g_.shape))", "self": "zeros_like(g)"},
    node="AdaptiveAvgPool3DBackwardBackward0!", symbol="avg pool′", samples=(((1, 2, 2, 2, 3), (1, 2, 3, 5, 4)),), **ADJOINT,
)  # fmt: skip
ADAPTIVE_MAX = row(
    "adaptive_max_pool2d", "adaptive_max_pool(self, output_size)", {"self": "pool_back(g, self, place)"}, settings="output_size", results="result place",
    twice={"self": "adaptive_max_pool_back(g, self, place)"}, node="AdaptiveMaxPool2D", symbol="max pool",
    spelled=("F.adaptive_max_pool1d", "F.adaptive_max_pool2d"), samples=(((2, 2, 5, 4), (2, 3)), ((1, 3, 4), (3, 6))),
    en=MAX_POOL.note["en"], zh=MAX_POOL.note["zh-CN"],
)  # fmt: skip
ADAPTIVE_MAX_BACK = row(
    "adaptive_max_pool2d_backward", "pool_back(g_, self, place)", {"g_": "pool_take(g, place)", "self": "zeros_like(self)"},
    inputs="g_ self place", node="AdaptiveMaxPool2DBackwardBackward0!", symbol="max pool′",
    samples=(((1, 1, 2, 2), (1, 1, 3, 3), [[[[0, 4], [4, 8]]]]),), **ADJOINT,
)  # fmt: skip
BODY_MAX = row(
    "adaptive_max_pool3d", ADAPTIVE_MAX.forward, {"self": "pool_back(g, self, place, 3)"}, settings="output_size", results="result place",
    twice={"self": "adaptive_max_pool_back(g, self, place, 3)"}, node="AdaptiveMaxPool3D", symbol="max pool", spelled=("F.adaptive_max_pool3d",),
    samples=(((1, 2, 3, 5, 4), (2, 2, 3)),), en=MAX_POOL.note["en"], zh=MAX_POOL.note["zh-CN"],
)  # fmt: skip
BODY_MAX_BACK = row(
    "adaptive_max_pool3d_backward", "pool_back(g_, self, place, 3)", {"g_": "pool_take(g, place, 3)", "self": "zeros_like(self)"},
    inputs="g_ self place", node="AdaptiveMaxPool3DBackwardBackward0!", symbol="max pool′",
    samples=(((1, 1, 2, 2), (1, 2, 3, 3), [[[[0, 4], [4, 17]]]]),), **ADJOINT,
)  # fmt: skip


def adapted(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """The means of as many parts of pictures or bodies."""
    name, count = f"adaptive_avg_pool{len(size)}d", len(size)
    if min(size) < 0:
        told = f"{size[0]}, {','.join(map(str, size[1:]))}"
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {{{told}}}"
        )
    if size == (1,) * count:
        mean: Tensor = METHODS["mean"](input, tuple(range(-1, -count - 1, -1)), True)
        return mean
    if input._data.dtype.kind != "f" and (input._data.size or count == 3):
        word = name if count == 2 else f"{name}_cpu"
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")
    return adaptive_avg_pool(input, size)


def _asked(kind: str, input: Tensor, output_size: Any, count: int) -> tuple[Any, ...]:
    """The sizes of `count` dimensions. Raises ValueError where there are no more of them than sizes."""
    if isinstance(output_size, (tuple, list)) and input._data.ndim <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    if isinstance(output_size, float):
        raise TypeError("object of type 'float' has no len()")
    told = f"adaptive_{kind}_pool{count}d"
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * count
    if len(wanted) == count:
        handed(told, f"Tensor self, ints[{count}] output_size", input, [0 if each is None else each for each in wanted])
    return wanted


def _kept(input: Tensor, wanted: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes, where None is that of the input."""
    return tuple(
        own if each is None else each for own, each in zip(input._data.shape[-len(wanted) :], wanted, strict=True)
    )


@spelled("torch.nn.functional.adaptive_avg_pool2d")
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many parts as are asked for; None keeps a side. Raises RuntimeError for other than three or four dimensions."""
    if not isinstance(input, Tensor):
        raise argument("adaptive_avg_pool2d", "input", 1, input)
    wanted = _asked("avg", input, output_size, 2)
    if len(wanted) != 2:
        raise RuntimeError("adaptive_avg_pool2d: output_size must be 2")
    if input._data.ndim < 2 and output_size in (1, (1, 1), [1, 1]):
        dims.one(-2, input._data.ndim)
    if input._data.ndim not in (3, 4) and wanted != (1, 1):
        raise RuntimeError(f"adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got {list(input.shape)}")
    return adapted(input, _kept(input, wanted))


@spelled("torch.nn.functional.adaptive_avg_pool3d")
def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The same of bodies. Raises RuntimeError for other than four or five dimensions."""
    if not isinstance(input, Tensor):
        raise argument("adaptive_avg_pool3d", "input", 1, input)
    wanted = _asked("avg", input, output_size, 3)
    if len(wanted) != 3:
        raise RuntimeError("adaptive_avg_pool3d: output_size must be 3")
    if input._data.ndim < 3 and output_size in (1, (1, 1, 1), [1, 1, 1]):
        dims.one(-3, input._data.ndim)
    if input._data.ndim not in (4, 5) and wanted != (1, 1, 1):
        raise RuntimeError(f"adaptive_avg_pool3d(): Expected 4D or 5D tensor, but got {list(input.shape)}")
    size = _kept(input, wanted)
    if size != (1, 1, 1):
        _whole("adaptive_avg_pool3d", input._data.shape, input._data.ndim == 5)
    return adapted(input, size)


@spelled("torch.nn.functional.adaptive_avg_pool1d", "torch.adaptive_avg_pool1d")
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many parts of a line as are asked for. Raises RuntimeError for other than two or three dimensions."""
    picture = _lined("adaptive_avg_pool1d", input)
    if isinstance(output_size, (tuple, list)) and len(output_size) != 1:
        raise RuntimeError(
            f"adaptive_avg_pool1d() argument 'output_size' should contain one int (got {len(output_size)})"
        )
    result: Tensor = METHODS["squeeze"](adapted(picture, (1, *pair(output_size, 1))), -2)
    return result


def _greatest_of(count: int, input: Tensor, output_size: Any, places: bool) -> Any:
    name = f"adaptive_max_pool{count}d"
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    shape, wanted = input._data.shape, _asked("max", input, output_size, count)
    if len(shape) not in (count + 1, count + 2):
        raise RuntimeError(f"{name}(): Expected {count + 1}D or {count + 2}D tensor, but got: {list(shape)}")
    if len(wanted) != count:
        raise RuntimeError(f"{name}(): internal error: output_size.size() must be {count}")
    _whole(name, shape, len(shape) == count + 2)
    return _greatest(input, _kept(input, wanted), places)


@spelled("torch.nn.functional.adaptive_max_pool2d")
def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The greatest of as many parts as are asked for, with its place on request; None keeps a side. Raises RuntimeError for what does not fit."""
    return _greatest_of(2, input, output_size, return_indices)


@spelled("torch.nn.functional.adaptive_max_pool3d")
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The same of bodies."""
    return _greatest_of(3, input, output_size, return_indices)


@spelled("torch.adaptive_max_pool1d")
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any) -> tuple[Tensor, Tensor]:
    """The greatest of as many parts of a line as are asked for, and their places."""
    found: tuple[Tensor, Tensor] = adaptive_max_pool1d(input, output_size, True)
    return found


@spelled("torch.nn.functional.adaptive_max_pool1d")
def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The greatest of as many parts of a line as are asked for. Raises RuntimeError for other than two or three dimensions."""
    if isinstance(output_size, (tuple, list)) and len(output_size) != 1:
        raise RuntimeError(
            f"adaptive_max_pool1d() argument 'output_size' should contain one int (got {len(output_size)})"
        )
    picture = _lined("adaptive_max_pool1d", input)
    _whole("adaptive_max_pool1d", input._data.shape, input._data.ndim == 3)
    found = _greatest(picture, (1, *pair(output_size, 1)), True)
    values, places = (METHODS["squeeze"](each, -2) for each in found)
    return (values, places) if return_indices else values


def _whole(name: str, shape: tuple[int, ...], batched: bool) -> None:
    for dim, size in enumerate(shape):
        if not size and not (batched and dim == 0):
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(shape)} with "
                f"dimension {dim} being empty"
            )


def _greatest(input: Tensor, size: tuple[int, ...], places: bool) -> Any:
    if min(size) < 0:
        sizes = [*input._data.shape[: -len(size)], *size]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {sizes}")
    if input._data.dtype.kind != "f":
        word = "adaptive_max_pool2d" if len(size) == 2 else "adaptive_max_pool3d_cpu"
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")
    found = apply(BODY_MAX if len(size) == 3 else ADAPTIVE_MAX, (input,), (size,))
    return found if places else found[0]


@spelled("internal.adaptive_avg_pool_back")
def adaptive_avg_pool_back(g: Tensor, input: Tensor, count: int = 2) -> Tensor:
    result: Tensor = apply(BOX_BACK if count == 3 else ADAPTIVE_BACK, (g, input))
    return result


@spelled("internal.adaptive_max_pool_back")
def adaptive_max_pool_back(g: Tensor, input: Tensor, place: Tensor, count: int = 2) -> Tensor:
    result: Tensor = apply(BODY_MAX_BACK if count == 3 else ADAPTIVE_MAX_BACK, (g, input, place))
    return result


@spelled("internal.adaptive_avg_pool")
def adaptive_avg_pool(input: Tensor, output_size: tuple[int, ...]) -> Tensor:
    result: Tensor = apply(BOX if len(output_size) == 3 else ADAPTIVE, (input,), (tuple(output_size),))
    return result
