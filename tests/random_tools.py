"""Random programs about the tools around autograd: `torch.func` and `autograd.functional`, gradcheck and what it says, schedulers and parameter
groups, hooks of modules, chains of writes through views of views, Functions with `setup_context`, edges and hooks of several tensors.

`program(seed)` is the text; it runs unchanged in PyTorch and in Gradlight. Run this file with a Python that has torch to store what PyTorch
prints: `python -m tests.random_tools COUNT SEED... > tests/fixtures/random_tools.json`.
"""

from __future__ import annotations

from tests.random_autograd import HEAD, Deeper, store, written

CLASSES = """\
import torch.nn as nn
from torch.func import functional_call, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp, vmap
from torch.autograd import functional, gradcheck, gradgradcheck
torch.manual_seed(0)
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(a):
        return a ** 3
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.set_materialize_grads(False)
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return None if g is None else 3 * a * a * g
class Sum(torch.autograd.Function):
    @staticmethod
    def forward(a, b, scale=2):
        return a + b * scale, a.detach() * 0
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.scale = inputs[2] if len(inputs) > 2 else 2
        ctx.mark_non_differentiable(output[1])
    @staticmethod
    def backward(ctx, g, h):
        seen.append(('sum', ctx.needs_input_grad, h.shape))
        return g, g * ctx.scale, None
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return g * a
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.second = nn.Linear(4, 3)
        self.register_buffer('steps', torch.zeros(()))
    def forward(self, x, *, scale=1.0):
        self.steps += 1
        return self.second(torch.tanh(self.first(x))) * scale
def told(value):
    if isinstance(value, torch.Tensor):
        return (value.detach(), value.requires_grad)
    if isinstance(value, dict):
        return {k: told(v) for k, v in value.items()}
    return [told(v) for v in value] if isinstance(value, (tuple, list)) else value
"""
FUNCTIONS = [
    "lambda a: (a ** 2).sum()", "lambda a: a.sin().mean()", "lambda a: a.prod()", "lambda a: (a * {y}).sum()", "lambda a: Cube.apply(a).sum()", "lambda a: a.exp().sum(0)", "lambda a: a * 2",
    "lambda a: a.norm()", "lambda a: {y}.sum() * 1", "lambda a: a[0] * a[1]", "lambda a: (a * a.detach()).sum()", "lambda a: torch.softmax(a, -1)[..., 0].sum()", "torch.sum", "torch.sin",
    "lambda a: a.abs().sqrt().sum()", "lambda a: a.clamp(-1, 1).sum()", "lambda a: a.mul_(2).sum()", "lambda a: a.max(-1).values.sum()", "lambda a: (a @ a.t()).sum()", "lambda a: a.cumsum(0).sum()",
    "lambda a: ((a ** 2).sum(), a * 3)", "lambda a: 3.0", "lambda a: F.relu(a).sum()", "lambda a: a.sigmoid().log().sum()", "lambda a: torch.where(a > 0, a, a * 0.1).sum()", "lambda a: a.var()",
]  # fmt: skip
UNBATCHED = ".sum() * 1"
"""How a function ends that does not look at its sample. With `out_dims=-1` PyTorch reads the sizes of its result from before their beginning: what
stands there is not of the program."""
PAIRS = [
    "lambda a, b: (a * b).sum()", "lambda a, b: a + b.exp()", "lambda a, b: (a @ b.t()).sum()", "lambda a, b: a.sum() * 2", "lambda a, b: Sum.apply(a, b, 3)[0].sum()", "torch.mul",
    "lambda a, b: (a / (b * b + 1)).mean(0)", "lambda a, b: torch.maximum(a, b).sum()", "lambda a, b: (a * b, a - b)", "lambda a, b: (a ** 2 * b).sum()", "lambda a, b: torch.dot(a[0], b[1])",
]  # fmt: skip
TRANSFORMS = [
    "grad({f})({x})", "grad_and_value({f})({x})", "jacrev({f})({x})", "jacfwd({f})({x})", "hessian({f})({x})", "vjp({f}, {x})[0]", "vjp({f}, {x})[1](torch.ones_like({x}))", "vjp({f}, {x})[1](torch.tensor(1.0))",
    "jvp({f}, ({x},), (torch.ones_like({x}),))", "jvp({f}, ({x},), ({y},))", "vmap({f})({x})", "vmap({f}, in_dims=1)({x})", "vmap({f}, out_dims=-1)({x})", "vmap(grad({f}))({x})", "grad(lambda a: grad({f})(a).sum())({x})",
    "vmap({g})({x}, {y})", "vmap({g}, in_dims=(0, None))({x}, {y})", "grad({g}, argnums=1)({x}, {y})", "grad({g}, argnums=(0, 1))({x}, {y})", "jacrev({g}, argnums=(0, 1))({x}, {y})", "grad_and_value({g}, argnums=(1,))({x}, {y})",
    "jvp({g}, ({x}, {y}), ({y}, {x}))", "vjp({g}, {x}, {y})[1](torch.tensor(2.0))", "grad({f}, has_aux=True)({x})", "jacrev(jacfwd({f}))({x})", "vmap(jacrev({f}))({x})", "vmap(lambda a: a.sum(), chunk_size=1)({x})",
]  # fmt: skip
PRODUCTS = [
    "functional.jacobian({f}, {x})", "functional.jacobian({f}, {x}, create_graph=True)", "functional.jacobian({f}, {x}, strict=True)", "functional.jacobian({f}, {x}, vectorize=True)", "functional.jacobian({g}, ({x}, {y}))",
    "functional.hessian({f}, {x})", "functional.hessian({g}, ({x}, {y}))", "functional.hessian({f}, {x}, create_graph=True)", "functional.hessian({f}, {x}, strict=True)", "functional.vjp({f}, {x})", "functional.vjp({f}, {x}, torch.ones_like({x}))",
    "functional.vjp({g}, ({x}, {y}), create_graph=True)", "functional.jvp({f}, {x}, torch.ones_like({x}))", "functional.jvp({f}, {x})", "functional.jvp({g}, ({x}, {y}), ({y}, {x}))", "functional.jvp({f}, {x}, {y}, create_graph=True)",
    "functional.vhp({f}, {x}, torch.ones_like({x}))", "functional.vhp({f}, {x})", "functional.hvp({f}, {x}, {y})", "functional.hvp({g}, ({x}, {y}), ({y}, {x}))", "functional.hvp({f}, {x}, {y}, strict=True)",
]  # fmt: skip
CHECKS = [
    "gradcheck({f}, {d})", "gradcheck({f}, ({d},), raise_exception=False)", "gradcheck(Wrong.apply, {d})", "gradcheck(Wrong.apply, {d}, raise_exception=False)", "gradcheck({g}, ({d}, {d}))", "gradgradcheck({f}, {d})",
    "gradcheck({f}, {x})", "gradcheck({f}, {d}, eps=1e-3, atol=1e-2)", "gradcheck(lambda a: a.detach().sum(), {d})", "gradcheck(lambda a: a * 2, {d}, fast_mode=True)", "gradgradcheck(Cube.apply, {d})",
    "gradgradcheck(Wrong.apply, {d}, raise_exception=False)", "gradcheck({g}, ({d}, {y}))", "gradcheck(lambda a: a.sort(-1), {d})", "gradcheck(lambda a: a.round(), {d})", "gradcheck(lambda a: (a.sum(), a * 2), {d})",
]  # fmt: skip
SCHEDULERS = [
    "StepLR({o}, 2, gamma=0.5)", "ExponentialLR({o}, 0.9)", "LambdaLR({o}, lambda epoch: 1 / (epoch + 1))", "CosineAnnealingLR({o}, 4)", "MultiStepLR({o}, [1, 3])", "LinearLR({o}, 0.5, total_iters=3)",
    "ConstantLR({o}, 0.3, total_iters=2)", "OneCycleLR({o}, 0.5, total_steps=6)", "CyclicLR({o}, 0.01, 0.1, step_size_up=2, cycle_momentum=False)", "PolynomialLR({o}, 4, power=2.0)", "ReduceLROnPlateau({o}, patience=0)",
    "CosineAnnealingWarmRestarts({o}, 2)", "MultiplicativeLR({o}, lambda epoch: 0.8)",
]  # fmt: skip
GROUPS = [
    "torch.optim.SGD([{{'params': {m}.first.parameters()}}, {{'params': {m}.second.parameters(), 'lr': 0.01}}], lr=0.1, momentum=0.9)", "torch.optim.Adam({m}.parameters(), lr=0.05, betas=(0.8, 0.9))",
    "torch.optim.AdamW([{{'params': [{m}.first.weight], 'weight_decay': 0.0}}, {{'params': [{m}.second.weight], 'weight_decay': 0.5}}], lr=0.02)", "torch.optim.RMSprop({m}.parameters(), lr=0.01, alpha=0.9, centered=True)",
    "torch.optim.SGD({m}.named_parameters(), lr=0.1, maximize=True)", "torch.optim.SGD({m}.parameters(), lr=0.1, dampening=0.5, momentum=0.5, weight_decay=0.1)", "torch.optim.Adadelta({m}.parameters())",
    "torch.optim.Adamax({m}.parameters(), lr=0.02)", "torch.optim.RAdam({m}.parameters(), lr=0.02)", "torch.optim.ASGD({m}.parameters())", "torch.optim.SGD([{{'params': {m}.first.parameters()}}], lr=-1)",
    "torch.optim.SGD([{{'params': {m}.first.parameters()}}, {{'params': {m}.first.parameters()}}], lr=0.1)",
]  # fmt: skip
HOOKS = [
    "register_forward_hook(lambda m, i, o: seen.append(('after', o.requires_grad)))", "register_forward_pre_hook(lambda m, i: seen.append(('before', len(i))))", "register_forward_hook(lambda m, i, o: o * 2)",
    "register_forward_pre_hook(lambda m, i, k: (i, {'scale': 2.0}), with_kwargs=True)", "register_forward_hook(lambda m, i, k, o: seen.append(sorted(k)), with_kwargs=True)", "register_forward_hook(lambda m, i, o: 3.0, prepend=True)",
    "register_full_backward_hook(lambda m, i, o: seen.append(([g is None for g in i], [g is None for g in o])))", "register_full_backward_hook(lambda m, i, o: tuple(None if g is None else g * 2 for g in i))",
    "register_full_backward_pre_hook(lambda m, o: (o[0] * 2,))", "register_full_backward_hook(lambda m, i, o: (i[0], i[0]))", "register_forward_hook(lambda m, i, o: o, always_call=True)", "apply(lambda m: seen.append(type(m).__name__))",
    "first.register_full_backward_hook(lambda m, i, o: seen.append(('inner', [g is None for g in i])))", "second.register_forward_pre_hook(lambda m, i: (i[0] * 0.5,))", "first.register_forward_hook(lambda m, i, o: o.register_hook(lambda g: seen.append(g.shape)) and None)",
    "train(False)", "requires_grad_(False)", "first.weight.register_hook(lambda g: g * 0)", "zero_grad(set_to_none=False)", "double()",
]  # fmt: skip
CHAINS = ["[0]", "[..., 0]", "[:, 1:]", ".t()", ".view(-1)", ".unsqueeze(0)", ".transpose(0, -1)", "[::2]", ".narrow(0, 0, 1)", ".diagonal()", ".squeeze()", ".expand(2, -1)", ".unbind(0)[0]", ".detach()", ".reshape(-1)", ".flatten()", ".select(0, -1)", ".view_as({x})", ".chunk(2)[1]", ".T", ".movedim(0, -1)", ".swapaxes(0, -1)", ".unfold(0, 1, 1)", ".as_strided((2, 2), (1, 1))", ".data"]  # fmt: skip
ENDS = [".mul_(2)", ".add_({y}.sum())", ".zero_()", ".fill_(0.5)", ".copy_({y}.flatten()[0])", ".exp_()", ".sub_(1).mul_(3)", ".pow_(2)", ".sigmoid_()", ".clamp_(min=0)", ".neg_().abs_()", ".div_(2, rounding_mode='floor')", ".lerp_(torch.ones(()), 0.3)", ".masked_fill_(torch.tensor(True), 1.5)", ".normal_()", ".sqrt_()", ".detach_()", ".requires_grad_()", ".t_()", ".squeeze_()", ".unsqueeze_(0)", ".index_fill_(0, torch.tensor([0]), 2.0)", ".cumsum_(0)", ".addcmul_(torch.ones(()), torch.ones(()), value=0.5)", ".relu_()", ".round_()"]  # fmt: skip
GRAPH = [
    "torch.autograd.graph.register_multi_grad_hook(({x}, {y}), lambda gs: seen.append([g is None for g in gs]))", "torch.autograd.graph.register_multi_grad_hook(({x}, {y}), lambda g: seen.append(g.shape), mode='any')",
    "print(told(torch.autograd.grad(torch.autograd.graph.get_gradient_edge({x} * 2), {x}, torch.ones_like({x}))))", "print([n and n.name() for n, _ in ({x} * {y}).grad_fn.next_functions])", "print(({x} * {y}).grad_fn(torch.ones_like({x})))",
    "print(({x} ** 2).grad_fn._saved_self.requires_grad, ({x} ** 2).grad_fn._saved_exponent)", "print({x}.exp().grad_fn._saved_result.grad_fn)", "{x}.grad_fn.register_prehook(lambda g: (g[0] * 2,))",
    "print({x}.grad_fn.next_functions[0][0])", "torch.autograd.backward(({x}.sum(), {y}.sum()), retain_graph=True)", "print(told(torch.autograd.grad([{x}.sum(), {y}.sum()], [{x}, {y}], allow_unused=True)))",
    "print(told(torch.autograd.grad({x}.sum(), {{'a': {x}}})))", "print(told(torch.autograd.grad({x} * 1, {x}, torch.eye(6).view(6, 2, 3), is_grads_batched=True)))", "print({x}.grad_fn(None))", "h = {x}.register_hook(lambda g: h.remove())",
]  # fmt: skip


class Tools(Deeper):
    """A writer about the tools; its leaves are rows of three."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines = [*HEAD.splitlines(), *CLASSES.splitlines()]
        self.nets: list[str] = []
        # The places of the schedulers that are told a measure at each step.
        self.measured: set[int] = set()

    def leaf(self) -> None:
        name, draw = f"w{len(self.leaves)}", self.choice
        rows = ", ".join(str([round(draw.uniform(-2, 2), 2) for _ in range(3)]) for _ in range(2))
        tracked = not self.leaves or draw.random() < 0.7
        self.lines.append(f"{name} = torch.tensor([{rows}], dtype=torch.float32, requires_grad={tracked})")
        self.leaves.append(name)
        self.names.append(name)

    def statement(self) -> None:
        draw, x, y, kind = self.choice, self.pick(), self.pick(), self.choice.random()
        f, g = draw.choice(FUNCTIONS).format(y=y), draw.choice(PAIRS)
        if kind < 0.2:
            tool = draw.choice(TRANSFORMS)
            if "out_dims=-1" in tool and f.endswith(UNBATCHED):
                f = "torch.sum"
            self.attempt(f"print(told({tool.format(f=f, g=g, x=x, y=y)}))")
        elif kind < 0.35:
            self.attempt(f"print(told({draw.choice(PRODUCTS).format(f=f, g=g, x=x, y=y)}))")
        elif kind < 0.43:
            double = draw.choice(
                [
                    f"{x}.detach().double().requires_grad_()",
                    f"torch.tensor({self.row()}, dtype=torch.float64, requires_grad=True)",
                ]
            )
            self.attempt(f"print({draw.choice(CHECKS).format(f=f, g=g, x=x, y=y, d=double)})")
        elif kind < 0.58:
            self.train(x)
        elif kind < 0.72:
            self.chain(x, y)
        elif kind < 0.8:
            self.attempt(draw.choice(GRAPH).format(x=x, y=y))
        elif kind < 0.86:
            self.bound(draw.choice(["Cube.apply({x})", "Sum.apply({x}, {y})[0]", "Sum.apply({x}, {y}, 3)[1]", "Sum.apply({x}, {x})[0]", "Wrong.apply({x})"]).format(x=x, y=y))  # fmt: skip
        else:
            super().statement()

    def row(self) -> str:
        return str([round(self.choice.uniform(-2, 2), 2) for _ in range(3)])

    def chain(self, x: str, y: str) -> None:
        """A view of a view of a value, and a write through it."""
        draw = self.choice
        steps = "".join(draw.choice(CHAINS) for _ in range(draw.randint(1, 3))).format(x=x)
        start = draw.choice([x, f"({x} * 1)", f"{x}.clone()"])
        end = draw.choice(ENDS).format(y=y)
        if draw.random() < 0.5:
            self.bound(f"{start}{steps}")
            if draw.random() < 0.7:
                self.attempt(f"{self.names[-1]}{end}")
        elif draw.random() < 0.3:
            self.attempt(f"{start}{steps}[...] = {y}.sum()")
        else:
            self.bound(f"{start}{steps}{end}")

    def train(self, x: str) -> None:
        draw = self.choice
        if not self.nets or draw.random() < 0.25:
            place = len(self.nets)
            self.lines += [f"n{place} = Net()", f"o{place} = s{place} = None"]
            self.nets.append(f"n{place}")
            self.attempt(f"o{place} = {draw.choice(GROUPS).format(m=f'n{place}')}")
            if draw.random() < 0.6:
                scheduler = draw.choice(SCHEDULERS)
                self.attempt(f"s{place} = torch.optim.lr_scheduler.{scheduler.format(o=f'o{place}')}")
                if "Plateau" in scheduler:
                    self.measured.add(place)
        place = draw.randrange(len(self.nets))
        net, o, s, form = f"n{place}", f"o{place}", f"s{place}", draw.random()
        if form < 0.35:
            self.attempt(
                f"loss = ({net}({x}{draw.choice(['', ', scale=0.5'])}) ** 2).mean()", "loss.backward()",
                f"if {o}: {o}.step(); {o}.zero_grad({draw.choice(['', 'set_to_none=False'])})",
                f"if {s}: {s}.step({'loss.item()' if place in self.measured else ''})",
                f"print(loss.item(), {s} and {s}.get_last_lr())",
            )  # fmt: skip
        elif form < 0.6:
            self.attempt(f"{net}.{draw.choice(HOOKS)}")
        elif form < 0.7:
            self.attempt(f"print(told(functional_call({net}, {draw.choice([f'dict({net}.named_parameters())', '{}', str({}) + ' or {k: v * 2 for k, v in ' + net + '.named_parameters()}'])}, ({x},))))")  # fmt: skip
        elif form < 0.78:
            self.attempt(f"if {o}: {o}.add_param_group({{'params': [{self.choice.choice(self.leaves)}], 'lr': 0.5}})")
        elif form < 0.86:
            self.attempt(f"print([(len(g['params']), g['lr']) for g in {o}.param_groups], sorted({o}.state_dict()['param_groups'][0]))")  # fmt: skip
        elif form < 0.93:
            self.attempt(f"print(nn.utils.clip_grad_norm_({net}.parameters(), 0.1), nn.utils.parameters_to_vector({net}.parameters()).shape)")  # fmt: skip
        else:
            self.bound(f"{net}({x})")

    def report(self) -> None:
        super().report()
        for place, net in enumerate(self.nets):
            self.lines.append(f"print('{net}', [(n, p.requires_grad, p.detach(), p.grad) for n, p in {net}.named_parameters()], {net}.steps)")  # fmt: skip
            self.lines.append(f"print(o{place} and [g['lr'] for g in o{place}.param_groups])")


def program(seed: int) -> str:
    """The random program of this seed."""
    return written(Tools(seed))


if __name__ == "__main__":
    store(program, "random_tools")
