"""Layers that pool: the greatest or the mean of every window, or of as many parts as are asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.nn.conv import ask
from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.tensor import Tensor


class _Pool(Module):
    """`CALLS` is the function in `torch.nn.functional`; the attributes of `FACTS` are given to it in order, those of `SHOWN` printed."""

    CALLS: ClassVar[str] = ""
    SHOWN: ClassVar[tuple[str, ...]] = ()

    def forward(self, input: Tensor) -> Any:
        settings = {name: self.__dict__[name] for name in self.FACTS}
        ask(self.CALLS, input, **settings)
        return OFFERED[f"nn.functional.{self.CALLS}"](input, *settings.values())

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={self.__dict__[name]}" for name in self.SHOWN)


class _MaxPoolNd(_Pool):
    FACTS: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
    SHOWN = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation, self.return_indices, self.ceil_mode = padding, dilation, return_indices, ceil_mode


class MaxPool1d(_MaxPoolNd):
    """The greatest of every window of a line."""

    CALLS = "max_pool1d"


class MaxPool2d(_MaxPoolNd):
    """The greatest of every window of a picture."""

    CALLS = "max_pool2d"


class MaxPool3d(_MaxPoolNd):
    """The greatest of every window of a body."""

    CALLS = "max_pool3d"


class _MaxUnpoolNd(Module):
    """`CALLS` is the function in `torch.nn.functional`; sizes are told for each of `DIMS` dimensions."""

    CALLS: ClassVar[str] = ""
    DIMS: ClassVar[int]
    FACTS: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding")

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = (
            tuple(each) if isinstance(each, (tuple, list)) else (each,) * self.DIMS
            for each in (kernel_size, kernel_size if stride is None else stride, padding)
        )

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        settings = (self.kernel_size, self.stride, self.padding, output_size)
        ask(self.CALLS, input, indices, *settings)
        result: Tensor = OFFERED[f"nn.functional.{self.CALLS}"](input, indices, *settings)
        return result

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The greatest of every window of a line back at its place."""

    CALLS, DIMS = "max_unpool1d", 1


class MaxUnpool2d(_MaxUnpoolNd):
    """The greatest of every window of a picture back at its place."""

    CALLS, DIMS = "max_unpool2d", 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The greatest of every window of a body back at its place."""

    CALLS, DIMS = "max_unpool3d", 3


class AvgPool1d(_Pool):
    """The mean of every window of a line."""

    CALLS = "avg_pool1d"
    FACTS: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
    SHOWN = ("kernel_size", "stride", "padding")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride, self.padding = (
            tuple(each) if isinstance(each, (tuple, list)) else (each,)
            for each in (kernel_size, kernel_size if stride is None else stride, padding)
        )
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad


class AvgPool2d(_Pool):
    """The mean of every window of a picture."""

    CALLS = "avg_pool2d"
    FACTS: ClassVar[tuple[str, ...]] = (
        "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override",
    )  # fmt: skip
    SHOWN = ("kernel_size", "stride", "padding")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override


class AvgPool3d(AvgPool2d):
    """The mean of every window of a body."""

    CALLS = "avg_pool3d"


class _LPPoolNd(_Pool):
    FACTS: ClassVar[tuple[str, ...]] = ("norm_type", "kernel_size", "stride", "ceil_mode")
    SHOWN = FACTS

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode


class LPPool1d(_LPPoolNd):
    """The norm of every window of a line."""

    CALLS = "lp_pool1d"


class LPPool2d(_LPPoolNd):
    """The norm of every window of a picture."""

    CALLS = "lp_pool2d"


class LPPool3d(_LPPoolNd):
    """The norm of every window of a body."""

    CALLS = "lp_pool3d"


class _AdaptiveAvgPoolNd(_Pool):
    FACTS: ClassVar[tuple[str, ...]] = ("output_size",)
    SHOWN = ("output_size",)

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The means of as many parts of a line as are asked for."""

    CALLS = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The means of as many parts of a picture as are asked for."""

    CALLS = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The means of as many parts of a body as are asked for."""

    CALLS = "adaptive_avg_pool3d"


class _AdaptiveMaxPoolNd(_AdaptiveAvgPoolNd):
    FACTS: ClassVar[tuple[str, ...]] = ("output_size", "return_indices")

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The greatest of as many parts of a line as are asked for."""

    CALLS = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The greatest of as many parts of a picture as are asked for."""

    CALLS = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The greatest of as many parts of a body as are asked for."""

    CALLS = "adaptive_max_pool3d"


class PixelShuffle(_Pool):
    """Groups of channels laid out as squares of pixels."""

    CALLS = "pixel_shuffle"
    FACTS: ClassVar[tuple[str, ...]] = ("upscale_factor",)
    SHOWN = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor


class PixelUnshuffle(_Pool):
    """Squares of pixels gathered into groups of channels."""

    CALLS = "pixel_unshuffle"
    FACTS: ClassVar[tuple[str, ...]] = ("downscale_factor",)
    SHOWN = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor


class ChannelShuffle(_Pool):
    """Channels of several groups among one another."""

    CALLS = "channel_shuffle"
    FACTS: ClassVar[tuple[str, ...]] = ("groups",)
    SHOWN = ("groups",)

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups


LAYERS: tuple[type[Module], ...] = (
    *(MaxPool1d, MaxPool2d, MaxPool3d, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d),
    *(AvgPool1d, AvgPool2d, AvgPool3d, LPPool1d, LPPool2d, LPPool3d),
    *(AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d),
    *(AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d),
    *(PixelShuffle, PixelUnshuffle, ChannelShuffle),
)
