"""The graph at one moment of a trace: tensors, functions, names, calls, and what was printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from engine.events import Fix, Refusal, Span, Target, Value

Phase = Literal["idle", "forward", "backward", "finished", "failed"]
RowKind = Literal["contribution", "sum", "accumulate", "clear", "set", "hook", "modify"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One gradient that arrived at a tensor's input buffer; the seed of a root has no function."""

    function: int | None
    input: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a tensor's ledger: the work of event `seq`."""

    kind: RowKind
    seq: int
    call: int | None = None
    before: Value | None = None
    added: Value | None = None
    after: Value | None = None
    function: int | None = None
    input: int | None = None
    retained: bool = False
    op: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    scope: str
    label: str


@dataclass(frozen=True, slots=True)
class Reached:
    """With which gradients the engine last ran a node."""

    call: int
    gradients: list[Value | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a node handed back for one of its inputs."""

    input: int
    tensor: int | None
    to: Target | None
    value: Value
    summed_axes: list[int]
    arithmetic: str | None
    local: Any


@dataclass(frozen=True, slots=True)
class Failure:
    line: int | None
    column: int | None
    end_column: int | None
    error: str
    message: str
    hint: str | None
    code: str
    status: str
    refusals: list[Refusal]


@dataclass(frozen=True, slots=True)
class Notice:
    """What was noticed of a run that did not fail."""

    code: str
    span: Span
    message: str
    hint: str
    arguments: dict[str, Any]
    fix: Fix | None


@dataclass(slots=True)
class TensorState:
    """A tensor as it stands; `flow` is the gradient passing through it, `grad` the one that is kept."""

    tensor: int
    seq: int
    value: Value
    requires_grad: bool
    is_leaf: bool
    base: int | None
    line: int | None
    span: Span | None
    scopes: list[Scope]
    name: str | None = None
    names: list[str] = field(default_factory=list)
    depth: int = 0
    grad: Value | None = None
    flow: Value | None = None
    contributions: list[Contribution] = field(default_factory=list)
    expected: int = 0
    call: int | None = None
    retains_grad: bool = False
    version: int = 0
    grad_of: int | None = None
    handle: int | None = None
    producer: int | None = None
    output: int = 0
    scene: int = 0
    aside: bool = False
    ledger: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class FunctionState:
    """One recorded application of an op, and what its backward node last did."""

    function: int
    seq: int
    op: str
    name: str | None
    inputs: list[int | None]
    settings: dict[str, Any]
    outputs: list[int]
    saved: list[str]
    next: list[Target | None]
    line: int | None
    span: Span | None
    scopes: list[Scope]
    aside: bool
    within: int | None
    freed: bool = False
    scene: int = 0
    reached: Reached | None = None
    sent: list[Sent] = field(default_factory=list)


@dataclass(slots=True)
class CallState:
    """One backward pass: what it started from, the functions in the order they ran."""

    call: int
    via: str
    roots: list[int]
    gradients: list[Value | None]
    retain_graph: bool
    create_graph: bool
    start: int
    line: int | None
    targets: list[int]
    end: int | None = None
    reached: list[int] = field(default_factory=list)
    freed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Bound:
    """What a variable names."""

    tensor: int | None
    value: Any


@dataclass(slots=True)
class Frame:
    """The graph after event `cursor`. Its parts change only while it is folded."""

    cursor: int = -1
    phase: Phase = "idle"
    line: int | None = None
    span: Span | None = None
    call: int | None = None
    running: int | None = None
    scene: int = 0
    tensors: dict[int, TensorState] = field(default_factory=dict)
    functions: dict[int, FunctionState] = field(default_factory=dict)
    names: dict[str, Bound] = field(default_factory=dict)
    scopes: list[Scope] = field(default_factory=list)
    printed: str = ""
    calls: list[CallState] = field(default_factory=list)
    error: Failure | None = None
    notices: list[Notice] = field(default_factory=list)

    def call_of(self, call: int) -> CallState | None:
        """The backward call of this number, None where the trace never started it."""
        return self.calls[call] if 0 <= call < len(self.calls) else None

    def to_json(self) -> dict[str, Any]:
        """The frame as plain JSON: the state that the browser's reducer reaches after the same events."""
        record = asdict(self)
        record["tensors"] = list(record["tensors"].values())
        record["functions"] = list(record["functions"].values())
        for call in record["calls"]:
            call["from"] = call.pop("start")
            call["to"] = call.pop("end")
        return record
