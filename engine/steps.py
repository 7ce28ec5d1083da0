"""A backward call as events, one function for each kind of note: what reached a node, what it sent, and where gradients came to rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.arithmetic import arithmetic, local
from engine.broadcast import summed_axes
from engine.identities import destination, ident, identify, idents, quoted, shown, spanned, truth
from engine.lines import Sharing, sharing
from engine.ready import Spot, spot

if TYPE_CHECKING:
    from engine.call import Call, Target
    from engine.function import Function
    from engine.journal import Journal
    from engine.recorder import Recorder
    from engine.tensor import Tensor


def started(
    recorder: Recorder, line: int | None, span: Any, call: int, via: str, roots: Sequence[Tensor], gradients: Sequence[Tensor],
    values: Sequence[Any], keep: bool, create: bool, inputs: Sequence[Tensor] | None,
) -> None:  # fmt: skip
    ids = [identify(recorder, line, span, root) for root in roots]
    if create:
        for gradient in gradients:
            identify(recorder, line, span, gradient)
    asked = None if inputs is None else [identify(recorder, line, span, tensor) for tensor in inputs]
    recorder.put(
        "backward-started",
        line,
        f',"call":{call},"via":"{via}","roots":{idents(ids)},"gradients":[{",".join(shown(recorder, each) for each in values)}],'
        f'"retain_graph":{truth(keep)},"create_graph":{truth(create)}'
        + ("" if asked is None else f',"inputs":{idents(asked)}')
        + ("" if span is None else f',"span":{spanned(recorder, span)}'),
    )


def _number(recorder: Recorder, node: Any) -> int | None:
    """The node's id; None where this trace has not seen it."""
    identity = node._identity
    return identity[1] if identity is not None and identity[0] is recorder else None


def reached(
    recorder: Recorder, line: int | None, call: Call | Journal, node: Function, gradients: Sequence[Any]
) -> None:
    identity = node._identity
    if identity is not None and identity[0] is recorder:
        # No gradient comes for a result that has none, such as the indices of `sort`.
        none = ["null"] * (len(identity[3]) - len(gradients))
        values = ",".join([*[shown(recorder, each) for each in gradients], *none])
        recorder.put("function-reached", line, f',"call":{call.number},"function":{identity[1]},"gradients":[{values}]')


def sent(
    recorder: Recorder, line: int | None, span: Any, call: Call | Journal, node: Function, edge: int, target: Target, output: int, data: Any,
    wide: tuple[int, ...], arrived: Sequence[Any], sources: Any, before: Any, after: Any,
) -> None:  # fmt: skip
    identity = node._identity
    key = spot(target, output)
    # Of the first part of a sum no count is kept by the short way.
    call.parts[key] = call.parts.get(key, 0 if before is None else 1) + 1
    if call.again is not None:
        call.again[key] = data if before is None else after
    if identity is None or identity[0] is not recorder:
        return
    op = node._op
    place = edge if op.variadic else op.slots[edge]
    to = destination(recorder, line, span, target, output)
    axes = "[]" if not wide or wide == data.shape else idents(summed_axes(wide, data.shape))
    text = arithmetic(node, edge, arrived, sources)
    slope = "" if text is None else f',"local":{local(node, edge, arrived, sources)}'
    tensor, value = ident(identity[2][place]), shown(recorder, data)
    recorder.put(
        "gradient-sent",
        line,
        f',"call":{call.number},"function":{identity[1]},"input":{place},"tensor":{tensor},"to":{to},"value":{value},'
        f'"summed_axes":{axes},"arithmetic":{"null" if text is None else quoted(text)}{slope}',
    )
    if before is not None:
        _summed(recorder, line, call, key, tensor, to, before, value, after)


def _summed(
    recorder: Recorder, line: int | None, call: Call | Journal, key: Spot, tensor: str, to: str, before: Any, added: str, after: Any
) -> None:  # fmt: skip
    recorder.put(
        "gradient-summed",
        line,
        f',"call":{call.number},"tensor":{tensor},"to":{to},"before":{shown(recorder, before)},"added":{added},'
        f'"after":{shown(recorder, after)},"part":{call.parts[key]},"of":{call.expected[key]}',
    )


def seeded(
    recorder: Recorder, line: int | None, span: Any, call: Call, root: int, added: Any, before: Any, after: Any
) -> None:
    """The gradient of a root met one of another root."""
    target, output = call.roots[root]
    key = spot(target, output)
    call.parts[key] = call.parts.get(key, 1) + 1
    known = target._identity
    if known is None or known[0] is not recorder:
        return
    tensor = known[3][output] if target._is_node else known[1]  # type: ignore[misc]
    to = destination(recorder, line, span, target, output)
    _summed(recorder, line, call, key, ident(tensor), to, before, shown(recorder, added), after)


def freed(recorder: Recorder, line: int | None, call: Call | Journal, node: Function) -> None:
    number = _number(recorder, node)
    if number is not None:
        recorder.put("buffers-freed", line, f',"call":{call.number},"functions":[{number}]')


def accumulated(
    recorder: Recorder,
    line: int | None,
    span: Any,
    call: Call | Journal,
    tensor: Tensor,
    before: Any,
    added: Any,
    after: Any,
    retained: bool,
    also: Sequence[Sharing] = (),
) -> None:
    number = identify(recorder, line, span, tensor)
    if before is None:
        recorder.piles.begun(number)
    else:
        recorder.piles.grown(number, line, span)
    recorder.put(
        "gradient-accumulated",
        line,
        f',"call":{call.number},"tensor":{number},"before":{shown(recorder, before)},"added":{shown(recorder, added)},'
        f'"after":{shown(recorder, after)},"retained":{truth(retained)}'
        + (f',"also":[{sharing(recorder, also)}]' if also else ""),
    )


def hooked(
    recorder: Recorder, line: int | None, span: Any, target: Target, output: int, before: Any, after: Any
) -> None:
    """A hook of a tensor saw one gradient, one of a node a list."""
    number = tensor = None
    if not target._is_node:
        tensor = identify(recorder, line, span, target)  # type: ignore[arg-type]
    elif _number(recorder, target) is not None:
        number = target._identity[1]  # type: ignore[index]
        tensor = None if isinstance(before, list) else target._identity[3][output]  # type: ignore[index, misc]
    told = ",".join(
        f'"{name}":'
        + (f"[{','.join(shown(recorder, one) for one in each)}]" if isinstance(each, list) else shown(recorder, each))
        for name, each in (("before", before), ("after", after))
    )
    recorder.put("hook-ran", line, f',"tensor":{ident(tensor)},"function":{ident(number)},{told}')
