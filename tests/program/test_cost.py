"""A run pays for its work before it is done: the same program ends at the same step, here and in a worker."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import engine as torch
from engine.nn import budget
from engine.program import cost
from engine.program.limits import LIMITS
from tests.app.conftest import Serving, serving  # noqa: F401
from tests.program.trace import events_of, failure, lines_of, printed

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
x, y, z = torch.ones(20, 30), torch.ones(30, 40), torch.ones(5, 40, 6)
WORK = [
    ("matmul", (x, y), {}, 20 * 30 * 40),
    ("matmul", (y, z), {}, 5 * 30 * 40 * 6),
    ("mm", (x.half(), y.half()), {}, 40 * 20 * 30 * 40),
    ("mm", (x.long(), y.long()), {}, 5 * 20 * 30 * 40),
    ("mv", (x, torch.ones(30)), {}, 20 * 30),
    ("dot", (torch.ones(30), torch.ones(30)), {}, 30),
    ("bmm", (z, z.transpose(1, 2)), {}, 5 * 40 * 6 * 40),
    ("addmm", (torch.ones(40), x, y), {"beta": 2}, 20 * 30 * 40),
    ("inner", (x, x), {}, 20 * 20 * 30),
    ("tensordot", (x, y), {"dims": 1}, 20 * 30 * 40),
    ("tensordot", (x, x), {"dims": ([0, 1], [0, 1])}, 600),
    ("linalg.multi_dot", ([x, y, torch.ones(40, 2)],), {}, 20 * 30 * 40 + 20 * 40 * 2),
    ("matrix_power", (torch.eye(10), 8), {}, 10**3 * 9),
    ("einsum", ("ij,jk->ik", x, y), {}, 2 * (600 + 20 * 30 * 40)),
    ("einsum", ("ij,jk,kl->", x, y, torch.ones(40, 7)), {}, 2 * (600 + 20 * 30 * 40 + 40 * 7)),
    ("nn.functional.linear", (z, torch.ones(9, 6)), {}, 5 * 40 * 6 * 9),
    ("nn.functional.conv2d", (torch.ones(2, 3, 8, 8), torch.ones(4, 3, 3, 3)), {}, 2 * 6 * 6 * 4 * 27),
    ("nn.functional.conv1d", (torch.ones(2, 3, 8), torch.ones(4, 3, 3)), {"padding": 1}, 2 * 8 * 4 * 9),
    ("nn.functional.conv_transpose1d", (torch.ones(2, 3, 8), torch.ones(3, 4, 3)), {}, 2 * 3 * 8 * 12),
    ("nn.functional.scaled_dot_product_attention", (z, z, z), {}, 5 * 40 * 40 * 12),
    ("sort", (torch.ones(1023),), {}, 10 * 1023 * 10),
    ("erf", (x,), {}, 20 * 12 * 600),
    ("add", (x, x), {}, 0),
    ("relu", (x,), {}, 0),
]
TWICE = "net = nn.Linear(1, 1)\nfor _ in range(20):\n    net = nn.Sequential(net, net)\n"
"""Few modules, each of which holds the one below it twice: 2 ** 20 calls."""
MANY = "net = nn.Sequential(*[nn.ReLU()] * 500)\n"
LEAVES = "o = torch.optim.Adam([torch.zeros(1, requires_grad=True) for _ in range(500)])\n"
BEYOND = [
    ("x = torch.ones(300, 300)\n{loop}y = x @ x", 105),
    ("x = torch.ones(300, 300).half()\n{loop}y = x @ x", 15),
    ("x = torch.ones(10, 99, 99)\n{loop}y = torch.einsum('bij,bjk->bik', x, x)", 338),
    ("x = torch.ones(100, 100)\n{loop}y = torch.matrix_power(x, 9 ** 9)", 296),
    ("x = torch.ones(1, 4, 30, 30)\nw = torch.ones(16, 4, 3, 3)\n{loop}y = F.conv2d(x, w)", 3342),
    ("x = torch.ones(2, 50, 90)\nlstm = nn.LSTM(90, 90)\n{loop}y = lstm(x)", 1916),
    ("x = torch.ones(300, 300)\nnet = nn.Sequential(nn.Linear(300, 300), nn.GELU())\n{loop}y = net(x)", 116),
    ("x = torch.rand(300, 300)\n{loop}y = x.sort()", 168),
    ("x = torch.rand(300, 300)\n{loop}y = x.tolist()", 44),
    ("x = torch.ones(300, 300, requires_grad=True)\ny = (x @ x).sum()\n{loop}y.backward(retain_graph=True)", 102),
    ("x = torch.ones(300, 300, requires_grad=True)\ny = (x @ x).sum()\n{loop}g = torch.autograd.grad(y, x, retain_graph=True)", 93),
    ("x = torch.ones(200)\nw = torch.ones(200, 200)\n{loop}j = torch.autograd.functional.jacobian(lambda v: w @ v, x)", 4041),
    ("d = torch.distributions.Normal(0.0, 1.0)\n{loop}y = d.sample((90000,))", 531),
    ("d = torch.distributions.Normal(torch.ones(90000), 1.0)\n{loop}y = d.rsample()", 446),
    ("d = torch.distributions.Normal(torch.ones(90000), 1.0)\n{loop}y = d.entropy()", 440),
    ("d = torch.distributions.Normal(torch.ones(90000), 1.0)\n{loop}y = d.variance", 758),
    ("d = torch.distributions.Bernoulli(torch.ones(90000) / 2)\nx = torch.ones(90000)\n{loop}y = d.log_prob(x)", 151),
    ("d = torch.distributions.Categorical(torch.ones(90, 1000))\n{loop}y = d.entropy()", 558),
    ("d = torch.distributions.Normal(torch.ones(90000), 1.0)\n{loop}y = torch.distributions.kl_divergence(d, d)", 320),
    ("import numpy as np\nx = np.eye(300)\n{loop}y = np.linalg.inv(x)", 33),
    ("import numpy as np\nx = np.ones(99999)\n{loop}y = np.sort(x)", 135),
    ("import numpy as np\nx = np.ones(99999)\n{loop}x.sort()", 115),
    ("import numpy as np\nx = np.ones(99999)\n{loop}y = x.argsort()", 135),
    ("import numpy as np\nx = np.ones(99999)\n{loop}y = np.random.permutation(x)", 135),
    ("import numpy as np\nx = np.ones((300, 300))\n{loop}y = np.linalg.norm(x, 2)", 33),
    ("x = [torch.ones(1)] * 9999\n{loop}y = torch.cat(x)", 35),
    ("k = {{str(i): i for i in range(999)}}\nf = lambda **k: 1\n{loop}f(**k)", 4041),
    ("x = torch.zeros(90000, requires_grad=True)\nx.grad = torch.ones(90000)\no = torch.optim.LBFGS([x], max_iter=9**9, tolerance_grad=-1, tolerance_change=-1, line_search_fn='strong_wolfe')\n{loop}o.step(lambda: 1.0)", 403),
    ("net = nn.ReLU()\n{loop}net.register_forward_hook(print, prepend=True)", 3708),
    (TWICE + "net(torch.ones(1))", 1967),
    (TWICE + "with torch.no_grad(): net(torch.ones(1))", 1969),
    (TWICE + "torch.func.functional_call(net, {{}}, (torch.ones(1),))", 135),
    (TWICE + "net.state_dict()", 650),
    (TWICE + "{loop}net.load_state_dict({{}})", 137),
    (TWICE + "{loop}print(net)", 143),
    (TWICE + "{loop}list(net.modules())", 1152),
    (TWICE + "{loop}net.train()", 1642),
    ("class Twice(nn.Module):\n    def __init__(self, of):\n        super().__init__()\n        self.of = of\n    def forward(self, x):\n        return self.of(self.of(x))\nnet = nn.ReLU()\nfor _ in range(20):\n    net = Twice(net)\nnet(torch.ones(1))", 2504),
    ("nn.LSTM(1, 1)(torch.ones(9999, 1, 1))", 19771),
    (MANY + "{loop}o = net[:]", 103),
    (MANY + "{loop}net.insert(0, nn.ReLU())", 173),
    (MANY + "{loop}net.pop(0)", 718),
    (MANY + "{loop}o = net[-1]", 2833),
    (MANY + "{loop}o = list(net.children())", 2761),
    (MANY + "{loop}o = net + net", 61),
    (MANY + "{loop}net.zero_grad()", 188),
    (LEAVES + "{loop}o.zero_grad()", 3123),
    (LEAVES + "{loop}s = o.state_dict()", 1185),
    (LEAVES + "{loop}o.load_state_dict(o.state_dict())", 793),
    ("net = nn.ModuleDict({{str(i): nn.ReLU() for i in range(500)}})\n{loop}o = net.items()", 1225),
    ("net = nn.ParameterList([torch.ones(1)] * 500)\n{loop}o = net[0]", 3752),
]  # fmt: skip
"""Programs, and the number of the event that ends each."""
LOOP = "for i in range(100000):\n    "
EMPTY = [
    "torch.nn.Linear(0, 10**9)",
    "torch.zeros(10**9, 0).sum(1)",
    "torch.zeros(10**9, 0).tolist()",
    "torch.zeros(10**9, 0) @ torch.zeros(0, 10)",
    "torch.zeros(10**9, 0).softmax(0)",
    "torch.einsum('ij->i', torch.zeros(10**9, 0))",
    "torch.nn.Linear(0, 3)(torch.zeros(10**9, 0))",
]


def program(text: str) -> str:
    return HEAD + text.format(loop=LOOP) + "\n"


@pytest.mark.parametrize(
    ("path", "given", "named", "work"), WORK, ids=lambda value: value if isinstance(value, str) else ""
)
def test_work_is_told_from_shapes_alone(path, given, named, work):
    assert cost.of_call(path, list(given), named) == work


def test_a_backward_pass_costs_its_forward_once_for_every_input_that_wants_a_gradient():
    w = torch.ones(30, 40, requires_grad=True)
    one = cost.of_backward([x @ w])
    assert one - 20 * 1200 == 20 * 30 * 40
    left = torch.ones(20, 30, requires_grad=True)
    assert cost.of_backward([left @ w]) == 2 * one
    assert cost.of_backward([x @ y]) == 0


@pytest.mark.parametrize(("text", "step"), BEYOND, ids=range(len(BEYOND)))
def test_too_much_work_ends_at_the_same_step_each_time(text, step):
    tight = replace(LIMITS, fuel=20_000)
    lines = lines_of(program(text), limits=tight)
    assert lines == lines_of(program(text), limits=tight)
    last = json.loads(lines[-1])
    assert (last["status"], last["line"]) == ("limited", program(text).count("\n"))
    assert last["code"] in ("limit-work", "limit-fuel")
    assert last["seq"] == step


@pytest.mark.anyio
async def test_a_worker_ends_a_program_at_the_step_at_which_it_ends_here(serving: Serving):  # noqa: F811
    async with serving(deadline=30) as service:
        for text in (BEYOND[0][0], BEYOND[1][0], BEYOND[9][0]):
            done = await service.run(program(text))
            assert (done.status, done.last["code"]) == ("limited", "limit-work")
            assert done.events == events_of(program(text))


@pytest.mark.parametrize("text", EMPTY)
def test_what_an_empty_dimension_hides_is_seen_before_it_is_made(text):
    assert failure(f"import torch\n{text}")["code"] == "limit-elements"


def test_a_small_program_pays_nothing_for_its_products():
    tight = replace(LIMITS, fuel=40)
    text = (
        "import torch\nx = torch.ones(20, 20, requires_grad=True)\ny = (x @ x).sum()\ny.backward()\nprint(x.grad[0, 0])"
    )
    assert printed(text, limits=tight) == "tensor(40.)\n"
    assert events_of(text, limits=tight)[-1]["kind"] == "run-finished"


NESTED = (
    HEAD
    + "top = at = nn.Sequential()\nfor _ in range({levels}):\n    new = nn.Sequential()\n    at.append(new)\n    at = new\n"
)


@pytest.mark.parametrize("walk", ["top(torch.tensor(1.0))", "top.state_dict()", "top.apply(len)"])
def test_modules_lie_inside_one_another_as_deep_as_the_budget_says(walk):
    assert events_of(NESTED.format(levels=budget.DEPTH - 1) + walk)[-1]["kind"] == "run-finished"
    assert failure(NESTED.format(levels=budget.DEPTH) + walk)["code"] == "limit-modules"


CTX = "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        for i in range(20000): setattr(ctx, f'f{i}', i)\n        return x.clone()\nF.apply(torch.ones(1))"
HELD = [
    "class A: pass\nfor i in range(20000): setattr(A, f'f{i}', i)",
    "class A: pass\na = A()\nfor i in range(20000): setattr(a, f'f{i}', i)",
    "class M(nn.Module): pass\nm = M()\nfor i in range(20000): setattr(m, f'f{i}', i)",
    CTX,
]


@pytest.mark.parametrize("text", HELD)
def test_names_of_an_object_are_as_many_as_a_container_holds(text):
    assert failure(HEAD + text)["code"] == "limit-items"


def test_what_nested_transforms_make_is_paid_for_as_it_is_made():
    lines = lines_of(
        f"{HEAD}f = torch.sin\nfor i in range(60):\n    f = torch.func.grad(f)\nf(torch.tensor(1.0))",
        limits=replace(LIMITS, fuel=4_000),
    )
    assert json.loads(lines[-1])["code"] == "limit-fuel"
    assert len(lines) < 3_000  # where only what was recorded is counted, all 60 levels run: 11,000


# What is done once with operands of 300 and of 1, and how much more fuel the larger takes: a thousand elements of a result cost 1,
# 20,000 products 1, and what is only walked over 1 an item or 1 for a hundred.
ELEMENTS, PRODUCTS = 300 * 300 // 1000, 300**3 // 20_000
X = "x = torch.ones({n}, {n})"
W = "x = torch.ones({n}, {n}, requires_grad=True)\ny = (x @ x).sum()"
ROW = "x = [1] * {n}"
PRICES = [
    (X, "torch.relu(x)", ELEMENTS),
    (X, "x + x", ELEMENTS),
    (X, "-x", ELEMENTS),
    (X, "x[:]", ELEMENTS),
    (X, "x @ x", ELEMENTS + PRODUCTS),
    (X, "torch.matmul(x, x)", ELEMENTS + PRODUCTS),
    (X, "torch.erf(x)", ELEMENTS + 12 * 20 * 300 * 300 // 20_000),
    (W, "y.backward()", 2 * PRODUCTS + 3 * ELEMENTS),
    (W, "torch.autograd.grad(y, x)", 2 * PRODUCTS + 4 * ELEMENTS),
    ("import numpy as np\nx = np.ones(({n}, {n}))", "x + x", ELEMENTS),
    ("import numpy as np\nx = np.ones(({n}, {n}))", "x @ x", ELEMENTS + PRODUCTS),
    (X + ".requires_grad_()\nx.grad = torch.ones({n}, {n})\ns = torch.amp.GradScaler('cpu')\no = torch.optim.SGD([x])", "s.unscale_(o)", 300 * 300 // 250),
    (X + ".requires_grad_()\nx.grad = torch.ones({n}, {n})\no = torch.optim.SGD([x])", "o.step()", 300 * 300 // 250 - 1),
    ("x = torch.ones({n}, 1)", "x.unbind()", 4 * 299),
    (ROW, "torch.tensor(x)", 300 // 20),
    (ROW, "x + x", 600 // 100 - 1),
    (ROW, "x * 3", 900 // 100 - 1),
    (ROW, "[y for y in x]", 2 * 299),
    (ROW, "2 in x", 2 * 299),
    (ROW, "[].extend(x)", 299),
    ("x = ['a'] * {n}", "''.join(x)", 299),
    ("x = set(range({n}))\ny = set(range({n}))", "x | y", 600 // 100 - 1),
    ("x = set(range({n}))\ny = set(range({n}))", "x == y", 300 // 100 - 1),
    ("x = dict(zip(range({n}), range({n})))", "x | x", 600 // 100 - 1),
]  # fmt: skip


def fuel(setup: str, expression: str, size: int) -> int:
    """What an expression takes: the language's own clock counts fuel."""
    clock = "time.perf_counter()"
    timed = f"began = {clock}\n{expression}\nprint(round(({clock} - began) * 1e5))\n"
    return int(printed(f"{HEAD}import time\n{setup.format(n=size)}\n{timed}").splitlines()[-1])


@pytest.mark.parametrize(("setup", "expression", "more"), PRICES)
def test_work_has_its_price_in_fuel(setup: str, expression: str, more: int) -> None:
    assert fuel(setup, expression, 300) - fuel(setup, expression, 1) == more
