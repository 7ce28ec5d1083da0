"""Graphviz's language, through the `graphviz` package."""

import re
from typing import Any

import graphviz  # type: ignore[import-untyped]

from app.exports import Export, Moment, Options, Paper
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment
from app.exports.palette import PALETTES, Palette

NAME = "gradlight"
DIRECTIONS = {"right": "LR", "down": "TB"}
# Inches of the sheet less a margin; the figure shrinks to fit.
SIZES: dict[Paper, str] = {"a4": "7.3,10.7", "letter": "7.5,10", "slide": "12.3,6.5", "fit": ""}
FONT = "Inter,Helvetica,Noto Sans CJK SC,PingFang SC,Microsoft YaHei"
ENTITY = re.compile(r"&(?=#?\w+;)")


def source(moment: Moment, options: Options) -> str:
    """The moment's figure as DOT: identifiers of our own, attributes from the tables below, every text escaped."""
    figure = of_moment(moment, options)
    palette = PALETTES[options.theme]
    nodes, edges = node_styles(palette), edge_styles(palette)
    graph = graphviz.Digraph(NAME, comment=alternative(moment, options), encoding="utf-8")
    ground = "transparent" if options.theme == "light" else f"#{palette.ground}"
    size = {"size": SIZES[options.paper]} if SIZES[options.paper] else {}
    graph.attr("graph", rankdir=DIRECTIONS[options.direction], bgcolor=ground, **size)
    graph.attr("node", fontname=FONT, fontsize="11", fontcolor=f"#{palette.ink}")
    graph.attr("edge", fontname=FONT, fontsize="9", arrowsize="0.7")
    for node in figure.nodes:
        graph.node(node.id, label(node.lines), **attributes(node, nodes, palette))
    for edge in figure.edges:
        graph.edge(edge.source, edge.target, **edge_label(edge), **edges[edge.kind])
    return str(graph.source)


def node_styles(palette: Palette) -> dict[str, dict[str, str]]:
    box = {"shape": "box", "style": "rounded,filled", "color": f"#{palette.shape}", "fillcolor": f"#{palette.panel}"}
    return {
        "leaf": {**box, "color": f"#{palette.leaf}", "fillcolor": f"#{palette.leaf_tint}", "peripheries": "2"},
        "computed": box,
        "constant": {**box, "style": "rounded,filled,dashed"},
        "untracked": {**box, "style": "rounded,filled,dotted"},
        "function": {
            "shape": "circle", "style": "filled", "margin": "0.02",
            "color": f"#{palette.forward}", "fillcolor": f"#{palette.forward_tint}",
        },
    }  # fmt: skip


def edge_styles(palette: Palette) -> dict[str, dict[str, str]]:
    plain, back = f"#{palette.shape}", f"#{palette.backward}"
    return {
        "data": {"color": plain},
        "output": {"color": plain},
        "view": {"color": plain, "style": "dotted", "arrowhead": "none"},
        "gradient": {"color": back, "fontcolor": back, "style": "dashed", "constraint": "false"},
    }


def attributes(node: Node, styles: dict[str, dict[str, str]], palette: Palette) -> dict[str, str]:
    chosen = styles[node.kind]
    return {**chosen, "style": "dashed", "fontcolor": f"#{palette.muted}"} if node.freed else chosen


def edge_label(edge: Edge) -> dict[str, str]:
    return {"label": label([edge.label])} if edge.label else {}


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
