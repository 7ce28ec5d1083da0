"""The event types of schema 1: what a run says about itself, each a fact in the past tense, and nothing else crosses to the pictures.

`engine.jsdoc` writes the same types for the browser's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, Literal, NotRequired, TypeAlias, TypedDict, get_args

SCHEMA = 1

Number: TypeAlias = int | float | bool | Literal["nan", "inf", "-inf"]
Nested: TypeAlias = Any
"""A number, or lists of numbers as deep as the shape is long."""
Span: TypeAlias = list[int]
"""`[line, column, end_line, end_column]`: lines from 1, columns from 0."""
Target: TypeAlias = list[Any]
"""`["function", id, output index]` or `["accumulate", tensor id]`: where a gradient goes."""


class Value(TypedDict):
    """An array as it is shown: `data` up to 64 elements, the summary above."""

    shape: list[int]
    dtype: str
    data: NotRequired[Nested]
    min: NotRequired[Number | None]
    max: NotRequired[Number | None]
    mean: NotRequired[Number | None]
    norm: NotRequired[Number | None]
    nonfinite: NotRequired[int]
    sample: NotRequired[Nested]


class Output(TypedDict):
    """One result of a function."""

    tensor: int
    value: Value
    requires_grad: bool
    is_leaf: bool
    base: int | None


class Also(TypedDict):
    """Another tensor that shares the memory written to."""

    tensor: int
    after: Value
    version: NotRequired[int]


class Bounded(TypedDict):
    """A value that is no tensor and no number, by its type and a bounded text; `tensors` are those it holds, in order."""

    type: str
    text: str
    tensors: NotRequired[list[int | None]]


class Refusal(TypedDict):
    """One place of a program that the language does not take; a trace that ends so lists them all."""

    line: int
    column: int
    end_column: int
    error: str
    message: str
    hint: str | None
    code: str
    replacement: str | None


class Fix(TypedDict):
    """The edit that mends a mistake: the text between two places, lines from 1 and columns from 0, is replaced by `text`."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


Plain: TypeAlias = bool | int | float | str | None | Bounded


@dataclass(frozen=True, slots=True)
class RunStarted:
    seq: int
    line: int | None
    schema: int
    seed: int | None
    kind: ClassVar[Literal["run-started"]] = "run-started"


@dataclass(frozen=True, slots=True)
class LineReached:
    seq: int
    line: int | None
    kind: ClassVar[Literal["line-reached"]] = "line-reached"


@dataclass(frozen=True, slots=True)
class TensorCreated:
    seq: int
    line: int | None
    tensor: int
    value: Value
    requires_grad: bool
    is_leaf: bool
    base: int | None = None
    grad_of: int | None = None
    span: Span | None = None
    version: int | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["tensor-created"]] = "tensor-created"


@dataclass(frozen=True, slots=True)
class FunctionApplied:
    seq: int
    line: int | None
    function: int
    op: str
    name: str | None
    inputs: list[int | None]
    settings: dict[str, Any]
    outputs: list[Output]
    saved: list[str]
    next: list[Target | None]
    span: Span | None = None
    kind: ClassVar[Literal["function-applied"]] = "function-applied"


@dataclass(frozen=True, slots=True)
class NameBound:
    seq: int
    line: int | None
    name: str
    tensor: int | None
    value: Plain
    kind: ClassVar[Literal["name-bound"]] = "name-bound"


@dataclass(frozen=True, slots=True)
class ScopeEntered:
    seq: int
    line: int | None
    scope: str
    label: str
    kind: ClassVar[Literal["scope-entered"]] = "scope-entered"


@dataclass(frozen=True, slots=True)
class ScopeLeft:
    seq: int
    line: int | None
    scope: str
    label: str
    kind: ClassVar[Literal["scope-left"]] = "scope-left"


@dataclass(frozen=True, slots=True)
class Printed:
    seq: int
    line: int | None
    text: str
    kind: ClassVar[Literal["printed"]] = "printed"


@dataclass(frozen=True, slots=True)
class BackwardStarted:
    seq: int
    line: int | None
    call: int
    via: Literal["backward", "grad"]
    roots: list[int]
    gradients: list[Value | None]
    retain_graph: bool
    create_graph: bool
    inputs: list[int] | None = field(default=None, metadata={"optional": True})
    span: Span | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["backward-started"]] = "backward-started"


@dataclass(frozen=True, slots=True)
class FunctionReached:
    seq: int
    line: int | None
    call: int
    function: int
    gradients: list[Value | None]
    kind: ClassVar[Literal["function-reached"]] = "function-reached"


@dataclass(frozen=True, slots=True)
class GradientSent:
    seq: int
    line: int | None
    call: int
    function: int
    input: int
    tensor: int | None
    to: Target | None
    value: Value
    summed_axes: list[int]
    arithmetic: str | None = None
    local: Number | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["gradient-sent"]] = "gradient-sent"


@dataclass(frozen=True, slots=True)
class GradientSummed:
    seq: int
    line: int | None
    call: int
    tensor: int | None
    to: Target | None
    before: Value
    added: Value
    after: Value
    part: int
    of: int
    kind: ClassVar[Literal["gradient-summed"]] = "gradient-summed"


@dataclass(frozen=True, slots=True)
class GradientAccumulated:
    seq: int
    line: int | None
    call: int
    tensor: int
    before: Value | None
    added: Value
    after: Value
    retained: bool
    also: list[Also] | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["gradient-accumulated"]] = "gradient-accumulated"


@dataclass(frozen=True, slots=True)
class BuffersFreed:
    seq: int
    line: int | None
    call: int
    functions: list[int]
    kind: ClassVar[Literal["buffers-freed"]] = "buffers-freed"


@dataclass(frozen=True, slots=True)
class BackwardFinished:
    seq: int
    line: int | None
    call: int
    kind: ClassVar[Literal["backward-finished"]] = "backward-finished"


@dataclass(frozen=True, slots=True)
class GradientCleared:
    seq: int
    line: int | None
    tensor: int
    to: Literal["none", "zero"]
    kind: ClassVar[Literal["gradient-cleared"]] = "gradient-cleared"


@dataclass(frozen=True, slots=True)
class GradientSet:
    seq: int
    line: int | None
    tensor: int
    value: Value
    kind: ClassVar[Literal["gradient-set"]] = "gradient-set"


@dataclass(frozen=True, slots=True)
class TensorModified:
    seq: int
    line: int | None
    tensor: int
    op: str
    version: int
    before: Value
    after: Value
    also: list[Also]
    kind: ClassVar[Literal["tensor-modified"]] = "tensor-modified"


@dataclass(frozen=True, slots=True)
class FlagChanged:
    seq: int
    line: int | None
    tensor: int
    flag: Literal["requires_grad", "retains_grad"]
    value: bool
    kind: ClassVar[Literal["flag-changed"]] = "flag-changed"


@dataclass(frozen=True, slots=True)
class HookRan:
    seq: int
    line: int | None
    tensor: int | None
    function: int | None
    before: Value | list[Value | None] | None
    after: Value | list[Value | None] | None
    kind: ClassVar[Literal["hook-ran"]] = "hook-ran"


@dataclass(frozen=True, slots=True)
class ErrorCaught:
    seq: int
    line: int | None
    error: str
    message: str
    kind: ClassVar[Literal["error-caught"]] = "error-caught"


@dataclass(frozen=True, slots=True)
class Noticed:
    """A mistake that fails no run: where it stands, what to say of it and, where one is sure, the edit that mends it."""

    seq: int
    line: int | None
    code: str
    span: Span
    message: str
    hint: str
    arguments: dict[str, Any]
    fix: Fix | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["noticed"]] = "noticed"


@dataclass(frozen=True, slots=True)
class RunFailed:
    seq: int
    line: int | None
    column: int | None
    end_column: int | None
    error: str
    message: str
    hint: str | None
    code: str
    status: Literal["failed", "limited", "stopped"]
    arguments: dict[str, Any] | None = field(default=None, metadata={"optional": True})
    refusals: list[Refusal] | None = field(default=None, metadata={"optional": True})
    fix: Fix | None = field(default=None, metadata={"optional": True})
    kind: ClassVar[Literal["run-failed"]] = "run-failed"


@dataclass(frozen=True, slots=True)
class RunFinished:
    seq: int
    line: int | None
    tensors: int
    functions: int
    calls: int
    kind: ClassVar[Literal["run-finished"]] = "run-finished"


Event: TypeAlias = (
    RunStarted
    | LineReached
    | TensorCreated
    | FunctionApplied
    | NameBound
    | ScopeEntered
    | ScopeLeft
    | Printed
    | BackwardStarted
    | FunctionReached
    | GradientSent
    | GradientSummed
    | GradientAccumulated
    | BuffersFreed
    | BackwardFinished
    | GradientCleared
    | GradientSet
    | TensorModified
    | FlagChanged
    | HookRan
    | ErrorCaught
    | Noticed
    | RunFailed
    | RunFinished
)

KINDS: dict[str, type[Event]] = {event.kind: event for event in get_args(Event)}
TERMINAL = ("run-finished", "run-failed")

NAMES = {event: tuple(f.name for f in fields(event)) for event in KINDS.values()}
_VALUES = {event: attrgetter(*names) for event, names in NAMES.items()}
_REQUIRED = {
    event: tuple(f.name for f in fields(event) if f.default is MISSING and f.default_factory is MISSING)
    for event in KINDS.values()
}
OPTIONAL = {event: frozenset(f.name for f in fields(event) if f.metadata.get("optional")) for event in KINDS.values()}


def decode(record: Mapping[str, Any]) -> Event:
    """The event that a JSON object of a trace says; fields of a later schema are left out.

    ValueError where the kind is unknown or a field is missing.
    """
    event = KINDS.get(record.get("kind", ""))
    if event is None:
        raise ValueError(f"expected an event of schema {SCHEMA}, got kind {record.get('kind')!r}")
    missing = [name for name in _REQUIRED[event] if name not in record]
    if missing:
        raise ValueError(f"event {record.get('seq')} ({event.kind}): expected {', '.join(missing)}, got none")
    return event(**{name: record[name] for name in NAMES[event] if name in record})


def encode(event: Event) -> dict[str, Any]:
    """The event as a JSON object: seq, kind, line, then its own fields; optional ones only where they say something."""
    record: dict[str, Any] = {"seq": event.seq, "kind": event.kind, "line": event.line}
    optional = OPTIONAL[type(event)]
    for name, value in zip(NAMES[type(event)], _VALUES[type(event)](event), strict=True):
        if not (value is None and name in optional):
            record[name] = value
    return record


def decode_all(records: Iterable[Mapping[str, Any]]) -> list[Event]:
    """The events of a trace's JSON objects, in order; ValueError where a seq is out of place."""
    events = [decode(record) for record in records]
    for expected, event in enumerate(events):
        if event.seq != expected:
            raise ValueError(f"expected event {expected}, got {event.seq}")
    return events
