"""Places for the nodes of a figure, in layers, where no layout program is at hand."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width

from app.exports.figure import Figure, Node

SWEEPS = 4


def places(figure: Figure) -> Mapping[str, tuple[int, float]]:
    """For each node its layer, and its height in the layer, centred around 0; nodes of one layer are 1 apart.

    A layer is one more than the largest of what flows in; heights follow the neighbours' mean.
    """
    forward = [(edge.source, edge.target) for edge in figure.edges if edge.kind != "gradient"]
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in forward:
        before[target].append(source)
        after[source].append(target)
    layer = depths([node.id for node in figure.nodes], before, after)
    pull_to_use(layer, before, after)
    rows: dict[int, list[str]] = defaultdict(list)
    for node in figure.nodes:
        rows[layer[node.id]].append(node.id)
    height = {id: index - (len(row) - 1) / 2 for row in rows.values() for index, id in enumerate(row)}
    for sweep in range(SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for number in sorted(rows, reverse=sweep % 2 == 1):
            rows[number].sort(key=lambda id: mean([height[other] for other in neighbours[id]], height[id]))
            for index, id in enumerate(rows[number]):
                height[id] = index - (len(rows[number]) - 1) / 2
    return {id: (layer[id], height[id]) for id in layer}


def depths(ids: list[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, int]:
    """The length of the longest way to each node; without recursion."""
    waiting = {id: len(before.get(id, ())) for id in ids}
    ready = [id for id in ids if not waiting[id]]
    layer = dict.fromkeys(ids, 0)
    while ready:
        id = ready.pop()
        for target in after.get(id, ()):
            layer[target] = max(layer[target], layer[id] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layer


def pull_to_use(layer: dict[str, int], before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> None:
    """What nothing flows into stands just before its first use."""
    for id in layer:
        if not before.get(id) and after.get(id):
            layer[id] = max(0, min(layer[target] for target in after[id]) - 1)


def mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


@dataclass(frozen=True, slots=True)
class Spacing:
    """Sizes in the format's own unit: of a letter, of a line, around a node's text, and between nodes along and across the layers."""

    letter: float
    line: float
    pad: tuple[float, float]
    along: float
    across: float


Box = tuple[float, float, float, float]
"""Centre, width and height."""


def boxes(figure: Figure, spacing: Spacing, *, down: bool = False) -> dict[str, Box]:
    """Every node's box: layers follow one another from left to right or `down`, each as thick as its largest node; y grows downwards."""
    place = places(figure)
    sizes = {node.id: size(node, spacing) for node in figure.nodes}
    along, across = (1, 0) if down else (0, 1)
    thickness: dict[int, float] = {}
    for id, (layer, _) in place.items():
        thickness[layer] = max(thickness.get(layer, 0), sizes[id][along])
    pitch = max((one[across] for one in sizes.values()), default=0) + spacing.across
    edge, centre = 0.0, dict[int, float]()
    for layer in sorted(thickness):
        centre[layer] = edge + thickness[layer] / 2
        edge += thickness[layer] + spacing.along
    made = {}
    for id, (layer, height) in place.items():
        x, y = (height * pitch, centre[layer]) if down else (centre[layer], height * pitch)
        made[id] = (x, y, *sizes[id])
    return made


def size(node: Node, spacing: Spacing) -> tuple[float, float]:
    longest = max(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line) for line in node.lines)
    return longest * spacing.letter + 2 * spacing.pad[0], len(node.lines) * spacing.line + 2 * spacing.pad[1]
