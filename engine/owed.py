"""Large results that are worked out again when they are told.

A note that held the result itself would keep its memory from being used again, and new memory costs more than the op. So the note holds
what the result was made of, as far as that is held anyway, and an array that the program lets go is gone.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.recorder import Recorder
    from engine.tensor import Tensor

LARGE = 1 << 17
"""From so many bytes on a result is not held."""
EXACT = frozenset({operator.add, operator.sub, operator.mul, operator.truediv})
"""What rounds once: worked out again it gives the same bits, wherever the memory lies."""


class Owed:
    """The result of an op on arrays. In a trace it stands for its tensor, which may have gone before it is told of."""

    __slots__ = ("_array", "_compute", "_data", "_identity", "_tensor", "inputs", "node")

    _base = None
    _identity: tuple[Recorder, int] | None

    def __init__(
        self, out: Tensor, compute: Callable[[Any, Any], Any], inputs: tuple[Any, Any], owed: dict[Any, Owed]
    ) -> None:
        """`owed` are those not told yet, by their nodes; `out` becomes one of them."""
        self.node: Any = out._node
        self.inputs: tuple[Any, ...] = tuple([_stand_in(each, owed) for each in inputs])
        self._data: Any = None
        self._compute = compute
        self._identity = None
        self._array = weakref.ref(out._data)
        self._tensor = weakref.ref(out)
        owed[self.node] = self

    def data(self) -> Any:
        """The result, kept for as long as others are owed that were made of it."""
        self._data = self._array()
        if self._data is None:
            self._data = self._compute(
                *[each if isinstance(each, (int, float)) else each._data for each in self.inputs]
            )
        return self._data

    def told(self) -> None:
        """The trace knows the result; what it was made of may go."""
        self.inputs = ()
        tensor = self._tensor()
        if tensor is not None:
            tensor._identity = self._identity


def _stand_in(operand: Any, owed: dict[Any, Owed]) -> Any:
    found = None if isinstance(operand, (int, float)) else owed.get(operand._node)
    return operand if found is None or found._tensor() is not operand else found
