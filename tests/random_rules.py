"""Random programs that mix the rules of autograd: custom Functions of every kind, kept gradients of views, hooks that fail, packed saved tensors,
anomaly detection, checkpoints, grad modes as decorators, `.data` and `.grad` written to, optimizers whose state goes from one call to the next.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight. Run this file with a Python that has torch to store what PyTorch
prints: `python -m tests.random_rules COUNT SEED... > tests/fixtures/random_rules.json`.
"""

from __future__ import annotations

from tests.random_autograd import HEAD, VIEWS, Deeper, store, written

CLASSES = """\
import copy
import torch.nn as nn
from torch.utils.checkpoint import checkpoint
torch.manual_seed(0)
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(a, b)
        return a * b, a + b
    @staticmethod
    def backward(ctx, g, h):
        a, b = ctx.saved_tensors
        seen.append((g is None, h is None))
        first = None if g is None else g * b
        second = None if g is None else g * a
        return first if h is None else h if first is None else first + h, second
class Marks(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, scale):
        ctx.mark_dirty(a)
        rounded = a.round()
        ctx.mark_non_differentiable(rounded)
        ctx.scale = scale
        a.mul_(scale)
        return a, rounded
    @staticmethod
    def backward(ctx, g, h):
        seen.append(('marks', h.shape))
        return g * ctx.scale, None
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a.sin()
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return g * a.cos()
class Through(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.shape = a.shape
        return a
    @staticmethod
    def backward(ctx, g):
        return g * 3
class Window(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.shape = a.shape
        return a.view(-1)
    @staticmethod
    def backward(ctx, g):
        return g.reshape(ctx.shape) * 2
class Fails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 1
    @staticmethod
    def backward(ctx, g):
        raise ValueError('refused')
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b
    @staticmethod
    def backward(ctx, g):
        return g
class Nan(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 1
    @staticmethod
    def backward(ctx, g):
        return g * float('nan')
class Later(torch.autograd.Function):
    @staticmethod
    def forward(a, b):
        return a.exp() * b, b.sum()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[1], output[0])
    @staticmethod
    def backward(ctx, g, h):
        b, first = ctx.saved_tensors
        grown = h.expand_as(b) if ctx.needs_input_grad[1] else None
        return g * first, None if grown is None else grown + (g * first / b)
def refuse(g):
    raise RuntimeError('a hook refused')
def pack(t):
    seen.append(('pack', t.shape))
    return t * 2
def unpack(t):
    seen.append(('unpack', t.shape))
    return t / 2
@torch.no_grad()
def quietly(a):
    return a * 2
@torch.enable_grad()
def loudly(a):
    return a * 3
@torch.set_grad_enabled(False)
def silently(a):
    return a * 4
def deep(a):
    return (a * a).tanh() * a
"""
CUSTOM = [
    "Keep.apply({x}, {y})[0]", "Keep.apply({x}, {y})[1]", "sum(Keep.apply({x}, {y}))", "Marks.apply({x}, 2)[0]", "Marks.apply({x} * 1, 3)[0]", "Marks.apply({x} * 1, 3)[1]",
    "Marks.apply(({x} * 1)[..., 0], 2)[0]", "Once.apply({x})", "Through.apply({x})", "Through.apply({x} * 1)", "Window.apply({x})", "Fails.apply({x})", "Wrong.apply({x}, {y})",
    "Nan.apply({x})", "Later.apply({x}, {y})[0]", "Later.apply({x}, {y})[1]", "Later.apply({x}, {x})[0]",
]  # fmt: skip
CALLS = [
    "quietly({x})", "loudly({x})", "silently({x})", "checkpoint(deep, {x}, use_reentrant=False)", "checkpoint(deep, {x}, use_reentrant=True)",
    "checkpoint(lambda a, b: (a * b).sin(), {x}, {y}, use_reentrant=False)", "checkpoint(Square.apply, {x}, use_reentrant=False)", "copy.deepcopy({x})", "{x}.clone().detach().requires_grad_()",
    "torch.utils.checkpoint.checkpoint(deep, {x} * 1, use_reentrant=False).exp()",
]  # fmt: skip
MODES = [
    "torch.no_grad()", "torch.enable_grad()", "torch.set_grad_enabled(False)", "torch.set_grad_enabled(True)", "torch.autograd.set_grad_enabled(False)", "torch.inference_mode()",
    "torch.autograd.graph.saved_tensors_hooks(pack, unpack)", "torch.autograd.graph.save_on_cpu()", "torch.autograd.set_detect_anomaly(True)", "torch.autograd.detect_anomaly(check_nan=False)",
]  # fmt: skip
FLAGS = [
    "{x}.requires_grad_()", "{x}.requires_grad_(False)", "{x}.requires_grad = True", "{x}.detach_()", "{x}.retain_grad()", "{x}.data = {y}.detach().clone()",
    "{x}.data.mul_(2)", "{x}.data.zero_()", "{x}.data[..., 0] = 1.0", "{w}.grad = {x}.detach()", "{w}.grad = torch.ones_like({w})", "{w}.grad.mul_(2)", "{w}.grad.zero_()", "{w}.grad = None",
    "{w}.grad += 1", "{w}.grad.data.fill_(0.5)", "{x}.detach().mul_(2)", "del {w}.grad",
]  # fmt: skip
MODULES = [
    "nn.Linear(3, 3)", "nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 3))", "nn.BatchNorm1d(3)", "nn.LayerNorm(3)",
    "nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))", "nn.PReLU(3)",
]  # fmt: skip
OPTIMIZERS = [
    "torch.optim.SGD({p}, lr=0.1, momentum=0.9)", "torch.optim.Adam({p}, lr=0.01, amsgrad=True)", "torch.optim.AdamW({p}, lr=0.02)", "torch.optim.RMSprop({p}, lr=0.01, momentum=0.5)",
    "torch.optim.Adagrad({p}, lr=0.1, lr_decay=0.1)", "torch.optim.SGD([{{'params': {p}}}], lr=0.05, weight_decay=0.1)",
]  # fmt: skip


class Rules(Deeper):
    """A writer about the rules beside one another; its leaves are rows of three, so that layers take them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines = [*HEAD.splitlines(), *CLASSES.splitlines()]
        self.modules: list[str] = []
        self.optimizers: list[str] = []

    def leaf(self) -> None:
        name, draw = f"w{len(self.leaves)}", self.choice
        rows = ", ".join(str([round(draw.uniform(-2, 2), 2) for _ in range(3)]) for _ in range(2))
        tracked = not self.leaves or draw.random() < 0.75
        self.lines.append(f"{name} = torch.tensor([{rows}], dtype=torch.float32, requires_grad={tracked})")
        self.leaves.append(name)
        self.names.append(name)

    def statement(self) -> None:
        draw, x, y, kind = self.choice, self.pick(), self.pick(), self.choice.random()
        if kind < 0.18:
            self.bound(draw.choice(CUSTOM).format(x=x, y=y))
        elif kind < 0.26:
            self.bound(draw.choice(CALLS).format(x=x, y=y))
        elif kind < 0.36:
            self.within(x, y)
        elif kind < 0.48:
            self.attempt(draw.choice(FLAGS).format(x=x, y=y, w=draw.choice(self.leaves)))
        elif kind < 0.56:
            self.answer(x)
        elif kind < 0.66:
            self.train(x)
        elif kind < 0.74:
            self.asked(x, y)
        else:
            super().statement()

    def within(self, x: str, y: str) -> None:
        """A value, and perhaps what comes of it, made in a mode or under hooks."""
        draw, name = self.choice, f"v{len(self.names)}"
        self.lines.append(f"{name} = {x}")
        made = draw.choice(
            [*VIEWS[:6], "{x} * {y}", "{x}.exp()", "{x} ** 3", "{x}.sqrt()", "Square.apply({x})", *CUSTOM[:4]]
        )
        statements = [f"{name} = {made.format(x=x, y=y)}"]
        if draw.random() < 0.5:
            statements.append(draw.choice([f"{name}.mul_({y})", f"{name}.sum().backward()", f"{name}.requires_grad_()", f"{name}.retain_grad()", f"print({name}.requires_grad, torch.is_grad_enabled())"]))  # fmt: skip
        self.attempt(f"with {draw.choice(MODES)}:", *(f"    {each}" for each in statements))
        self.names.append(name)

    def answer(self, x: str) -> None:
        """A hook that answers, fails or goes again."""
        draw = self.choice
        self.attempt(
            draw.choice(
                [
                    f"{x}.register_hook(refuse)", f"{x}.register_hook(lambda g: g.data)", f"{x}.register_hook(lambda g: g.mul_(2))", f"{x}.register_hook(lambda g: g.sum())",
                    f"{x}.register_hook(lambda g: 3.0)", f"{x}.register_hook(lambda g: print(torch.is_grad_enabled(), g.requires_grad))", f"{x}.register_hook(lambda g: g.double())",
                    f"h = {x}.register_hook(note('{x}')); h.remove()", f"{x}.retain_grad(); {x}.register_hook(lambda g: g * 2)",
                    f"{x}.register_post_accumulate_grad_hook(lambda p: p.grad.mul_(0.5))", f"{draw.choice(self.leaves)}.register_post_accumulate_grad_hook(lambda p: setattr(p, 'grad', None))",
                    f"torch.autograd.graph.register_multi_grad_hook([{x}, {draw.choice(self.leaves)}], lambda gs: seen.append([g is None for g in gs]))",
                    f"{x}.grad_fn.register_hook(lambda a, b: tuple(None if g is None else g * 2 for g in a))", f"{x}.grad_fn.register_prehook(lambda g: None)",
                ]
            )
        )  # fmt: skip

    def train(self, x: str) -> None:
        draw = self.choice
        if not self.modules or draw.random() < 0.3:
            name = f"m{len(self.modules)}"
            self.lines += [f"{name} = {draw.choice(MODULES)}", f"o{len(self.modules)} = {draw.choice(OPTIMIZERS).format(p=f'{name}.parameters()')}"]  # fmt: skip
            self.modules.append(name)
        place = draw.randrange(len(self.modules))
        module, optimizer, form = f"m{place}", f"o{place}", draw.random()
        if form < 0.5:
            steps = [
                f"{optimizer}.zero_grad()",
                f"loss = ({module}({x}) ** 2).mean()",
                "loss.backward()",
                f"{optimizer}.step()",
                "print(loss.item())",
            ]
            self.attempt(*(steps if draw.random() < 0.6 else steps[1:]))
        elif form < 0.6:
            self.attempt(
                f"kept = copy.deepcopy({module}.state_dict())",
                f"{module}({x}).sum().backward()",
                f"{optimizer}.step()",
                f"print({module}.load_state_dict(kept))",
            )
        elif form < 0.7:
            self.attempt(
                f"twin = copy.deepcopy({module})",
                f"twin({x}).sum().backward()",
                f"print([p.grad is None for p in {module}.parameters()], [p.grad is None for p in twin.parameters()])",
            )
        elif form < 0.8:
            self.attempt(
                f"state = {optimizer}.state_dict()",
                f"{optimizer}.load_state_dict(copy.deepcopy(state))",
                "print(sorted(state['param_groups'][0]), list(state['state']))",
            )
        elif form < 0.9:
            self.attempt(draw.choice([f"{module}.requires_grad_(False)", f"{module}.eval()", f"{module}.train()", f"{module}.zero_grad()", f"{module}.zero_grad(set_to_none=False)", f"{module}.double()"]))  # fmt: skip
        else:
            self.bound(f"{module}({x})")

    def asked(self, x: str, y: str) -> None:
        """Gradients by hand, of every form of asking."""
        draw, leaf = self.choice, self.choice.choice(self.leaves)
        grads = draw.choice(
            [
                "",
                f", grad_outputs=torch.ones_like({x})",
                f", {y}.detach()",
                ", grad_outputs=[None]",
                ", retain_graph=True",
                ", create_graph=True",
                ", is_grads_batched=False",
            ]
        )
        unused = draw.choice(
            ["", ", allow_unused=True", ", materialize_grads=True", ", allow_unused=False, materialize_grads=True"]
        )
        form = draw.random()
        if form < 0.4:
            self.attempt(
                f"print([g if g is None else (g.detach(), g.requires_grad) for g in torch.autograd.grad({x}, [{leaf}, {y}]{grads}{unused})])"
            )
        elif form < 0.6:
            self.attempt(
                f"a = {leaf} * 1", "b = a * a", f"b.{draw.choice(['mul_(a)', 'add_(a)', 'exp_()', 'tanh_()', 'copy_(a * 2)', 't().mul_(2)'])}",
                f"g, = torch.autograd.grad(b.sum(), {leaf}, create_graph=True)", "print(g.detach())", "(g * g).sum().backward()",
            )  # fmt: skip
        elif form < 0.8:
            self.attempt(f"torch.autograd.backward([{x}, {y}], [torch.ones_like({x}), torch.ones_like({y})], inputs=[{leaf}]{draw.choice(['', ', retain_graph=True'])})")  # fmt: skip
        else:
            self.attempt(f"{x}.sum().backward(inputs={draw.choice([leaf, f'({leaf}, {y})', '[]', x])})")

    def report(self) -> None:
        super().report()
        for name in self.names:
            self.lines.append(
                f"print('{name}', {name}.retains_grad, {name}.grad if {name}.is_leaf or {name}.retains_grad else '')"
            )
        for module in self.modules:
            self.lines.append(
                f"print('{module}', [(n, p.requires_grad, p.detach(), p.grad) for n, p in {module}.named_parameters()])"
            )


def program(seed: int) -> str:
    """The random program of this seed."""
    return written(Rules(seed))


if __name__ == "__main__":
    store(program, "random_rules")
