"""Applying an op: `apply` computes, tracks where an input requires grad, and tells who records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import detour, grad_mode, inside, recording
from engine.function import Function, LongFunction
from engine.memory import laid_out
from engine.promotion import promoted
from engine.tensor import Tensor
from engine.versions import View

if TYPE_CHECKING:
    from engine.ops.op import Op


def apply(op: Op, inputs: Sequence[Any], settings: tuple[Any, ...] = ()) -> Any:
    """The result of one op: computed, tracked where an input requires grad and the mode is on, and recorded where somebody records."""
    values = [item._data if isinstance(item, Tensor) else item for item in inputs]
    if op.view:
        values[0] = inputs[0]._array()
    elif op.promotes and len(values) > 1:
        values = promoted(inputs, values)
    made = op.compute(values, *settings) if op.variadic else op.compute(*values, *settings)
    if op.in_rows:
        if made.__class__ is np.ndarray and not made.flags.c_contiguous:
            made = np.ascontiguousarray(made)
    elif op.in_order:
        made = laid_out(made, [item._data if isinstance(item, Tensor) else item for item in inputs])
    if op.several:
        outputs = [wrap(op, data, inputs[0], place) for place, data in enumerate(made)]
    elif op.view:
        outputs = [wrap(op, made, inputs[0], 0)]
    else:
        outputs = [Tensor(made[()] if made.__class__ is np.ndarray and not made.ndim else made)]
    node = None
    if (
        grad_mode.enabled
        and op.slots
        and outputs
        and (outputs[0]._data.dtype.kind == "f" or outputs[-1]._data.dtype.kind == "f")
    ):
        for slot in range(len(inputs)) if op.variadic else op.slots:
            if isinstance(inputs[slot], Tensor) and inputs[slot]._requires_grad:
                if op.short and not detour.reasons:
                    node = shortened(op, inputs, values, settings, outputs)
                if node is None:
                    node = _made(op, inputs, values, settings, outputs)
                break
    if inside.mask:
        inside.spread(inputs, outputs)
    if recording.active is not None:
        recording.active.applied(op, inputs, settings, outputs, node)
    if detour.reasons and detour.TANGENTS in detour.reasons:
        followed(op, inputs, settings, outputs)
    return tuple(outputs) if op.several else outputs[0]


def _made(
    op: Op, inputs: Sequence[Any], values: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor]
) -> Function | None:
    """The node, of the long kind, of an application that requires grad, the outputs made its own; None where all operands are of inference mode."""
    if inferred(inputs):
        for out in outputs:
            out._requires_grad = False
        return None
    slots = range(len(inputs)) if op.variadic else op.slots
    needs = tuple([isinstance(inputs[slot], Tensor) and inputs[slot]._requires_grad for slot in slots])
    made = LongFunction(op, inputs, values, settings, needs)
    made.attach(outputs)
    return made


def inferred(inputs: Sequence[Any]) -> bool:
    """Whether all operands were made in inference mode: no op on these is tracked. A number that is an operand counts as a tensor of its own."""
    return all(isinstance(item, Tensor) and item.is_inference() for item in inputs)


def shortened(
    op: Op, inputs: Sequence[Any], values: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor]
) -> Function | None:
    """A node of the short kind, which `engine.quick` knows; None where there is none."""
    return None


def followed(op: Op, inputs: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor]) -> None:
    """Gives the outputs their tangents, which `engine.tangents` knows."""


def wrap(op: Op, data: Any, source: Any, place: int) -> Tensor:
    """The tensor of a result; of a view it shares the memory of `source`, and says how it came about."""
    if not op.view:
        return Tensor(data[()] if isinstance(data, np.ndarray) and not data.ndim else data)
    made = Tensor(data)
    source._share(made, True)
    extras, origin = made._extras, source._extras
    assert extras is not None and origin is not None and extras.version_cell is not None
    base = extras.base = source if origin.base is None else origin.base
    made._requires_grad = base._requires_grad and not extras.version_cell.frozen
    made._output = place if base._requires_grad and grad_mode.enabled else 0
    if grad_mode.inference or (origin.view is not None and origin.view.made == "inference"):
        how = "inference"
    elif not grad_mode.enabled:
        how = "no_grad"
    elif op.many:
        how = "multiple"
    else:
        how = "default" if origin.view is None else origin.view.made
    extras.view = View(how, extras.version_cell.count + extras.version_cell.again)
    return made


def refuse_stale(*items: Any) -> None:
    """Raises RuntimeError where a tracked op takes a view that cannot follow what was written to its base."""
    if grad_mode.enabled:
        for item in items:
            if isinstance(item, (list, tuple)):
                refuse_stale(*item)
            elif isinstance(item, Tensor) and item._view is not None and item._requires_grad:
                item._history()


def begun(op: Op | None, *items: Any) -> None:
    """What PyTorch has done of an op by the time that its operands turn out not to fit: views have their histories, and inputs are saved.

    Raises RuntimeError where that cannot be.
    """
    refuse_stale(*items)
    if op is None or op.variadic or len(items) != len(op.inputs) or not grad_mode.enabled:
        return
    needs = tuple([isinstance(items[slot], Tensor) and items[slot]._requires_grad for slot in op.slots])
    if True in needs:
        LongFunction(op, items, [item._data if isinstance(item, Tensor) else item for item in items], (), needs)
