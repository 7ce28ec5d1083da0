"""Parameter: a tensor that is made to be learned."""

from __future__ import annotations

from engine import record
from engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf over the memory of `data` that requires grad; it prints as what it is."""

    __slots__ = ()

    def __init__(self, data: Tensor, requires_grad: bool = True) -> None:
        super().__init__(data._array())
        alias = data.detach() if record.active is None else data
        self._data = alias._data
        self.requires_grad_(requires_grad)

    def _is_parameter(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
