"""Random PyTorch programs for the differential test: shared subexpressions, loops, broadcasting, several backward calls, misuse.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight, and prints what both must agree on. Run this file with a Python
that has torch to store what PyTorch prints: `python -m tests.random_programs COUNT > tests/fixtures/random_programs.json`.
"""

from __future__ import annotations

import json
import random
import sys

FITTING = [(), (3,), (2, 3), (1, 3), (2, 1), (1,)]
SHAPES = [*FITTING, (3, 2), (2, 2)]
UNARY = [
    "{x}.exp()",
    "torch.tanh({x})",
    "torch.sigmoid({x})",
    "torch.relu({x})",
    "{x}.abs()",
    "torch.sin({x})",
    "{x}.cos()",
    "-{x}",
    "({x} * {x} + 1).sqrt()",
    "torch.log({x}.abs() + 1)",
    "{x} ** 2",
    "{x} ** 3",
    "{x}.clamp(-1, 1)",
    "{x}.square()",
    "1 / ({x} * {x} + 2)",
    "2 - {x}",
    "{x} / 4",
    "0.5 * {x}",
    "{x}.clone()",
    "torch.where({x} > 0, {x}, 0.1 * {x})",
    "{x}.reciprocal()",
    "F.leaky_relu({x}, 0.1)",
    "F.softplus({x})",
    "F.silu({x})",
]
BINARY = [
    "{x} + {y}",
    "{x} - {y}",
    "{x} * {y}",
    "{x} / ({y} * {y} + 1)",
    "torch.maximum({x}, {y})",
    "torch.mul({x}, {y})",
]
REDUCE = [
    "{x}.sum()",
    "{x}.mean()",
    "{x}.sum(-1, keepdim=True)",
    "{x}.mean(0)",
    "{x}.max()",
    "torch.softmax({x}, -1)",
    "F.log_softmax({x}, dim=-1)",
    "{x}.logsumexp(-1)",
    "{x}.prod()",
    "{x}.cumsum(0)",
    "{x}.var()",
    "{x}.norm()",
]
SHAPE = [
    "{x}.reshape(-1)",
    "{x}.t()",
    "{x}[0]",
    "{x}.unsqueeze(0)",
    "{x}.flatten()",
    "torch.stack([{x}, {x}])",
    "torch.cat([{x}, {x}], -1)",
    "{x}[..., :2]",
    "{x}.expand(2, *{x}.shape)",
    "{x}.transpose(0, -1)",
    "{x}[[0, 0]]",
    "{x}.squeeze()",
    "{x}.unbind(0)[-1]",
    "torch.chunk({x}, 2)[0]",
]
MATRIX = ["{x} @ {y}", "torch.matmul({x}, {y})", "{x} @ {y}.t()", "F.linear({x}, {y})"]


class Writer:
    """Grows one program, statement by statement, from a seeded source of choices."""

    def __init__(self, seed: int) -> None:
        self.choice = random.Random(seed)
        self.careful = self.choice.random() < 0.7
        self.dtype = self.choice.choice(["float64", "float64", "float32"])
        self.lines = ["import torch", "import torch.nn.functional as F"]
        self.names: list[str] = []
        self.leaves: list[str] = []

    def pick(self) -> str:
        recent = self.names[-4:]
        return self.choice.choice(recent if self.choice.random() < 0.6 else self.names)

    def leaf(self) -> None:
        name = f"w{len(self.leaves)}"
        shape = self.choice.choice(FITTING if self.careful else SHAPES)
        count = 1
        for size in shape:
            count *= size
        numbers = [round(self.choice.uniform(-2, 2), 2) for _ in range(count)]
        dtype = self.dtype if self.careful else self.choice.choice(["float64", "float32"])
        tracked = not self.leaves or self.choice.random() < 0.75
        data = f"torch.tensor({numbers if shape else numbers[0]}, dtype=torch.{dtype})"
        if len(shape) > 1:
            data += f".reshape{shape}"
        self.lines.append(f"{name} = {data}.requires_grad_()" if tracked else f"{name} = {data}")
        self.names.append(name)
        self.leaves.append(name)

    def expression(self) -> str:
        weights = [5, 5, 2, 0.5, 0] if self.careful else [5, 5, 2, 2, 1]
        family = self.choice.choices([UNARY, BINARY, REDUCE, SHAPE, MATRIX], weights)[0]
        return self.choice.choice(family).format(x=self.pick(), y=self.pick())

    def define(self, indent: str = "") -> None:
        name = f"v{len(self.names)}"
        self.lines.append(f"{indent}{name} = {self.expression()}")
        self.names.append(name)

    def statement(self) -> None:
        kind = self.choice.random()
        x = self.pick()
        if kind < 0.66:
            self.define()
        elif kind < 0.70:
            name = f"v{len(self.names)}"
            self.lines += [f"{name} = {x}", f"for i in range({self.choice.randint(1, 3)}):"]
            self.lines.append(f"    {name} = {name} * {self.pick()} + i")
            self.names.append(name)
        elif kind < 0.73:
            self.lines.append("with torch.no_grad():")
            self.define("    ")
        elif kind < 0.76:
            self.lines.append(f"v{len(self.names)} = {x}.detach()")
            self.names.append(f"v{len(self.names)}")
        elif kind < 0.79:
            self.lines.append(self.guarded(x, f"{x}.retain_grad()"))
        elif kind < 0.81:
            if self.careful:
                x = next((name for name in reversed(self.names) if name.startswith("v")), x)
            self.lines.append(f"{x}.{self.choice.choice(['add_(1)', 'mul_(2)', 'zero_()', 'sub_(0.5)'])}")
        elif kind < 0.83:
            leaf = self.choice.choice(self.leaves)
            self.lines += ["with torch.no_grad():", f"    {leaf} -= 0.1"]
        elif kind < 0.86:
            leaf = self.choice.choice(self.leaves)
            self.lines.append(f"if {leaf}.grad is not None: {leaf}.grad.zero_()")
        elif kind < 0.88:
            self.lines.append(f"if {x}.requires_grad: h = {x}.register_hook(lambda g: g * 2)")
        else:
            self.backward()

    def backward(self) -> None:
        x = self.pick()
        retain = "retain_graph=True" if self.choice.random() < 0.4 else ""
        form = self.choice.random()
        if form < 0.6:
            self.lines.append(self.guarded(x, f"({x} * {x}).sum().backward({retain})"))
        elif form < 0.8 or (self.careful and form < 0.85):
            self.lines.append(self.guarded(x, f"{x}.sum().backward({retain})"))
        elif form < 0.9:
            self.lines.append(f"{x}.backward({retain})")
        else:
            leaf = self.choice.choice(self.leaves)
            create = ", create_graph=True" if self.choice.random() < 0.5 else ""
            name = f"v{len(self.names)}"
            unused = ", allow_unused=True" if self.careful else ""
            call = f"torch.autograd.grad(({x} ** 2).sum(), {leaf}{create}{unused})"
            self.lines += [f"{name} = {x}", self.guarded(x, self.guarded(leaf, f"{name}, = {call}"))]
            self.lines.append(f"if {name} is None: {name} = {leaf}")
            self.names.append(name)

    def guarded(self, name: str, statement: str) -> str:
        if not self.careful or statement.startswith("if "):
            return statement
        return f"if {name}.requires_grad: {statement}"

    def report(self) -> None:
        for name in self.names:
            self.lines.append(f"print('{name}', {name}, {name}.is_leaf, {name}.requires_grad)")
        for leaf in self.leaves:
            self.lines.append(f"print('{leaf}.grad', {leaf}.grad)")


def program(seed: int) -> str:
    """The random program of this seed."""
    writer = Writer(seed)
    for _ in range(writer.choice.randint(1, 3)):
        writer.leaf()
    for _ in range(writer.choice.randint(4, 14)):
        writer.statement()
    writer.backward()
    writer.report()
    return "\n".join(writer.lines) + "\n"


if __name__ == "__main__":
    from tests.agreement import in_torch

    count = int(sys.argv[1])
    results = [{"seed": seed, **in_torch(program(seed))} for seed in range(count)]
    json.dump(
        {"source": "PyTorch 2.13.0 on the programs of tests/random_programs.py", "results": results},
        sys.stdout,
        indent=0,
    )
