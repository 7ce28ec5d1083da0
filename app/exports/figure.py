"""The figure of a frame, before any format: the nodes and edges of its scene, their texts still raw."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.exports import Language, Moment, Options, TooLarge, faults, folds
from app.exports.folds import Unit, rewriters
from app.exports.texts import SENT_ELEMENTS, clean, is_number, plain_text, value_text
from engine.frame import Frame, FunctionState, Sent, TensorState
from engine.ops import OPS

LARGEST = 500
READABLE = 60
MOST_TERMS = 3
# A gradient on its way; one that is kept is called `grad`, as programs call it.
PASSING: dict[Language, str] = {"en": "gradient", "zh-CN": "梯度"}

NodeKind = Literal["leaf", "computed", "constant", "untracked", "function", "fold", "fault"]
EdgeKind = Literal["data", "output", "view", "gradient", "fault"]


@dataclass(frozen=True, slots=True)
class Node:
    """A tensor (`t3`), a function (`f2`), a fold of functions (named by its first), or what is said of a failure (`fault`) in `more` lines.

    `gradient` is a tensor's stored or passing gradient, `note` its version or a function's formula; `failed` is what the failure concerns.
    """

    id: str
    kind: NodeKind
    title: str
    value: str = ""
    gradient: str = ""
    note: str = ""
    freed: bool = False
    failed: bool = False
    more: tuple[str, ...] = ()

    @property
    def is_tensor(self) -> bool:
        return self.kind not in {"function", "fold", "fault"}

    @property
    def lines(self) -> list[str]:
        """The node's texts, from top to bottom."""
        return [line for line in (self.title, self.value, self.gradient, self.note, *self.more) if line] or [" "]


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; a gradient's edge carries what was sent."""

    source: str
    target: str
    kind: EdgeKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a format draws."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]


def of_moment(moment: Moment, options: Options) -> Figure:
    """The figure of the moment's scene: what was applied in it, what that used and made, and the gradients that were sent.

    Bookkeeping on `.grad` is left out. Raises TooLarge above `LARGEST` nodes.
    """
    frame = moment.frame
    functions = applied(frame)
    shown = drawn(frame, functions)
    groups = folds.closed(functions, options.fold) if options.fold else []
    shown -= folds.inside(groups, functions, frame)
    units = folds.units(functions, groups)
    count = len(shown) + len(units)
    if count > LARGEST:
        raise TooLarge(
            f"The graph has {count} nodes; a figure holds {LARGEST}. Fold its loops, or choose an earlier step.",
            f"计算图有 {count} 个节点，一张图最多容纳 {LARGEST} 个。请折叠循环，或选更早的步骤。",
        )
    producers = {tensor: function for function in functions for tensor in function.outputs}
    nodes = [tensor_node(frame.tensors[id], producers.get(id), frame, options) for id in sorted(shown)]
    nodes += [unit_node(unit, options) for unit in units]
    edges = [*forward_edges(units, shown), *view_edges(frame, shown), *gradient_edges(units, shown, options)]
    return with_fault(Figure(nodes, edges), units, faults.of_moment(moment, options))


def with_fault(figure: Figure, units: Sequence[Unit], fault: faults.Fault | None) -> Figure:
    """The figure with what is said of a failure, beside what it concerns."""
    if fault is None:
        return figure
    failed = {f"t{id}" for id in fault.tensors}
    failed |= {unit.id for unit in units if any(row.function in fault.functions for row in unit.functions)}
    nodes = [replace(node, failed=node.id in failed) for node in figure.nodes]
    place, *said = map(clean, fault.words)
    note = Node("fault", "fault", place, more=tuple(said))
    concerns = [Edge(note.id, node.id, "fault") for node in nodes if node.failed]
    return Figure([*nodes, note], [*figure.edges, *concerns])


def foldable(moment: Moment) -> frozenset[str]:
    """Every name that something of the moment's scene is folded by."""
    return frozenset().union(*(group.names for group in folds.groups(applied(moment.frame))))


def loops(moment: Moment, options: Options) -> list[str]:
    """Where the figure has more nodes than can be read, the names that fold whole loops of it."""
    if len(of_moment(moment, options).nodes) <= READABLE:
        return []
    return sorted(name for name in foldable(moment) - {*options.fold} if name.startswith("turns:"))


def applied(frame: Frame) -> list[FunctionState]:
    """The functions of the scene: the recorded ones, and of the others those whose result is used or named."""
    rows = [row for row in frame.functions.values() if row.scene == frame.scene and not row.aside]
    named = {row.tensor for row in frame.tensors.values() if row.names}
    uses = Counter(id for row in rows for id in row.inputs)
    kept = []
    for row in reversed(rows):
        if row.name is None and not any(uses[id] or id in named for id in row.outputs):
            uses.subtract(row.inputs)
        else:
            kept.append(row)
    return kept[::-1]


def drawn(frame: Frame, functions: Sequence[FunctionState]) -> set[int]:
    tensors = frame.tensors
    used = {id for row in functions for id in row.inputs}
    shown = {id for id in used if id in tensors}
    for row in functions:
        shown.update(id for id in row.outputs if len(row.outputs) == 1 or id in used or tensors[id].names)
    for id, tensor in tensors.items():
        alone = tensor.producer is None and tensor.scene == frame.scene and not tensor.aside
        if alone and (tensor.names or tensor.requires_grad):
            shown.add(id)
    return {id for id in shown if id is not None}


def tensor_node(tensor: TensorState, producer: FunctionState | None, frame: Frame, options: Options) -> Node:
    tensors = frame.tensors
    if tensor.requires_grad:
        kind: NodeKind = "leaf" if tensor.is_leaf else "computed"
    else:
        cut = producer is not None and any(id is not None and tensors[id].requires_grad for id in producer.inputs)
        detached = producer is None and tensor.base is not None and tensors[tensor.base].requires_grad
        kind = "untracked" if cut or detached else "constant"
    gradient = ""
    if "gradients" in options.show and tensor.grad is not None:
        gradient = f"grad {value_text(tensor.grad, options)}".strip()
    elif "gradients" in options.show and tensor.flow is not None:
        gradient = f"{PASSING[options.language]} {value_text(tensor.flow, options)}".strip()
    version = f"v{tensor.version}" if "versions" in options.show and tensor.version else ""
    return Node(
        f"t{tensor.tensor}", kind, clean(tensor.name or ""), value_text(tensor.value, options), gradient, version
    )


def unit_node(unit: Unit, options: Options) -> Node:
    if unit.label:
        return Node(unit.id, "fold", clean(unit.label), freed=unit.freed)
    return Node(unit.id, "function", sign(unit.first), note=formula(unit.first, options), freed=unit.freed)


def forward_edges(units: Sequence[Unit], shown: set[int]) -> list[Edge]:
    """What flows into each unit, and out of it: to its tensor, or to the next unit that writes into that tensor."""
    following = rewriters(units)
    edges = []
    for unit in units:
        edges += [Edge(f"t{tensor}", unit.id, "data") for tensor in unit.inputs if tensor in shown]
        for tensor in unit.outputs:
            if tensor in shown:
                later = following.get((unit.id, tensor))
                edges.append(Edge(unit.id, later, "data") if later else Edge(unit.id, f"t{tensor}", "output"))
    return edges


def view_edges(frame: Frame, shown: set[int]) -> list[Edge]:
    alone = (frame.tensors[id] for id in sorted(shown) if frame.tensors[id].producer is None)
    return [Edge(f"t{row.base}", f"t{row.tensor}", "view") for row in alone if row.base in shown]


def gradient_edges(units: Sequence[Unit], shown: set[int], options: Options) -> list[Edge]:
    """What each unit sent to its tensors; of one that it wrote into itself, to the unit that wrote before."""
    if "gradients" not in options.show:
        return []
    before = {(later, tensor): earlier for (earlier, tensor), later in rewriters(units).items()}
    edges = []
    for unit in units:
        texts: dict[str, list[str]] = defaultdict(list)
        for sent in unit.sent:
            target = before.get((unit.id, sent.tensor)) if sent.tensor in unit.outputs else f"t{sent.tensor}"
            if target and sent.tensor in shown:
                texts[target].append(sent_text(sent, options))
        for target, told in texts.items():
            labels = [terms(told)] if unit.label else told
            edges += [Edge(unit.id, target, "gradient", label) for label in labels]
    return edges


def terms(texts: Sequence[str]) -> str:
    """What a fold sent to one tensor: a sum of a few, or how many there were."""
    return " + ".join(texts) if len(texts) <= MOST_TERMS else f"{texts[0]} + … ({len(texts)})"


def twins(edges: Sequence[Edge]) -> list[int]:
    """How far each edge stands from the middle of those between the same two nodes the same way: 0 where it is alone, −1 and 1 of two, −2, 0 and 2 of three."""
    among = Counter((edge.source, edge.target) for edge in edges)
    seen: Counter[tuple[str, str]] = Counter()
    apart = []
    for edge in edges:
        between = edge.source, edge.target
        apart.append(2 * seen[between] + 1 - among[between])
        seen[between] += 1
    return apart


# What the table of ops tells apart and a program does not.
VARIANT = re.compile(r"^linalg_|(?<=[a-z])_(number|tensor|base|scaled|dim|(dim_)?as)$")
PLAIN = frozenset({"self", "other", "exponent"})
RAISED = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def sign(function: FunctionState) -> str:
    """What a function's node says: its sign or name, with a plain number that took part where it stands in a program, such as × 2, 1 −, x² or 2ⁿ."""
    name = VARIANT.sub("", function.op)
    op = OPS.get(function.op)
    said = op.symbol if op is not None else clean(name)
    numbers = [plain_text(value) for key, value in function.settings.items() if key in PLAIN and is_number(value)]
    if not numbers:
        return said
    number = numbers[0]
    if name == "pow":
        raised = number.translate(RAISED) if all(ord(digit) in RAISED for digit in number) else f"^{number}"
        return f"{number}ⁿ" if "self" in function.settings else f"x{raised}"
    return f"{number} {said}" if name == "rsub" else f"{said} {number}"


def formula(function: FunctionState, options: Options) -> str:
    """What the op computes, as its row states it."""
    op = OPS.get(function.op)
    return clean(op.forward_formula.plain()) if op is not None and "formulas" in options.show else ""


def sent_text(sent: Sent, options: Options) -> str:
    """A gradient that was sent, with the arithmetic that made it."""
    value = value_text(sent.value, options, most=SENT_ELEMENTS)
    worked = sent.arithmetic if "formulas" in options.show else None
    return f"{clean(worked)} = {value}" if worked and clean(worked) != value else value
