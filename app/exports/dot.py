"""Graphviz's language, through the `graphviz` package."""

import re
from typing import Any

import graphviz  # type: ignore[import-untyped]

from app.exports import Export, Moment, Options, Paper
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment
from app.exports.layers import reach
from app.exports.palette import PALETTES, Palette

NAME = "gradlight"
DIRECTIONS = {"right": "LR", "down": "TB"}
# Inches, upright; a figure that runs to the right lies on its side.
SHEETS: dict[Paper, tuple[float, float]] = {"a4": (8.27, 11.69), "letter": (8.5, 11), "slide": (7.5, 13.333)}
MARGIN = 0.5
# Of the figure's own ground around it.
PAD = "0.2"
FONT = "Inter,Noto Sans SC,Helvetica,Noto Sans CJK SC,PingFang SC,Microsoft YaHei"
# A leaf that a long loop uses in each turn: dot takes minutes to bend its edges, a second to draw them straight.
FAR = 800
STRAIGHT = {"splines": "line", "nslimit": "0"}
ENTITY = re.compile(r"&(?=#?\w+;)")


def source(moment: Moment, options: Options) -> str:
    """The moment's figure as DOT: identifiers of our own, attributes from the tables below, every text escaped."""
    figure = of_moment(moment, options)
    palette = PALETTES[options.theme]
    nodes, edges = node_styles(palette), edge_styles(palette)
    graph = graphviz.Digraph(NAME, comment=alternative(moment, options), encoding="utf-8")
    ground = "transparent" if options.theme == "light" else f"#{palette.ground}"
    paper = sheet(options)
    size = {"margin": "0"} if paper is None else {"size": ",".join(f"{side - 2 * MARGIN:.2f}" for side in paper)}
    graph.attr(
        "graph",
        rankdir=DIRECTIONS[options.direction],
        bgcolor=ground,
        pad=PAD,
        **size,
        **(STRAIGHT if reach(figure) > FAR else {}),
    )
    graph.attr("node", fontname=FONT, fontsize="11", fontcolor=f"#{palette.ink}")
    graph.attr("edge", fontname=FONT, fontsize="9", arrowsize="0.7")
    for node in figure.nodes:
        graph.node(node.id, label(node.lines), **attributes(node, nodes, palette))
    for edge in figure.edges:
        # Told along the values and drawn against them, a gradient does not turn dot's ranks round.
        ends = (edge.target, edge.source) if edge.kind == "gradient" else (edge.source, edge.target)
        graph.edge(*ends, **edge_label(edge), **edges[edge.kind])
    return str(graph.source)


def sheet(options: Options) -> tuple[float, float] | None:
    """Width and height of the paper in inches; None for a figure that is its own size."""
    upright = SHEETS.get(options.paper)
    if upright is None or (options.direction == "down" and options.paper != "slide"):
        return upright
    return upright[1], upright[0]


def node_styles(palette: Palette) -> dict[str, dict[str, str]]:
    box = {"shape": "box", "style": "rounded,filled", "color": f"#{palette.shape}", "fillcolor": f"#{palette.panel}"}
    return {
        "leaf": {**box, "color": f"#{palette.leaf}", "fillcolor": f"#{palette.leaf_tint}", "peripheries": "2"},
        "computed": box,
        "constant": {**box, "style": "rounded,filled,dashed"},
        "untracked": {**box, "style": "rounded,filled,dotted"},
        "function": {
            "shape": "ellipse", "style": "filled", "margin": "0.02,0", "width": "0.35", "height": "0.35",
            "color": f"#{palette.forward}", "fillcolor": f"#{palette.forward_tint}",
        },
        "fold": {**box, "color": f"#{palette.forward}", "fillcolor": f"#{palette.forward_tint}", "peripheries": "2"},
        "fault": {**box, "color": f"#{palette.fault}", "fillcolor": f"#{palette.fault_tint}"},
    }  # fmt: skip


def edge_styles(palette: Palette) -> dict[str, dict[str, str]]:
    plain, back = f"#{palette.shape}", f"#{palette.backward}"
    return {
        "data": {"color": plain},
        "output": {"color": plain},
        "view": {"color": plain, "style": "dotted", "arrowhead": "none"},
        "fault": {"color": f"#{palette.fault}", "style": "dotted", "arrowhead": "none"},
        "gradient": {"color": back, "fontcolor": back, "style": "dashed", "dir": "back"},
    }


def attributes(node: Node, styles: dict[str, dict[str, str]], palette: Palette) -> dict[str, str]:
    chosen = styles[node.kind]
    if node.kind == "function" and node.note:  # an ellipse around a formula would be larger than all else
        chosen = {**chosen, "shape": "box", "style": "rounded,filled", "margin": "0.11,0.055"}
    if node.freed:
        chosen = {**chosen, "style": f"{chosen['style']},dashed", "fontcolor": f"#{palette.muted}"}
    return {**chosen, "color": f"#{palette.fault}", "penwidth": "2.5"} if node.failed else chosen


def edge_label(edge: Edge) -> dict[str, str]:
    # dot sets a label right against its line.
    return {"label": label([f" {edge.label} "])} if edge.label else {}


def label(lines: list[str]) -> Any:
    r"""A label that shows the lines as they are: no markup, no escape sequence but the `\n` between them, no entity."""
    return graphviz.nohtml("\\n".join(ENTITY.sub("&amp;", graphviz.escape(line)) for line in lines))


EXPORT = Export(
    "dot",
    "text",
    {"en": "Graphviz DOT", "zh-CN": "Graphviz DOT"},
    "text/vnd.graphviz; charset=utf-8",
    lambda moment, options: source(moment, options).encode(),
    takes=("show", "theme", "direction", "paper", "language"),
)
