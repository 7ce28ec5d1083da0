"""Random programs as a student writes them: classes with state, closures over tensors, errors that are caught and worked on after, several losses,
shared layers, groups and schedulers, loops that detach, views of views, transforms within training, Functions of which some outputs go
unused, hooks that raise, that remove themselves and that are asked again.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight. Run this file with a Python that has torch to store what PyTorch
prints: `python -m tests.random_studies COUNT SEED... > tests/fixtures/random_studies.json`.
"""

from __future__ import annotations

from tests.random_autograd import HEAD, Deeper, store, written

CLASSES = """\
import copy
import torch.nn as nn
from torch.func import functional_call, grad, jvp, vmap
from torch.optim.lr_scheduler import (
    ConstantLR, CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, OneCycleLR, SequentialLR, StepLR,
)
torch.manual_seed(0)
class Three(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        ctx.calls = 0
        return a * b, a.sum(), b.exp()
    @staticmethod
    def backward(ctx, g, h, k):
        ctx.calls += 1
        a, b = ctx.saved_tensors
        seen.append((ctx.calls, g.sum() == 0, h.item(), k.sum() == 0))
        return g * b + h, g * a + k * b.exp()
class Sparse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.set_materialize_grads(False)
        low, high = a.clamp(max=0), a.clamp(min=0)
        ctx.save_for_backward(a)
        return low, high, a.shape
    @staticmethod
    def backward(ctx, g, h, _):
        a, = ctx.saved_tensors
        seen.append((g is None, h is None))
        total = torch.zeros_like(a)
        if g is not None:
            total = total + g * (a < 0)
        if h is not None:
            total = total + h * (a > 0)
        return total
class Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a.round()
    @staticmethod
    def backward(ctx, g):
        return g
class Cell(nn.Module):
    def __init__(self, shared=None):
        super().__init__()
        self.inner = shared if shared is not None else nn.Linear(3, 3)
        self.gate = nn.Parameter(torch.tensor([0.5, -0.5, 1.0]))
        self.state = None
        self.history = []
    def reset(self):
        self.state = None
        self.history.clear()
    def forward(self, x):
        if self.state is None:
            self.state = torch.zeros(x.shape[-1])
        self.state = torch.tanh(self.inner(x).sum(0) * self.gate + self.state)
        self.history.append(self.state)
        return self.state
    def cut(self):
        self.state = None if self.state is None else self.state.detach()
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(3, 2, bias=False)
        self.decode = nn.Linear(2, 3)
        self.decode.weight = nn.Parameter(torch.ones(3, 2))
        self.again = self.encode
    def forward(self, x):
        return F.linear(self.decode(torch.relu(self.encode(x))), self.encode.weight) + self.again(x)
class Meter:
    def __init__(self, name):
        self.name, self.total, self.count = name, 0.0, 0
    def __add__(self, value):
        self.total += float(value.detach())
        self.count += 1
        return self
    def __repr__(self):
        return f'{self.name}={self.total / max(self.count, 1):.4f}'
def outer(weight):
    cache = []
    def inner(x):
        nonlocal weight
        cache.append(x)
        weight = weight * 2
        return (x * weight).sum() + len(cache)
    return inner
def raising(g):
    seen.append('raised')
    raise ValueError('a hook that raises')
def shown(model):
    return [(n, p.requires_grad, p.grad if p.grad is None else round(p.grad.sum().item(), 3)) for n, p in model.named_parameters()]
"""

MODELS = ["nn.Linear(3, 3)", "nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3))", "Tied()", "nn.Sequential(Tied(), nn.LayerNorm(3))", "nn.ModuleDict({'a': nn.Linear(3, 3), 'b': Tied()})['b']"]  # fmt: skip
OPTIMIZERS = ["SGD({g}, lr=0.1)", "SGD({g}, lr=0.1, momentum=0.9)", "Adam({g}, lr=0.05)", "AdamW({g}, lr=0.02)", "RMSprop({g}, lr=0.01)", "Adagrad({g}, lr=0.1)"]  # fmt: skip
SCHEDULERS = [
    "StepLR(o, 1, 0.5)", "ExponentialLR(o, 0.9)", "CosineAnnealingLR(o, 3)", "LambdaLR(o, lambda e: 1 / (e + 1))", "MultiStepLR(o, [1, 2], 0.1)",
    "OneCycleLR(o, 0.2, total_steps=6)", "LinearLR(o, 0.5, total_iters=2)", "SequentialLR(o, [ConstantLR(o, 0.5), ExponentialLR(o, 0.5)], [1])",
]  # fmt: skip
LOSSES = ["({p} ** 2).mean()", "F.mse_loss({p}, {y}.detach())", "{p}.abs().sum()", "F.cross_entropy({p}, torch.tensor([0, 2]))", "(-F.log_softmax({p}, -1)[:, 0]).mean()", "({p} - {y}).pow(2).sum().sqrt()"]  # fmt: skip
CLOSED = ["(a ** 2).sum()", "(a * {y}).sum()", "(a.sin() * scale).sum()", "a.prod()", "(a @ a.t()).trace()", "F.softmax(a, -1)[..., 0].sum()", "torch.logsumexp(a, -1).sum()"]  # fmt: skip
CHAINS = ["[0:1]", "[..., 1:]", ".t()", ".view(-1)", ".unsqueeze(0)", "[0]", ".transpose(0, -1)", ".narrow(-1, 0, 2)", ".flatten()", ".select(0, 0)", ".diagonal()", ".expand(2, -1, -1)", ".unbind(0)[0]", ".chunk(2, -1)[0]"]  # fmt: skip
CHANGES = [".mul_(2)", ".add_({y})", ".zero_()", ".exp_()", ".fill_(0.5)", ".copy_({x})", ".sub_(1)", ".clamp_(0, 1)", ".masked_fill_({x} > 0, 1.)", ".neg_()"]  # fmt: skip


class Studies(Deeper):
    """A writer of scenes, each of several statements, over leaves that are rows of three."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines = [*HEAD.splitlines(), *CLASSES.splitlines()]
        self.count = 0
        self.models: list[str] = []

    def leaf(self) -> None:
        name, draw = f"w{len(self.leaves)}", self.choice
        rows = ", ".join(str([round(draw.uniform(-2, 2), 2) for _ in range(3)]) for _ in range(2))
        self.lines.append(f"{name} = torch.tensor([{rows}], dtype=torch.float32, requires_grad={draw.random() < 0.85})")
        self.leaves.append(name)
        self.names.append(name)

    def statement(self) -> None:
        if self.choice.random() < 0.3:
            super().statement()
            return
        scenes = (
            self.closure, self.losses, self.recovered, self.training, self.recurrent, self.shared, self.views, self.meta, self.unused, self.raised,
            self.removed, self.copied, self.accumulated, self.told,
        )  # fmt: skip
        self.choice.choice(scenes)()

    def attempt(self, *statements: str) -> None:
        self.lines += [
            "try:",
            *(f"    {each}" for each in statements),
            "except Exception as e:",
            "    print(type(e).__name__, str(e)[:150])",
        ]

    def model(self) -> str:
        draw = self.choice
        if self.models and draw.random() < 0.6:
            return draw.choice(self.models)
        name = f"m{len(self.models)}"
        self.lines.append(f"{name} = {draw.choice(MODELS)}")
        self.models.append(name)
        return name

    def loss(self, prediction: str) -> str:
        return self.choice.choice(LOSSES).format(p=prediction, y=self.pick())

    def closure(self) -> None:
        x, draw = self.pick(), self.choice
        self.count += 1
        name = f"f{self.count}"
        self.lines += [f"{name} = outer({draw.choice(['2.0', self.pick(), f'{self.pick()}.detach()'])})"]
        self.attempt(f"for _ in range({draw.randint(1, 3)}):", f"    {name}({x}).backward()", f"print({x}.grad)")

    def losses(self) -> None:
        x, draw = self.pick(), self.choice
        self.attempt(
            f"h = {x} * {self.pick()}",
            *(["h.retain_grad()"] if draw.random() < 0.5 else []),
            f"first, second, third = h.sum(), (h ** 2).mean(), h.sigmoid().sum() * {draw.choice(['1', 'h.detach().sum()', 'h.mean()'])}",
            f"first.backward(retain_graph={draw.random() < 0.8})",
            f"second.backward({draw.choice(['retain_graph=True', ''])})",
            f"{draw.choice(['third.backward()', '(first + third).backward()', 'torch.autograd.backward([second, third])', 'first.backward()'])}",
            "print(h.grad if h.retains_grad else h.is_leaf)",
        )  # fmt: skip
        self.attempt(f"print({x}.grad)")

    def recovered(self) -> None:
        x, y, draw = self.pick(), self.pick(), self.choice
        wrong = draw.choice([
            f"{x}.backward()", f"({x} * {y}).exp().backward(torch.ones(3))", f"q = {x}.exp(); q.mul_(2); q.sum().backward()", f"{x}.sum().backward(); {x}.sum().backward()",
            f"q = ({x} ** 2).sum(); q.backward(); q.backward()", f"({x} @ {y}).sum().backward()", f"torch.autograd.grad({x}.sum(), {y})", "Straight.apply()",
            f"{x}.detach().sum().backward()", f"{x}.grad.zero_()", f"{x}.numpy()", f"int({x}.detach())", f"torch.autograd.grad([{x}.sum(), {y}.sum()], [{x}, {y}], allow_unused=True)",
        ])  # fmt: skip
        self.lines += [
            "try:", f"    {wrong}", "    print('went well')",
            f"except {draw.choice(['RuntimeError', '(RuntimeError, TypeError)', 'Exception'])} as error:", "    print(type(error).__name__, str(error)[:120], len(error.args))",
            *draw.choice([["else:", "    print('else')"], ["finally:", "    print('finally')"], []]),
        ]  # fmt: skip
        self.attempt(f"({x} * 3).sum().backward()", f"print({x}.grad)")

    def training(self) -> None:
        draw, model = self.choice, self.model()
        x = self.pick()
        groups = draw.choice([
            f"{model}.parameters()", f"[{{'params': {model}.parameters(), 'weight_decay': 0.1}}]",
            f"[{{'params': [p for n, p in {model}.named_parameters() if 'bias' in n], 'lr': 0.01}}, {{'params': [p for n, p in {model}.named_parameters() if 'bias' not in n]}}]",
            f"list({model}.parameters())[:1]", f"[{{'params': {model}.parameters()}}, {{'params': [{self.choice.choice(self.leaves)}], 'lr': 0.5}}]",
            f"{model}.named_parameters()",
        ])  # fmt: skip
        steps = [f"o = torch.optim.{draw.choice(OPTIMIZERS).format(g=groups)}"]
        schedule = draw.random() < 0.6
        if schedule:
            steps.append(f"s = {draw.choice(SCHEDULERS)}")
        steps += ["meter = Meter('loss')", f"for epoch in range({draw.randint(1, 4)}):"]
        steps.append(f"    {draw.choice(['o.zero_grad()', 'o.zero_grad(set_to_none=False)', 'pass'])}")
        steps += [
            f"    loss = {self.loss(f'{model}({x})')}",
            f"    loss.backward({draw.choice(['', 'retain_graph=True'])})",
        ]
        if draw.random() < 0.3:
            steps.append(
                f"    print({draw.choice([f'nn.utils.clip_grad_norm_({model}.parameters(), 1.0)', f'nn.utils.clip_grad_value_({model}.parameters(), 0.1)'])})"
            )
        steps += ["    o.step()", *(["    s.step()"] if schedule else []), "    meter = meter + loss"]
        steps += ["print(meter, [g['lr'] for g in o.param_groups], [len(g['params']) for g in o.param_groups])"]
        self.attempt(*steps)
        self.lines.append(f"print(shown({model}))")

    def recurrent(self) -> None:
        draw, x = self.choice, self.pick()
        cut = draw.choice(
            ["cell.cut()", "pass", "cell.reset()", "cell.state = cell.state.clone()", "cell.state.detach_()"]
        )
        self.attempt(
            "cell = Cell()", f"o = torch.optim.SGD(cell.parameters(), lr={draw.choice(['0.1', '0.01'])})", "total = 0",
            f"for t in range({draw.randint(2, 5)}):", f"    total = total + (cell({x}) ** 2).sum()", f"    if t % {draw.randint(1, 3)} == 0:",
            f"        total.backward({draw.choice(['', 'retain_graph=True'])})", *(["        o.step(); o.zero_grad()"] if draw.random() < 0.6 else []),
            "        total = 0", f"        {cut}", "print(cell.state, len(cell.history), [h.requires_grad for h in cell.history])",
        )  # fmt: skip
        self.attempt("print(shown(cell), [h.grad_fn for h in cell.history[:2]])")

    def shared(self) -> None:
        draw, x = self.choice, self.pick()
        self.attempt(
            "base = nn.Linear(3, 3)", "left, right = Cell(base), Cell(base)",
            f"both = {draw.choice(['nn.ModuleList([left, right])', 'nn.Sequential(left, right)', 'nn.ModuleDict(dict(l=left, r=right))'])}",
            "print(len(list(both.parameters())), [n for n, _ in both.named_parameters()], len(both.state_dict()))",
            *(["base.weight.register_hook(lambda g: seen.append(g.shape))"] if draw.random() < 0.5 else []),
            f"(left({x}) * right({x})).sum().backward()", "print(base.weight.grad, left.gate.grad, left.inner is right.inner)",
            f"{draw.choice(['base.requires_grad_(False)', 'base.zero_grad()', 'both.zero_grad()', 'right.inner = nn.Linear(3, 3)', 'base.weight.data.fill_(0.1)', 'base.weight = nn.Parameter(torch.eye(3))'])}",
            f"left({x}).sum().backward()", "print(shown(both))",
        )  # fmt: skip

    def views(self) -> None:
        draw, x = self.choice, self.pick()
        chain = "".join(draw.choice(CHAINS) for _ in range(draw.randint(1, 3)))
        change = draw.choice(CHANGES).format(
            x=draw.choice(["part", "part", self.pick()]), y=draw.choice(["1", "part", self.pick()])
        )
        self.attempt(
            f"whole = {draw.choice([f'{x} * 1', f'{x}.clone()', f'{x}.detach().clone()', x])}", f"part = whole{chain}",
            *([f"other = whole{draw.choice(CHAINS)}"] if draw.random() < 0.5 else ["other = part"]),
            *(["before = part.sum()"] if draw.random() < 0.4 else ["before = 0"]), f"part{change}", "print(whole, part.grad_fn, other.grad_fn, part._version, other.is_leaf)",
            "(whole.sum() * 2 + (other ** 2).sum() + before).backward()",
        )  # fmt: skip
        self.attempt(f"print({x}.grad)")

    def meta(self) -> None:
        draw, model, x = self.choice, self.model(), self.pick()
        form = draw.random()
        body = draw.choice(CLOSED).format(y=self.pick())
        if form < 0.3:
            self.attempt(
                f"params = {{k: v.detach() for k, v in {model}.named_parameters()}}", f"task = lambda p: (functional_call({model}, p, ({x},)) ** 2).mean()",
                f"for _ in range({draw.randint(1, 2)}):", "    grads = grad(task)(params)", "    params = {k: v - 0.1 * grads[k] for k, v in params.items()}",
                "print({k: round(v.sum().item(), 3) for k, v in params.items()}, task(params).requires_grad)",
            )  # fmt: skip
        elif form < 0.55:
            self.attempt("scale = 0.5", f"f = lambda a: {body}", f"for t in range({draw.randint(1, 2)}):", f"    step = grad(f)({x})", "    print(step.detach(), step.requires_grad, step.grad_fn is None)", f"    (step * {x}).sum().backward()", f"print({x}.grad)")  # fmt: skip
        elif form < 0.75:
            self.attempt(
                "scale = torch.tensor(2., requires_grad=True)",
                f"f = lambda a: {body}",
                f"print(vmap(grad(f))({x}[:, None]).detach())",
                "print(scale.grad)",
            )
        else:
            self.attempt(
                "scale = 3.0",
                f"f = lambda a: {body}",
                f"print([t.detach() for t in jvp(f, ({x},), (torch.ones_like({x}),))])",
                f"print(torch.autograd.functional.jacobian(f, {x}))",
            )

    def unused(self) -> None:
        draw, x, y = self.choice, self.pick(), self.pick()
        taken = draw.choice(
            ["a.sum()", "b", "c.sum()", "a.sum() + b", "b + c.sum()", "(a * c).sum() * b", "c[0].sum()"]
        )
        if draw.random() < 0.6:
            self.attempt(f"a, b, c = Three.apply({x}, {y})", "print(a.grad_fn, b.requires_grad, c.output_nr)", f"({taken}).backward({draw.choice(['', 'retain_graph=True', 'create_graph=True'])})", f"print({x}.grad)", f"({taken}).backward()")  # fmt: skip
        else:
            part = draw.choice(["low", "high", "(low + high)", "(low * 0)", "low.detach() * high"])
            self.attempt(f"low, high, shape = Sparse.apply({x})", "print(low.grad_fn, shape)", f"{part}.sum().backward()", f"print({x}.grad)", f"print(Straight.apply({x}).grad_fn, Straight.apply({x}))")  # fmt: skip

    def raised(self) -> None:
        draw, x = self.choice, self.pick()
        where = draw.choice([f"{x}.register_hook(raising)", "q.register_hook(raising)", "q.grad_fn.register_prehook(lambda g: raising(g))", "q.grad_fn.register_hook(lambda a, b: raising(b))", f"{x}.register_post_accumulate_grad_hook(raising)"])  # fmt: skip
        self.attempt(f"q = {x} * 2", f"handle = {where}")
        self.attempt("(q ** 2).sum().backward()")
        self.attempt(
            "handle.remove()",
            draw.choice(["(q ** 2).sum().backward()", f"(({x} * 2) ** 2).sum().backward()"]),
            f"print({x}.grad)",
        )

    def removed(self) -> None:
        draw, x = self.choice, self.pick()
        self.lines += [
            "handles = []", "def once(g):", "    seen.append(('once', len(handles)))", f"    {draw.choice(['handles.pop().remove()', 'handles[0].remove()', 'handles[-1].remove()', '[h.remove() for h in handles]'])}",
            f"    return {draw.choice(['g * 2', 'None', 'g + 1', 'g.clone().fill_(1)'])}",
        ]  # fmt: skip
        target = draw.choice([x, "q"])
        self.attempt(
            f"q = {x}.exp()", *[f"handles.append({target}.register_hook({draw.choice(['once', 'once', 'lambda g: seen.append(1)'])}))" for _ in range(draw.randint(1, 3))],
            "q.sum().backward(retain_graph=True)", f"print({x}.grad)", "q.sum().backward()", f"print({x}.grad, len(handles))",
        )  # fmt: skip
        self.lines += ["for h in handles: h.remove()"]

    def copied(self) -> None:
        draw, model, x = self.choice, self.model(), self.pick()
        self.attempt(
            f"twin = copy.deepcopy({model})", "slow = {k: v.clone() for k, v in twin.state_dict().items()}", f"(twin({x}) ** 2).mean().backward()",
            f"print(shown(twin) == shown({model}), twin.training)", "with torch.no_grad():",
            f"    for p, q in zip(twin.parameters(), {model}.parameters()):", f"        {draw.choice(['p.mul_(0.9).add_(q, alpha=0.1)', 'p.copy_(q)', 'p -= 0.1 * p.grad', 'p.lerp_(q, 0.5)', 'p = p - q'])}",
            f"print([round(p.sum().item(), 3) for p in twin.parameters()], {draw.choice(['twin.load_state_dict(slow)', 'twin.eval().training', 'twin.state_dict().keys()'])})",
        )  # fmt: skip

    def accumulated(self) -> None:
        draw, model, x = self.choice, self.model(), self.pick()
        self.attempt(
            f"o = torch.optim.SGD({model}.parameters(), lr=0.1)", f"for part in {x}.{draw.choice(['split(1)', 'chunk(2)', 'unbind(0)', 'detach().split(1)'])}:",
            f"    ({model}(part.reshape(1, 3)).sum() / 2).backward()", *(["    o.step()"] if draw.random() < 0.4 else []),
            "o.step()", f"print(shown({model}))", f"o.zero_grad({draw.choice(['', 'set_to_none=False'])})", f"print({x}.grad)",
        )  # fmt: skip

    def told(self) -> None:
        draw, x, y = self.choice, self.pick(), self.pick()
        thing = draw.choice([
            f"{x}", f"{x}.grad_fn", f"[{x}, {{'y': {y}}}]", f"f'{{{x}.sum():.3f}} {{{y}.shape}}'", f"{x}.tolist()", f"{x}.data_ptr() == {y}.data_ptr()", f"({x} * {y}).grad_fn.next_functions",
            f"torch.equal({x}, {y}), torch.allclose({x}, {y})", f"{x}.dtype, {x}.device, {x}.layout, {x}.is_contiguous()", f"type({x}), isinstance({x}, torch.Tensor), {x} is {y}",
            f"{x}.sum().item(), float({x}.detach().max()), len({x})", f"sorted([round(v, 2) for v in {x}.flatten().tolist()])", f"{x}.requires_grad, {x}.retains_grad, {x}.grad is None", f"{x}.sum().grad_fn.name(), {x}.mean()",
            f"max({x}.flatten()), sum({x}.flatten()), {x}.bool().any()", f"{x} > {y}, ({x} == {y}).all()", f"repr({x}[0]), str({x}.detach())", f"list(zip({x}, {y}))", f"[t.requires_grad for t in {x}.unbind()]",
        ])  # fmt: skip
        self.attempt(f"print({thing})")


def program(seed: int) -> str:
    """The random program of this seed."""
    return written(Studies(seed))


if __name__ == "__main__":
    store(program, "random_studies")
