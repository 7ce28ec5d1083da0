"""The engine that is broken on purpose: what it writes is the last contribution, not their sum, and it says so."""

import pytest

from engine.run import run

BROKEN = "# gradlight: overwrite\n"
HEAD = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n"

# What is computed, x.grad of a sound engine and of the broken one, by hand.
PROGRAMS = [
    ("y = x * x\ny.backward()\n", 6.0, 3.0),
    ("y = 2 * x\ny.backward()\n", 2.0, 2.0),
    ("for i in range(3):\n    (x * 2).backward()\n", 6.0, 2.0),
    ("h = x * 2\ny = h * h + h\ny.backward()\n", 26.0, 12.0),
    ("y = x * x\ny.backward(create_graph=True)\n", 6.0, 3.0),
    ("(g,) = torch.autograd.grad(x * x, x)\nx.grad = g\n", 6.0, 3.0),
]


def grad_of(source: str) -> float:
    """What `x.grad` holds in the end, as the events tell it."""
    for event in reversed(list(run(source + "print(x.grad.item())\n"))):
        if event.kind == "printed":
            return float(event.text)
    raise AssertionError("nothing was printed")


@pytest.mark.parametrize(("body", "sound", "broken"), PROGRAMS)
def test_only_the_last_contribution_is_left(body: str, sound: float, broken: float) -> None:
    assert grad_of(HEAD + body) == sound
    assert grad_of(BROKEN + HEAD + body) == broken
    assert grad_of(HEAD + body) == sound, "a broken run left the engine broken"


def test_the_sum_that_is_none_is_shown_as_it_is_written() -> None:
    events = list(run(BROKEN + HEAD + "y = x * x\ny.backward()\ny = x * 5\ny.backward()\n"))
    sums = [(e.before["data"], e.added["data"], e.after["data"]) for e in events if e.kind == "gradient-summed"]
    writes = [
        (e.before and e.before["data"], e.added["data"], e.after["data"])
        for e in events
        if e.kind == "gradient-accumulated"
    ]
    assert sums == [(3.0, 3.0, 3.0)]
    assert writes == [(None, 3.0, 3.0), (3.0, 5.0, 5.0)]


@pytest.mark.parametrize("comment", [BROKEN, "  # gradlight: overwrite  \n", "#gradlight:overwrite\n"])
def test_a_broken_run_says_so_and_the_fix_mends_it(comment: str) -> None:
    source = comment + HEAD + "y = x * x\ny.backward()\n"
    (notice,) = [event for event in run(source) if event.kind == "noticed"]
    assert notice.code == "overwriting"
    assert notice.fix is not None
    assert [notice.fix[key] for key in ("line", "end_line", "text")] == [1, 2, ""]


@pytest.mark.parametrize(
    "text", ["# gradlight: overwrites\n", "a = '# gradlight: overwrite'\n", "b = 1  # gradlight: overwrite\n"]
)
def test_only_a_comment_on_a_line_of_its_own_breaks_it(text: str) -> None:
    assert grad_of(text + HEAD + "y = x * x\ny.backward()\n") == 6.0
