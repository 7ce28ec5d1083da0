"""TikZ, as a document that compiles by itself and can be included in another."""

from app.exports import Export, Options
from app.exports.figure import Edge, Node, of_frame
from app.exports.layers import places
from engine.replay import Frame

ACROSS, DOWN = 2.3, 1.7
HEAD = r"""% Compile with lualatex or xelatex; in another document: \usepackage{standalone} and \includestandalone.
\documentclass[tikz,border=4pt]{standalone}
\usetikzlibrary{arrows.meta}
\definecolor{forward}{HTML}{475569}
\definecolor{backward}{HTML}{C2410C}
\definecolor{leaf}{HTML}{0F766E}
\begin{document}
\begin{tikzpicture}[
  tensor/.style={draw=forward, rounded corners=2pt, align=center, font=\sffamily\footnotesize, inner sep=3pt},
  leaf/.style={tensor, draw=leaf, fill=leaf!8},
  computed/.style={tensor, fill=black!2},
  constant/.style={tensor, draw=black!40},
  untracked/.style={tensor, draw=black!40, dashed},
  function/.style={draw=blue!70!black, fill=blue!5, circle, font=\sffamily\footnotesize, inner sep=2pt, minimum size=5mm},
  freed/.style={densely dashed, text=black!45},
  data/.style={draw=forward, -{Stealth[length=4pt]}},
  output/.style={data},
  view/.style={draw=black!40, dotted},
  gradient/.style={draw=backward, text=backward, dashed, -{Stealth[length=4pt]}, font=\sffamily\tiny, bend left=28}]
"""
FOOT = "\\end{tikzpicture}\n\\end{document}\n"
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "÷": r"\ensuremath{\div}",
    "·": r"\ensuremath{\cdot}",
}


def render(frame: Frame, options: Options) -> bytes:
    """The frame's figure with places in layers from left to right."""
    figure = of_frame(frame, options)
    place = places(figure)
    lines = [f"  {node_command(node, *place[node.id])}" for node in figure.nodes]
    lines += [f"  {edge_command(edge)}" for edge in figure.edges]
    return (HEAD + "\n".join(lines) + "\n" + FOOT).encode()


def node_command(node: Node, layer: int, height: float) -> str:
    style = f"{node.kind}, freed" if node.freed else node.kind
    text = r"\\ ".join(escaped(line) for line in node.lines)
    return rf"\node[{style}] ({node.id}) at ({layer * ACROSS:.2f}, {0 - height * DOWN:.2f}) {{{text}}};"


def edge_command(edge: Edge) -> str:
    label = f" node[midway, auto] {{{escaped(edge.label)}}}" if edge.label else ""
    return rf"\path[{edge.kind}] ({edge.source}) to{label} ({edge.target});"


def escaped(text: str) -> str:
    """The text with every sign that LaTeX would obey spelled out."""
    return "".join(ESCAPES.get(character, character) for character in text)


EXPORT = Export("tex", "TikZ", "application/x-tex; charset=utf-8", render)
