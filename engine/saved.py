"""What a node saved for backward: as the rules take it, and whether it still is what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import anomaly, dtypes
from engine.tensor import Tensor
from engine.versions import sequence

if TYPE_CHECKING:
    from engine.function import Function

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). "
    "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
    "you need to backward through the graph a second time or if you need to access saved tensors after calling backward."
)
DETACHED = (
    "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, please use out-of-place "
    "`.detach()` instead"
)
INFERENCE = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by "
    "autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` "
    "instead of `torch.inference_mode()`."
)
ANOMALY_HINT = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
ANOMALY_HINT_WHEN_ON = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed "
    "in there or anywhere later. Good luck!"
)


class _Integer(int):
    """A whole number that stands where a tensor could, as in `x * 2`."""


class _Number(float):
    """A number that stands where a tensor could."""


class Original(Tensor):
    """What a tensor held before the very write that saved it. PyTorch saves a clone: a second derivative goes through that."""

    __slots__ = ("_clone", "_place")

    def __init__(self, data: Any, requires_grad: bool) -> None:
        super().__init__(data, requires_grad)
        self._clone: Tensor | None = None
        self._place = next(sequence)

    def clone(self) -> Tensor:
        """That clone, made when it is first asked for; it has its place among the nodes from when it was saved."""
        if self._clone is None:
            held = Tensor(self._data, self._requires_grad)
            held._node, held._output, held._identity = self._node, self._output, self._identity
            held._accumulator = self._accumulator
            self._clone = held.clone()
            if self._clone._node is not None:
                self._clone._node._sequence = self._place
        return self._clone


def operand(item: Any) -> Any:
    """A saved input as the rules on Tensors take it: they tell a number that was an operand from one of their own (`ops/operators.py`)."""
    if item.__class__ is Original:
        return item.clone()
    return _Integer(item) if type(item) is int else _Number(item) if type(item) is float else item


def unchanged(item: Tensor, version: int, *, leaf: bool) -> None:
    """Raises RuntimeError for a saved tensor that was detached in place, or written to since it had this version."""
    node = item._history()
    if node is None and not leaf:
        raise RuntimeError(DETACHED)
    if item._count != version:
        # Of a saved input PyTorch does not know which output it is.
        raise modified(item._data, node, 0, item._count, version)


def modified(data: Any, node: Function | None, output: int, version: int, expected: int) -> RuntimeError:
    legacy = dtypes.of(data.dtype).legacy
    maker = f", which is output {output} of {node.short_name()}," if node is not None else ""
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{legacy} {list(data.shape)}]{maker} is at version {version}; expected version {expected} instead. {ANOMALY_HINT_WHEN_ON if anomaly.enabled else ANOMALY_HINT}"
    )
