"""Graphviz's language, through the `graphviz` package."""

import re
from typing import Any

import graphviz  # type: ignore[import-untyped]

from app.exports import Export, Options
from app.exports.figure import Edge, Node, of_frame
from engine.replay import Frame

NODES: dict[str, dict[str, str]] = {
    "leaf": {"shape": "box", "style": "rounded,filled", "color": "#0f766e", "fillcolor": "#ecfdf5"},
    "computed": {"shape": "box", "style": "rounded,filled", "color": "#475569", "fillcolor": "#f8fafc"},
    "constant": {"shape": "box", "style": "rounded,filled", "color": "#94a3b8", "fillcolor": "#ffffff"},
    "untracked": {"shape": "box", "style": "rounded,dashed", "color": "#94a3b8"},
    "function": {"shape": "circle", "style": "filled", "color": "#1d4ed8", "fillcolor": "#eff6ff", "margin": "0.02"},
}
EDGES: dict[str, dict[str, str]] = {
    "data": {"color": "#475569"},
    "output": {"color": "#475569"},
    "view": {"color": "#94a3b8", "style": "dotted", "arrowhead": "none"},
    "gradient": {"color": "#c2410c", "fontcolor": "#c2410c", "style": "dashed", "constraint": "false"},
}
ENTITY = re.compile(r"&(?=#?\w+;)")


def source(frame: Frame, options: Options) -> str:
    """The frame's figure as DOT: identifiers of our own, attributes from the tables above, every text escaped."""
    figure = of_frame(frame, options)
    graph = graphviz.Digraph("gradlight", encoding="utf-8")
    graph.attr("graph", rankdir="LR", bgcolor="transparent")
    graph.attr("node", fontname="Helvetica", fontsize="11")
    graph.attr("edge", fontname="Helvetica", fontsize="9", arrowsize="0.7")
    for node in figure.nodes:
        graph.node(node.id, label(node.lines), **attributes(node))
    for edge in figure.edges:
        graph.edge(edge.source, edge.target, **edge_label(edge), **EDGES[edge.kind])
    return str(graph.source)


def attributes(node: Node) -> dict[str, str]:
    chosen = NODES[node.kind]
    return {**chosen, "style": "dashed", "fontcolor": "#94a3b8"} if node.freed else chosen


def edge_label(edge: Edge) -> dict[str, str]:
    return {"label": label([edge.label])} if edge.label else {}


def label(lines: list[str]) -> Any:
    r"""A label that shows the lines as they are: no markup, no escape sequence but the `\n` between them, no entity."""
    return graphviz.nohtml("\\n".join(ENTITY.sub("&amp;", graphviz.escape(line)) for line in lines))


EXPORT = Export(
    "dot", "Graphviz DOT", "text/vnd.graphviz; charset=utf-8", lambda frame, options: source(frame, options).encode()
)
