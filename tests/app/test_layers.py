"""Places without a layout program: what flows on goes on, no two cards touch, and no edge that passes a layer by runs through a card there."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from app import traces
from app.exports import Moment, Options
from app.exports.figure import of_moment
from app.exports.layers import Box, Point, Spacing, crossed, depths, laid, neighbours
from app.lessons import lessons

SPACING = Spacing(letter=7, line=18, pad=(10, 6), along=40, across=20)


def far_apart(one: Box, other: Box) -> bool:
    return any(abs(one[axis] - other[axis]) >= (one[2 + axis] + other[2 + axis]) / 2 for axis in (0, 1))


def runs_through(box: Box, stops: tuple[Point, Point]) -> bool:
    """Whether a piece of an edge may enter a box: it stays between its ends, straight or bent."""
    return all(
        min(stop[axis] for stop in stops) < box[axis] + box[2 + axis] / 2
        and max(stop[axis] for stop in stops) > box[axis] - box[2 + axis] / 2
        for axis in (0, 1)
    )


def side(box: Box, share: float, down: bool) -> Point:
    """The middle of the side that an edge leaves, or arrives at."""
    return (box[0] + (0 if down else share * box[2]), box[1] + (share * box[3] if down else 0))


@pytest.mark.parametrize("down", [False, True])
def test_every_lesson_is_laid_out_in_layers_without_a_card_in_the_way(down: bool):
    passed = 0
    for lesson in lessons().values():
        lines = traces.of_program(lesson.program)
        figure = of_moment(Moment(lines, len(lines) - 1), Options())
        found = laid(figure, SPACING, down=down)
        assert all(far_apart(one, other) for one, other in combinations(found.boxes.values(), 2)), lesson.id
        for edge in figure.edges:
            if edge.kind != "gradient":
                assert found.boxes[edge.source][down] < found.boxes[edge.target][down], lesson.id
        for edge, way in found.ways.items():
            others = [box for id, box in found.boxes.items() if id not in edge]
            for stops in pairwise(
                [side(found.boxes[edge[0]], 0.5, down), *way, side(found.boxes[edge[1]], -0.5, down)]
            ):
                passed += 1
                assert not any(runs_through(box, stops) for box in others), lesson.id
    assert passed > 10


@pytest.mark.parametrize("down", [False, True])
def test_what_a_function_gives_at_once_is_reached_past_its_wide_neighbours(down: bool):
    """A straight line to the last of many would run over those beside it."""
    lines = traces.of_program(
        "import torch\nx = torch.rand(6, 4, requires_grad=True)\nwide = torch.rand(4)\nparts = [part * wide for part in x.unbind()]\n"
    )
    figure = of_moment(Moment(lines, len(lines) - 1), Options())
    found = laid(figure, SPACING, down=down)
    bent = 0
    for edge in {(edge.source, edge.target) for edge in figure.edges}:
        bent += edge in found.ways
        (x, y, *_), (end, bottom, *_) = (found.boxes[id] for id in edge)
        over = [id for id, box in found.boxes.items() if id not in edge and crossed((x, end), (y, bottom), box)]
        assert not over or edge in found.ways
    assert bent > 0


def test_a_line_runs_through_a_box_or_past_it():
    box = (0.0, 0.0, 2.0, 2.0)
    assert crossed((-2, 2), (0, 0), box) and crossed((0, 0), (-2, 2), box) and crossed((-2, 2), (-2, 2), box)
    assert not crossed((-2, 2), (1, 1), box) and not crossed((-2, 0), (0.5, 3), box)
    assert not crossed((2, 4), (0, 0), box) and not crossed((-4, -2), (-1, 1), box)


def test_words_on_a_gradients_edge_have_room_between_the_cards():
    long = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n(x * 1.2345).exp().sum().backward()\n"
    lines = traces.of_program(long)
    figure = of_moment(Moment(lines, len(lines) - 1), Options())
    told = [edge for edge in figure.edges if edge.kind == "gradient"]
    for letter in (0, 6):
        places = laid(figure, replace(SPACING, told=letter)).boxes
        for edge in told:
            (x, _, width, _), (end, _, wide, _) = places[edge.source], places[edge.target]
            gap = (x - width / 2) - (end + wide / 2)
            assert gap >= max(SPACING.along, letter * len(edge.label)) - 1e-9
    assert any(6 * len(edge.label) > SPACING.along for edge in told)


def test_a_circle_begins_with_its_first_node():
    """What a tensor gave is written into the tensor itself."""
    circle = [("x", "y"), ("y", "f"), ("f", "z"), ("z", "g"), ("g", "y"), ("g", "h")]
    assert depths(["x", "y", "f", "z", "g", "h"], *neighbours(circle)) == {
        "x": 0,
        "y": 1,
        "f": 2,
        "z": 3,
        "g": 4,
        "h": 5,
    }
