"""Parameter: a tensor that is made to be learned."""

from __future__ import annotations

from engine import record
from engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf over the memory of `data` that requires grad, unless told otherwise; it prints as what it is."""

    __slots__ = ()

    def __init__(self, data: Tensor, requires_grad: bool = True) -> None:
        """Raises RuntimeError for integers that should require grad."""
        if requires_grad and not data.is_floating_point():
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        super().__init__(data._array(), bool(requires_grad))
        data._share(self, counted=True)
        if record.active is not None:
            record.active.created(self, base=data)

    def _is_parameter(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
