"""Scenes: one scene is one life of a graph, from its first recorded function to the last use of it."""

from __future__ import annotations

from bisect import bisect_right

from engine.events import (
    BackwardFinished,
    Event,
    FlagChanged,
    FunctionApplied,
    LineReached,
    NameBound,
    ScopeEntered,
    ScopeLeft,
    TensorCreated,
)
from engine.frame import Frame, FunctionState, TensorState


class Scenes:
    """The division of a trace into scenes, made as its events pass.

    After a backward pass, the first recorded function that uses no intermediate result of the scene begins the next
    one, together with the lines and leaves directly before it.
    """

    __slots__ = ("starts", "_candidate", "_ended", "_recent")

    def __init__(self) -> None:
        self.starts = [0]
        self._ended = False
        self._candidate: int | None = None
        self._recent: list[TensorState | FunctionState] = []

    def at(self, seq: int) -> int:
        """The scene that holds event `seq`."""
        return max(bisect_right(self.starts, seq) - 1, 0)

    def push(self, event: Event, frame: Frame) -> None:
        """The next event has been placed; `frame` stands after it."""
        match event:
            case LineReached() | ScopeEntered():
                if self._candidate is None:
                    self._candidate = event.seq
            case ScopeLeft() | NameBound() | FlagChanged():
                pass
            case TensorCreated():
                if event.grad_of is not None:
                    self._candidate = None
            case FunctionApplied():
                if self._begins(event, frame):
                    self._begin(event.seq if self._candidate is None else self._candidate)
                self._candidate = None
            case BackwardFinished():
                self._ended = True
                self._candidate = None
            case _:
                self._candidate = None
        self._place(event, frame)

    def _begins(self, event: FunctionApplied, frame: Frame) -> bool:
        function = frame.functions[event.function]
        if not self._ended or event.name is None or function.aside or function.within is not None:
            return False
        scene = len(self.starts) - 1
        inputs = [frame.tensors[tensor] for tensor in event.inputs if tensor in frame.tensors]
        return not any(t.producer is not None and not t.is_leaf and t.scene == scene for t in inputs)

    def _begin(self, seq: int) -> None:
        for thing in self._recent:
            if thing.seq >= seq:
                thing.scene = len(self.starts)
        self.starts.append(seq)
        self._ended = False

    def _place(self, event: Event, frame: Frame) -> None:
        if self._candidate is None:
            self._recent.clear()
        made: list[TensorState | FunctionState] = []
        if isinstance(event, TensorCreated):
            made = [frame.tensors[event.tensor]]
        elif isinstance(event, FunctionApplied):
            outputs = [frame.tensors[output["tensor"]] for output in event.outputs]
            made = [frame.functions[event.function], *(tensor for tensor in outputs if tensor.seq == event.seq)]
        for thing in made:
            thing.scene = len(self.starts) - 1
        self._recent += made
