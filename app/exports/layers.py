"""Places for the nodes of a figure, in layers from left to right, where no layout program is at hand."""

from collections import defaultdict
from collections.abc import Mapping

from app.exports.figure import Figure

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
