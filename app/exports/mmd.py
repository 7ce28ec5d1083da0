"""Mermaid's flow charts, as Markdown pages draw them."""

from app.exports import Export, Options
from app.exports.figure import Edge, Node, of_frame
from engine.replay import Frame

CLASSES = {
    "leaf": "fill:#ecfdf5,stroke:#0f766e,color:#0f172a",
    "computed": "fill:#f8fafc,stroke:#475569,color:#0f172a",
    "constant": "fill:#ffffff,stroke:#94a3b8,color:#0f172a",
    "untracked": "fill:#ffffff,stroke:#94a3b8,color:#0f172a,stroke-dasharray:3 3",
    "function": "fill:#eff6ff,stroke:#1d4ed8,color:#0f172a",
}
ARROWS = {"data": "-->", "output": "-->", "view": "-.-", "gradient": "-.->"}
SAFE = frozenset(" .,:+-−×÷@·[]()=…")


def render(frame: Frame, options: Options) -> bytes:
    """The frame's figure as a flow chart from left to right."""
    figure = of_frame(frame, options)
    lines = ["flowchart LR"]
    lines += [f"  {shape(node)}:::{node.kind}" for node in figure.nodes]
    lines += [f"  {arrow(edge)}" for edge in figure.edges]
    lines += [f"  classDef {name} {style}" for name, style in CLASSES.items()]
    return ("\n".join(lines) + "\n").encode()


def shape(node: Node) -> str:
    text = "<br/>".join(escaped(line) for line in node.lines)
    return f'{node.id}(("{text}"))' if node.kind == "function" else f'{node.id}("{text}")'


def arrow(edge: Edge) -> str:
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{edge.source} {ARROWS[edge.kind]}{label} {edge.target}"


def escaped(text: str) -> str:
    """The text with all but letters, digits and a few signs as Mermaid's numeric entities."""
    return "".join(c if c.isalnum() or c in SAFE else f"#{ord(c)};" for c in text)


EXPORT = Export("mmd", "Mermaid", "text/vnd.mermaid; charset=utf-8", render)
