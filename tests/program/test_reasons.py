"""A classic error is told by its nearer reason where the program shows it, with the edit that goes with that reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program.test_fixes import T, W, applied
from tests.program.trace import events_of, failure

LOCALES = Path(__file__).resolve().parents[2] / "static" / "locales"
RNN = (
    T
    + "rnn = torch.nn.RNN(1, 2)\nh = torch.zeros(1, 1, 2)\nfor t in range(2):\n    out, h = rnn(torch.ones(2, 1, 1), h)\n    out.sum().backward()"
)
LSTM = (
    T + "net = torch.nn.LSTM(1, 2)\nstate = None\nfor t in range(3):\n"
    "    out, state = net(torch.ones(2, 1, 1), state)\n    out.sum().backward()  # each turn"
)
NET = (
    T + "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.layers = [nn.Linear(1, 1) for i in range(2)]\nopt = torch.optim.SGD(Net().parameters(), lr=0.1)"
)
STEP = W + "for t in range(2):\n    (w * w).sum().backward()\n    with torch.no_grad():\n        w = w - 0.1 * w.grad"
FROZEN = T + "net = torch.nn.Linear(2, 1)\nfor p in net.parameters():\n    p.requires_grad = False\n"

# the program, the code and the reason, the program after the edit (None: no safe edit)
REASONS: list[tuple[str, str, str, str | None]] = [
    (RNN, "second-backward", "carried", RNN + "\n    h = h.detach()"),
    (LSTM, "second-backward", "carried", LSTM + "\n    state = tuple(part.detach() for part in state)"),
    (
        W + "total = 0\nfor t in range(2):\n    total = total + (w * w).sum()\n    total.backward()\n    print(t)",
        "second-backward",
        "carried",
        W
        + "total = 0\nfor t in range(2):\n    total = total + (w * w).sum()\n    total.backward()\n    print(t)\n    total = total.detach()",
    ),
    (STEP + "\n    w.grad.zero_()", "none", "replaced", STEP.replace("w = w -", "w -=") + "\n    w.grad.zero_()"),
    (STEP, "no-grad-fn", "replaced", STEP.replace("w = w -", "w -=")),
    (
        T + "w = torch.randn(3, requires_grad=True) * 0.1\nw.sum().backward()\nw.grad.zero_()",
        "none",
        "made",
        T + "w = (torch.randn(3) * 0.1).requires_grad_()\nw.sum().backward()\nw.grad.zero_()",
    ),
    (
        W + "g = torch.autograd.grad((w * w).sum(), w)[0]\ng.sum().backward()",
        "no-grad-fn",
        "gradient",
        W + "g = torch.autograd.grad((w * w).sum(), w, create_graph=True)[0]\ng.sum().backward()",
    ),
    (
        W + "(w ** 3).sum().backward()\nw.grad.sum().backward()",
        "no-grad-fn",
        "gradient",
        W + "(w ** 3).sum().backward(create_graph=True)\nw.grad.sum().backward()",
    ),
    (W + "right = (w > 1).float().mean()\nright.backward()", "no-grad-fn", "whole", None),
    (W + "guess = w.argmax()\n(guess * 1.0).backward()", "no-grad-fn", "whole", None),
    (FROZEN + "net(torch.ones(1, 2)).sum().backward()", "no-grad-fn", "frozen", None),
    (NET, "no-parameters", "listed", NET.replace("[nn.", "nn.ModuleList([nn.").replace("(2)]", "(2)])")),
]


@pytest.mark.parametrize(("source", "code", "reason", "wanted"), REASONS)
def test_the_nearer_reason_is_told_and_mended(source: str, code: str, reason: str, wanted: str | None) -> None:
    event = failure(source)
    assert (event["code"], event["arguments"].get("reason")) == (code, reason)
    for language in ("en", "zh-CN"):
        texts = json.loads((LOCALES / language / "errors.json").read_text(encoding="utf-8"))
        told = texts[f"error.{code}.{reason}"].format(**event["arguments"])
        assert language != "en" or told == event["hint"]
    if wanted is None:
        assert "fix" not in event
        return
    assert applied(source, event) == wanted
    assert events_of(wanted)[-1]["kind"] == "run-finished"


OTHERWISE = [
    W + "y = (w * w).sum()\nfor t in range(2):\n    y.backward()",
    W + "y = (w * w).sum()\ny.backward()\ny.backward()",
    W + "v = (w * w).detach()\nv.sum().backward()",
    T + "torch.optim.SGD(torch.nn.ReLU().parameters(), lr=0.1)",
]


@pytest.mark.parametrize("source", OTHERWISE)
def test_no_nearer_reason_is_made_up(source: str) -> None:
    assert "reason" not in failure(source)["arguments"]


def test_a_flag_that_was_set_before_the_arithmetic_is_noticed() -> None:
    source = T + "w = torch.randn(3, requires_grad=True) * 0.1\nw.sum().backward()\nprint(w.grad)"
    noticed = [event for event in events_of(source) if event["kind"] == "noticed"]
    assert [event["code"] for event in noticed] == ["flag-too-early"]
    wanted = source.replace("torch.randn(3, requires_grad=True) * 0.1", "(torch.randn(3) * 0.1).requires_grad_()")
    assert applied(source, noticed[0]) == wanted
    assert [event for event in events_of(wanted) if event["kind"] == "noticed"] == []
