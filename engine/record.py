"""The recorder: small tuples holding references while a program runs, JSON lines in contract form when they are flushed.

Whatever is about to change memory in place calls `settle()` first, so that a recorded value is always the value of its moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import lines
from engine.doorway import open_door

if TYPE_CHECKING:
    from types import TracebackType

    from engine.call import Target
    from engine.function import Function
    from engine.ops.op import Op
    from engine.tensor import Tensor

PLAIN = (bool, int, float, np.generic, type(None))

active: Recorder | None = None


class Recorder:
    """The events of one run. `line` and `span` say where the program is; ids are counted from 0 in order of creation."""

    def __init__(self) -> None:
        self.line: int | None = None
        self.span: list[int] | None = None
        self.tensors = 0
        self.functions = 0
        self.calls = 0
        self._count = 0
        self._size = 0
        self._pending: list[tuple[Any, ...]] = []
        self._lines: list[bytes] = []

    @property
    def count(self) -> int:
        """How many events there are so far."""
        return self._count + len(self._pending)

    @property
    def size(self) -> int:
        """How many bytes the settled events take."""
        return self._size

    def emit(self, kind: str, **fields: Any) -> None:
        """Record an event of the program's own; the fields are JSON values."""
        self._pending.append((lines.plain, self.line, kind, fields))

    def settle(self) -> None:
        """Encode what is pending, because memory is about to change."""
        pending, self._pending = self._pending, []
        for parts in pending:
            encode, line, *rest = parts
            kind, body = encode(*rest)
            text = f'{{"seq":{self._count},"kind":"{kind}","line":{"null" if line is None else line}{body}}}'.encode()
            self._lines.append(text)
            self._size += len(text)
            self._count += 1

    def flush(self) -> list[bytes]:
        """The encoded events since the last flush, one JSON text each."""
        self.settle()
        ready, self._lines = self._lines, []
        return ready

    # Identities

    def identify(self, tensor: Tensor) -> int:
        """The tensor's id in this trace; one that was not seen before is recorded as created now."""
        known = tensor._identity
        if known is not None and known[0] is self:
            return known[1]
        self.created(tensor)
        assert tensor._identity is not None
        return tensor._identity[1]

    def known(self, tensor: Tensor) -> int | None:
        """The tensor's id, None where this trace has not seen it."""
        identity = tensor._identity
        return identity[1] if identity is not None and identity[0] is self else None

    def _name(self, tensor: Tensor) -> int:
        number = self.tensors
        self.tensors = number + 1
        tensor._identity = (self, number)
        return number

    def _node(self, node: Function) -> int | None:
        identity = node._identity
        return identity[1] if identity is not None and identity[0] is self else None

    def _target(self, target: Target, output: int) -> tuple[str, int | None, int]:
        if target._is_node:
            return ("function", self._node(target), output)  # type: ignore[arg-type]
        return ("accumulate", self.identify(target), 0)  # type: ignore[arg-type]

    # Forward

    def created(self, tensor: Tensor, *, base: Tensor | None = None, grad_of: int | None = None) -> None:
        origin = None if base is None else self.identify(base)
        number = self._name(tensor)
        self._pending.append(
            (
                lines.created,
                self.line,
                number,
                tensor._data,
                tensor._requires_grad,
                tensor._node is None,
                origin,
                grad_of,
                self.span,
            )
        )

    def held_grad(self, owner: Tensor, grad: Tensor) -> None:
        """The program takes hold of a `.grad`."""
        if self.known(grad) is None:
            self.created(grad, grad_of=self.identify(owner))

    def applied(
        self, op: Op, inputs: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor], node: Function | None
    ) -> None:
        ids = tuple([self.identify(item) if not isinstance(item, PLAIN) else None for item in inputs])
        numbers = [item for item in inputs if isinstance(item, PLAIN)]
        places = tuple([place for place, item in enumerate(inputs) if isinstance(item, PLAIN)])
        number = self.functions
        self.functions = number + 1
        made = []
        for out in outputs:
            known = self.known(out)
            origin = None if out._base is None else self.known(out._base)
            own = self._name(out) if known is None else known
            made.append((own, out._data, out._requires_grad, out._node is None, origin))
        edges: tuple[Any, ...] = (None,) * len(ids)
        if node is not None:
            node._identity = (self, number, ids, tuple([each[0] for each in made]))
            targets = [None if edge is None else self._target(*edge) for edge in node._edges]
            if op.variadic:
                edges = tuple(targets)
            else:
                aligned: list[Any] = [None] * len(ids)
                for slot, target in zip(op.slots, targets, strict=True):
                    aligned[slot] = target
                edges = tuple(aligned)
        saved = None if node is None else node.saved_list()
        self._pending.append(
            (
                lines.applied,
                self.line,
                number,
                op,
                None if node is None else op.node,
                ids,
                numbers,
                places,
                settings,
                made,
                saved,
                edges,
                self.span,
            )
        )

    # In place

    def modified(self, tensor: Tensor, op: str, before: Any) -> None:
        """Memory was changed through `tensor`; where it is somebody's `.grad`, that is said too."""
        sharers = tensor._sharers()
        number = self.identify(tensor)
        also = [(known, sharer._data) for sharer in sharers if (known := self.known(sharer)) is not None]
        self._pending.append((lines.modified, self.line, number, op, tensor._count, before, tensor._data, also))
        for each in (tensor, *sharers):
            owner = None if each._grad_of is None else each._grad_of()
            if owner is not None and owner._grad is each:
                if each._data.any():
                    self.grad_set(owner, each)
                else:
                    self.cleared(owner, "zero")
        self.settle()

    def flag(self, tensor: Tensor, flag: str, value: bool) -> None:
        self._pending.append(
            (lines.plain, self.line, "flag-changed", {"tensor": self.identify(tensor), "flag": flag, "value": value})
        )

    def cleared(self, tensor: Tensor, to: str) -> None:
        self._pending.append((lines.plain, self.line, "gradient-cleared", {"tensor": self.identify(tensor), "to": to}))

    def grad_set(self, tensor: Tensor, value: Tensor) -> None:
        self._pending.append((lines.valued, self.line, "gradient-set", self.identify(tensor), value._data))

    # Backward

    def backward_started(
        self,
        via: str,
        roots: Sequence[Tensor],
        gradients: Sequence[Tensor],
        keep: bool,
        create: bool,
        inputs: Sequence[Tensor] | None,
    ) -> None:
        self._call = self.calls
        self.calls += 1
        ids = [self.identify(root) for root in roots]
        if create:
            for gradient in gradients:
                self.identify(gradient)
        values = [gradient._data for gradient in gradients]
        asked = None if inputs is None else [self.identify(tensor) for tensor in inputs]
        self._pending.append((lines.started, self.line, self._call, via, ids, values, keep, create, asked, self.span))

    def backward_finished(self) -> None:
        self._pending.append((lines.plain, self.line, "backward-finished", {"call": self._call}))

    def reached(self, node: Function, gradients: Iterable[Any]) -> None:
        number = self._node(node)
        if number is not None:
            self._pending.append(
                (lines.reached, self.line, self._call, number, [_data(gradient) for gradient in gradients])
            )

    def sent(
        self,
        node: Function,
        edge: int,
        target: Target,
        output: int,
        gradient: Any,
        wide: tuple[int, ...],
        arrived: Sequence[Any],
        sources: Any,
    ) -> None:
        identity = node._identity
        if identity is None or identity[0] is not self:
            return
        place = edge if node._op.variadic else node._op.slots[edge]
        data, got = _data(gradient), [_data(each) for each in arrived]
        self._pending.append(
            (
                lines.sent,
                self.line,
                self._call,
                identity[1],
                place,
                identity[2][place],
                self._target(target, output),
                data,
                wide,
                node,
                edge,
                got,
                sources,
            )
        )

    def summed(
        self,
        node: Function,
        edge: int,
        target: Target,
        output: int,
        before: Any,
        added: Any,
        after: Any,
        part: int,
        of: int,
    ) -> None:
        identity = node._identity
        if identity is None or identity[0] is not self:
            return
        place = edge if node._op.variadic else node._op.slots[edge]
        where = self._target(target, output)
        self._pending.append(
            (
                lines.summed,
                self.line,
                self._call,
                identity[2][place],
                where,
                _data(before),
                _data(added),
                _data(after),
                part,
                of,
            )
        )

    def accumulated(self, tensor: Tensor, before: Any, added: Any, after: Any, retained: bool) -> None:
        number = self.identify(tensor)
        self._pending.append((lines.accumulated, self.line, self._call, number, before, _data(added), after, retained))

    def freed(self, node: Function) -> None:
        number = self._node(node)
        if number is not None:
            self._pending.append((lines.plain, self.line, "buffers-freed", {"call": self._call, "functions": [number]}))

    def hooked(self, node: Function | None, output: int, leaf: Tensor | None, before: Any, after: Any) -> None:
        """A hook answered with another gradient."""
        number = tensor = None
        if leaf is not None:
            tensor = self.identify(leaf)
        elif node is not None and node._identity is not None and node._identity[0] is self:
            number, tensor = node._identity[1], node._identity[3][output]
        self._pending.append((lines.hooked, self.line, tensor, number, _data(before), _data(after)))


def _data(gradient: Any) -> Any:
    return gradient if gradient is None or isinstance(gradient, (np.ndarray, np.generic)) else gradient._data


class Trace:
    """What a `record()` block did, as events."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self._lines: list[bytes] = []
        self._outer: Recorder | None = None

    def __enter__(self) -> Trace:
        global active
        from engine.events import SCHEMA

        self._outer, active = active, self.recorder
        self.recorder.emit("run-started", schema=SCHEMA, seed=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global active
        recorder, active = self.recorder, self._outer
        recorder.line = recorder.span = None
        if error is None:
            recorder.emit("run-finished", tensors=recorder.tensors, functions=recorder.functions, calls=recorder.calls)
        else:
            recorder.emit(
                "run-failed", column=None, end_column=None, error=type(error).__name__, message=str(error), hint=None,
                code="exception", status="failed",
            )  # fmt: skip

    def lines(self) -> list[bytes]:
        """Every event so far, one JSON text each."""
        self._lines.extend(self.recorder.flush())
        return list(self._lines)

    def events(self) -> list[Any]:
        """Every event so far, as the dataclasses of `engine.events`."""
        from engine.events import decode

        return [decode(json.loads(line)) for line in self.lines()]

    def frame(self, at: int = -1) -> Any:
        """The graph after event `at`; -1 is the last one."""
        from engine.replay import fold

        events = self.events()
        return fold(events, at=len(events) - 1 if at == -1 else at)

    def save(self, path: str | Path) -> None:
        """Write the events as JSON lines."""
        Path(path).write_bytes(b"".join(line + b"\n" for line in self.lines()))


def record() -> Trace:
    """A context that records what the block does."""
    return Trace()


open_door(__name__)
