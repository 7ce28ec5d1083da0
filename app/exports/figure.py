"""The figure of a frame, before any format: the nodes and edges of its scene, their texts still raw."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.exports import Moment, Options, TooLarge
from engine.ops import OPS

LARGEST = 500
SHOWN_ELEMENTS = 6
LONGEST_TEXT = 60

NodeKind = Literal["leaf", "computed", "constant", "untracked", "function"]
EdgeKind = Literal["data", "output", "view", "gradient"]
State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A tensor (`t3`) or a function (`f2`); `gradient` is a tensor's stored or passing gradient, `note` its version or a function's formula."""

    id: str
    kind: NodeKind
    title: str
    value: str = ""
    gradient: str = ""
    note: str = ""
    freed: bool = False

    @property
    def lines(self) -> list[str]:
        """The node's texts, from top to bottom."""
        return [line for line in (self.title, self.value, self.gradient, self.note) if line] or [" "]


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
    state = moment.state
    tensors = {row["tensor"]: row for row in state["tensors"]}
    functions = applied(state)
    shown = drawn(state, tensors, functions)
    count = len(shown) + len(functions)
    if count > LARGEST:
        raise TooLarge(
            f"The graph has {count} nodes; a figure holds {LARGEST}. Choose an earlier step or a shorter loop."
        )
    nodes = [tensor_node(tensors[id], tensors, functions, options) for id in sorted(shown)]
    nodes += [
        Node(f"f{row['function']}", "function", sign(row), note=formula(row, options), freed=row["freed"])
        for row in functions
    ]
    return Figure(
        nodes,
        [*forward_edges(functions, shown), *view_edges(tensors, shown), *gradient_edges(functions, shown, options)],
    )


def applied(state: State) -> list[State]:
    """The functions of the scene: the recorded ones, and of the others those whose result is used or named."""
    rows = [row for row in state["functions"] if row["scene"] == state["scene"] and not row.get("aside")]
    named = {row["tensor"] for row in state["tensors"] if row["names"]}
    uses = Counter(id for row in rows for id in row["inputs"])
    kept = []
    for row in reversed(rows):
        if row["name"] is None and not any(uses[id] or id in named for id in row["outputs"]):
            uses.subtract(row["inputs"])
        else:
            kept.append(row)
    return kept[::-1]


def drawn(state: State, tensors: Mapping[int, State], functions: Sequence[State]) -> set[int]:
    used = {id for row in functions for id in row["inputs"]}
    shown = {id for id in used if id in tensors}
    for row in functions:
        shown.update(id for id in row["outputs"] if len(row["outputs"]) == 1 or id in used or tensors[id]["names"])
    for id, row in tensors.items():
        alone = row["producer"] is None and row["scene"] == state["scene"] and not row.get("aside")
        if alone and (row["names"] or row["requires_grad"]):
            shown.add(id)
    return shown


def tensor_node(row: State, tensors: Mapping[int, State], functions: Sequence[State], options: Options) -> Node:
    made = {id: function for function in functions for id in function["outputs"]}
    producer = made.get(row["tensor"])
    if row["requires_grad"]:
        kind: NodeKind = "leaf" if row["is_leaf"] else "computed"
    else:
        cut = producer is not None and any(id is not None and tensors[id]["requires_grad"] for id in producer["inputs"])
        detached = producer is None and row["base"] is not None and tensors[row["base"]]["requires_grad"]
        kind = "untracked" if cut or detached else "constant"
    gradient = ""
    if "gradients" in options.show and row["grad"] is not None:
        gradient = f"grad {value_text(row['grad'], options)}".strip()
    elif "gradients" in options.show and row["flow"] is not None:
        gradient = f"gradient {value_text(row['flow'], options)}".strip()
    version = f"v{row['version']}" if "versions" in options.show and row["version"] else ""
    return Node(
        f"t{row['tensor']}", kind, clean(row["name"] or ""), value_text(row["value"], options), gradient, version
    )


def forward_edges(functions: Sequence[State], shown: set[int]) -> list[Edge]:
    edges = []
    for row in functions:
        id = f"f{row['function']}"
        edges += [Edge(f"t{tensor}", id, "data") for tensor in row["inputs"] if tensor in shown]
        edges += [Edge(id, f"t{tensor}", "output") for tensor in row["outputs"] if tensor in shown]
    return edges


def view_edges(tensors: Mapping[int, State], shown: set[int]) -> list[Edge]:
    alone = (tensors[id] for id in sorted(shown) if tensors[id]["producer"] is None)
    return [Edge(f"t{row['base']}", f"t{row['tensor']}", "view") for row in alone if row["base"] in shown]


def gradient_edges(functions: Sequence[State], shown: set[int], options: Options) -> list[Edge]:
    if "gradients" not in options.show:
        return []
    return [
        Edge(f"f{row['function']}", f"t{sent['tensor']}", "gradient", sent_text(sent, options))
        for row in functions
        for sent in row["sent"]
        if sent["tensor"] in shown
    ]


SIGNS = {
    "add": "+",
    "sub": "−",
    "mul": "×",
    "div": "÷",
    "matmul": "@",
    "mm": "@",
    "mv": "@",
    "bmm": "@",
    "dot": "·",
}


def sign(row: State) -> str:
    """What a function's node says: its sign or name, with a plain number that took part."""
    said = SIGNS.get(row["op"], clean(row["op"]))
    numbers = [value for name, value in row["settings"].items() if name in {"other", "exponent"} and plain(value)]
    return f"{said} {number_text(numbers[0])}" if numbers else said


def formula(row: State, options: Options) -> str:
    """What the op computes, as its row states it."""
    op = OPS.get(row["op"])
    return clean(op.forward_formula.plain()) if op is not None and "formulas" in options.show else ""


def sent_text(sent: State, options: Options) -> str:
    """A gradient that was sent, with the arithmetic that made it."""
    value = value_text(sent["value"], options)
    worked = sent["arithmetic"] if "formulas" in options.show else None
    return f"{clean(worked)} = {value}" if worked and clean(worked) != value else value


def plain(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def value_text(value: State | None, options: Options) -> str:
    """A value as a short text: a number, a few numbers, or shape and dtype."""
    if value is None or not {"values", "shapes"} & options.show:
        return ""
    shape, data = value["shape"], value.get("data")
    told = f"{'×'.join(map(str, shape))} {value['dtype']}".strip()
    if data is None or math.prod(shape) > SHOWN_ELEMENTS or "values" not in options.show:
        return told
    return f"{nested_text(data)} {told}" if shape and "shapes" in options.show else nested_text(data)


def nested_text(data: Any) -> str:
    if isinstance(data, list):
        return f"[{', '.join(map(nested_text, data))}]"
    return number_text(data)


def number_text(number: float | str | bool) -> str:
    """A number with four significant digits and a true minus sign; a whole number below a million as it is, and no other like one."""
    if isinstance(number, bool | str):
        return clean(str(number))
    if abs(number) < 1e6 and number == int(number):
        return str(int(number)).replace("-", "−")
    digits, _, power = f"{number:.4g}".partition("e")
    if not power and "." not in digits:
        digits = f"{number:#.4g}".removesuffix(".")
    return (f"{digits}e{int(power)}" if power else digits).replace("-", "−")


def clean(text: str) -> str:
    """The text on one line, bounded, without what no XML may hold, and with direction marks shown instead of obeyed."""
    kept = []
    for character in text[:LONGEST_TEXT]:
        code = ord(character)
        if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            kept.append(f"⟨U+{code:04X}⟩")
        elif (
            code >= 0x20 and not 0x7F <= code <= 0x9F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
        ):
            kept.append(character)
    return "".join(kept)
