"""A plain picture of the graph in SVG, with no program but ours: for viewers that run no scripts."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from app.exports import Moment, Options, TooLarge
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment, twins
from app.exports.glyphs import FAMILIES, faces, told
from app.exports.layers import Box, Laid, Point, Spacing
from app.exports.palette import PALETTES, Palette
from app.exports.rows import Page, rowed

LINE, MARGIN, HEAD, APART = 18, 24, 7, 5
# A page of a notebook.
PAGE = Page(1000, 1400, 0.6)
SPACING = Spacing(letter=7.6, line=LINE, pad=(10, 6), along=46, across=26)


def drawn(moment: Moment, options: Options) -> bytes:
    """The moment's graph from left to right or downwards; words alone where it is too large."""
    spoken = alternative(moment, options)
    try:
        down = options.direction == "down"
        in_rows = rowed(of_moment(moment, options), SPACING, options.rows, PAGE, down=down)
    except TooLarge as error:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="40"><text x="8" y="24">{escape(str(error))}</text></svg>'.encode()
    palette = PALETTES[options.theme]
    figure, places = in_rows.figure, in_rows.laid
    place = places.boxes
    passed = [point for way in places.ways.values() for point in way]
    across = [x + side * w / 2 for x, _, w, _ in place.values() for side in (-1, 1)] + [x for x, _ in passed]
    high = [y + side * h / 2 for _, y, _, h in place.values() for side in (-1, 1)] + [y for _, y in passed]
    left, right = min(across, default=0) - MARGIN, max(across, default=0) + MARGIN
    top, bottom = min(high, default=0) - MARGIN, max(high, default=0) + MARGIN
    written = "".join(text for node in figure.nodes for text in node.lines)
    rules, missing = faces(written)
    lost = f"<desc>{escape(told(missing, options.language))}</desc>" if missing else ""
    edges = [edge for edge in figure.edges if edge.kind != "gradient"]
    parts = [
        line(edge, places, palette, APART * apart, down=down) for edge, apart in zip(edges, twins(edges), strict=True)
    ]
    parts += [card(node, place[node.id], palette) for node in figure.nodes]
    width, height = f"{right - left:.0f}", f"{bottom - top:.0f}"
    size = f'width="{width}" height="{height}" viewBox="{left:.0f} {top:.0f} {width} {height}"'
    ground = f'<rect x="{left:.0f}" y="{top:.0f}" width="{width}" height="{height}" fill="#{palette.ground}"/>'
    family = f'font-family="{FAMILIES}" font-size="13"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(spoken)} {family}>',
            f"{lost}<style>{rules}</style>",
            ground,
            *parts,
            "</svg>\n",
        ]
    ).encode()


def card(node: Node, box: Box, palette: Palette) -> str:
    x, y, width, height = box
    leaf, function = node.kind == "leaf", not node.is_tensor
    stroke = palette.leaf if leaf else palette.forward if function else palette.shape
    fill = palette.leaf_tint if leaf else palette.forward_tint if function else palette.panel
    if node.kind == "fault":
        fill = palette.fault_tint
    if node.kind == "fault" or node.failed:
        stroke = palette.fault
    dashes = {"constant": ' stroke-dasharray="5 4"', "untracked": ' stroke-dasharray="1 4"'}.get(node.kind, "")
    radius = height / 2 if node.kind == "function" else 8
    texts = [
        f'<text x="{x:.1f}" y="{y + (index - (len(node.lines) - 1) / 2) * LINE + 4.5:.1f}" text-anchor="middle" fill="#{palette.ink}">{escape(text)}</text>'
        for index, text in enumerate(node.lines)
    ]
    frame = f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:.1f}" ry="{radius:.1f}" fill="#{fill}" stroke="#{stroke}" stroke-width="{2.5 if node.failed else 1.5}"{dashes}/>'
    return frame + "".join(texts)


def line(edge: Edge, places: Laid, palette: Palette, aside: float, *, down: bool) -> str:
    """From border to border along the layers, bent between them, with an arrow's head where something flows; `aside` of the middle of its nodes."""
    x, y, width, height = places.boxes[edge.source]
    end, bottom, wide, high = places.boxes[edge.target]
    start, stop = (
        ((x, y + height / 2), (end, bottom - high / 2)) if down else ((x + width / 2, y), (end - wide / 2, bottom))
    )
    way = [start, *places.ways.get((edge.source, edge.target), ()), stop]
    stops = [(x + aside, y) if down else (x, y + aside) for x, y in way]
    path = f"M{stops[0][0]:.1f} {stops[0][1]:.1f}" + "".join(
        bend(one, other, down=down) for one, other in pairwise(stops)
    )
    flows = edge.kind not in {"view", "fault"}
    dotted = "" if flows else ' stroke-dasharray="1 4"'
    colour = palette.fault if edge.kind == "fault" else palette.shape
    drawn = f'<path d="{path}" fill="none" stroke="#{colour}" stroke-width="1.5"{dotted}/>'
    return drawn + head(stops[-1], palette, down=down) if flows else drawn


def bend(one: Point, other: Point, *, down: bool) -> str:
    (x, y), (end, bottom) = one, other
    if down:
        middle = (y + bottom) / 2
        return f"C{x:.1f} {middle:.1f} {end:.1f} {middle:.1f} {end:.1f} {bottom:.1f}"
    middle = (x + end) / 2
    return f"C{middle:.1f} {y:.1f} {middle:.1f} {bottom:.1f} {end:.1f} {bottom:.1f}"


def head(tip: Point, palette: Palette, *, down: bool) -> str:
    x, y = tip
    sides = (
        ((x - HEAD / 2, y - HEAD), (x + HEAD / 2, y - HEAD))
        if down
        else ((x - HEAD, y - HEAD / 2), (x - HEAD, y + HEAD / 2))
    )
    corners = "L".join(f"{at:.1f} {high:.1f}" for at, high in (tip, *sides))
    return f'<path d="M{corners}Z" fill="#{palette.shape}"/>'
