"""Tensors out of nothing: from Python numbers, constants, ranges and random numbers. All of them are leaves."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from engine import dtypes, grad_mode, inside, recording
from engine.devices import check
from engine.memory import laid_out
from engine.ops import dims, reading
from engine.ops.table import argument, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

Dtype = dtypes.dtype

_new = object.__new__


def made(data: Any, requires_grad: bool = False, like: Tensor | None = None) -> Tensor:
    """A recorded leaf, perhaps like another tensor. Raises RuntimeError where integers should require grad."""
    if isinstance(data, np.ndarray) and not data.ndim:
        data = data[()]
    if requires_grad and data.dtype.kind != "f":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    tensor = Tensor(data, bool(requires_grad))
    if like is not None and inside.mask:
        inside.spread((like,), (tensor,))
    if recording.active is not None:
        recording.active.created(tensor)
    return tensor


@spelled("torch.tensor")
def tensor(
    data: Any, *, dtype: Dtype | None = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A copy of numbers, nested lists or an array, of the dtype that its contents suggest. Raises ValueError for ragged lists."""
    if data.__class__ is float and dtype is None and device is None and not grad_mode.inference:
        # One times a Python number is that number in the default dtype, and the cheapest way to it.
        single = Tensor(dtypes.one * data, bool(requires_grad))
        if recording.active is not None:
            recording.active.created(single)
        return single
    check(device, "tensor")
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        data = np.array(data._data)
    if isinstance(data, (np.ndarray, np.generic)):
        kind = dtypes.of(data.dtype)
        return made(np.array(data, dtype=(dtype or kind).numpy), requires_grad)
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(data, (bool, int, float, list, tuple, range)):
        raise RuntimeError(f"Could not infer dtype of {type_name(data)}")
    return made(reading.numbers(data, dtype), requires_grad)


@spelled("torch.from_numpy")
def from_numpy(*given: Any) -> Tensor:
    """A tensor over the memory of an array. Raises TypeError for all else."""
    if len(given) == 1 and given[0].__class__ is np.ndarray and not grad_mode.inference and recording.active is None:
        # What most programs give it, with every step of `_shared` written out.
        array = given[0]
        if array.dtype not in dtypes.OF_NUMPY:
            dtypes.of(array.dtype)
        made: Tensor = _new(Tensor)
        made._data = array
        made._requires_grad = False
        made._node = made._gradient = made._extras = made._identity = None
        made._output = 0
        return made
    if len(given) != 1:
        raise TypeError(f"torch._VariableFunctionsClass.from_numpy() takes exactly one argument ({len(given)} given)")
    if not isinstance(given[0], np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(given[0])})")
    return _shared(given[0])


def _shared(array: Any) -> Tensor:
    """A tensor over this memory. Raises TypeError for a dtype that PyTorch does not have."""
    if array.dtype not in dtypes.OF_NUMPY:
        dtypes.of(array.dtype)
    made = Tensor(array)
    if recording.active is not None:
        recording.active.created(made)
    return made


@spelled("torch.as_tensor")
def as_tensor(data: Any, dtype: Dtype | None = None, device: Any = None) -> Tensor:
    """A tensor of the data; a tensor or array shares its memory where the dtype allows it."""
    if device is not None:
        check(device, "as_tensor")
    if isinstance(data, Tensor):
        return data if dtype in (None, data.dtype) else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == dtype.numpy):
        return _shared(data)
    return tensor(data, dtype=dtype)


UNSAID = (
    "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass requires_grad=False explicitly to get the "
    "old behavior and silence this warning."
)


@spelled("torch.asarray")
def asarray(
    obj: Any,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """A tensor of the data, over its memory where that can be, apart from the graph where it shall not require grad. Raises ValueError where `copy=False` cannot be."""
    if requires_grad is None:
        requires_grad = isinstance(obj, Tensor) and obj.requires_grad
        if requires_grad:
            warnings.warn(UNSAID, UserWarning, stacklevel=2)
    found = as_tensor(obj, dtype, device)
    shares = isinstance(obj, (Tensor, np.ndarray)) and np.shares_memory(
        found._data, obj._data if isinstance(obj, Tensor) else obj
    )
    if copy is False and not shares:
        if isinstance(obj, Tensor):
            raise ValueError(f"can't alias tensor with dtype '{obj.dtype.scalar}' into dtype '{found.dtype.scalar}'.")
        raise ValueError("can't alias arbitrary sequence into a tensor.")
    if copy and shares:
        found = found.detach() if not requires_grad else found
        found = found.clone()
    if found.requires_grad and not requires_grad:
        return found.detach()
    if requires_grad and not found.requires_grad:
        return found.detach().requires_grad_()
    return found


def empty_as(input: Tensor, dtype: Dtype | None = None) -> Any:
    """Memory that lies as that of the input, in a dtype."""
    data = np.asarray(input._data)
    return laid_out(np.empty_like(data, (dtype or input.dtype).numpy, order="C"), (data,))


def _filled(name: str, value: int) -> None:
    def front(
        *sizes: Any, size: Any = None, dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False,
    ) -> Tensor:  # fmt: skip
        check(device, name)
        shape = _checked(name, dims.sizes(sizes if size is None else (size,), name))
        return made(np.full(shape, value, (dtype or dtypes.get_default_dtype()).numpy), requires_grad)

    def like(
        input: Tensor, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False, memory_format: Any = None,
    ) -> Tensor:  # fmt: skip
        if not isinstance(input, Tensor):
            raise argument(f"{name}_like", "input", 1, input)
        check(device, name)
        place = empty_as(input, dtype)
        place.fill(value)
        return made(place, requires_grad, input)

    spelled(f"torch.{name}")(front)
    spelled(f"torch.{name}_like")(like)


def held(value: Any, kind: Dtype) -> Any:
    """A number as memory of a dtype holds it; unsigned memory wraps small negative ones. Raises RuntimeError where there is no room."""
    if kind.numpy.kind == "f":
        if abs(value) > np.finfo(kind.numpy).max and not math.isinf(value):
            word = {"float16": "c10::Half", "float32": "float"}[kind.name]
            raise RuntimeError(f"value cannot be converted to type {word} without overflow")
        return value
    if kind.numpy.kind == "b":
        return value
    ends = np.iinfo(kind.numpy)
    if not (-ends.max if kind is dtypes.uint8 else ends.min) <= value <= ends.max:
        word = {"int16": "short", "int32": "int"}.get(kind.name, f"{kind.name}_t")
        raise RuntimeError(f"value cannot be converted to type {word} without overflow")
    return int(value) % 256 if kind is dtypes.uint8 else value


def _checked(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    if any(size < 0 for size in shape):
        if name == "zeros":
            raise RuntimeError(f"{name}: Dimension size must be non-negative.")
        least = next(size for size in shape if size < 0)
        raise RuntimeError(f"Trying to create tensor with negative dimension {least}: {list(shape)}")
    return shape


_filled("zeros", 0)
_filled("ones", 1)
_filled("empty", 0)


@spelled("torch.full")
def full(
    size: Any, fill_value: Any, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A shape full of one number."""
    check(device, "full")
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"full(): argument 'fill_value' (position 2) must be Number, not {type(value).__name__}")
    kind = dtype or dtypes.of_number(value)
    return made(np.full(_checked("full", dims.sizes((size,))), held(value, kind), kind.numpy), requires_grad)


@spelled("torch.full_like")
def full_like(
    input: Tensor, fill_value: Any, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """The shape and dtype of another tensor, full of one number."""
    check(device, "full_like")
    place = empty_as(input, dtype)
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    place.fill(held(value, dtype or input.dtype))
    return made(place, requires_grad, input)


@spelled("torch.eye")
def eye(
    n: int, m: int | None = None, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Ones where row and column are equal, else zeros."""
    check(device, "eye")
    for name, size in (("n", n), ("m", n if m is None else m)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return made(np.eye(n, m, dtype=(dtype or dtypes.get_default_dtype()).numpy), requires_grad)


@spelled("torch.arange")
def arange(
    start: Any = None, end: Any = None, step: Any = 1, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers from `start` (0 by default) up to but not including `end`."""
    check(device, "arange")
    if end is None:
        start, end = end, start
    start = 0 if start is None else start
    numbers = [value.item() if isinstance(value, Tensor) else value for value in (start, end, step)]
    whole = all(isinstance(number, int) for number in numbers)
    first, last, stride = numbers
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first} -> {last}")
    if dtype is dtypes.bool_:
        raise NotImplementedError("\"arange_cpu\" not implemented for 'Bool'")
    if dtype is dtypes.int64:
        first, last, stride = int(first), int(last), stride if -1 < stride < 1 else int(stride)
    if stride == 0:
        raise RuntimeError("step must be nonzero")
    if (last - first) * stride < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    kind = dtype or (dtypes.int64 if whole else dtypes.get_default_dtype())
    count = math.ceil((last - first) / stride)
    if count >= 2**62:
        raise RuntimeError("invalid size, possible overflow?")
    if kind.numpy.kind in "iu":
        first, stride = int(first), int(stride)
    return made((first + np.arange(count) * stride).astype(kind.numpy), requires_grad)


def ends(name: str, start: Any, end: Any) -> tuple[Any, Any]:
    """Both ends of a range as numbers. Raises RuntimeError for tensors of other than no dimensions."""
    told = [f"{key} with {each._data.ndim} dimension(s)" for key, each in (("start", start), ("end", end)) if isinstance(each, Tensor)]  # fmt: skip
    if any(isinstance(each, Tensor) and each._data.ndim for each in (start, end)):
        raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {' and '.join(told)}.")
    first, last = (each.item() if isinstance(each, Tensor) else each for each in (start, end))
    return first, last


@spelled("torch.linspace")
def linspace(
    start: Any, end: Any, steps: int, *, dtype: Dtype | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`steps` evenly spaced numbers from `start` to `end`, both included; the second half is counted from the end, as in PyTorch."""
    check(device, "linspace")
    start, end = ends("linspace", start, end)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = (dtype or dtypes.get_default_dtype()).numpy
    number = kind.type
    if steps == 1:
        return made(np.array([start], kind), requires_grad)
    first, last = number(start), number(end)
    step = (last - first) / number(max(steps - 1, 1))
    places = np.arange(steps)
    ahead, behind = first + step * places.astype(kind), last - step * (steps - places - 1).astype(kind)
    return made(np.where(places < steps / 2, ahead, behind).astype(kind), requires_grad)
