"""Windows of a signal: how much each of its samples counts, nothing or little at the ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, kernels
from engine.devices import check
from engine.ops.creation import made
from engine.ops.table import spelled
from engine.tensor import Tensor

Array = Any
Dtype = dtypes.dtype | None
NAMES = {"float32": "float", "float64": "double", "float16": "c10::Half", "int64": "long int", "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char", "bool": "bool"}  # fmt: skip


def _taper(
    name: str, length: int, periodic: bool, shape: Callable[[Array, int], Array], dtype: Dtype, device: Any, requires_grad: bool
) -> Tensor:  # fmt: skip
    """The first `length` values of `shape(places, length of the whole)`; a periodic window leaves out the last. Raises RuntimeError for no length or dtype."""
    check(device, name)
    kind = dtype or dtypes.get_default_dtype()
    if not kind.is_floating_point:
        raise RuntimeError(
            f"{name} expects floating point dtypes, got: TensorOptions(dtype={NAMES[kind.name]}, device=cpu, layout=Strided (default), "
            f"requires_grad={str(bool(requires_grad)).lower()}{'' if requires_grad else ' (default)'}, pinned_memory=false, memory_format=(nullopt))"
        )
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if length < 2:
        return made(np.ones(length, kind.numpy), requires_grad)
    whole = length + bool(periodic)
    return made(shape(np.arange(whole).astype(kind.numpy), whole)[:length], requires_grad)


def _cosines(alpha: float, beta: float) -> Callable[[Array, int], Array]:
    def shape(places: Array, whole: int) -> Array:
        number = places.dtype.type
        turn = kernels.VOCABULARY["cos"](places * number(2 * math.pi / (whole - 1)))
        return turn * number(-beta) + number(alpha)

    return shape


def _triangle(places: Array, whole: int) -> Array:
    number = places.dtype.type
    line = places * number(2 / (whole - 1))
    line[(whole - 1) // 2 + 1 :] = number(2) - line[(whole - 1) // 2 + 1 :]
    return line


def _blackman(places: Array, whole: int) -> Array:
    number, cos = places.dtype.type, kernels.VOCABULARY["cos"]
    angle = places * number(math.pi / (whole - 1))
    return cos(angle * number(4)) * number(0.08) - cos(angle * number(2)) * number(0.5) + number(0.42)


def _kaiser(beta: float) -> Callable[[Array, int], Array]:
    def shape(places: Array, whole: int) -> Array:
        away = places.astype(np.float64) * 2 / (whole - 1) - 1
        return (np.i0(beta * np.sqrt(np.maximum(0, 1 - away * away))) / np.i0(beta)).astype(places.dtype)

    return shape


@spelled("torch.hann_window")
def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Dtype = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    return _taper("hann_window", window_length, periodic, _cosines(0.5, 0.5), dtype, device, requires_grad)


@spelled("torch.hamming_window")
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Dtype = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    return _taper("hamming_window", window_length, periodic, _cosines(alpha, beta), dtype, device, requires_grad)


@spelled("torch.bartlett_window")
def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Dtype = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    return _taper("bartlett_window", window_length, periodic, _triangle, dtype, device, requires_grad)


@spelled("torch.blackman_window")
def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Dtype = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    return _taper("blackman_window", window_length, periodic, _blackman, dtype, device, requires_grad)


@spelled("torch.kaiser_window")
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Dtype = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    return _taper("kaiser_window", window_length, periodic, _kaiser(beta), dtype, device, requires_grad)
