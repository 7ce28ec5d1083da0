"""A long figure in rows: nothing is lost, nothing stands on anything, and what leads from row to row arrives."""

from itertools import combinations, pairwise

import pytest

from app import exports, traces
from app.exports import Moment, Options, sketch
from app.exports.figure import Figure, of_moment
from app.exports.layers import Spacing, crossed, laid
from app.exports.rows import Page, Rowed, bounds, rowed, scale, twinned
from app.lessons import lessons
from tests.app.test_layers import far_apart

SPACING = Spacing(letter=7, line=18, pad=(10, 6), along=40, across=20)
PAGE = Page(600, 800, 0.6)
RNN = """import torch
w = torch.tensor([[0.5, -0.2], [0.1, 0.3]], requires_grad=True)
u = torch.ones(2, 2, requires_grad=True)
h = torch.zeros(2)
for x in torch.ones(7, 2):
    h = torch.tanh(w @ h + u @ x)
h.sum().backward()
"""


def figure_of(source: str) -> Figure:
    lines = traces.of_program(source)
    return of_moment(Moment(lines, len(lines) - 1), Options())


def sound(found: Rowed, down: bool) -> None:
    """Boxes are apart, rows one after another; a carried edge runs straight from its node, along no other, to its node."""
    boxes = found.laid.boxes
    assert all(far_apart(one, other) for one, other in combinations(boxes.values(), 2))
    across = 0 if down else 1
    rows = [[boxes[id] for id in boxes if found.row[id] == at] for at in range(max(found.row.values()) + 1)]
    ends = [
        (min(box[across] - box[2 + across] / 2 for box in row), max(box[across] + box[2 + across] / 2 for box in row))
        for row in rows
    ]
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    for source, target in found.laid.carried:
        way = found.laid.ways[source, target]
        stops = [boxes[source][:2], *way, boxes[target][:2]]
        for (x, y), (end, bottom) in pairwise(stops):
            assert abs(x - end) < 1e-6 or abs(y - bottom) < 1e-6
            others = [box for id, box in boxes.items() if id not in {source, target}]
            assert not any(crossed((x, end), (y, bottom), box) for box in others), (source, target)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("rows", ["2", "3", "5", "9"])
def test_an_unfolded_loop_stands_in_the_rows_that_are_asked_for(rows: str, down: bool):
    figure = figure_of(RNN)
    found = rowed(figure, SPACING, rows, PAGE, down=down)
    assert max(found.row.values()) + 1 == int(rows)
    sound(found, down)
    flowing = [edge for edge in found.figure.edges if edge.kind != "gradient"]
    assert len(flowing) == len([edge for edge in figure.edges if edge.kind != "gradient"])
    assert found.laid.carried == {
        (edge.source, edge.target) for edge in flowing if found.row[edge.source] != found.row[edge.target]
    }


def test_a_page_has_one_row_where_that_can_be_read_else_the_fewest_that_are_read_well_or_nearly_as_large_as_any():
    figure = figure_of(RNN)
    found = rowed(figure, SPACING, "auto", PAGE)
    others = [scale(rowed(figure, SPACING, str(count), PAGE).laid, PAGE) for count in range(1, 10)]
    assert scale(found.laid, PAGE) >= 0.92 * max(others) > 2 * others[0]
    easy = rowed(figure, SPACING, "auto", Page(600, 800, 0.15))
    assert max(easy.row.values()) + 1 == next(count for count, seen in enumerate(others, 1) if seen >= 0.15 * 1.4)
    short = figure_of("import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x * x\ny.backward()\n")
    assert rowed(short, SPACING, "auto", PAGE).row == {} and rowed(Figure([], []), SPACING, "3", PAGE).row == {}


def test_every_lesson_stands_in_three_rows():
    for lesson in lessons().values():
        figure = figure_of(lesson.program)
        if len(figure.nodes) > 6:
            sound(rowed(figure, SPACING, "3", PAGE), False)


def test_a_weight_that_each_turn_uses_has_a_twin_there_to_which_its_gradient_goes():
    figure = figure_of(RNN)
    shared = twinned(figure)
    (weight,) = (node for node in figure.nodes if node.title == "w")
    twins = [node for node in shared.nodes if node.title == "w"]
    assert len(twins) == 7 and len({node.id for node in twins}) == 7
    assert [node.gradient for node in twins] == [weight.gradient] + [""] * 6
    uses = {(edge.source, edge.target) for edge in shared.edges if edge.kind == "data"}
    sent = [(edge.target, edge.source) for edge in shared.edges if edge.kind == "gradient"]
    assert set(sent) <= uses and len(sent) == len([edge for edge in figure.edges if edge.kind == "gradient"])


def test_several_edges_of_one_beginning_go_along_one_lane():
    found = rowed(figure_of(RNN), SPACING, "5", PAGE)
    (unbind,) = (node.id for node in found.figure.nodes if node.title == "unbind")
    ways = [way for (source, _), way in found.laid.ways.items() if source == unbind and len(way) > 2]
    assert len(ways) >= 3 and len({tuple(way[:2]) for way in ways}) == 1


@pytest.mark.parametrize("direction", ["right", "down"])
def test_latex_and_the_still_picture_of_a_loop_fit_a_page(direction: exports.Direction):
    lines = traces.of_program(RNN)
    moment = Moment(lines, len(lines) - 1, RNN)
    one, many = (
        exports.found()["tex"].render(moment, Options(direction=direction, rows=rows)) for rows in ("1", "auto")
    )
    assert one.count(b"\\node") < many.count(b"\\node") and b"_1)" in many
    assert sketch.drawn(moment, Options(direction=direction)) != sketch.drawn(
        moment, Options(direction=direction, rows="1")
    )
    left, top, right, bottom = bounds(laid(figure_of(RNN), SPACING, down=direction == "down"))
    assert max(right - left, bottom - top) > 2000
