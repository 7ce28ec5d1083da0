"""Mermaid's flow charts, as Markdown pages draw them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment
from app.exports.palette import PALETTES, Palette

DIRECTIONS = {"right": "LR", "down": "TB"}
ARROWS = {"data": "-->", "output": "-->", "view": "-.-", "fault": "-.-"}
# What lies behind the words on an edge, and a line that is seen on bright and dark; pages have grounds of their own.
# A label as wide as Mermaid breaks it by itself (200) would part the numbers of one tensor.
GROUND = '%%{{init: {{"themeVariables": {{"edgeLabelBackground": "#{}", "lineColor": "#{}"}}, "flowchart": {{"wrappingWidth": 500}}}}}}%%'
# What a figure is called where its run has no name.
NAME = "Gradlight"
# So many letters fill a circle; more make it larger than all else.
ROUND = 4
SAFE = frozenset(" .,:+-()[]=@/!?^'_")
# Some Mermaids read a label as Markdown: a lone plus begins a list, underscores around a word slant it. A space of no width before them stops that.
UNSEEN = "\u200b"
OPENING = re.compile(r"^(?=(?:[+-]|\d+[.)])(?:\s|$))")
EMPHASIS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")


def render(moment: Moment, options: Options) -> bytes:
    """The moment's figure as a flow chart, with a title and a description for screen readers."""
    figure = of_moment(moment, options)
    palette = PALETTES[options.theme]
    ground = GROUND.format(palette.ground, palette.shape)
    lines = [
        ground,
        f"flowchart {DIRECTIONS[options.direction]}",
        f"  accTitle: {spoken(moment.title).strip() or NAME}",
    ]
    lines += [f"  accDescr: {spoken(alternative(moment, options))}"]
    lines += [f"  {shape(node)}:::{node.kind}" for node in figure.nodes]
    edges = with_gradients(figure.edges)
    lines += [f"  {arrow(edge)}" for edge in edges]
    if labelled := [str(index) for index, edge in enumerate(edges) if edge.label]:
        lines += [f"  linkStyle {','.join(labelled)} color:#{palette.backward}"]
    lines += [f"  classDef {name} {style}" for name, style in classes(palette).items()]
    for name, marked in {
        "freed": [node.id for node in figure.nodes if node.freed],
        "failed": [node.id for node in figure.nodes if node.failed],
    }.items():
        lines += [f"  class {','.join(marked)} {name}"] if marked else []
    return ("\n".join(lines) + "\n").encode()


def classes(palette: Palette) -> dict[str, str]:
    ink = f"color:#{palette.ink}"
    box = f"fill:#{palette.panel},stroke:#{palette.shape},{ink}"
    return {
        "leaf": f"fill:#{palette.leaf_tint},stroke:#{palette.leaf},stroke-width:2px,{ink}",
        "computed": box,
        "constant": f"{box},stroke-dasharray:5 4",
        "untracked": f"{box},stroke-dasharray:1 4",
        "function": (function := f"fill:#{palette.forward_tint},stroke:#{palette.forward},{ink}"),
        "fold": function,
        "fault": f"fill:#{palette.fault_tint},stroke:#{palette.fault},{ink}",
        "freed": f"stroke-dasharray:5 4,color:#{palette.muted}",
        "failed": f"stroke:#{palette.fault},stroke-width:3px",
    }


def with_gradients(edges: Sequence[Edge]) -> list[Edge]:
    """The forward edges; what was sent back along one stands on it, for an edge of its own would turn Mermaid's layers round."""
    sent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in edges:
        if edge.kind == "gradient":
            sent[edge.target, edge.source].append(edge.label)
    shown = []
    for edge in edges:
        labels = sent[edge.source, edge.target]
        if edge.kind != "gradient":
            shown.append(replace(edge, label=f"← {labels.pop(0)}") if edge.kind == "data" and labels else edge)
    return shown


def shape(node: Node) -> str:
    text = "<br/>".join(escaped(line) for line in node.lines)
    if node.kind == "fold":
        return f'{node.id}[["{text}"]]'
    if node.kind == "fault":
        return f'{node.id}["{text}"]'
    if node.is_tensor:
        return f'{node.id}("{text}")'
    return f'{node.id}(("{text}"))' if len(node.title) <= ROUND and not node.note else f'{node.id}(["{text}"])'


def arrow(edge: Edge) -> str:
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{edge.source} {ARROWS[edge.kind]}{label} {edge.target}"


def escaped(text: str) -> str:
    """The text with what could end a label as Mermaid's numeric entities; only that, for hosts without HTML in labels show them as they are."""
    kept = "".join(c if plain(c) else f"#{ord(c)};" for c in text)
    return OPENING.sub(UNSEEN, EMPHASIS.sub(rf"{UNSEEN}\g<0>{UNSEEN}", kept))


def plain(c: str) -> bool:
    return c.isalnum() or c in SAFE or (not c.isascii() and c.isprintable())


def spoken(text: str) -> str:
    """A description on one line, without the signs that end or open anything in Mermaid."""
    return "".join(c if c.isalnum() or c in " .,:+-−×÷·[]()=…←。，；：（）" else " " for c in text.replace(";", ","))


EXPORT = Export(
    "mmd",
    "text",
    {"en": "Mermaid", "zh-CN": "Mermaid"},
    "text/vnd.mermaid; charset=utf-8",
    render,
    takes=("show", "theme", "direction", "language"),
)
