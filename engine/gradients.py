"""What the events of a backward call change in a frame: seeds, input buffers, `.grad`."""

from __future__ import annotations

from engine.events import (
    Also,
    BackwardFinished,
    BackwardStarted,
    FunctionReached,
    GradientAccumulated,
    GradientSent,
    GradientSummed,
    Target,
)
from engine.frame import CallState, Contribution, Frame, Reached, Row, Sent, TensorState


def target_tensor(frame: Frame, to: Target | None) -> TensorState | None:
    """The tensor at whose input buffer a gradient for `to` arrives."""
    if to is None:
        return None
    if to[0] == "accumulate":
        return frame.tensors.get(to[1])
    function = frame.functions.get(to[1])
    return frame.tensors.get(function.outputs[to[2]]) if function and to[2] < len(function.outputs) else None


def plan(frame: Frame, roots: list[int], inputs: list[int] | None) -> tuple[list[int], dict[int, int]]:
    """The functions that a call will run, and how many contributions each tensor will receive from them.

    `inputs` are the tensors asked for (`grad`, `backward(inputs=)`), None for every leaf. Creation order is an order of
    the graph, so nothing recurses. What goes to a tensor as it was before an in-place op comes later and is counted then.
    """
    producers = [frame.tensors[root].producer for root in roots if root in frame.tensors]
    waiting = [p for p in producers if p is not None and p in frame.functions and frame.functions[p].name]
    seen: set[int] = set()
    while waiting:
        function = waiting.pop()
        if function in seen or function not in frame.functions:
            continue
        seen.add(function)
        waiting += [to[1] for to in frame.functions[function].next if to is not None and to[0] == "function"]
    functions: list[int] = []
    needed: set[int] = set()
    expected: dict[int, int] = {}
    for function in sorted(seen):
        targets = []
        for to in frame.functions[function].next:
            tensor = target_tensor(frame, to)
            if to is None or tensor is None:
                continue
            if inputs is None or tensor.tensor in inputs or (to[0] == "function" and to[1] in needed):
                targets.append((tensor.tensor, to[0] == "accumulate" or tensor.producer == to[1]))
        if inputs is not None and not targets:
            continue
        needed.add(function)
        functions.append(function)
        for target, now in targets:
            if now:
                expected[target] = expected.get(target, 0) + 1
    return functions, expected


def start_call(frame: Frame, event: BackwardStarted) -> None:
    functions, expected = plan(frame, event.roots, event.inputs)
    seeds: dict[int, list[Contribution]] = {}
    for root, gradient in zip(event.roots, event.gradients, strict=False):
        if gradient is not None:
            seeds.setdefault(root, []).append(Contribution(None, None, gradient))
            expected[root] = expected.get(root, 0) + 1
    frame.phase = "backward"
    frame.call = event.call
    frame.running = None
    if event.span:
        frame.span = event.span
    frame.calls.append(
        CallState(
            call=event.call,
            via=event.via,
            roots=event.roots,
            gradients=event.gradients,
            retain_graph=event.retain_graph,
            create_graph=event.create_graph,
            start=event.seq,
            line=event.line,
            targets=sorted(expected),
        )
    )
    for target, count in expected.items():
        tensor = frame.tensors.get(target)
        if tensor is None:
            continue
        tensor.call = event.call
        tensor.expected = count
        tensor.contributions = seeds.get(target, [])
        tensor.flow = tensor.contributions[0].value if tensor.contributions else None
        for seed in tensor.contributions:
            tensor.ledger.append(Row("contribution", event.seq, event.call, added=seed.value))
    for function in functions:
        if frame.functions[function].aside:
            frame.functions[function].aside = False
            for output in frame.functions[function].outputs:
                frame.tensors[output].aside = False


def _leave_function(frame: Frame) -> None:
    """The node that ran is done: what passed through its outputs is gone, except what it sent to itself."""
    function = frame.functions.get(frame.running) if frame.running is not None else None
    if function is not None:
        kept = {sent.tensor for sent in function.sent}
        for output in function.outputs:
            if output in frame.tensors and output not in kept:
                frame.tensors[output].flow = None
    frame.running = None


def reach_function(frame: Frame, event: FunctionReached) -> None:
    _leave_function(frame)
    frame.running = event.function
    if (call := frame.call_of(event.call)) is not None:
        call.reached.append(event.function)
    function = frame.functions.get(event.function)
    if function is None:
        return
    function.reached = Reached(event.call, event.gradients)
    function.sent = []
    for index, output in enumerate(function.outputs):
        if output in frame.tensors:
            frame.tensors[output].flow = event.gradients[index] if index < len(event.gradients) else None


def send(frame: Frame, event: GradientSent) -> None:
    function = frame.functions.get(event.function)
    if function is not None:
        facts = (event.input, event.tensor, event.to, event.value, event.summed_axes)
        function.sent.append(Sent(*facts, event.arithmetic, event.local))
    tensor = target_tensor(frame, event.to)
    if tensor is None:
        return
    contribution = Contribution(event.function, event.input, event.value)
    to_itself = function is not None and tensor.tensor in function.outputs
    first_to_itself = to_itself and all(c.function != event.function for c in tensor.contributions)
    if tensor.call != event.call or first_to_itself:
        tensor.call = event.call
        tensor.contributions = [contribution]
        tensor.expected = 1
    else:
        tensor.contributions.append(contribution)
        tensor.expected = max(tensor.expected, len(tensor.contributions))
    if len(tensor.contributions) == 1:
        tensor.flow = event.value
    tensor.ledger.append(
        Row("contribution", event.seq, event.call, added=event.value, function=event.function, input=event.input)
    )


def sum(frame: Frame, event: GradientSummed) -> None:
    tensor = target_tensor(frame, event.to)
    if tensor is None and event.tensor is not None:
        tensor = frame.tensors.get(event.tensor)
    if tensor is None:
        return
    last = tensor.contributions[-1] if tensor.contributions else None
    tensor.flow = event.after
    tensor.expected = max(event.of, len(tensor.contributions))
    whose = (last.function, last.input) if last else (None, None)
    tensor.ledger.append(Row("sum", event.seq, event.call, event.before, event.added, event.after, *whose))


def show_write(frame: Frame, also: list[Also]) -> None:
    """The other tensors over memory that was written to show what it holds now."""
    for other in also:
        if other["tensor"] in frame.tensors:
            written = frame.tensors[other["tensor"]]
            written.value = other["after"]
            written.version = other.get("version", written.version)


def accumulate(frame: Frame, event: GradientAccumulated) -> None:
    _leave_function(frame)
    tensor = frame.tensors.get(event.tensor)
    if tensor is None:
        return
    call = frame.call_of(event.call)
    if event.before is None or (call is not None and call.create_graph):
        tensor.handle = None
    elif tensor.handle in frame.tensors:
        frame.tensors[tensor.handle].value = event.after
        frame.tensors[tensor.handle].version += 1
    show_write(frame, event.also or [])
    if not event.retained:
        tensor.flow = None
    tensor.grad = event.after
    sums = (event.before, event.added, event.after)
    tensor.ledger.append(Row("accumulate", event.seq, event.call, *sums, retained=event.retained))


def finish_call(frame: Frame, event: BackwardFinished) -> None:
    _leave_function(frame)
    call = frame.call_of(event.call)
    if call is not None:
        for target in call.targets:
            if target in frame.tensors:
                frame.tensors[target].flow = None
        call.end = event.seq
    frame.phase = "forward"
