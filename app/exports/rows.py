"""A long figure in rows, one after another as the lines of a text: each is laid out by itself, and an edge from one to another is carried on between them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from app.exports.figure import Figure
from app.exports.layers import Box, Laid, Neighbours, Point, Spacing, Way, laid, neighbours, places, size

MOST = 12
# A node without a past that is used so often has a twin at each further use; so many edges of one beginning go together.
SHARED, TOGETHER = 3, 3
# Uneven rows are taken for fewer edges between them; fewer rows for a scale that is nearly the best, or so many times the least.
CARRIED, NEARLY, WELL = 0.06, 0.92, 1.4
# An edge from what makes a tensor to the tensor counts as so many.
MADE = 4
# Where edges turn in the gap beside a layer, as shares of it; and how far lanes lie apart, in lines of text.
NEAREST, NEAR, FURTHEST = 0.2, 0.3, 0.46
LANE = 1.25


@dataclass(frozen=True, slots=True)
class Page:
    """How much room there is, in the unit of a spacing, and the scale below which nothing can be read."""

    width: float
    height: float
    least: float


@dataclass(frozen=True, slots=True)
class Rowed:
    """A figure, perhaps with twins, where its nodes stand, and the row of each; no rows where one is enough."""

    figure: Figure
    laid: Laid
    row: Mapping[str, int]


def rowed(figure: Figure, spacing: Spacing, rows: str, page: Page, *, down: bool = False) -> Rowed:
    """The figure in so many rows; with `auto` in one where that can be read on the page, else in the fewest that are read well or nearly as large as any."""
    whole = Rowed(figure, laid(figure, spacing, down=down), {})
    if not figure.nodes or rows == "1" or (rows == "auto" and scale(whole.laid, page) >= page.least):
        return whole
    shared = twinned(figure)
    layers = {id: layer for id, (layer, _) in places(shared, late=True)[0].items()}
    widths: dict[int, float] = defaultdict(float)
    for node in shared.nodes:
        widths[layers[node.id]] = max(widths[layers[node.id]], size(node, spacing)[down] + spacing.along)
    counts = range(2, min(MOST, len(widths)) + 1) if rows == "auto" else [int(rows)]
    made = [stacked(shared, split(shared, layers, widths, count), spacing, down=down) for count in counts]
    best = max((scale(one.laid, page) for one in made), default=0)
    enough = min(best * NEARLY, page.least * WELL)
    return next((one for one in made if scale(one.laid, page) >= enough), whole)


def scale(standing: Laid, page: Page) -> float:
    """How large a figure is seen that is made to fit, at most at its own size."""
    left, top, right, bottom = bounds(standing)
    return min(1.0, page.width / (right - left), page.height / (bottom - top))


def twinned(figure: Figure) -> Figure:
    """The figure in which each further use of a much used leaf has a twin of its own, with its name alone, to which the gradient of this use goes."""
    made = {edge.target for edge in figure.edges if edge.kind != "gradient"}
    uses: dict[str, list[str]] = defaultdict(list)
    for edge in figure.edges:
        if edge.kind == "data" and edge.source not in made and edge.target not in uses[edge.source]:
            uses[edge.source].append(edge.target)
    nodes, names = list(figure.nodes), dict[Way, str]()
    for node in figure.nodes:
        if len(uses[node.id]) >= SHARED:
            for number, user in enumerate(uses[node.id][1:], 1):
                names[node.id, user] = f"{node.id}_{number}"
                value = "" if node.title else node.value
                nodes.append(replace(node, id=names[node.id, user], value=value, gradient="", note=""))
    edges = [
        replace(edge, target=names.get((edge.target, edge.source), edge.target))
        if edge.kind == "gradient"
        else replace(edge, source=names.get((edge.source, edge.target), edge.source))
        for edge in figure.edges
    ]
    return Figure(nodes, edges)


def flows(figure: Figure) -> tuple[Neighbours, Neighbours]:
    return neighbours((edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient")


def split(figure: Figure, layers: Mapping[str, int], widths: Mapping[int, float], count: int) -> Mapping[str, int]:
    """The row of each node: layers of these widths shared out evenly, with few nodes that lead from one row to another. What nothing flows into stands in the row of its first use."""
    before, after = flows(figure)
    leading: dict[int, dict[str, int]] = defaultdict(dict)
    for edge in figure.edges:
        if edge.kind != "gradient" and edge.source in before:
            for layer in range(layers[edge.source] + 1, layers[edge.target] + 1):
                leading[layer][edge.source] = MADE if edge.kind == "output" and len(after[edge.source]) == 1 else 1
    order = sorted(widths)
    rows = min(count, len(order))
    target = sum(widths.values()) / rows
    passed = dict(zip(order, accumulate((widths[layer] for layer in order), initial=0.0), strict=False))
    begins = [0]
    for row in range(1, rows):
        costs = {
            at: (passed[order[at]] / target - row) ** 2 + CARRIED * sum(leading[order[at]].values())
            for at in range(begins[-1] + 1, len(order) + 1 - (rows - row))
        }
        begins.append(min(costs, key=lambda at: costs[at]))
    found = {id: sum(order[begin] <= layer for begin in begins[1:]) for id, layer in layers.items()}
    found |= {id: min(found[user] for user in after[id]) for id in found if id not in before and id in after}
    held = sorted(set(found.values()))
    return {id: held.index(row) for id, row in found.items()}


def stacked(figure: Figure, row: Mapping[str, int], spacing: Spacing, *, down: bool) -> Rowed:
    """Each row laid out by itself, one below the other, or downwards one beside the other."""
    forward = dict.fromkeys((edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient")
    carried = [way for way in forward if row[way[0]] != row[way[1]]]
    uses = Counter(source for source, _ in carried)
    bundles = {way: (way[0], "" if uses[way[0]] >= TOGETHER else way[1]) for way in carried}
    boxes: dict[str, Box] = {}
    ways: dict[Way, Sequence[Point]] = {}
    gaps, below = list[float](), 0.0
    for at in range(max(row.values()) + 1):
        nodes = [node for node in figure.nodes if row[node.id] == at]
        edges = [edge for edge in figure.edges if row[edge.source] == row[edge.target] == at]
        part = laid(Figure(nodes, edges), spacing, down=down, late=True)
        part = transposed(part) if down else part
        left, top, _, bottom = bounds(part)
        boxes |= {id: (x - left, y - top + below, w, h) for id, (x, y, w, h) in part.boxes.items()}
        ways |= {way: [(x - left, y - top + below) for x, y in points] for way, points in part.ways.items()}
        gaps.append(below + bottom - top + spacing.across)
        lanes = {bundles[way] for way in carried if row[way[0]] == at or row[way[1]] == at + 1}
        below = gaps[-1] + spacing.across + len(lanes) * LANE * spacing.line
    ways |= turning(bundles, row, boxes, gaps, spacing)
    standing = Laid(boxes, ways, frozenset(carried))
    return Rowed(figure, transposed(standing) if down else standing, row)


def turning(
    bundles: Mapping[Way, Way],
    row: Mapping[str, int],
    boxes: Mapping[str, Box],
    gaps: Sequence[float],
    spacing: Spacing,
) -> Mapping[Way, Sequence[Point]]:
    """Where each carried edge turns: out of its layer, along a lane of the gap under its row, and into its layer; to a row further down, along that row's gap too."""
    thick: dict[tuple[int, float], float] = defaultdict(float)
    for id, (x, _, width, _) in boxes.items():
        thick[row[id], round(x, 3)] = max(thick[row[id], round(x, 3)], width)

    def border(id: str, side: int) -> float:
        return boxes[id][0] + side * thick[row[id], round(boxes[id][0], 3)] / 2

    # What comes from higher up turns further out, and what leads further down.
    leaving = ranks((border(way[0], 1), bundles[way]) for way in sorted(bundles, key=lambda way: -boxes[way[0]][1]))
    arriving = ranks((border(way[1], -1), way) for way in sorted(bundles, key=lambda way: -boxes[way[1]][1]))
    lanes = ranks(
        (gap, bundles[way])
        for way in sorted(bundles, key=lambda way: border(way[0], 1))
        for gap in sorted({row[way[0]], row[way[1]] - 1})
    )
    aside = ranks((0, bundle) for way, bundle in bundles.items() if row[way[1]] > row[way[0]] + 1)
    turns: dict[Way, Sequence[Point]] = {}
    for way, bundle in bundles.items():
        source, target = way
        out = border(source, 1) + spacing.along * nearness(*leaving[border(source, 1), bundle])
        into = border(target, -1) - spacing.along * nearness(*arriving[border(target, -1), way])
        along = [gaps[gap] + lanes[gap, bundle][0] * LANE * spacing.line for gap in (row[source], row[target] - 1)]
        far = -spacing.along - LANE * spacing.line * aside[0, bundle][0] if (0, bundle) in aside else None
        between = [] if far is None else [(far, along[0]), (far, along[1])]
        turns[way] = [(out, boxes[source][1]), (out, along[0]), *between, (into, along[1]), (into, boxes[target][1])]
    return turns


def ranks(named: Iterable[tuple[float, Way]]) -> Mapping[tuple[float, Way], tuple[int, int]]:
    """The rank of each name among those of its place, from 0, and how many there are."""
    found: dict[float, list[Way]] = defaultdict(list)
    for place, name in named:
        if name not in found[place]:
            found[place].append(name)
    return {(place, name): (rank, len(names)) for place, names in found.items() for rank, name in enumerate(names)}


def nearness(rank: int, count: int) -> float:
    """How far from a layer an edge turns, as a share of the gap beside it: one in the middle of its half, several apart."""
    return NEAR if count == 1 else NEAREST + (FURTHEST - NEAREST) * rank / (count - 1)


def bounds(standing: Laid) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all boxes and ways."""
    points = [point for way in standing.ways.values() for point in way]
    points += [(x + side * w / 2, y + side * h / 2) for x, y, w, h in standing.boxes.values() for side in (-1, 1)]
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def transposed(standing: Laid) -> Laid:
    """The same with its two directions exchanged."""
    boxes = {id: (y, x, h, w) for id, (x, y, w, h) in standing.boxes.items()}
    return Laid(boxes, {way: [(y, x) for x, y in points] for way, points in standing.ways.items()}, standing.carried)
