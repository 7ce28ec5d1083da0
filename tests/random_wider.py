"""Random programs that train: modules, optimizers, hooks that answer, second derivatives, custom Functions that write, and a wide choice of ops.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight. Run this file with a Python that has torch to store what PyTorch
prints: `python -m tests.random_wider COUNT SEED... > tests/fixtures/random_wider.json`.
"""

from __future__ import annotations

from tests.random_autograd import HEAD, Deeper, store, written

CLASSES = """\
import torch.nn as nn
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.norm = nn.Linear(3, width), nn.LayerNorm(width)
        self.second = nn.Linear(width, 3)
        self.scale = nn.Parameter(torch.ones(3))
        self.register_buffer('calls', torch.zeros(1))
    def forward(self, x):
        self.calls += 1
        return x * self.scale + self.second(torch.tanh(self.norm(self.first(x))))
class Clamp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, low):
        ctx.save_for_backward(a)
        ctx.low = low
        return a.clamp(min=low)
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return g * (a > ctx.low), None
class Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        signs = a.sign()
        ctx.mark_non_differentiable(signs)
        ctx.save_for_backward(signs)
        return a.abs(), signs
    @staticmethod
    def backward(ctx, g, h):
        signs, = ctx.saved_tensors
        return g * signs
class AddInto(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.mark_dirty(a)
        return a.add_(b)
    @staticmethod
    def backward(ctx, g):
        return g, g if ctx.needs_input_grad[1] else None
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(a):
        return a.exp()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
    @staticmethod
    def backward(ctx, g):
        result, = ctx.saved_tensors
        return g * result
"""
MODULES = [
    "nn.Linear(3, 3)", "nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3))", "Block(4)", "nn.LayerNorm(3)", "nn.BatchNorm1d(3)",
    "nn.Sequential(Block(2), nn.GELU(), nn.Dropout(0.5))", "nn.PReLU()", "nn.RMSNorm(3)", "nn.GroupNorm(1, 3)", "nn.Softmax(-1)",
    "nn.ModuleList([nn.Linear(3, 3), Block(3)])[1]", "nn.Hardtanh(-1, 1)", "nn.Sequential(nn.Linear(3, 3, bias=False), nn.SiLU())",
    "nn.GRU(3, 3)", "nn.RNN(3, 3, num_layers=2)", "nn.Bilinear(3, 3, 3)", "nn.MultiheadAttention(3, 1)", "nn.utils.clip_grad_norm_",
]  # fmt: skip
OPTIMIZERS = [
    "torch.optim.SGD({p}, lr=0.1)", "torch.optim.SGD({p}, lr=0.1, momentum=0.9, nesterov=True)", "torch.optim.Adam({p}, lr=0.05)",
    "torch.optim.AdamW({p}, lr=0.05, weight_decay=0.1)", "torch.optim.RMSprop({p}, lr=0.05, centered=True)", "torch.optim.Adagrad({p}, lr=0.1)",
    "torch.optim.SGD([{{'params': {p}, 'lr': 0.01}}], lr=0.1, weight_decay=0.01)", "torch.optim.NAdam({p})", "torch.optim.Rprop({p})",
]  # fmt: skip
OPS = [
    "F.softmax({x}, dim=-1)", "F.log_softmax({x}, dim=0)", "{x}.logsumexp(-1)", "{x}.var()", "{x}.std(-1)", "{x}.norm(dim=-1)", "torch.linalg.vector_norm({x}, 1)",
    "{x}.max(-1).values", "{x}.min(0)[0]", "{x}.sort(-1).values", "{x}.topk(2, -1)[0]", "{x}.cumprod(-1)", "{x}.flip(0)", "{x}.roll(1, -1)", "{x}.tril()",
    "torch.where({x} > 0, {x}, {y})", "torch.einsum('ij,kj->ik', {x}, {y})", "{x} @ {y}.t()", "torch.cat([{x}, {y}], 0)", "torch.stack([{x}, {x} * 2])",
    "{x}.gather(-1, torch.tensor([[0, 1], [2, 0]]))", "{x}.index_select(-1, torch.tensor([0, 2, 0]))", "{x}[..., [0, 2]]", "{x}[{x} > 0]",
    "{x}.masked_fill({x} < 0, 0.5)", "{x}.prod(-1)", "{x}.median()", "{x}.atan2({y})", "torch.lerp({x}, {y}, 0.3)", "{x}.clamp(-0.5, 0.5)", "{x}.abs().sqrt()",
    "{x}.abs().log1p()", "F.gelu({x})", "F.elu({x})", "F.silu({x})", "F.softplus({x})", "F.leaky_relu({x}, 0.2)", "F.layer_norm({x}, (3,))", "F.normalize({x}, dim=-1)",
    "F.mse_loss({x}, {y})", "F.smooth_l1_loss({x}, {y}.detach())", "F.cross_entropy({x}, torch.tensor([0, 2]))", "F.pad({x}, (1, 1))", "{x}.unfold(-1, 2, 1)",
    "{x}.repeat(2, 1)", "{x}.repeat_interleave(2, 0)", "{x}.expand(2, 2, 3)", "torch.outer({x}[0], {y}[0])", "{x}.diff(dim=-1)", "{x}.amax(-1)", "{x}.cummax(-1)[0]",
    "torch.maximum({x}, {y})", "{x}.sigmoid() * {y}.tanh()", "{x} / ({y} ** 2 + 1)", "{x} ** 2", "{x}.abs() ** {y}", "2 ** {x}", "{x}.scatter_add(-1, torch.tensor([[0, 0, 1]]), {y})",
    "{x}.double()", "{x}.float()", "{x}.half().float()", "{x}.mean(0, keepdim=True)", "{x}.sum((0, 1))", "{x}.unsqueeze(1).squeeze(1)", "{x}.reshape(3, 2).t()", "{x}.chunk(2)[0]",
    "F.scaled_dot_product_attention({x}[None], {y}[None], {x}[None])", "torch.addmm({x}[:, :2], {x}, {y}.t())", "{x}.clone()", "{x}.contiguous()", "{x}.detach().requires_grad_()",
]  # fmt: skip
CUSTOM = ["Clamp.apply({x}, 0.1)", "Split.apply({x})[0]", "Split.apply({x})[1]", "AddInto.apply({x} * 1, {y})", "AddInto.apply({x}, {y})", "AddInto.apply(({x} * 1)[0], {y}[0])", "Exp.apply({x})"]  # fmt: skip
ANSWERS = ["g * 2", "g.clone()", "None", "g.clamp(-1, 1)", "g * 0", "-g", "g + g.mean()"]


class Wider(Deeper):
    """A writer whose leaves are rows of three, so that most layers fit most values."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines = [*HEAD.splitlines(), *CLASSES.splitlines()]
        self.modules: list[str] = []
        self.optimizers: list[str] = []

    def leaf(self) -> None:
        name, draw = f"w{len(self.leaves)}", self.choice
        kind = draw.choice(["float32", "float64", "float64"]) if not self.leaves else "float32"
        rows = ", ".join(str([round(draw.uniform(-2, 2), 2) for _ in range(3)]) for _ in range(2))
        self.lines.append(
            f"{name} = torch.tensor([{rows}], dtype=torch.{kind if draw.random() < 0.15 else 'float32'}, requires_grad=True)"
        )
        self.leaves.append(name)
        self.names.append(name)

    def statement(self) -> None:
        draw, x, y, kind = self.choice, self.pick(), self.pick(), self.choice.random()
        if kind < 0.3:
            self.bound(draw.choice(OPS).format(x=x, y=y))
        elif kind < 0.38:
            self.bound(draw.choice(CUSTOM).format(x=x, y=y))
        elif kind < 0.46:
            self.module()
        elif kind < 0.56 and self.modules:
            self.called(x, y)
        elif kind < 0.62 and self.modules:
            self.train(x)
        elif kind < 0.67:
            self.attempt(f"{x}.register_hook(lambda g: {draw.choice(ANSWERS)})")
        elif kind < 0.7:
            self.attempt(f"{x}.retain_grad()")
        elif kind < 0.78:
            self.second(x, y)
        else:
            super().statement()

    def module(self) -> None:
        name, draw = f"m{len(self.modules)}", self.choice
        self.lines.append(f"{name} = {draw.choice(MODULES[:-1])}")
        self.modules.append(name)
        for _ in range(draw.randint(0, 1)):
            hook = draw.choice(
                [
                    "register_forward_hook(lambda m, i, o: seen.append(type(m).__name__))",
                    "register_forward_hook(lambda m, i, o: o * 2)",
                    "register_forward_pre_hook(lambda m, i: (i[0] + 1,))",
                    "register_full_backward_hook(lambda m, i, o: seen.append([g is None for g in i]))",
                    "register_full_backward_hook(lambda m, i, o: (i[0] * 2,))",
                    "register_full_backward_pre_hook(lambda m, o: (o[0] * 0.5,))",
                    "eval()",
                    "double()",
                    "requires_grad_(False)",
                ]
            )
            self.attempt(f"{name}.{hook}")

    def called(self, x: str, y: str) -> None:
        module = self.choice.choice(self.modules)
        kind = f"type({module}).__name__"
        several = f"{module}({x}, {y})" if self.choice.random() < 0.3 else f"{module}({x})"
        self.bound(
            f"{module}({x})[0] if {kind} in ('GRU', 'RNN') else {module}({x}, {y}, {x})[0] if {kind} == 'MultiheadAttention' else {several}"
        )

    def train(self, x: str) -> None:
        module, draw = self.choice.choice(self.modules), self.choice
        if draw.random() < 0.5 or not self.optimizers:
            name = f"o{len(self.optimizers)}"
            self.lines.append(f"{name} = None")
            self.attempt(f"{name} = {draw.choice(OPTIMIZERS).format(p=f'{module}.parameters()')}")
            self.optimizers.append(name)
        name = draw.choice(self.optimizers)
        steps = [f"if {name}: {name}.zero_grad()", f"loss = ({module}({x}) ** 2).mean()", "loss.backward()"]
        if draw.random() < 0.3:
            steps.append(f"print(nn.utils.clip_grad_norm_({module}.parameters(), 0.5))")
        self.attempt(*steps, f"if {name}: {name}.step()", "print(loss.item())")

    def second(self, x: str, y: str) -> None:
        leaf, form = self.choice.choice(self.leaves), self.choice.random()
        if form < 0.4:
            self.attempt(
                f"g, = torch.autograd.grad(({x} * {x}).sum(), {leaf}, create_graph=True)",
                "print(g.grad_fn)",
                "(g * g).sum().backward()",
            )
        elif form < 0.6 and self.modules:
            module = self.choice.choice(self.modules)
            self.attempt(
                f"g, = torch.autograd.grad({module}({x}).sum(), {x}, create_graph=True)", "((g.norm(2, -1) - 1) ** 2).mean().backward()",
                f"print([None if p.grad is None else p.grad for p in {module}.parameters()])",
            )  # fmt: skip
        elif form < 0.8:
            self.attempt(
                f"({x} ** 3).sum().backward(create_graph=True)",
                f"print({leaf}.grad)",
                f"{leaf}.grad.sum().backward()",
                f"{leaf}.grad = None",
            )
        else:
            self.attempt(
                f"print(torch.autograd.functional.hessian(lambda a: (a ** 3 * {y}.detach()).sum(), {x}.detach()).sum())"
            )

    def report(self) -> None:
        super().report()
        for module in self.modules:
            self.lines.append(f"print('{module}', [(n, p.detach(), p.grad) for n, p in {module}.named_parameters()])")


def program(seed: int) -> str:
    """The random program of this seed."""
    return written(Wider(seed))


if __name__ == "__main__":
    store(program, "random_wider")
