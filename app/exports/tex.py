"""TikZ, as a document that compiles by itself and can be included in another."""

import re
from dataclasses import asdict
from itertools import pairwise
from math import atan2, degrees, hypot

from app.exports import Export, Moment, Options, Paper
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment, twins
from app.exports.layers import Box, Laid, Point, Spacing
from app.exports.palette import PALETTES
from app.exports.rows import Page, rowed

# In centimetres.
SPACING = Spacing(letter=0.155, line=0.38, pad=(0.2, 0.15), along=1.1, across=0.75, told=0.11)
# How far a gradient stands beside the edge that it goes back along where that goes through gaps; and how far its curve is pulled aside between neighbours.
ASIDE, BULGE = 0.16, 0.7
# Edges between the same two nodes part by so many degrees.
PARTED = 12
ANCHORS = ("east", "north east", "north", "north west", "west", "south west", "south", "south east")
STRAIGHT = 6
CHINESE = re.compile(r"[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]")
STANDALONE = r"\documentclass[tikz,border=4pt]{standalone}"
# A sheet of its own, which the figure fills but for the margins.
SHEETS: dict[Paper, str] = {"a4": "a4paper", "letter": "letterpaper", "slide": "paperwidth=338.7mm,paperheight=190.5mm"}
# What such a sheet, or the text of a page, leaves a figure; and the share of their size below which letters of 8 points cannot be read.
ROOMS: dict[Paper, tuple[float, float]] = {
    "a4": (18, 26.7),
    "letter": (18.6, 24.9),
    "slide": (30.9, 16),
    "fit": (16, 20),
}
LEAST = 0.6
SHEET = "\\documentclass{{article}}\n\\usepackage[{sheet},margin=15mm]{{geometry}}\n\\usepackage{{tikz,adjustbox}}\n\\pagestyle{{empty}}"
FILLED = (
    "\\vspace*{\\fill}\\centering\\begin{adjustbox}{width=\\linewidth,totalheight=0.98\\textheight,keepaspectratio}\n"
)
STYLES = r"""\usetikzlibrary{arrows.meta}
%(chinese)s%(colours)s
\begin{document}
%(opening)s\begin{tikzpicture}[
  tensor/.style={draw=shape, fill=panel, text=ink, rounded corners=2pt, align=center, font=\sffamily\footnotesize, inner sep=3pt},
  leaf/.style={tensor, draw=leaf, fill=leaftint, line width=1pt},
  computed/.style={tensor},
  constant/.style={tensor, dashed},
  untracked/.style={tensor, dotted},
  function/.style={draw=forward, fill=forwardtint, text=ink, rounded corners=2.5mm, align=center, font=\sffamily\footnotesize, inner sep=3pt, minimum size=5mm},
  fold/.style={function, rounded corners=2pt, double},
  fault/.style={tensor, draw=fault, fill=faulttint},
  freed/.style={densely dashed, text=muted},
  failed/.style={draw=fault, line width=1.2pt},
  data/.style={draw=shape, -{Stealth[length=4pt]}},
  output/.style={data},
  view/.style={draw=shape, dotted},
  concern/.style={draw=fault, dotted, line width=0.8pt},
  gradient/.style={draw=backward, text=backward, dashed, -{Stealth[length=4pt]}, font=\sffamily\scriptsize}]
"""
# Fandol's fonts come with TeX itself, so that Chinese is set alike on machines that have none.
SET_CHINESE = r"""\usepackage{iftex}
\ifluatex
  \usepackage{fontspec}
  \directlua{luaotfload.add_fallback("chinese", {"file:FandolHei-Regular.otf:mode=node;"})}
  \setsansfont{lmsans10-regular.otf}[BoldFont=lmsans10-bold.otf, RawFeature={fallback=chinese}]
\else
  \usepackage[fontset=fandol,scheme=plain]{ctex}
\fi
"""
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
    '"': r"\textquotedbl{}",
    "…": r"\ldots{}",
}
# What is set as mathematics.
FORMULAS = {
    "<": "<", ">": ">", "|": "|", "−": "-", "×": r"\times", "÷": r"\div", "·": r"\cdot", "∗": r"\ast", "⋆": r"\star", "±": r"\pm", "⊗": r"\otimes",
    "≠": r"\neq", "≈": r"\approx", "≤": r"\leq", "≥": r"\geq", "≪": r"\ll", "≫": r"\gg", "→": r"\to",
    "∧": r"\wedge", "∨": r"\vee", "⊻": r"\underline{\vee}", "¬": r"\neg",
    "∂": r"\partial", "∞": r"\infty", "√": r"\surd", "∑": r"\sum", "‖": r"\Vert", "′": "'", "″": "''", "°": r"^\circ", "\u20d7": r"\vec{}",
    "⟨": r"\langle", "⟩": r"\rangle", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    "⁻": "^-", "⁺": "^+", "ⁿ": "^n", "⊤": r"^\mathsf{T}",
    **{raised: f"^{digit}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{lowered: f"_{digit}" for digit, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip
# Greek by TeX's own names; letters that look Latin have none.
GREEK = {
    "αβγδεζηθικλμνξπρστυφχψω": (
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi omega"
    ),
    "ΓΔΘΛΞΠΣΥΦΨΩ": "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
}
for letters, names in GREEK.items():
    FORMULAS.update({letter: rf"\{name}" for letter, name in zip(letters, names.split(), strict=True)})
ESCAPES.update({letter: rf"\ensuremath{{{formula}}}" for letter, formula in FORMULAS.items()})


def render(moment: Moment, options: Options) -> bytes:
    """The moment's figure with places in layers, from left to right or downwards."""
    down = options.direction == "down"
    in_rows = rowed(of_moment(moment, options), SPACING, options.rows, page(options), down=down)
    figure, places = in_rows.figure, in_rows.laid
    body = [f"  {node_command(node, *places.boxes[node.id][:2])}" for node in figure.nodes]
    body += [
        f"  {edge_command(edge, places, apart, down=down)}"
        for edge, apart in zip(figure.edges, twins(figure.edges), strict=True)
    ]
    text = "\n".join(body)
    palette = PALETTES[options.theme]
    colours = {name.replace("_", ""): value for name, value in asdict(palette).items()}
    sheet = SHEETS.get(options.paper)
    if sheet and options.direction == "right" and options.paper != "slide":
        sheet += ",landscape"
    opening = "" if options.theme == "light" else "\\pagecolor{ground}\n"
    opening += FILLED if sheet else ""
    closing = "\\end{tikzpicture}\n" + ("\\end{adjustbox}\\vfill\n" if sheet else "") + "\\end{document}\n"
    spoken = alternative(moment, options)
    return (
        f"% {comment(spoken)}\n"
        "% Compile with lualatex or xelatex; in another document: \\usepackage{standalone} and \\includestandalone.\n"
        + (SHEET.format(sheet=sheet) if sheet else STANDALONE)
        + "\n"
        + STYLES
        % {
            "chinese": SET_CHINESE if CHINESE.search(text) else "",
            "colours": "\n".join(f"\\definecolor{{{name}}}{{HTML}}{{{value}}}" for name, value in colours.items()),
            "opening": opening,
        }
        + text
        + "\n"
        + closing
    ).encode()


def page(options: Options) -> Page:
    """The room that a figure has; one that runs to the right has a sheet on its side."""
    width, height = ROOMS[options.paper]
    turned = options.direction == "right" and options.paper in {"a4", "letter"}
    return Page(height, width, LEAST) if turned else Page(width, height, LEAST)


def node_command(node: Node, x: float, y: float) -> str:
    style = node.kind + ", freed" * node.freed + ", failed" * node.failed
    # A bracket after \\ would be taken for a distance.
    text = r"\\{}".join(escaped(line) for line in node.lines)
    return rf"\node[{style}] ({node.id}) at ({x:.2f}, {0 - y:.2f}) {{{text}}};"


def edge_command(edge: Edge, places: Laid, apart: int, *, down: bool) -> str:
    """An edge from node to node; where it passes layers by, through the gaps there, and a gradient beside it the other way.

    `apart`: how far it stands from the middle of those between the same two nodes.
    """
    style = "concern" if edge.kind == "fault" else edge.kind
    way, back = places.ways.get((edge.source, edge.target)), places.ways.get((edge.target, edge.source))
    if way is None and back is None:
        if edge.kind == "gradient":
            return bow(edge, places, apart, down=down)
        bend = f"[bend {'left' if apart < 0 else 'right'}={PARTED * abs(apart)}]" if apart else ""
        return rf"\path[{style}] ({edge.source}) to{bend} ({edge.target});"
    begin, end = ("south", "north") if down else ("east", "west")
    points, aside = (way, 0.0) if way is not None else (list(reversed(back or ())), ASIDE)
    aside += ASIDE * apart
    if way is None:
        begin, end = end, begin
    if (edge.target, edge.source) in places.carried and way is None:
        stops = [
            (x + across, 0 - y - along)
            for (x, y), (across, along) in zip(points, reversed(beside(len(points), aside, down=down)), strict=True)
        ]
    else:
        stops = [(x + aside * down, 0 - y - aside * (not down)) for x, y in points]
    ends = [border(places.boxes[id], side) for id, side in ((edge.source, begin), (edge.target, end))]
    label = f" node[midway, {'auto, swap' if down else 'auto'}] {{{escaped(edge.label)}}}" if edge.label else ""
    legs = list(pairwise([ends[0], *stops, ends[1]]))
    drawn = [
        f"{leg(*one, down=down)}{label if at == len(stops) // 2 else ''} {written(one[1]) if at < len(stops) else f'({edge.target}.{end})'}"
        for at, one in enumerate(legs)
    ]
    return rf"\path[{style}] ({edge.source}.{begin}) {' '.join(drawn)};"


def beside(count: int, aside: float, *, down: bool) -> list[Point]:
    """How far a gradient's turns lie from those of its edge from row to row, so that it runs on the outer side: further along, and further down but at the two ends, where it runs above."""
    moves = [(aside, aside if at in {1, 2} else -aside) for at in range(count)]
    return [(along, across) for across, along in moves] if down else moves


def border(box: Box, side: str) -> Point:
    """The middle of a side of a node, as TikZ counts, upwards."""
    x, y, width, height = box
    across, up = {"east": (1, 0), "west": (-1, 0), "north": (0, 1), "south": (0, -1)}[side]
    return x + across * width / 2, 0 - y + up * height / 2


def leg(one: Point, other: Point, *, down: bool) -> str:
    """From point to point: straight, or bent within the room between them, so that it runs over nothing beside that."""
    (x, y), (end, top) = one, other
    if abs(end - x if down else top - y) < 0.01:
        return "--"
    pull = (0.0, (top - y) / 2) if down else ((end - x) / 2, 0.0)
    return f".. controls +{written(pull)} and +{written((-pull[0], -pull[1]))} .."


def written(point: Point) -> str:
    return f"({point[0] + 0:.2f}, {point[1] + 0:.2f})".replace("-0.00", "0.00")


def bow(edge: Edge, places: Laid, apart: int, *, down: bool) -> str:
    """A gradient beside the edge that it goes back along, bent as far over a long way as over a short one; of several edges between two nodes on its own one's side.

    What was sent stands outside the bend; of a flat one that goes up, where it begins.
    """
    (x, y, wide, high), (end, bottom, width, height) = places.boxes[edge.source], places.boxes[edge.target]
    x, end = (x, end) if down else (x - wide / 2, end + width / 2)
    y, bottom = (y - high / 2, bottom + height / 2) if down else (y, bottom)
    across, up = end - x, y - bottom
    aside = BULGE * (apart or 1) / hypot(across, up)
    bends = [
        f"({x + share * across - aside * up:.2f}, {0 - y + share * up + aside * across:.2f})"
        for share in (1 / 3, 2 / 3)
    ]
    # Between layers side by side there is room for the words; between those one below the other they stand beside the bend.
    where = "midway, fill=ground, inner sep=1pt"
    if down:
        where = f"pos={0.35 if abs(across) > abs(up) else 0.5}, anchor={ANCHORS[corner(up, -across) if aside > 0 else corner(-up, across)]}"
    label = f" node[{where}] {{{escaped(edge.label)}}}" if edge.label else ""
    return rf"\path[gradient] ({edge.source}) .. controls {' and '.join(bends)} ..{label} ({edge.target});"


def corner(across: float, up: float) -> int:
    """The eighth of the compass that a direction is in, from the east against the clock; one of the four between them unless it is nearly straight."""
    angle = degrees(atan2(up, across)) % 360
    quarter = round(angle / 90)
    return quarter % 4 * 2 if abs(angle - quarter * 90) < STRAIGHT else int(angle // 90) * 2 + 1


def escaped(text: str) -> str:
    """The text with every sign that LaTeX would obey spelled out."""
    return "".join(ESCAPES.get(character, character) for character in text)


def comment(text: str) -> str:
    """The text on one line of a comment."""
    return " ".join(text.split())


EXPORT = Export(
    "tex",
    "text",
    {"en": "TikZ for LaTeX", "zh-CN": "TikZ（LaTeX）"},
    "application/x-tex; charset=utf-8",
    render,
    takes=("show", "theme", "direction", "paper", "rows", "language"),
)
