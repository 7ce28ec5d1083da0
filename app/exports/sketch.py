"""A plain picture of the graph in SVG, with no program but ours: for viewers that run no scripts."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from app.exports import Moment, Options, TooLarge
from app.exports.alt import alternative
from app.exports.figure import Edge, Node, of_moment
from app.exports.layers import places
from app.exports.palette import PALETTES, Palette

LINE, LETTER, GAP, ROW, MARGIN = 18, 7.6, 46, 26, 24
Box = tuple[float, float, float, float]
"""Centre, width, height."""


def drawn(moment: Moment, options: Options) -> bytes:
    """The moment's graph from left to right; words alone where it is too large."""
    spoken = alternative(moment, options)
    try:
        figure = of_moment(moment, options)
    except TooLarge as error:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="40"><text x="8" y="24">{escape(str(error))}</text></svg>'.encode()
    palette = PALETTES[options.theme]
    boxes = boxes_of(figure.nodes, places(figure))
    width = max((x + w / 2 for x, _, w, _ in boxes.values()), default=0) + MARGIN
    top = min((y - h / 2 for _, y, _, h in boxes.values()), default=0) - MARGIN
    bottom = max((y + h / 2 for _, y, _, h in boxes.values()), default=0) + MARGIN
    parts = [line(edge, boxes, palette) for edge in figure.edges if edge.kind != "gradient"]
    parts += [card(node, boxes[node.id], palette) for node in figure.nodes]
    size = f'width="{width:.0f}" height="{bottom - top:.0f}" viewBox="0 {top:.0f} {width:.0f} {bottom - top:.0f}"'
    ground = f'<rect y="{top:.0f}" width="100%" height="100%" fill="#{palette.ground}"/>'
    family = 'font-family="Inter, Helvetica, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="13"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(spoken)} {family}>',
            ground,
            *parts,
            "</svg>\n",
        ]
    ).encode()


def boxes_of(nodes: Sequence[Node], place: Mapping[str, tuple[int, float]]) -> dict[str, Box]:
    """Columns as wide as their widest card; rows as high as the highest."""
    sizes = {node.id: (max(map(len, node.lines)) * LETTER + 20, len(node.lines) * LINE + 12) for node in nodes}
    widths: dict[int, float] = {}
    for id, (layer, _) in place.items():
        widths[layer] = max(widths.get(layer, 0), sizes[id][0])
    row = max((height for _, height in sizes.values()), default=0) + ROW
    left, centre = float(MARGIN), dict[int, float]()
    for layer in sorted(widths):
        centre[layer] = left + widths[layer] / 2
        left += widths[layer] + GAP
    return {id: (centre[layer], height * row, *sizes[id]) for id, (layer, height) in place.items()}


def card(node: Node, box: Box, palette: Palette) -> str:
    x, y, width, height = box
    leaf, function = node.kind == "leaf", node.kind == "function"
    stroke = palette.leaf if leaf else palette.forward if function else palette.shape
    fill = palette.leaf_tint if leaf else palette.forward_tint if function else palette.panel
    dashes = {"constant": ' stroke-dasharray="5 4"', "untracked": ' stroke-dasharray="1 4"'}.get(node.kind, "")
    radius = height / 2 if function else 8
    texts = [
        f'<text x="{x:.1f}" y="{y + (index - (len(node.lines) - 1) / 2) * LINE + 4.5:.1f}" text-anchor="middle" fill="#{palette.ink}">{escape(text)}</text>'
        for index, text in enumerate(node.lines)
    ]
    frame = f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:.1f}" fill="#{fill}" stroke="#{stroke}" stroke-width="1.5"{dashes}/>'
    return frame + "".join(texts)


def line(edge: Edge, boxes: Mapping[str, Box], palette: Palette) -> str:
    x, y, width, _ = boxes[edge.source]
    end, height, wide, _ = boxes[edge.target]
    start, stop = x + width / 2, end - wide / 2
    middle = (start + stop) / 2
    dotted = ' stroke-dasharray="1 4"' if edge.kind == "view" else ""
    path = f"M{start:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {height:.1f} {stop:.1f} {height:.1f}"
    return f'<path d="{path}" fill="none" stroke="#{palette.shape}" stroke-width="1.5"{dotted}/>'
