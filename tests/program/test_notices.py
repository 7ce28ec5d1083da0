"""A finished run tells of the mistakes that fail nothing; the edit that comes with a notice, applied, leaves nothing to be noticed."""

from __future__ import annotations

import pytest

from tests.program.test_fixes import applied
from tests.program.trace import Event, events_of

T = "import torch\nfrom torch import nn\n"
W = T + "w = torch.tensor(3.0, requires_grad=True)\n"
STEP = "    with torch.no_grad():\n        w -= 0.1 * w.grad\n"
NET = T + "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nx = torch.ones(2)\n"
OWN = (
    T
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(2))\n    def forward(self, x):\n        return (self.w * x).sum()\n"
)

# the program, the code, what the edit puts there (None: no safe edit)
NOTICED: list[tuple[str, str, str | None]] = [
    (W + "for i in range(2):\n    (w * w).backward()\n" + STEP, "piled-grad", "w.grad = None\n    "),
    (NET + "for i in range(2):\n    net(x).sum().backward()\n    opt.step()", "piled-grad", "opt.zero_grad()\n    "),
    (
        NET + "def train():\n    loss = net(x).sum()\n    loss.backward()\n    opt.step()\ntrain()\ntrain()\n",
        "piled-grad",
        "opt.zero_grad()\n    ",
    ),
    (
        OWN
        + "net = Net()\nfor i in range(2):\n    net(torch.ones(2)).backward()\n    for p in net.parameters():\n        p.data -= 0.1 * p.grad\n",
        "piled-grad",
        "net.zero_grad()\n    ",
    ),
    (
        T
        + "u, v = (torch.ones(2, requires_grad=True) for _ in range(2))\nfor i in range(3):\n    (u * v).sum().backward()\n    with torch.no_grad():\n        u -= u.grad\n        v.sub_(v.grad)\n",
        "piled-grad",
        "u.grad = None\n    v.grad = None\n    ",
    ),
    (W + "(w * w).backward()\nw.data -= w.grad\n(w * w).backward()\nw.data -= w.grad", "piled-grad", "w.grad = None\n"),
    (W + "for i in range(2): (w * w).backward(); w.data -= w.grad", "piled-grad", None),
    (W + "y = w * 2\n(y * y).backward()\nprint(y.grad)", "unretained-grad", "\ny.retain_grad()"),
    (W + "def f(v):\n    y = v * 2\n    y.backward()\n    return y.grad\nf(w)", "unretained-grad", None),
    (W + "y = w * 2\n(y * y).backward()\ng = [y.grad]", "unretained-grad", "\ny.retain_grad()"),
    (
        W + "(w * w).backward()\nw = w - 0.1 * w.grad\n(w * w).backward()\nprint(w.grad)",
        "replaced-leaf",
        "with torch.no_grad():\n    w -= 0.1 * w.grad",
    ),
    (W + "y = w * 2\ny.backward\nprint(1)", "not-called", "()"),
    (T + "ｗｅ = torch.tensor(3.0)", "full-width-name", "we"),
    (
        W + "# 权重 ｗ\ny = ｗ * 2  # ｗ\nprint('ｗ', ｗ.ｉtem(), f'{w}')",
        "full-width-name",
        "w * 2  # ｗ\nprint('ｗ', w.item",
    ),
]

QUIET = [
    W + "for i in range(2):\n    (w * w).backward()\n" + STEP + "    w.grad = None\n",
    W + "for i in range(2):\n    (w * w).backward()\n" + STEP + "    w.grad.zero_()\n",
    NET + "for i in range(3):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()",
    # gradients of several batches are gathered on purpose before a step
    NET + "for i in range(4):\n    net(x).sum().backward()\n    if i % 2:\n        opt.step()\n        opt.zero_grad()",
    W + "for i in range(3):\n    (w * w).backward()\nprint(w.grad)",
    # a generator's loss leaves gradients in the discriminator, which clears them before its own turn
    T
    + "D, G = nn.Linear(1, 1), nn.Linear(1, 1)\nd, g = (torch.optim.Adam(m.parameters()) for m in (D, G))\nfor i in range(3):\n    d.zero_grad()\n    D(G(torch.ones(1)).detach()).sum().backward()\n    d.step()\n    g.zero_grad()\n    D(G(torch.ones(1))).sum().backward()\n    g.step()\n",
    W + "y = w * 2\nprint(y.grad)\ny.backward()",
    W + "y = w * 2\ny.retain_grad()\ny.backward()\nprint(y.grad)",
    W + "y = w * 2\ny.backward()\nprint(y.grad is None)",
    W + "v = torch.ones(2)\n(w * 2).backward()\nprint(v.grad)",
    W + "权重 = w * 2  # ｗ\nprint('ｗ')",
]


def noticed(program: str) -> list[Event]:
    events = events_of(program)
    assert events[-1]["kind"] == "run-finished", events[-1]
    return [event for event in events if event["kind"] == "noticed"]


@pytest.mark.parametrize(("program", "code", "text"), NOTICED, ids=[program[-45:] for program, _, _ in NOTICED])
def test_a_notice_says_where_and_its_edit_leaves_nothing_to_notice(program: str, code: str, text: str | None) -> None:
    (notice,) = noticed(program)
    assert (notice["code"], notice["line"]) == (code, None)
    first, column, last, end = notice["span"]
    assert (first, column) < (last, end)
    assert program.split("\n")[first - 1][column:end].endswith((".backward()", ".backward", ".grad", "ｗｅ", "ｗ"))
    assert notice["arguments"]["name"] in notice["message"]
    assert notice["hint"]
    if text is None:
        assert "fix" not in notice
    else:
        assert notice["fix"]["text"] == text
        assert noticed(applied(program, notice)) == []


@pytest.mark.parametrize("program", QUIET, ids=[program[-45:] for program in QUIET])
def test_what_is_meant_is_not_noticed(program: str) -> None:
    assert noticed(program) == []


def test_notices_stand_before_the_end_and_there_are_few() -> None:
    reads = (
        "".join(f"y{i} = w * {i}\n" for i in range(9)) + "w.backward()\n" + "".join(f"y{i}.grad\n" for i in range(9))
    )
    kinds = [event["kind"] for event in events_of(W + reads)]
    assert kinds[-6:] == ["noticed"] * 5 + ["run-finished"]


def test_a_run_that_fails_is_told_of_its_failure_alone() -> None:
    kinds = [event["kind"] for event in events_of(W + "y = w * 2\ny.backward()\ny.grad\n1 / 0")]
    assert "noticed" not in kinds
