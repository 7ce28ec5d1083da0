"""Places for the nodes of a figure, in layers, where no layout program is at hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

from app.exports.figure import Figure, Node

SWEEPS = 4
BESIDE = 0.5
FURTHEST = 40
Place = tuple[int, float]
Way = tuple[str, str]
Neighbours = Mapping[str, list[str]]


def places(figure: Figure, *, late: bool = False) -> tuple[Mapping[str, Place], Mapping[Way, Sequence[Place]]]:
    """For each node its layer, and its height in the layer, centred around 0, nodes of one layer 1 apart; and for each edge that passes layers by, where it does.

    A layer is one more than the largest of what flows in, or `late` as near to the first use as can be; heights follow the neighbours' mean. Edges further than `FURTHEST` layers take no room.
    """
    forward = list(dict.fromkeys((edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient"))
    before, after = neighbours(forward)
    ids = [node.id for node in figure.nodes]
    if late:
        layer = {id: -left for id, left in depths(ids, after, before).items()}
    else:
        layer = depths(ids, before, after)
        pull_to_use(layer, before, after)
    passing: dict[Way, list[str]] = {}
    for source, target in forward:
        between = range(layer[source] + 1, layer[target])
        passing[source, target] = [f"{source}>{target}@{at}" for at in between] if len(between) <= FURTHEST else []
        layer.update(zip(passing[source, target], between, strict=False))
    before, after = neighbours(
        step for (source, target), way in passing.items() for step in pairwise([source, *way, target])
    )
    rows: dict[int, list[str]] = defaultdict(list)
    for id in layer:
        rows[layer[id]].append(id)
    height = {id: at for row in rows.values() for id, at in heights(row)}
    for sweep in range(SWEEPS):
        nearest = before if sweep % 2 == 0 else after
        for number in sorted(rows, reverse=sweep % 2 == 1):
            rows[number].sort(key=lambda id: mean([height[other] for other in nearest.get(id, ())], height[id]))
            height.update(heights(rows[number]))
    nodes = {node.id: (layer[node.id], height[node.id]) for node in figure.nodes}
    return nodes, {edge: [(layer[id], height[id]) for id in way] for edge, way in passing.items() if way}


def reach(figure: Figure) -> int:
    """How many layers all edges go, together."""
    before, after = neighbours((edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient")
    layer = depths([node.id for node in figure.nodes], before, after)
    pull_to_use(layer, before, after)
    return sum(abs(layer[edge.target] - layer[edge.source]) for edge in figure.edges)


def neighbours(edges: Iterable[Way]) -> tuple[Neighbours, Neighbours]:
    """What flows into each, and where each flows."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    return before, after


def heights(row: Sequence[str]) -> list[tuple[str, float]]:
    """A layer's nodes one under another around 0; an edge that passes by takes less room than a node."""
    rooms = [BESIDE if ">" in id else 1.0 for id in row]
    top, placed = -sum(rooms) / 2, []
    for id, room in zip(row, rooms, strict=True):
        placed.append((id, top + room / 2))
        top += room
    return placed


def depths(ids: list[str], before: Neighbours, after: Neighbours) -> dict[str, int]:
    """The length of the longest way to each node; of a circle the first node begins it. Without recursion."""
    waiting = {id: len(before.get(id, ())) for id in ids}
    ready = [id for id in ids if not waiting[id]]
    layer = dict.fromkeys(ids, 0)
    left = dict.fromkeys(ids)
    while left:
        id = ready.pop() if ready else next(iter(left))
        del left[id]
        for target in after.get(id, ()):
            if target in left:
                layer[target] = max(layer[target], layer[id] + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
    return layer


def pull_to_use(layer: dict[str, int], before: Neighbours, after: Neighbours) -> None:
    """What nothing flows into stands just before its first use."""
    for id in layer:
        if not before.get(id) and after.get(id):
            layer[id] = max(0, min(layer[target] for target in after[id]) - 1)


def mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


@dataclass(frozen=True, slots=True)
class Spacing:
    """Sizes in the format's own unit: of a letter, of a line, around a node's text, between nodes along and across the layers, and of a letter on a gradient's edge."""

    letter: float
    line: float
    pad: tuple[float, float]
    along: float
    across: float
    told: float = 0.0


Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Centre, width and height."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Every node's box, and the points that an edge goes through where it passes layers by or is `carried` from row to row; y grows downwards."""

    boxes: Mapping[str, Box]
    ways: Mapping[Way, Sequence[Point]]
    carried: frozenset[Way] = frozenset()


def laid(figure: Figure, spacing: Spacing, *, down: bool = False, late: bool = False) -> Laid:
    """Layers follow one another from left to right or `down`, each as thick as its largest node."""
    nodes, ways = places(figure, late=late)
    sizes = {node.id: size(node, spacing) for node in figure.nodes}
    along, across = (1, 0) if down else (0, 1)
    thickness: dict[int, float] = {}
    for id, (layer, _) in nodes.items():
        thickness[layer] = max(thickness.get(layer, 0), sizes[id][along])
    pitch = max((one[across] for one in sizes.values()), default=0) + spacing.across
    after = {} if down else rooms(figure, nodes, spacing)
    edge, centre = 0.0, dict[int, float]()
    for layer in sorted(thickness):
        centre[layer] = edge + thickness[layer] / 2
        edge += thickness[layer] + max(spacing.along, after.get(layer, 0))

    def point(layer: int, height: float, aside: float = 0) -> Point:
        there, off = centre[layer] + aside * thickness[layer], height * pitch
        return (off, there) if down else (there, off)

    boxes = {id: (*point(*place), *sizes[id]) for id, place in nodes.items()}

    def gap(id: str, aside: float) -> list[Point]:
        """Where the gap beside a node's layer begins, for a node that is less thick than the layer's others."""
        layer, height = nodes[id]
        return [point(layer, height, aside)] if thickness[layer] - sizes[id][along] > spacing.along / 4 else []

    through: dict[Way, Sequence[Point]] = {}
    for source, target in dict.fromkeys((edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient"):
        way = [point(*place, aside) for place in ways.get((source, target), ()) for aside in (-0.5, 0.5)]
        beside = nodes[target][0] == nodes[source][0] + 1
        if way or (beside and covered((source, target), boxes)):
            through[source, target] = gap(source, 0.5) + way + gap(target, -0.5)
    return Laid(boxes, through)


def covered(edge: Way, boxes: Mapping[str, Box]) -> bool:
    """Whether a straight line from node to node runs over another."""
    (x, y, *_), (end, bottom, *_) = (boxes[id] for id in edge)
    return any(crossed((x, end), (y, bottom), box) for id, box in boxes.items() if id not in edge)


def crossed(across: Point, along: Point, box: Box) -> bool:
    """Whether a line, given by its ends' first and its ends' second coordinates, runs through a box: the shares of it within the box's two stripes overlap."""
    first, last = 0.0, 1.0
    for (begin, end), middle, extent in ((across, box[0], box[2]), (along, box[1], box[3])):
        low, high = middle - extent / 2 - begin, middle + extent / 2 - begin
        if begin == end:
            if low >= 0 or high <= 0:
                return False
            continue
        shares = sorted((low / (end - begin), high / (end - begin)))
        first, last = max(first, shares[0]), min(last, shares[1])
    return first < last


def rooms(figure: Figure, nodes: Mapping[str, Place], spacing: Spacing) -> Mapping[int, float]:
    """How much room after each layer the longest words need that a gradient carries to it from the next."""
    room: dict[int, float] = {}
    for edge in figure.edges:
        layer = nodes[edge.target][0]
        if edge.kind == "gradient" and nodes[edge.source][0] == layer + 1:
            room[layer] = max(room.get(layer, 0), len(edge.label) * spacing.told)
    return room


def size(node: Node, spacing: Spacing) -> tuple[float, float]:
    longest = max(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line) for line in node.lines)
    return longest * spacing.letter + 2 * spacing.pad[0], len(node.lines) * spacing.line + 2 * spacing.pad[1]
