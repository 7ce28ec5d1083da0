"""Random programs about autograd itself: views and writes through them, hooks of all kinds, custom Functions, higher derivatives, `autograd.grad`.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight, and prints what both must agree on, every caught error too. Run this
file with a Python that has torch to store what PyTorch prints: `python -m tests.random_autograd COUNT SEED... > tests/fixtures/random_autograd.json`,
where the seeds after the first COUNT are those that differed once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from tests.random_programs import BINARY, SHAPE, UNARY, Writer

HEAD = """\
import torch
import torch.nn.functional as F
seen = []
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return 2 * g * a
class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, k):
        ctx.save_for_backward(a, b)
        ctx.k = k
        return a * b, a + k * b
    @staticmethod
    def backward(ctx, g, h):
        a, b = ctx.saved_tensors
        return g * b + h if ctx.needs_input_grad[0] else None, g * a + ctx.k * h if ctx.needs_input_grad[1] else None, None
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.mark_dirty(a)
        a.mul_(2)
        return a
    @staticmethod
    def backward(ctx, g):
        return 2 * g
def note(name):
    def hook(g):
        seen.append((name, g.shape, [round(v, 3) for v in g.detach().flatten().tolist()[:3]]))
    return hook
def node(name):
    def hook(before, after):
        seen.append((name, [g is None for g in before], [g is None for g in after]))
    return hook
"""
WRITES = [
    "{x}.mul_({y})",
    "{x}.add_({y})",
    "{x}.copy_({y})",
    "{x}.exp_()",
    "{x}.tanh_()",
    "{x}.relu_()",
    "{x}.neg_()",
    "{x}.clamp_(-1, 1)",
    "{x}.zero_()",
    "{x}.div_(2)",
    "{x}.masked_fill_({x} > 0.5, 0.5)",
]
PLACED = [
    "{x}[0] = 1.5",
    "{x}[..., -1] = {y}[..., -1]",
    "{x}[{x} > 0] = 0.25",
    "{x}[[0]] = 2.0",
    "{x}[0:1].mul_(3)",
    "{x}.view(-1)[0:2].add_(1)",
    "{x}.t()[0].mul_(2)",
    "{x}.unsqueeze(0).add_({y})",
    "{x}.select(0, -1).copy_({y}.select(0, 0).clone())",
    "{x}.unbind(0)[0].add_(1)",
    "{x}.diagonal().mul_(2)",
]
VIEWS = [
    "{x}[0:2]",
    "{x}.view(-1)",
    "{x}.t()",
    "{x}.unsqueeze(0)",
    "{x}[..., 0]",
    "{x}.expand(2, *{x}.shape)",
    "{x}.transpose(0, -1)",
    "{x}.split(1)[0]",
    "{x}.detach()",
    "{x}.squeeze(0)",
    "{x}.narrow(0, 0, 1)",
]
CUSTOM = [
    "Square.apply({x})",
    "Pair.apply({x}, {y}, 2)[0]",
    "Pair.apply({x}, {y}, 3)[1]",
    "sum(Pair.apply({x}, {y}, 0.5))",
    "Twice.apply({x})",
    "Twice.apply({x} * 1)",
    "Square.apply({x}[0:1])",
]


class Deeper(Writer):
    """A writer whose statements are guarded by `try`, so that a program goes on after its mistakes."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines = HEAD.splitlines()

    def attempt(self, *statements: str) -> None:
        """The statements, or the words of the error that they raise."""
        if self.choice.random() < 0.04:
            self.lines += statements
            return
        self.lines += ["try:", *(f"    {statement}" for statement in statements)]
        self.lines += [
            "except (RuntimeError, IndexError, ValueError, TypeError) as e:",
            "    print(type(e).__name__, str(e)[:150])",
        ]

    def bound(self, text: str) -> None:
        """A new name for an expression; it is there also where the expression fails."""
        name, old = f"v{len(self.names)}", self.pick()
        self.lines.append(f"{name} = {old}")
        self.attempt(f"{name} = {text}")
        self.names.append(name)

    def statement(self) -> None:
        x, y, kind = self.pick(), self.pick(), self.choice.random()
        leaf = self.choice.choice(self.leaves)
        if kind < 0.26:
            self.bound(self.choice.choice(self.choice.choice([UNARY, BINARY, BINARY, SHAPE])).format(x=x, y=y))
        elif kind < 0.36:
            self.bound(self.choice.choice(VIEWS).format(x=x))
        elif kind < 0.46:
            self.attempt(self.choice.choice(WRITES).format(x=x, y=y))
        elif kind < 0.55:
            self.attempt(self.choice.choice(PLACED).format(x=x, y=y))
        elif kind < 0.61:
            self.bound(self.choice.choice(CUSTOM).format(x=x, y=y))
        elif kind < 0.69:
            self.hook(x)
        elif kind < 0.73:
            self.lines.append("with torch.no_grad():")
            self.lines.append(f"    v{len(self.names)} = {x}")
            self.lines.append(
                f"    v{len(self.names)} = {self.choice.choice(VIEWS[:4]).format(x=x)} if {x}.ndim == 2 else {x} * 1"
            )
            self.names.append(f"v{len(self.names)}")
        elif kind < 0.76:
            self.lines += ["with torch.no_grad():", f"    {leaf} {self.choice.choice(['-= 0.1', '*= 0.5', '+= 1'])}"]
        elif kind < 0.78:
            self.lines.append(f"{leaf}.grad = None")
        elif kind < 0.80:
            self.attempt(f"{x}.retain_grad()")
        elif kind < 0.82:
            self.attempt(f"{x}.{self.choice.choice(['requires_grad_()', 'requires_grad_(False)', 'detach_()'])}")
        else:
            self.backward()

    def hook(self, x: str) -> None:
        name, kind = f"h{len(self.lines)}", self.choice.random()
        if kind < 0.4:
            self.attempt(f"{name} = {x}.register_hook(note('{x}'))")
        elif kind < 0.6:
            change = self.choice.choice(["g * 2", "g + 1", "None", "g.clone()", "g[..., :1] * 0 + g"])
            self.attempt(f"{x}.register_hook(lambda g: {change})")
        elif kind < 0.8:
            self.attempt(f"if {x}.grad_fn is not None: {x}.grad_fn.register_hook(node('{x}'))")
        elif kind < 0.9:
            self.attempt(
                f"if {x}.grad_fn is not None: {x}.grad_fn.register_prehook(lambda g: tuple(None if e is None else e * 3 for e in g))"
            )
        else:
            self.attempt(
                f"{self.choice.choice(self.leaves)}.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.shape))"
            )

    def backward(self) -> None:
        x, y, form = self.pick(), self.pick(), self.choice.random()
        retain = self.choice.choice(["", "retain_graph=True", "retain_graph=False", "create_graph=True"])
        more = f", {retain}" if retain else ""
        leaf, other = self.choice.choice(self.leaves), self.pick()
        if form < 0.3:
            self.attempt(f"({x} * {y}).sum().backward({retain})")
        elif form < 0.4:
            self.attempt(f"{x}.backward(torch.ones_like({x}){more})")
        elif form < 0.5:
            self.attempt(f"{x}.sum().backward(inputs=[{leaf}, {other}]{more})")
        elif form < 0.6:
            self.attempt(f"torch.autograd.backward([{x}.sum(), ({y} * 2).sum()]{more})")
        elif form < 0.8:
            unused = self.choice.choice(["", ", allow_unused=True", ", materialize_grads=True", ", allow_unused=True"])
            self.attempt(
                f"print([g if g is None else g.detach() for g in torch.autograd.grad(({x} * {x}).sum(), [{leaf}, {other}]{more}{unused})])"
            )
        else:
            # A gradient is cloned: whether it is a view, and how often it was written to while it was made, is no promise of PyTorch.
            name = f"v{len(self.names)}"
            self.lines.append(f"{name} = {leaf}")
            unused = self.choice.choice(["", ", allow_unused=True"])
            self.attempt(
                f"g = torch.autograd.grad(({x} ** 3).sum(), {leaf}, create_graph=True{unused})[0]",
                f"{name} = {leaf} if g is None else g.clone()",
            )
            self.names.append(name)

    def report(self) -> None:
        for name in self.names:
            facts = f"{name}.is_leaf, {name}.requires_grad, {name}.grad_fn is None, {name}._version, {name}._is_view()"
            self.lines.append(f"print('{name}', {name}, {facts})")
        for leaf in self.leaves:
            self.lines.append(f"print('{leaf}.grad', {leaf}.grad)")
        self.lines.append("print(seen)")


def written(writer: Deeper) -> str:
    """The text of the random program that a writer makes."""
    for _ in range(writer.choice.randint(1, 3)):
        writer.leaf()
    for _ in range(writer.choice.randint(6, 18)):
        writer.statement()
    writer.backward()
    writer.report()
    return "\n".join(writer.lines) + "\n"


def program(seed: int) -> str:
    """The random program of this seed."""
    return written(Deeper(seed))


def store(program: Callable[[int], str], name: str) -> None:
    """Write what PyTorch prints for the programs of the seeds on the command line: the first COUNT, and those named."""
    import torch  # noqa: F401 - once, before the processes part

    from tests.agreement import in_torch_apart

    seeds = [*range(int(sys.argv[1])), *map(int, sys.argv[2:])]
    answers = [(seed, in_torch_apart(program(seed))) for seed in seeds]
    results = [{"seed": seed, **answer} for seed, answer in answers if answer is not None]
    json.dump(
        {"source": f"PyTorch 2.13.0 on the programs of tests/{name}.py", "results": results}, sys.stdout, indent=0
    )


if __name__ == "__main__":
    store(program, "random_autograd")
