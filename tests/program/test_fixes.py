"""The edit that comes with a classic mistake, applied to the text, gives a program that gets past it."""

from __future__ import annotations

import pytest

from tests.program.trace import Event, events_of, failure

T = "import torch\n"
W = T + "w = torch.tensor([1., 2.], requires_grad=True)\n"

# the program, the code, the program after the edit (None: no safe edit)
FIXES: list[tuple[str, str, str | None]] = [
    (
        W + "y = (w * w).sum()\ny.backward()\ny.backward()",
        "second-backward",
        W + "y = (w * w).sum()\ny.backward(retain_graph=True)\ny.backward()",
    ),
    (
        W + "y = (w * w).sum()\ny.backward(create_graph=False,)\ny.backward()",
        "second-backward",
        W + "y = (w * w).sum()\ny.backward(create_graph=False,retain_graph=True)\ny.backward()",
    ),
    (
        W + "y = (w * w).sum()\nfor i in range(2):\n    torch.autograd.grad(y, w)",
        "second-backward",
        W + "y = (w * w).sum()\nfor i in range(2):\n    torch.autograd.grad(y, w, retain_graph=True)",
    ),
    (
        W + "y = (w * w).sum()\ny.backward(retain_graph=False)\ny.backward()",
        "second-backward",
        W + "y = (w * w).sum()\ny.backward(retain_graph=True)\ny.backward()",
    ),
    (W + "y = w * w\ny.backward()", "non-scalar-backward", W + "y = w * w\ny.sum().backward()"),
    (W + "(w * w).backward()", "non-scalar-backward", W + "(w * w).sum().backward()"),
    (W + "y = w * 2\ntorch.autograd.grad(y, w)", "non-scalar-backward", W + "y = w * 2\ntorch.autograd.grad(y.sum(), w)"),
    (W + "w -= 0.1", "leaf-in-place", W + "with torch.no_grad():\n    w -= 0.1"),
    (W + "if True:\n    w.mul_(2)  # step", "leaf-in-place", W + "if True:\n    with torch.no_grad():\n        w.mul_(2)  # step"),
    (W + "if True: w.mul_(2)", "leaf-in-place", None),
    (W + "w.mul_(\n    2)", "leaf-in-place", W + "with torch.no_grad():\n    w.mul_(\n        2)"),
    ("import torch as t\nw = t.ones(2, requires_grad=True)\nw[0] = 3", "leaf-in-place",
     "import torch as t\nw = t.ones(2, requires_grad=True)\nwith t.no_grad():\n    w[0] = 3"),
    (T + "x = torch.tensor([1, 2], requires_grad=True)", "integer-grad",
     T + "x = torch.tensor([1, 2], requires_grad=True, dtype=torch.float32)"),
    (W + "u = torch.ones(1, requires_grad=True)\ntorch.autograd.grad(w.sum(), u)", "unused-input",
     W + "u = torch.ones(1, requires_grad=True)\ntorch.autograd.grad(w.sum(), u, allow_unused=True)"),
    (T + "a = torch.ones(2, 3)\nb = torch.ones(4, 3)\na @ b", "shape-matmul", T + "a = torch.ones(2, 3)\nb = torch.ones(4, 3)\na @ b.T"),
    (T + "a = torch.ones(2, 3)\ntorch.mm(a, torch.ones(2, 4))", "shape-matmul", T + "a = torch.ones(2, 3)\ntorch.mm(a.T, torch.ones(2, 4))"),
    (T + "a = torch.ones(2, 3)\na @ torch.ones(5, 4)", "shape-matmul", None),
    (T + "a = torch.ones(2, 3)\na.matmul(torch.ones(4, 3))", "shape-matmul", T + "a = torch.ones(2, 3)\na.matmul(torch.ones(4, 3).T)"),
    (T + "v = torch.ones(3)\nv @ torch.ones(1, 4)", "shape-matmul", None),
    (W + "a = w * 2\nb = a ** 2\na += 1\nb.sum().backward()", "version", W + "a = w * 2\nb = a ** 2\na = a + 1\nb.sum().backward()"),
    (W + "a = w.exp()\na *= w + 1  # grow\na.sum().backward()", "version", W + "a = w.exp()\na = a * (w + 1)  # grow\na.sum().backward()"),
    (W + "a = w.exp()\na.add_(w)\na.sum().backward()", "version", W + "a = w.exp()\na = a + w\na.sum().backward()"),
    (W + "a = w.exp()\na.sub_(w, alpha=2)\na.sum().backward()", "version", W + "a = w.exp()\na = a.sub(w, alpha=2)\na.sum().backward()"),
    (W + "a = w.exp()\na.clamp_(0, 1)\na.sum().backward()", "version", W + "a = w.exp()\na = a.clamp(0, 1)\na.sum().backward()"),
    (W + "a = w.exp()\nfor i in range(2):\n    a[i] = 0\na.sum().backward()", "version",
     W + "a = w.exp()\nfor i in range(2):\n    a = a.clone()\n    a[i] = 0\na.sum().backward()"),
    (W + "a = w.exp()\nif True: a += 1\na.sum().backward()", "version", None),
    (T + "loss = torch.tensor(2.)\nprint('loss: ' + loss + '!')", "add-text", T + "loss = torch.tensor(2.)\nprint('loss: ' + str(loss) + '!')"),
    ("print('n = ' + 3)", "add-text", "print('n = ' + str(3))"),
    (T + "torch.ones(2, device='cuda:0')", "no-gpu", T + "torch.ones(2, device='cpu')"),
    (W + 'w.to("cuda")', "no-gpu", W + 'w.to("cpu")'),
    (T + "device = 'cuda'\nx = torch.ones(2).to(device)", "no-gpu", T + "device = 'cpu'\nx = torch.ones(2).to(device)"),
    (T + "torch.set_default_device('cuda')\nprint(1)", "no-gpu", T + "torch.set_default_device('cpu')\nprint(1)"),
    (T + "x = torch.ones(1).cuda()", "no-gpu", T + "x = torch.ones(1).cpu()"),
    (T + "net = torch.nn.Linear(1, 1).cuda(0)", "no-gpu", T + "net = torch.nn.Linear(1, 1).cpu()"),
    (T + "torch.cuda.synchronize()", "no-gpu", T + "# torch.cuda.synchronize()"),
    (T + "if True:\n    torch.cuda.synchronize()", "no-gpu", None),
    (T + "x = torch.ones(2, requires_grad = true)", "name", T + "x = torch.ones(2, requires_grad = True)"),
    (W + "a = w.exp()\na.zero_()\na.sum().backward()", "version", W + "a = w.exp()\na = a.clone()\na.zero_()\na.sum().backward()"),
    (W + "a = w.exp()\nc = a.detach()\nc.zero_()\na.sum().backward()", "version",
     W + "a = w.exp()\nc = a.detach()\nc = c.clone()\nc.zero_()\na.sum().backward()"),
    (W + "t = 0\nfor i in range(2):\n    t += (w * i).sum().item()\nt = t / 2\nt.backward()", "no-graph",
     W + "t = 0\nfor i in range(2):\n    t += (w * i).sum()\nt = t / 2\nt.backward()"),
    (T + "p = torch.ones(2, 1, requires_grad=True)\ny = torch.tensor([0, 1])\ntorch.nn.BCEWithLogitsLoss()(p, y)", "same-sizes",
     T + "p = torch.ones(2, 1, requires_grad=True)\ny = torch.tensor([0, 1])\ntorch.nn.BCEWithLogitsLoss()(p, y.unsqueeze(-1).float())"),
    (T + "loss = torch.nn.MSELoss(torch.ones(2), torch.zeros(2))\nloss.backward()", "loss-call",
     T + "loss = torch.nn.MSELoss()(torch.ones(2), torch.zeros(2))\nloss.backward()"),
    (W + "y = w * 2\nprint(y.creator)", "attribute", W + "y = w * 2\nprint(y.grad_fn)"),
    (W + "y = w * 2\ny.sum().backward()\nprint(y.grad.norm())", "none", W + "y = w * 2\ny.retain_grad()\ny.sum().backward()\nprint(y.grad.norm())"),
    (W + "for i in range(1):\n    y = w * 2  # twice\n    y.sum().backward()\n    print(y.grad[0])", "none",
     W + "for i in range(1):\n    y = w * 2  # twice\n    y.retain_grad()\n    y.sum().backward()\n    print(y.grad[0])"),
    (W + "y = w * 2\ny.sum().backward()\nz = 2 * y.grad", "none", W + "y = w * 2\ny.retain_grad()\ny.sum().backward()\nz = 2 * y.grad"),
    (W + "for i in range(2):\n    (w * w).sum().backward()\n    w = w - 0.1 * w.grad", "none",
     W + "for i in range(2):\n    (w * w).sum().backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad"),
    (W + "print(w.grad.norm())", "none", None),
    (W + "y = (w * w).sum()\nwith torch.no_grad():\n    w -= 1\ny.backward()", "version", None),
    ("weight = 3\nprint(weigth)", "name", "weight = 3\nprint(weight)"),
    ("名字 = 3\nx = 名字 + 名子", "name", None),
    (W + "w.sum().bakward()", "attribute", W + "w.sum().backward()"),
    (W + "w.requires_gard = False", "attribute", W + "w.requires_grad = False"),
    (T + "x = torch.ones(2)\ny = (x * x).sum()\ny.backward()\nprint(x.grad)", "no-grad-fn",
     T + "x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward()\nprint(x.grad)"),
    (T + "x = torch.ones(2)\nw = torch.randn(2, requires_grad=False)\nloss = (x * w).sum()\nloss.backward()\nw.grad", "no-grad-fn",
     T + "x = torch.ones(2)\nw = torch.randn(2, requires_grad=True)\nloss = (x * w).sum()\nloss.backward()\nw.grad"),
    (T + "x = torch.ones(2)\nw = torch.ones(2)\n(x * w).sum().backward()", "no-grad-fn", None),
    (T + "torch.autograd.grad(torch.ones(1), torch.ones(1))", "no-grad-fn", None),
    (W + "y = w.argmax()\ny.backward()", "no-grad-fn", None),
    (W + "with torch.no_grad():\n    y = w * 2\n    z = y.sum()\nz.backward()", "no-grad-fn",
     W + "with torch.enable_grad():\n    y = w * 2\n    z = y.sum()\nz.backward()"),
    (W + "y = (w + 1).detach() * 2\ny.sum().backward()", "no-grad-fn", W + "y = (w + 1) * 2\ny.sum().backward()"),
    (W + "y = w.data * 2\ny.sum().backward()", "no-grad-fn", W + "y = w * 2\ny.sum().backward()"),
    (W + "y = torch.tensor((w * w).sum())\ny.backward()", "no-grad-fn", W + "y = (w * w).sum()\ny.backward()"),
    (W + "loss = (w * w).sum().item()\nloss.backward()", "no-graph", W + "loss = (w * w).sum()\nloss.backward()"),
    ("x = 3.0\nx.backward()", "no-graph", None),
    (T + "a = torch.ones(2, 2)\nb = torch.ones(2, 2, dtype=torch.float64)\na @ b", "dtype-mix",
     T + "a = torch.ones(2, 2)\nb = torch.ones(2, 2, dtype=torch.float64)\na @ b.float()"),
    (T + "a = torch.tensor([1, 2])\ntorch.dot(a + 1, torch.ones(2))", "dtype-mix",
     T + "a = torch.tensor([1, 2])\ntorch.dot((a + 1).float(), torch.ones(2))"),
    (T + "net = torch.nn.Linear(2, 1)\nnet(torch.tensor([1, 2]))", "dtype-mix",
     T + "net = torch.nn.Linear(2, 1)\nnet(torch.tensor([1, 2]).float())"),
    (T + "net = torch.nn.Linear(2, 1).double()\nx = torch.ones(2)\nnet(x)", "dtype-mix",
     T + "net = torch.nn.Linear(2, 1).double()\nx = torch.ones(2)\nnet(x.double())"),
    (T + "t = torch.tensor([0., 1.])\ntorch.nn.functional.cross_entropy(torch.ones(2, 3), t)", "target-dtype",
     T + "t = torch.tensor([0., 1.])\ntorch.nn.functional.cross_entropy(torch.ones(2, 3), t.long())"),
    (T + "net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(6, 2))\nnet(torch.ones(1, 4))", "layer-width",
     T + "net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(8, 2))\nnet(torch.ones(1, 4))"),
    (T + "a = torch.ones(2, 3)\nb = torch.ones(4, 2)\na @ b", "shape-matmul", T + "a = torch.ones(2, 3)\nb = torch.ones(4, 2)\nb @ a"),
    (T + "x = torch.tensor([1.], require_grad=True)", "keyword", T + "x = torch.tensor([1.], requires_grad=True)"),
    (W + "opt = torch.optim.SGD([w], Lr=0.1)", "keyword", W + "opt = torch.optim.SGD([w], lr=0.1)"),
    (T + "x = torch.ones(2)\nprint(x.shape())", "not-callable", T + "x = torch.ones(2)\nprint(x.shape)"),
    (T + "x = torch.tensor[1., 2.]", "brackets", T + "x = torch.tensor([1., 2.])"),
    (T + "x = torch.ones(2)\nprint(x.size[0])", "brackets", T + "x = torch.ones(2)\nprint(x.size(0))"),
    (T + "loss = torch.nn.MSELoss(torch.ones(2), torch.zeros(2))", "loss-call", T + "loss = torch.nn.MSELoss()(torch.ones(2), torch.zeros(2))"),
    (T + "net = torch.nn.Linear(1, 1)\ntorch.optim.SGD(net, lr=0.1)", "net-parameters",
     T + "net = torch.nn.Linear(1, 1)\ntorch.optim.SGD(net.parameters(), lr=0.1)"),
    (T + "net = torch.nn.Linear(1, 1)\ntorch.optim.Adam(net.parameters)", "net-parameters",
     T + "net = torch.nn.Linear(1, 1)\ntorch.optim.Adam(net.parameters())"),
    (T + "torch.Tensor([1.], requires_grad=True)", "constructor", None),
    ("for i in 3:\n    print(i)", "not-iterable", "for i in range(3):\n    print(i)"),
    ("class A:\n    def _init_(self, x):\n        self.x = x\nA(3)", "init-name", "class A:\n    def __init__(self, x):\n        self.x = x\nA(3)"),
    ("class A:\n    def __int__(self):\n        self.x = 1\nprint(A().x)", "init-name", "class A:\n    def __init__(self):\n        self.x = 1\nprint(A().x)"),
    (T + "class N(torch.nn.Module):\n    def foward(self, x):\n        return x\nN()(1)", "no-forward",
     T + "class N(torch.nn.Module):\n    def forward(self, x):\n        return x\nN()(1)"),
    ("class A:\n    def __init__(self):\n        self.rate = 1\n    def f(self):\n        return rate\nA().f()", "name",
     "class A:\n    def __init__(self):\n        self.rate = 1\n    def f(self):\n        return self.rate\nA().f()"),
    (T + "net = torch.nn.linear(2, 1)", "attribute", T + "net = torch.nn.Linear(2, 1)"),
    ("x = torch.ones(2)", "import-missing", "import torch\nx = torch.ones(2)"),
    (
        T + "class N(torch.nn.Module):\n    def __init__(self):\n        self.a = torch.nn.Linear(1, 1)\nN()",
        "module-init",
        T + "class N(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = torch.nn.Linear(1, 1)\nN()",
    ),
]  # fmt: skip


def applied(source: str, event: Event) -> str:
    fix = event["fix"]
    lines = source.split("\n")
    before = [*lines[: fix["line"] - 1], lines[fix["line"] - 1][: fix["column"]]]
    after = [lines[fix["end_line"] - 1][fix["end_column"] :], *lines[fix["end_line"] :]]
    return "\n".join(before) + fix["text"] + "\n".join(after)


@pytest.mark.parametrize(("source", "code", "wanted"), FIXES)
def test_the_edit_of_a_classic_mistake_mends_it(source: str, code: str, wanted: str | None) -> None:
    event = failure(source)
    assert event["code"] == code
    if wanted is None:
        assert "fix" not in event
        return
    assert applied(source, event) == wanted
    assert events_of(wanted)[-1].get("code") != code


# what was pasted or typed, and the program after every replacement of its refusals, until it runs
PASTED: list[tuple[str, str]] = [
    ("x = 3\nprint（x， “好（”）", 'x = 3\nprint(x, "好（")'),
    ("x ＝ ［１， ２］；y＝x［０］＋１", "x = [1, 2];y=x[0]+1"),
    ("print(‘a’, “it's”, ”b”)", 'print(\'a\', "it\'s", "b")'),
    ('print(“say "hi"”)', "print('say \"hi\"')"),
    ("x\u3000=\u00a03", "x = 3"),
    (">>> x = 1\n>>> x", "x = 1\nx"),
    (
        ">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> i",
        "for i in range(2):\n    print(i)\n\n# 0\n# 1\ni",
    ),
    (
        "In [1]: x = 2\n   ...: y = 3\n\nIn [2]: x\nOut[2]: 2\n",
        "x = 2\ny = 3\n\nx\n# Out[2]: 2\n",
    ),
    (">>> x = 1\ny = 2\nprint(x + y)", "x = 1\ny = 2\nprint(x + y)"),
    ("    x = 1\n    if x:\n        y = 2\n", "x = 1\nif x:\n    y = 2\n"),
    ("x = 1\n    if x:\n        y = 2\n\n    z = 3", "x = 1\nif x:\n    y = 2\n\nz = 3"),
    ("  >>> x = （1）", "x = (1)"),
    ("x = 2\nif x = 2:\n    y = 1", "x = 2\nif x == 2:\n    y = 1"),
    ("if 1\n    y = 1", "if 1:\n    y = 1"),
    ("print 3", "print(3)"),
]


def replaced(source: str, event: Event) -> str:
    lines = source.split("\n")
    for refusal in reversed(event["refusals"]):
        line = lines[refusal["line"] - 1]
        assert refusal["replacement"] is not None
        lines[refusal["line"] - 1] = line[: refusal["column"]] + refusal["replacement"] + line[refusal["end_column"] :]
    return "\n".join(lines)


@pytest.mark.parametrize(("source", "wanted"), PASTED)
def test_the_replacements_of_a_pasted_text_give_a_program_that_runs(source: str, wanted: str) -> None:
    for _ in range(3):
        event = events_of(source)[-1]
        if event["kind"] == "run-finished":
            break
        source = replaced(source, event)
    assert source == wanted
    assert events_of(source)[-1]["kind"] == "run-finished"
