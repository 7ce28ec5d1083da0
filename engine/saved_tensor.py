"""`_raw_saved_<name>` of a node: what it saved under one name, which hooks of its own may pack and unpack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import saving
from engine.custom import CustomFunction
from engine.function import Function
from engine.saved import FREED, Original
from engine.tensor import Tensor

HOOKED = "Calling register_hooks on a saved tensor "
LOST = (
    "after it has been freed. Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved variables after calling backward."
)
ALREADY = "whose hooks have already been set. Hint: only one pair of hooks is allowed at a time."
UNLIKE = (
    "register_hooks(): incompatible function arguments. The following argument types are supported:\n"
    "    1. (self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None"
)


class SavedTensor:
    """What a node saved: an input or a result by its place, or one of what a Function of the program's own saved."""

    __slots__ = ("_node", "_place", "_result")

    def __init__(self, node: Function, place: int, result: bool = False) -> None:
        self._node, self._place, self._result = node, place, result

    def __repr__(self) -> str:
        return "<torch._C._autograd.SavedTensor object>"

    def _held(self) -> Any:
        node = self._node
        if node._freed:
            return None
        if isinstance(node, CustomFunction):
            return node._kept[self._place]
        return node.held_at(self._result, self._place)

    @property
    def data(self) -> Any:
        """What is kept: what the pack hook gave, the tensor itself, a result's memory, or None."""
        held = self._held()
        if isinstance(held, tuple):
            held = held[0]
        if isinstance(held, saving.Packed):
            return held.value
        if isinstance(held, Original):
            return held.clone()
        return held if held is None or isinstance(held, Tensor) else Tensor(held)

    def register_hooks(self, *hooks: Callable[[Any], Any]) -> None:
        """From now on this is packed by the first hook, at once, and unpacked by the second.

        Raises RuntimeError where it is freed, None or hooked already, or where the pack hook writes to it; TypeError for other arguments.
        """
        if len(hooks) != 2 or not all(map(callable, hooks)):
            raise TypeError(UNLIKE)
        node, held = self._node, self._held()
        if node._freed:
            raise RuntimeError(HOOKED + LOST)
        if held is None:
            raise RuntimeError(HOOKED + "with value None is forbidden")
        own = isinstance(node, CustomFunction)
        if isinstance(held[0] if own else held, saving.Packed):
            raise RuntimeError(HOOKED + ALREADY)
        tensor = held.clone() if isinstance(held, Original) else held[0] if isinstance(held, tuple) else held
        if isinstance(tensor, Tensor):
            packed = saving.Packed(tensor.detach(), hooks)
        else:
            shown = Tensor(tensor)
            if isinstance(held, tuple):
                shown._version_cell = held[1]
            packed = saving.Packed(shown, hooks)
        if isinstance(node, CustomFunction):
            node.repack(self._place, packed)
        else:
            rare = node.rare()
            rare.packed = True
            rare.raw[self._result, self._place] = packed


def raw(node: Function, name: str) -> SavedTensor:
    """What `_raw_saved_<name>` gives. Raises AttributeError for what this node does not save as a tensor."""
    op = node._op
    node_knows = name in op.shown and name not in op.settings
    if node_knows and name in op.inputs:
        return SavedTensor(node, op.inputs.index(name))
    if node_knows and name in op.results and name in node._plan.names:
        return SavedTensor(node, op.results.index(name), True)
    raise AttributeError(f"'{op.node}' object has no attribute '_raw_saved_{name}'")


def all_raw(node: CustomFunction) -> tuple[SavedTensor, ...]:
    """What `_raw_saved_tensors` gives of a Function of the program's own. Raises RuntimeError once they are freed."""
    if node._freed:
        raise RuntimeError(FREED)
    return tuple(SavedTensor(node, place) for place in range(len(node._kept)))
