"""Layers that look at windows of their input with kernels that are learned: convolution and its mirror image."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget, init
from engine.nn.functional import OFFERED
from engine.nn.linear import uniform
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, shape_of
from engine.ops.convolution import pair
from engine.program import window_sizes
from engine.tensor import Tensor

MODES = ("zeros", "reflect", "replicate", "circular")


def ask(name: str, *given: Any, **named: Any) -> None:
    """Ask the meter of the run for what the function of this name will make; of arguments of the wrong kind it says so itself."""
    if budget.active is None:
        return
    products = 0
    try:
        wanted = window_sizes.RULES[name](list(given), named)
        if name.startswith("conv_transpose"):
            products = math.prod(given[0].shape) * math.prod(given[1].shape[1:])
        elif name.startswith("conv"):
            found = window_sizes.convolved(list(given), named)
            products = found.lead * math.prod(found.out) * math.prod(given[1].shape)
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError, ZeroDivisionError):
        return
    budget.room(wanted)
    if products > 0:
        budget.products(products, given[0].dtype.name)


class _Conv(Module):
    RANK: ClassVar[int] = 0
    TRANSPOSED: ClassVar[bool] = False
    FACTS: ClassVar[tuple[str, ...]] = (
        "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "output_padding", "groups", "padding_mode",
    )  # fmt: skip
    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...]
    groups: int
    padding_mode: str
    weight: Parameter
    bias: Parameter | None

    def _begin(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, output_padding: Any,
        groups: int, bias: bool, padding_mode: str, dtype: dtypes.dtype | None,
    ) -> None:  # fmt: skip
        """Raises ValueError in PyTorch's words for settings that do not belong together."""
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}")
            if padding == "same" and any(each != 1 for each in pair(stride, self.RANK)):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in MODES:
            raise ValueError(
                "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got "
                f"padding_mode='{padding_mode}'"
            )
        self.in_channels, self.out_channels, self.groups, self.padding_mode = (
            in_channels,
            out_channels,
            groups,
            padding_mode,
        )
        self.kernel_size, self.stride, self.dilation = (
            _sides(each, self.RANK) for each in (kernel_size, stride, dilation)
        )
        self.padding = padding if isinstance(padding, str) else _sides(padding, self.RANK)
        self.output_padding = _sides(output_padding, self.RANK)
        first, second = (in_channels, out_channels) if self.TRANSPOSED else (out_channels, in_channels)
        shape, kind = shape_of(first, second // groups, *self.kernel_size), numpy_kind(dtype)
        if 0 in shape:
            init.warn_of_nothing()
        self.weight = uniform(shape, init.kaiming_bound(shape), kind)
        self.register_parameter("bias", uniform((out_channels,), self._bound(), kind) if bias else None)

    def _bound(self) -> float:
        fan_in, _ = init.fans(self.weight.shape)
        return 1 / math.sqrt(fan_in) if fan_in else 0.0

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init.uniform_(self.bias, -self._bound(), self._bound())

    def extra_repr(self) -> str:
        nothing, one = (0,) * self.RANK, (1,) * self.RANK
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, usual in (("padding", nothing), ("dilation", one), ("output_padding", nothing), ("groups", 1)):
            value = self.__dict__[name]
            text += f", {name}={value}" if value != usual else ""
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class _Forward(_Conv):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1,
        bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._begin(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode, dtype
        )

    def forward(self, input: Tensor) -> Tensor:
        name, padding = f"conv{self.RANK}d", self.padding
        if self.padding_mode != "zeros":
            widths = self._widths()
            budget.room(
                math.prod(input.shape[: -self.RANK])
                * math.prod(
                    size + sum(widths[2 * back : 2 * back + 2])
                    for back, size in enumerate(reversed(input.shape[-self.RANK :]))
                )
            )
            input, padding = OFFERED["nn.functional.pad"](input, widths, self.padding_mode), (0,) * self.RANK
        settings = (self.stride, padding, self.dilation, self.groups)
        ask(name, input, self.weight, self.bias, *settings)
        result: Tensor = OFFERED[f"nn.functional.{name}"](input, self.weight, self.bias, *settings)
        return result

    def _widths(self) -> tuple[int, ...]:
        """How far the input is continued on both sides of each dimension, the last first."""
        if isinstance(self.padding, str):
            whole = [
                step * (wide - 1) if self.padding == "same" else 0
                for wide, step in zip(self.kernel_size, self.dilation, strict=True)
            ]
            return tuple(side for each in reversed(whole) for side in (each // 2, each - each // 2))
        return tuple(side for each in reversed(self.padding) for side in (each, each))


class _Transposed(_Conv):
    TRANSPOSED = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
        groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {self._get_name()}')
        self._begin(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias, padding_mode, dtype
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, list(output_size))
        name, settings = f"conv_transpose{self.RANK}d", (self.stride, self.padding, extra, self.groups, self.dilation)
        ask(name, input, self.weight, self.bias, *settings)
        result: Tensor = OFFERED[f"nn.functional.{name}"](input, self.weight, self.bias, *settings)
        return result

    def _extra(self, input: Tensor, wanted: list[int]) -> tuple[int, ...]:
        """The output padding that gives this size. Raises ValueError for one that no padding gives."""
        whole = self.RANK + 2
        if len(wanted) == input.ndim:
            wanted = wanted[-self.RANK :]
        if len(wanted) != self.RANK:
            raise ValueError(
                f"ConvTranspose{self.RANK}D: for {input.ndim}D input, output_size must have {self.RANK} or "
                f"{input.ndim if input.ndim < whole else whole} elements (got {len(wanted)})"
            )
        size = input.shape[-self.RANK :]
        assert not isinstance(self.padding, str)
        least = [
            (each - 1) * hop - 2 * edge + step * (wide - 1) + 1
            for each, hop, edge, step, wide in zip(
                size, self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        most = [low + hop - 1 for low, hop in zip(least, self.stride, strict=True)]
        if any(not low <= each <= high for low, each, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {tuple(wanted)}, but valid sizes range from {least} to {most} (for an input of {size})"
            )
        return tuple(each - low for each, low in zip(wanted, least, strict=True))


def _sides(value: Any, count: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


class Conv1d(_Forward):
    """A line seen through kernels that are learned."""

    RANK = 1


class Conv2d(_Forward):
    """A picture seen through kernels that are learned."""

    RANK = 2


class Conv3d(_Forward):
    """A body seen through kernels that are learned."""

    RANK = 3


class ConvTranspose1d(_Transposed):
    """Every value of a line spread by kernels that are learned."""

    RANK = 1


class ConvTranspose2d(_Transposed):
    """Every value of a picture spread by kernels that are learned."""

    RANK = 2


class ConvTranspose3d(_Transposed):
    """Every value of a body spread by kernels that are learned."""

    RANK = 3


LAYERS: tuple[type[Module], ...] = (Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
