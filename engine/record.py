"""`record()`: the events of what a block of Python does with the engine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import lines, recording
from engine.doorway import open_door
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.recorder import Recorder
from engine.takeaway import made, offered
from engine.tensor import Tensor

if TYPE_CHECKING:
    from types import TracebackType


def parameters(variables: Mapping[str, object]) -> Iterator[tuple[str, Parameter]]:
    """Those of the modules that a person's variables hold, by the names that lead to them."""
    for name, value in variables.items():
        if isinstance(value, Module) and not name.startswith("_"):
            for path, parameter in value.named_parameters():
                yield f"{name}.{path}", parameter


class Trace:
    """What a `record()` block did, as events."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self._lines: list[bytes] = []
        self._outer: Recorder | None = None
        self._named: set[tuple[str, int | None]] = set()

    def __enter__(self) -> Trace:
        from engine.events import SCHEMA

        self._outer, recording.active = recording.active, self.recorder
        if self._outer is not None:
            self._outer.settle()  # for nobody tells it of what is written to from here on
        self.recorder.emit("run-started", schema=SCHEMA, seed=None)
        around = sys._getframe(1)
        self.recorder.naming = lambda tensor: self._names(around.f_locals, tensor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        recorder, recording.active = self.recorder, self._outer
        recorder.line = recorder.span = None
        recorder.settle()  # what the block left may be written to as soon as it is over
        recorder.naming = None
        self._bind(sys._getframe(1).f_locals)
        if error is None:
            recorder.pending.append((lines.finished, None))
        else:
            recorder.emit(
                "run-failed", column=None, end_column=None, error=type(error).__name__, message=str(error), hint=None,
                code="exception", status="failed",
            )  # fmt: skip

    def _names(self, variables: Mapping[str, object], tensor: Tensor) -> list[str]:
        """What a tensor is called: the variables that hold it, as far as they are a person's own, else the first module's that does (`net.0.weight`)."""
        names = [name for name, value in variables.items() if value is tensor and not name.startswith("_")]
        if not names and isinstance(tensor, Parameter):
            names = [name for name, held in parameters(variables) if held is tensor][:1]
        self._named.update((name, self.recorder.known(tensor)) for name in names)
        return names

    def _bind(self, variables: Mapping[str, object]) -> None:
        """The variables around the block name what it made of others as well."""
        own = [(name, value) for name, value in variables.items() if isinstance(value, Tensor) and name[:1] != "_"]
        for name, tensor in own:
            self._name(name, tensor)
        named = {number for _, number in self._named}
        for name, parameter in parameters(variables):
            if self.recorder.known(parameter) not in named:
                self._name(name, parameter)

    def _name(self, name: str, tensor: Tensor) -> None:
        """Says what a tensor that the block knows is called, where that was not said."""
        named = (name, self.recorder.known(tensor))
        if named[1] is not None and named not in self._named:
            self._named.add(named)
            self.recorder.emit("name-bound", name=name, tensor=named[1], value=None)

    def __repr__(self) -> str:
        return f"<trace of {self.recorder.count} events>"

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

    def export(self, path: str | Path, **options: Any) -> None:
        """Write a file of the format that the path's suffix names: `trace.export("loss.tex", theme="dark")`.

        RuntimeError where no installed package makes files of a trace.
        """
        path = Path(path)
        path.write_bytes(made("file", self.lines(), path.suffix.removeprefix("."), **options))

    def html(self, path: str | Path, **options: Any) -> None:
        """Write one file that plays the trace in any browser, with no server."""
        Path(path).write_bytes(made("file", self.lines(), "html", **options))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """What a notebook shows of the trace: the player, where a package offers it."""
        display = offered("display")
        return {"text/plain": repr(self)} if display is None else dict(display(self.lines()))


def record() -> Trace:
    """A context that records what the block does."""
    return Trace()


open_door(__name__)
