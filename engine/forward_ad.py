"""`torch.autograd.forward_ad`: dual tensors, which take a tangent along through every op within a level."""

from __future__ import annotations

from contextlib import ContextDecorator
from typing import Any, NamedTuple

from engine import detour, tangents
from engine.application import apply
from engine.duals import laid_alike
from engine.ops.indexing import PRIMAL
from engine.ops.table import METHODS, argument
from engine.signatures import type_name
from engine.tensor import Tensor

FIRST = "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."


class UnpackedDualTensor(NamedTuple):
    """A tensor without its tangent, and that tangent, None where there is none."""

    primal: Any
    tangent: Any


def enter_dual_level() -> int:
    """Begin a level. Raises RuntimeError within one."""
    if tangents.lasting():
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    tangents.forget()
    detour.tell(detour.TANGENTS, True)
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level: no tensor has a tangent any more. Raises RuntimeError for another level than the last, and where there is none."""
    last = 0 if tangents.lasting() else -1
    if level is not None and level != last:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    if last < 0:
        raise RuntimeError("Dual level must be a positive number.")
    detour.tell(detour.TANGENTS, False)
    tangents.forget()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A view of the tensor that has this tangent, the very one where it lies in memory as the tensor does.

    Raises RuntimeError outside of a level, for a tangent of another size and for what has one already, ValueError for integers.
    """
    if not (tangents.lasting() if level is None else level >= 0):
        raise RuntimeError(FIRST)
    for what, each in (("primal", tensor), ("tangent", tangent)):
        if not isinstance(each, Tensor):
            raise AttributeError(f"'{type_name(each)}' object has no attribute 'is_floating_point'")
        if not each.is_floating_point():
            raise ValueError(f"Expected {what} to be floating point or complex, but got: {each.dtype}")
    if tangents.of(tangent) is not None:
        raise RuntimeError(tangents.NESTED)
    if tangents.of(tensor) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported."
        )
    if tensor.shape != tangent.shape:
        raise RuntimeError(tangents.UNLIKE.format(list(tensor.shape), list(tangent.shape)))
    dual: Tensor = METHODS["view_as"](tensor, tensor)
    if not laid_alike(tensor, tangent):
        tangent = METHODS["copy_"](METHODS["to"](tangents.zeros(tensor), tangent.dtype), tangent)
    tangents.give(dual, tangent)
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The tensor without its tangent, and that tangent. Raises TypeError for what is no tensor."""
    if level is None and not tangents.lasting():
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, Tensor):
        raise argument("_unpack_dual", "dual", 1, tensor)
    found = tangents.of(tensor)
    with tangents.paused():
        primal = apply(PRIMAL, (tensor,), ())
    return UnpackedDualTensor(primal, found)


class dual_level(ContextDecorator):  # noqa: N801
    """Inside it tensors may have tangents; leaving takes them away, after an exception too."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *told: object) -> None:
        exit_dual_level()


TORCH: dict[str, Any] = {
    f"autograd.forward_ad.{function.__name__}": function
    for function in (dual_level, enter_dual_level, exit_dual_level, make_dual, unpack_dual)
}
