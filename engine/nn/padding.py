"""Layers that put edges around lines, pictures and volumes: constant, mirrored, repeated, or going around."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.tensor import Tensor


class _Pad(Module):
    """`MODE` is how `pad` makes the edges, `RANK` how many dimensions have two."""

    MODE: ClassVar[str]
    RANK: ClassVar[int]
    FACTS: ClassVar[tuple[str, ...]] = ("padding",)

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = tuple(padding) if isinstance(padding, (tuple, list)) else (padding,) * (2 * self.RANK)

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.pad"](input, self.padding, self.MODE)
        return result

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ReflectionPadNd(_Pad):
    MODE = "reflect"


class _ReplicationPadNd(_Pad):
    MODE = "replicate"


class _CircularPadNd(_Pad):
    MODE = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """Raises ValueError for an input of another number of dimensions."""
        ranks = (self.RANK + 1, self.RANK + 2)
        if input.dim() not in ranks:
            raise ValueError(f"expected {ranks[0]}D or {ranks[1]}D input (got {input.dim()}D input)")
        return super().forward(input)


class _ConstantPadNd(_Pad):
    MODE = "constant"
    FACTS = ("padding", "value")

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.pad"](input, self.padding, self.MODE, self.value)
        return result

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPadNd):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


def _of_rank(kind: type[_Pad], name: str, rank: int) -> type[_Pad]:
    of = ("", "a line", "a picture", "a volume")[rank]
    return type(f"{name}{rank}d", (kind,), {"RANK": rank, "__module__": __name__, "__doc__": f"Edges around {of}."})


LAYERS: tuple[type[Module], ...] = tuple(
    _of_rank(kind, name, rank)
    for kind, name in (
        (_ConstantPadNd, "ConstantPad"),
        (_ZeroPad, "ZeroPad"),
        (_ReflectionPadNd, "ReflectionPad"),
        (_ReplicationPadNd, "ReplicationPad"),
        (_CircularPadNd, "CircularPad"),
    )
    for rank in (1, 2, 3)
)
