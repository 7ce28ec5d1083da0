"""The recorder: small tuples holding references while a program runs, JSON lines in contract form when they are settled.

A note says what happened in the fewest words; `engine.lines` makes the events of it afterwards. A note of text is a line as it stands
behind its number, which it gets on its way out. Whatever is about to change memory or a flag in place calls `settle()` first, so that a
recorded value is always the value of its moment.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import identities, lines, scalars, steps
from engine.owed import Owed
from engine.piles import Piles

if TYPE_CHECKING:
    from engine.call import Call, Target
    from engine.function import Function
    from engine.ops.op import Op
    from engine.tensor import Tensor

MARK = (lines.marked,)
WIDTHS = {str: 1, tuple: 1, FunctionType: 3}
"""How much room a note takes, by what it begins with; one of an op or a leaf of the short way begins with that tensor."""
WIDTH = 5
PLAIN = [f"{number}" for number in range(1000)]
PADDED = [f"{number:03}" for number in range(1000)]
"""How numbers end, below a thousand and above: a line has most of its number from the line before."""
SEVERAL = 8
"""So many tensors over the same memory cost nothing of their own to tell of."""


class Recorder:
    """The events of one run. `line` and `span` say where the program is; ids are counted from 0 in order of creation."""

    def __init__(self) -> None:
        self.line: int | None = None
        self.span: list[int] | None = None
        self.tensors = 0
        self.functions = 0
        self.calls = 0
        self.call = 0
        self.pending: list[Any] = []
        self.note = self.pending.extend
        # What takes a run's fuel for so many tensors that one write reaches, before they are told of.
        self.price: Callable[[int], None] | None = None
        self._promised: set[int] = set()
        self.flushed = 0
        self.marked = 0
        self.told: list[str] = []
        # Whose memory a tensor looks at that is no view, by `detach()` or `.data`.
        self.shared: dict[int, int] = {}
        self.piles = Piles()
        # The digits of single numbers, by dtype, and their rounded texts: what is told again is not written again.
        self.digits = {np.float32: scalars.Digits(str), np.float64: scalars.Digits(float.__repr__)}
        self.said = scalars.Said()
        # The texts of arrays by their `id`, while notes are settled: nothing is written to then, and a gradient is told of several times.
        self.texts: dict[int, tuple[weakref.ref[Any], str]] | None = None
        # Large results that are not held, by their nodes, until they are told.
        self.owed: dict[Any, Owed] = {}
        # The texts of spans, by the span's `id`.
        self.places: dict[int, tuple[Any, str]] = {}
        # The variables that hold a tensor which comes out of nothing, where no program says so.
        self.naming: Callable[[Tensor], list[str]] | None = None

    @property
    def settled(self) -> int:
        """How many events have been made so far."""
        return self.flushed + len(self.told)

    @property
    def count(self) -> int:
        """How many events there are so far."""
        if self.pending:
            self.settle()
        return self.settled

    def mark(self) -> tuple[int, int]:
        """Count events from here on: `marked` is how many there were, once they are settled. Gives what `since` asks for."""
        self.pending.append(MARK)
        return self.settled, len(self.pending)

    def since(self, mark: tuple[int, int]) -> int:
        """How many events there are at least since then, as long as they are few."""
        settled, place = mark
        pending, count = self.pending, self.settled - settled
        if count:
            return count + len(pending)
        while place < len(pending) and count < 9:
            place += WIDTHS.get(pending[place].__class__, WIDTH)
            count += 1
        return count

    def emit(self, kind: str, **fields: Any) -> None:
        """Record an event of the program's own; the fields are JSON values."""
        self.pending.append((lines.plain, self.line, kind, fields))

    def put(self, kind: str, line: int | None, body: str) -> None:
        """Write down one event; `body` are its own fields, each with a comma before it."""
        self.told.append(f',"kind":"{kind}","line":{"null" if line is None else line}{body}}}')

    def settle(self) -> None:
        """Make the events of what was noted."""
        pending = self.pending
        if not pending:
            return
        notes = iter(pending.copy())
        pending.clear()
        self._promised.clear()
        self.texts = {}
        take, told = notes.__next__, self.told.append
        for note in notes:
            kind = note.__class__
            if kind is str:
                told(note)
            elif kind is tuple:
                note[0](self, *note[1:])
            elif kind is FunctionType:
                note(self, take)
            else:
                scalars.tracked(self, note, take(), take(), take(), take())
        self.texts = None

    def rewind(self, count: int) -> None:
        """Only the first `count` events count, which were flushed; what was noted since is left out."""
        self.pending.clear()
        self.owed.clear()
        self.told.clear()
        self.flushed = count

    def flush(self) -> list[bytes]:
        """The encoded events since the last flush, one JSON text each."""
        self.settle()
        told = iter(self.told)
        ready: list[bytes] = []
        while left := len(self.told) - len(ready):
            thousands, rest = divmod(self.flushed + len(ready), 1000)
            begun = f'{{"seq":{thousands or ""}'
            ends = (PADDED if thousands else PLAIN)[rest : rest + left]
            ready += [f"{begun}{end}{text}".encode() for end, text in zip(ends, told)]  # noqa: B905 - up to the next thousand
        self.told.clear()
        self.flushed += len(ready)
        memos: tuple[dict[Any, Any], ...] = (*self.digits.values(), self.said, self.places)
        for memo in memos:
            if len(memo) > 4096:
                memo.clear()
        return ready

    # Identities

    def identify(self, tensor: Tensor) -> int:
        """The tensor's id in this trace; one that was not seen before is recorded as created now."""
        known = tensor._identity
        if known is not None and known[0] is self:
            return known[1]
        self.settle()
        return identities.identify(self, self.line, self.span, tensor)

    def known(self, tensor: Tensor) -> int | None:
        """The tensor's id, None where this trace has not seen it."""
        identity = tensor._identity
        return identity[1] if identity is not None and identity[0] is self else None

    def name(self, tensor: Tensor) -> int:
        """Give a tensor the next id."""
        number = self.tensors
        self.tensors = number + 1
        tensor._identity = (self, number)
        return number

    # Forward

    def created(self, tensor: Tensor, *, base: Tensor | None = None, grad_of: Tensor | None = None) -> None:
        """A tensor came out of nothing, or out of the memory of another."""
        self._promised.add(id(tensor))
        count = 0 if tensor._extras is None else tensor._count
        self.pending.append(
            (identities.created, self.line, self.span, tensor, tensor._data, tensor._requires_grad, tensor._node is None, base, grad_of, count)
        )  # fmt: skip

    def held_grad(self, owner: Tensor, grad: Tensor) -> None:
        """The program takes hold of a `.grad`."""
        if self.known(grad) is None:
            facts = grad._requires_grad, grad._node is None, grad._count
            self.pending.append((lines.held, self.line, self.span, owner, grad, grad._data, *facts))

    def applied(
        self, op: Op, inputs: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor], node: Function | None
    ) -> None:
        """An op gave `outputs`."""
        made = [(out, out._data, out._requires_grad, out._node is None) for out in outputs]
        saved = () if node is None else node.saved_list()
        self.pending.append((lines.applied, self.line, self.span, op, inputs, settings, made, node, saved))

    def large(self, out: Tensor, compute: Callable[[Any, Any], Any], first: Any, second: Any) -> None:
        """An op of the short way gave a large result, which is not held: what `compute` makes of its operands."""
        self.pending.append((lines.repaid, self.line, self.span, Owed(out, compute, (first, second), self.owed)))

    # In place

    def modified(self, tensor: Tensor, op: str, before: Any) -> None:
        """Memory was changed through `tensor`; where it is somebody's `.grad`, that is said too."""
        self.settle()  # what was noted before is told before, whenever that is
        sharers = tensor._sharers()
        if self.price is not None and len(sharers) > SEVERAL:
            self.price(len(sharers))
        number = self.identify(tensor)
        also = self._sharing(sharers)
        lines.modified(self, self.line, number, op, tensor._count, before, tensor._data, also)
        for each in (tensor, *sharers):
            owner = None if each._grad_of is None else each._grad_of()
            if owner is not None and owner._grad is each:
                if each._data.any():
                    self.grad_set(owner, each)
                else:
                    self.cleared(owner, "zero")
        self.settle()

    def _sharing(self, sharers: Sequence[Tensor]) -> list[lines.Sharing]:
        """Of tensors over the same memory those that were told of: their ids, what they show now and how often they were written to."""
        return [(known, each._data, each._count) for each in sharers if (known := self.known(each)) is not None]

    def flag_changes(self, tensor: Tensor) -> None:
        """A flag is about to change: what was noted of the tensor has to hold the flag of then, as the note of its creation does."""
        if id(tensor) not in self._promised:
            self.settle()
            self.identify(tensor)

    def flag(self, tensor: Tensor, flag: str, value: bool) -> None:
        """A flag was changed; the caller said so before."""
        self.pending.append((lines.flag, self.line, self.span, tensor, flag, value))

    def cleared(self, tensor: Tensor, to: str) -> None:
        self.pending.append((lines.cleared, self.line, self.span, tensor, to))

    def grad_set(self, tensor: Tensor, value: Tensor) -> None:
        self.pending.append((lines.grad_set, self.line, self.span, tensor, value._data))

    # Backward

    def backward_started(
        self,
        via: str,
        roots: Sequence[Tensor],
        gradients: Sequence[Tensor],
        keep: bool,
        create: bool,
        inputs: Sequence[Tensor] | None,
    ) -> int:
        """A call began; its number."""
        self.call = number = self.calls
        self.calls += 1
        self.pending.append(
            (steps.started, self.line, self.span, self.call, via, roots, gradients, [each._data for each in gradients], keep, create, inputs)
        )  # fmt: skip
        return number

    def backward_finished(self, number: int) -> None:
        line = "null" if self.line is None else self.line
        self.pending.append(f',"kind":"backward-finished","line":{line},"call":{number}}}')

    def reached(self, call: Call, node: Function, gradients: Iterable[Any]) -> None:
        self.pending.append((steps.reached, self.line, call, node, [_data(gradient) for gradient in gradients]))

    def sent(
        self,
        call: Call,
        node: Function,
        edge: int,
        target: Target,
        output: int,
        gradient: Any,
        wide: tuple[int, ...],
        arrived: Sequence[Any],
        sources: Any,
        sum: tuple[Any, Any] | None,
    ) -> None:
        """A gradient went over an edge; `sum` is what stood there before and what stands there now, where they were added."""
        got = [_data(each) for each in arrived]
        before, after = (None, None) if sum is None else map(_data, sum)
        self.pending.append(
            (steps.sent, self.line, self.span, call, node, edge, target, output, _data(gradient), wide, got, sources, before, after)
        )  # fmt: skip

    def seeded(self, call: Call, root: int, gradient: Any, sum: tuple[Any, Any]) -> None:
        """A root's gradient met that of another root at the same place."""
        self.pending.append((steps.seeded, self.line, self.span, call, root, _data(gradient), *map(_data, sum)))

    def freed(self, call: Call, node: Function) -> None:
        self.pending.append((steps.freed, self.line, call, node))

    def accumulated(self, call: Call, tensor: Tensor, before: Any, added: Any, after: Any, retained: bool) -> None:
        """`.grad` of a tensor was written; what other tensors look at its memory shows that too."""
        also: list[lines.Sharing] = []
        if before is not None and not call.create and (sharers := after._sharers()):
            self.settle()
            also = self._sharing(sharers)
        self.pending.append(
            (steps.accumulated, self.line, self.span, call, tensor, before, _data(added), _data(after), retained, also)
        )

    def hooked(self, target: Target, output: int, before: Any, after: Any) -> None:
        """A hook ran: of a tensor, the one of this `output` or a leaf, on one gradient; of a node on a list of them."""
        self.pending.append((steps.hooked, self.line, self.span, target, output, _data(before), _data(after)))


def _data(gradient: Any) -> Any:
    if isinstance(gradient, (list, tuple)):
        return [_data(each) for each in gradient]
    return gradient if gradient is None or isinstance(gradient, (np.ndarray, np.generic)) else gradient._data
