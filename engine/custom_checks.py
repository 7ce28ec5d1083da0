"""What PyTorch refuses of a Function of the program's own, as it is applied."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from engine import grad_mode, inside, recording, tangents
from engine.ops import views
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.custom import CustomFunction

LEAF = "a leaf Variable that requires grad has been used in an in-place operation."
SEVERAL = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This "
    "is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) "
    "or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a "
    "single Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need "
    "help to do this change."
)
NO_INPUT = "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be passed to ctx.mark_dirty()."
AS_IS = (
    "An input that has been returned as-is as output is being saved for backward. This is not supported if you override setup_context. You "
    "should return and save a view of the input instead, e.g. with x.view_as(x) or setup ctx inside the forward function itself."
)
UNRETURNED = (
    "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must "
    "all be outputs of the Function."
)


def transformable(name: str, apart: bool, offers: Collection[str]) -> None:
    """Raises RuntimeError or NotImplementedError where the transforms at work ask for what a Function does not offer."""
    more = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
    kinds = set() if "legacy" in inside.active else {*inside.active} - {"dual"}
    if kinds and not apart:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the "
            f"setup_context staticmethod. {more}"
        )
    if "vmap" in kinds and "two vmaps" in offers:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set "
            f"generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. {more}"
        )
    if "vmap" in kinds and "vmap" not in offers:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override and implement the vmap staticmethod or "
            f"set generate_vmap_rule=True. {more}"
        )
    if ("jvp" in kinds or "dual" in inside.active) and "jvp" not in offers:
        raise NotImplementedError(tangents.NO_RULE)


def returned(node: CustomFunction, inputs: Sequence[Any], results: Sequence[Any]) -> None:
    """Raises RuntimeError where an input that is a result too, unchanged, is saved by `setup_context`."""
    for each in (*node._held, *(node._forward_saved or ())):
        if (
            isinstance(each, Tensor)
            and any(each is item for item in inputs)
            and any(each is item for item in results)
            and not any(each is item for item in node._dirty)
            and (grad_mode.enabled or not each._requires_grad)
        ):
            raise RuntimeError(AS_IS)


def dirtied(node: CustomFunction, inputs: Sequence[Any], results: Sequence[Any], tracked: bool) -> None:
    """Counts the writes that `mark_dirty` told. Raises RuntimeError for one that may not be, or that is no result; warns of what is no input."""
    for tensor in node._dirty:
        if tracked and not any(tensor is item for item in inputs):
            if tensor._view is not None:
                raise RuntimeError(NO_INPUT)
            warnings.warn(NO_INPUT, UserWarning, stacklevel=3)
        if not any(tensor is item for item in results):
            raise RuntimeError(UNRETURNED)
        tensor._cell().written()
        if recording.active is not None:
            recording.active.modified(tensor, "mark_dirty", tensor._data)
        if tracked and tensor._requires_grad and tensor._node is None:
            raise RuntimeError(LEAF)
        if tracked and tensor._view is not None and len(results) > 1:
            raise RuntimeError(SEVERAL)
        if tracked and tensor._view is not None and (tensor._node is not None or tensor._base_requires()):
            views.check(tensor)
