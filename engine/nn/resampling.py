"""Pictures made larger or smaller, cut into windows and put together again, as modules."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.nn.module import Module
from engine.nn.pooling import _Pool


def _floats(scale: Any) -> Any:
    if scale is None:
        return None
    return tuple(float(each) for each in scale) if isinstance(scale, (tuple, list)) else float(scale)


class Upsample(_Pool):
    """Pictures of another size, by `interpolate`."""

    CALLS = "interpolate"
    FACTS: ClassVar[tuple[str, ...]] = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.size, self.scale_factor, self.mode = size, _floats(scale_factor), mode
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def extra_repr(self) -> str:
        told = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{told}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Pictures whose values are copied to their nearest places."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Pictures blended from the nearest values, corner on corner."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class Fold(_Pool):
    """Pictures into which columns of windows are added."""

    CALLS = "fold"
    FACTS: ClassVar[tuple[str, ...]] = ("output_size", "kernel_size", "dilation", "padding", "stride")
    SHOWN = FACTS

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__()
        self.output_size, self.kernel_size, self.dilation = output_size, kernel_size, dilation
        self.padding, self.stride = padding, stride


class Unfold(Fold):
    """The windows of pictures as columns."""

    CALLS = "unfold"
    FACTS: ClassVar[tuple[str, ...]] = ("kernel_size", "dilation", "padding", "stride")
    SHOWN = FACTS

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__(None, kernel_size, dilation, padding, stride)


LAYERS: tuple[type[Module], ...] = (Upsample, UpsamplingNearest2d, UpsamplingBilinear2d, Fold, Unfold)
