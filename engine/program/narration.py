"""What a run tells of itself: lines, scopes, names and prints, noted as text and made into events a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.identities import bind, identify
from engine.program.limits import Meter
from engine.recorder import Recorder
from engine.tensor import Tensor

quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii
"""A text as JSON writes it."""
encoded: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
"""Any other value as JSON writes it."""


def line_reached(line: int) -> str:
    """The event of a statement that starts."""
    return f',"kind":"line-reached","line":{line}}}'


def scope(kind: str, label: str) -> str:
    """How the events of a scope end."""
    return f'"scope":"{kind}","label":{quoted(label)}}}'


class ByLine(dict[int | None, str]):
    """How the events of a kind begin, by the line they are told of."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __missing__(self, line: int | None) -> str:
        text = self[line] = f',"kind":"{self._kind}","line":{line or "null"},'
        return text


class Naming:
    """How it is told what a variable holds, on one line of the program.

    `tensor` is a note of the recorder that takes a tensor and a span; it adds to `titled`, the tensors that have a name. Of another value the
    event is `plain`, the value and a brace.
    """

    __slots__ = ("plain", "tensor")

    def __init__(self, line: int | None, name: str, titled: set[int]) -> None:
        begun = f',"kind":"name-bound","line":{line or "null"},"name":{quoted(name)},"tensor":'
        self.plain = f'{begun}null,"value":'

        def tensor(recorder: Recorder, take: Callable[[], Any]) -> None:
            value, span = take(), take()
            known = value._identity
            number = known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, value)
            titled.add(number)
            recorder.told.append(f'{begun}{number},"value":null}}')

        self.tensor = tensor


def named_first(recorder: Recorder, line: int | None, span: Any, titled: set[int], name: str, tensor: Tensor) -> None:
    """A name for a tensor that has none."""
    number = identify(recorder, line, span, tensor)
    if number not in titled:
        titled.add(number)
        bind(recorder, line or None, name, number)


def named_inside(recorder: Recorder, line: int | None, span: Any, titled: set[int], name: str, tensor: Tensor) -> None:
    """A name that lasts no longer than a call, for a tensor that has none."""
    number = identify(recorder, line, span, tensor)
    if number not in titled:
        bind(recorder, line or None, name, number)


class Narrator:
    """The recorder of a run, and the budget of what is told to it."""

    def __init__(self, recorder: Recorder, meter: Meter, move: Callable[[], int]) -> None:
        """`move` sends events on their way; it gives how long what is noted may grow before it is called again."""
        self.recorder = recorder
        self.pending = recorder.pending
        self.meter = meter
        recorder.price = lambda sharers: meter.burn(SHARER * sharers)
        meter.look = self.look
        self.move = move
        self.scopes: list[str] = []
        self.entered = ByLine("scope-entered")
        self.left = ByLine("scope-left")
        self.patience = 1
        self.mark = 0, 0
        self.passed = 0
        self.looked = meter.fuel

    def note(self, event: tuple[Any, ...] | str) -> None:
        """Notes one event of the program's own: what follows its number in the line, or a note as the recorder makes them."""
        self.pending.append(event)
        if len(self.pending) >= self.patience:
            self.pass_on()

    def pass_on(self) -> None:
        """What was noted is on its way. Raises `Limited` where there are too many events."""
        self.patience = self.move()

    def reaching(self, line: int) -> Callable[[], None]:
        """What says that the statement of a line starts, for one unit of fuel."""
        meter, recorder, pending, told = self.meter, self.recorder, self.pending, line_reached(line)

        def reach() -> None:
            meter.fuel = left = meter.fuel - 1
            if left < 0:
                raise meter.empty()
            recorder.line = line
            recorder.span = None
            pending.append(told)
            if len(pending) >= self.patience:
                self.pass_on()

        return reach

    def print(self, text: str) -> None:
        """Adds to the printed output, within its limit."""
        self.meter.need_printed(len(text))
        self.note(f',"kind":"printed",{self._at()},"text":{quoted(text)}}}')

    def caught(self, error: str, message: str) -> None:
        """Says that the program's own `except` took an error."""
        self.note(f',"kind":"error-caught",{self._at()},"error":{quoted(error)},"message":{quoted(message)}}}')

    def enter(self, told: str) -> None:
        """Enters a scope; `told` is its kind and label, as `scope` gives them."""
        self.scopes.append(told)
        self.pending.append(self.entered[self.recorder.line] + told)

    def leave(self, depth: int) -> None:
        """Leaves every scope deeper than this."""
        scopes = self.scopes
        while len(scopes) > depth:
            self.pending.append(self.left[self.recorder.line] + scopes.pop())

    def _at(self) -> str:
        return f'"line":{self.recorder.line or "null"}'

    # What the engine's functions tell has its price

    def begin(self) -> None:
        """Events from here on are those of the function that is called now."""
        self.mark = self.recorder.mark()

    def before_pass(self) -> None:
        """A backward pass begins. Where much was told since the last, it may take long, and what was noted goes ahead."""
        told = self.recorder.settled + len(self.pending)
        if told - self.passed >= MANY:
            self.meter.ahead()
        self.passed = told

    def look(self) -> None:
        """Takes fuel, in the middle of a function of the engine, for the events that it made so far, where it has burnt much since."""
        if self.looked - self.meter.fuel >= OFTEN:
            self.account()
            self.looked = self.meter.fuel

    def account(self) -> None:
        """Takes fuel for the events that a function of the engine made, where they are many."""
        recorder = self.recorder
        if recorder.since(self.mark) > FEW:
            made = recorder.count - recorder.marked
            recorder.marked += made
            if made > FREE:
                self.meter.burn(made)
            self.pass_on()
        elif len(self.pending) >= self.patience:
            self.pass_on()


SHARER = 10
"""The fuel for one of the other tensors that a write in place reaches: what it holds then is told too."""
FEW = 2
"""So many notes are too few to be worth counting their events."""
MANY = 1000
"""A pass over a graph of so many events takes some milliseconds."""
OFTEN = 200
"""So much fuel later what a function has recorded is looked at again. By fuel and not by time: the same program ends at the same step."""
FREE = 8
"""So many events of one call are free."""
