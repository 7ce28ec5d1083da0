"""The graph after k events: `fold(events, at=k)`.

The browser's reducer (`static/js/state`) follows the same rules; a test replays every golden trace in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from engine import gradients
from engine.events import (
    BackwardFinished,
    BackwardStarted,
    BuffersFreed,
    ErrorCaught,
    Event,
    FlagChanged,
    FunctionApplied,
    FunctionReached,
    GradientAccumulated,
    GradientCleared,
    GradientSent,
    GradientSet,
    GradientSummed,
    HookRan,
    LineReached,
    NameBound,
    Noticed,
    Output,
    Printed,
    RunFailed,
    RunFinished,
    RunStarted,
    ScopeEntered,
    ScopeLeft,
    TensorCreated,
    TensorModified,
    Value,
)
from engine.frame import (
    Bound,
    Failure,
    Frame,
    FunctionState,
    Notice,
    Row,
    Scope,
    TensorState,
)
from engine.scenes import Scenes

__all__ = ["Frame", "fold"]


def fold(events: Iterable[Event], at: int = -1) -> Frame:
    """The frame after event `at` (-1: after the last); later events only tell which scene things belong to.

    IndexError where the trace has no such event.
    """
    trace = list(events)
    cursor = len(trace) - 1 if at == -1 else at
    if not -1 <= cursor < len(trace):
        raise IndexError(f"expected an event from 0 to {len(trace) - 1}, got {at}")
    scenes, frame = Scenes(), Frame()
    for event in trace:
        advance(frame, event)
        scenes.push(event, frame)
    if cursor != len(trace) - 1:
        frame = Frame()
        for event in trace[: cursor + 1]:
            advance(frame, event)
    for tensor in frame.tensors.values():
        tensor.scene = scenes.at(tensor.seq)
    for function in frame.functions.values():
        function.scene = scenes.at(function.seq)
    frame.scene = scenes.at(cursor)
    return frame


def advance(frame: Frame, event: Event) -> None:
    """The frame stands after one more event."""
    frame.cursor = event.seq
    if event.line is not None:
        frame.line = event.line
    match event:
        case RunStarted():
            frame.phase = "forward"
        case LineReached():
            frame.span = None
        case TensorCreated():
            _create_tensor(frame, event)
        case FunctionApplied():
            _apply_function(frame, event)
        case NameBound():
            _bind_name(frame, event)
        case ScopeEntered():
            frame.scopes = [*frame.scopes, Scope(event.scope, event.label)]
        case ScopeLeft():
            frame.scopes = frame.scopes[:-1]
        case Printed():
            frame.printed += event.text
        case BackwardStarted():
            gradients.start_call(frame, event)
        case FunctionReached():
            gradients.reach_function(frame, event)
        case GradientSent():
            gradients.send(frame, event)
        case GradientSummed():
            gradients.sum(frame, event)
        case GradientAccumulated():
            gradients.accumulate(frame, event)
        case BuffersFreed():
            _free_buffers(frame, event)
        case BackwardFinished():
            gradients.finish_call(frame, event)
        case GradientCleared():
            _clear_gradient(frame, event)
        case GradientSet():
            _set_gradient(frame, event)
        case TensorModified():
            _modify_tensor(frame, event)
        case FlagChanged():
            _change_flag(frame, event)
        case HookRan():
            _run_hook(frame, event)
        case ErrorCaught():
            pass
        case Noticed():
            told = Notice(event.code, event.span, event.message, event.hint, event.arguments, event.fix)
            frame.notices = [*frame.notices, told]
        case RunFailed():
            _fail(frame, event)
        case RunFinished():
            frame.phase = "finished"
        case _:
            assert_never(event)


def _fail(frame: Frame, event: RunFailed) -> None:
    frame.phase = "failed"
    frame.error = Failure(
        line=event.line,
        column=event.column,
        end_column=event.end_column,
        error=event.error,
        message=event.message,
        hint=event.hint,
        code=event.code,
        status=event.status,
        refusals=event.refusals or [],
    )


def _new_tensor(frame: Frame, event: TensorCreated | FunctionApplied, output: Output) -> TensorState:
    tensor = TensorState(
        tensor=output["tensor"],
        seq=event.seq,
        value=output["value"],
        requires_grad=output["requires_grad"],
        is_leaf=output["is_leaf"],
        base=output["base"],
        line=event.line,
        span=event.span,
        scopes=frame.scopes,
    )
    if output["base"] in frame.tensors:
        tensor.version = frame.tensors[output["base"]].version
    return tensor


def _create_tensor(frame: Frame, event: TensorCreated) -> None:
    facts: Output = {
        "tensor": event.tensor,
        "value": event.value,
        "requires_grad": event.requires_grad,
        "is_leaf": event.is_leaf,
        "base": event.base,
    }
    tensor = _new_tensor(frame, event, facts)
    base = frame.tensors.get(event.base) if event.base is not None else None
    if event.version is not None:
        tensor.version = event.version
    tensor.grad_of = event.grad_of
    tensor.aside = not event.requires_grad and (event.grad_of is not None or (base is not None and base.aside))
    frame.tensors[event.tensor] = tensor
    if event.grad_of in frame.tensors:
        frame.tensors[event.grad_of].handle = event.tensor
    if event.span:
        frame.span = event.span


def _apply_function(frame: Frame, event: FunctionApplied) -> None:
    aside = any(tensor in frame.tensors and frame.tensors[tensor].aside for tensor in event.inputs)
    frame.functions[event.function] = FunctionState(
        function=event.function,
        seq=event.seq,
        op=event.op,
        name=event.name,
        inputs=event.inputs,
        settings=event.settings,
        outputs=[output["tensor"] for output in event.outputs],
        saved=event.saved,
        next=event.next,
        line=event.line,
        span=event.span,
        scopes=frame.scopes,
        aside=aside,
        within=frame.call if frame.phase == "backward" else None,
    )
    for index, output in enumerate(event.outputs):
        tensor = frame.tensors.get(output["tensor"])
        if tensor is None:
            tensor = frame.tensors[output["tensor"]] = _new_tensor(frame, event, output)
            tensor.aside = aside
        else:
            tensor.value = output["value"]
            tensor.requires_grad = output["requires_grad"]
            tensor.is_leaf = output["is_leaf"]
            tensor.base = output["base"]
        tensor.producer = event.function
        tensor.output = index
    if event.span:
        frame.span = event.span


def _bind_name(frame: Frame, event: NameBound) -> None:
    frame.names[event.name] = Bound(event.tensor, event.value)
    _name_tensor(frame, event.tensor, event.name)
    held = event.value.get("tensors", []) if isinstance(event.value, dict) else []
    for tensor in dict.fromkeys(held):
        _name_tensor(frame, tensor, f"{event.name}[{held.index(tensor)}]")


def _name_tensor(frame: Frame, tensor_id: int | None, name: str) -> None:
    tensor = frame.tensors.get(tensor_id) if tensor_id is not None else None
    if tensor is None:
        return
    depth = 1 if "." in name else 0
    if name not in tensor.names:
        tensor.names.append(name)
    if tensor.name is None or depth < tensor.depth:
        tensor.name, tensor.depth = name, depth


def _free_buffers(frame: Frame, event: BuffersFreed) -> None:
    call = frame.call_of(event.call)
    for function in event.functions:
        if function in frame.functions:
            frame.functions[function].freed = True
        if call is not None:
            call.freed.append(function)


def _zeroed(data: Any) -> Any:
    return [_zeroed(item) for item in data] if isinstance(data, list) else 0


def zeros(value: Value) -> Value:
    """What `zero_()` makes of a value."""
    after = value.copy()
    if "data" in value:
        after["data"] = _zeroed(value["data"])
    else:
        sample = _zeroed(value.get("sample", []))
        after.update({"min": 0, "max": 0, "mean": 0, "norm": 0, "nonfinite": 0, "sample": sample})
    return after


def _clear_gradient(frame: Frame, event: GradientCleared) -> None:
    tensor = frame.tensors.get(event.tensor)
    if tensor is None:
        return
    after = zeros(tensor.grad) if event.to == "zero" and tensor.grad else None
    tensor.ledger.append(Row("clear", event.seq, frame.call, before=tensor.grad, after=after))
    tensor.grad = after
    if event.to == "none":
        tensor.handle = None
    elif after and tensor.handle in frame.tensors:
        frame.tensors[tensor.handle].value = after


def _set_gradient(frame: Frame, event: GradientSet) -> None:
    tensor = frame.tensors.get(event.tensor)
    if tensor is None:
        return
    tensor.ledger.append(Row("set", event.seq, frame.call, before=tensor.grad, after=event.value))
    handle = frame.tensors.get(tensor.handle) if tensor.handle is not None else None
    if handle is not None and handle.value != event.value:
        tensor.handle = None
    tensor.grad = event.value


def _modify_tensor(frame: Frame, event: TensorModified) -> None:
    tensor = frame.tensors.get(event.tensor)
    if tensor is not None:
        tensor.version = event.version
        if tensor.is_leaf and tensor.requires_grad:
            row = Row("modify", event.seq, frame.call, before=event.before, after=event.after, op=event.op)
            tensor.ledger.append(row)
        tensor.value = event.after
    gradients.show_write(frame, event.also)


def _change_flag(frame: Frame, event: FlagChanged) -> None:
    tensor = frame.tensors.get(event.tensor)
    if tensor is None:
        return
    if event.flag == "retains_grad":
        tensor.retains_grad = event.value
    else:
        tensor.requires_grad = event.value
        tensor.is_leaf = tensor.is_leaf or not event.value
        tensor.aside = tensor.aside and not event.value


def _run_hook(frame: Frame, event: HookRan) -> None:
    tensor = frame.tensors.get(event.tensor) if event.tensor is not None else None
    if tensor is None or isinstance(event.before, list) or isinstance(event.after, list):
        return
    if event.after:
        tensor.flow = event.after
    tensor.ledger.append(Row("hook", event.seq, frame.call, before=event.before, after=event.after))
