"""Programs of the language and a little beyond it, grown from a source of chance: what the fuzzer feeds to parse and evaluate."""

from __future__ import annotations

import random
from collections.abc import Callable

NAMES = ("a", "b", "c", "x", "y", "w", "n", "s", "d", "f", "g", "Net", "net", "opt", "loss", "_")
ATTRIBUTES = (
    *("grad", "shape", "T", "data", "dtype", "is_leaf", "grad_fn", "requires_grad", "ndim", "size", "sum", "mean", "item", "tolist"),
    *("backward", "detach", "clone", "view", "reshape", "append", "pop", "items", "keys", "get", "join", "split", "format", "upper"),
    *("zero_", "add_", "retain_grad", "register_hook", "parameters", "state_dict", "zero_grad", "step", "forward", "fields", "weight", "bias"),
    *("apply", "numpy", "unbind", "max", "sort", "chunk", "to", "float", "update", "extend", "insert", "index", "count", "next", "args"),
    *("load_state_dict", "param_groups", "state", "add_param_group", "get_last_lr", "copy_", "expand", "T", "register_forward_hook", "train"),
    *("named_parameters", "children", "register_buffer", "register_parameter", "set_", "resize_", "masked_fill_", "index_put_", "grad_fn"),
)  # fmt: skip
CALLED = (
    *("print", "len", "range", "enumerate", "zip", "sum", "min", "max", "abs", "round", "float", "int", "str", "bool", "list", "tuple"),
    *("sorted", "isinstance", "map", "filter", "reversed", "iter", "next", "any", "all", "repr", "type", "set", "dict", "divmod", "pow"),
    *("torch.tensor", "torch.ones", "torch.zeros", "torch.randn", "torch.arange", "torch.stack", "torch.cat", "torch.matmul", "torch.where"),
    *("torch.relu", "torch.exp", "torch.autograd.grad", "torch.no_grad", "torch.manual_seed", "torch.linspace", "torch.full", "torch.eye"),
    *("nn.Linear", "nn.Sequential", "nn.ReLU", "nn.Parameter", "nn.MSELoss", "nn.LSTM", "nn.Embedding", "nn.ModuleList", "nn.Dropout"),
    *("F.relu", "F.softmax", "F.cross_entropy", "F.mse_loss", "F.one_hot", "optim.SGD", "optim.Adam", "math.sqrt", "math.exp", "ValueError"),
    *("torch.autograd.gradcheck", "torch.autograd.functional.jacobian", "math.factorial", "torch.chunk", "torch.argmax", "torch.einsum"),
    *("DataLoader", "TensorDataset", "random_split", "copy.copy", "copy.deepcopy", "optim.LBFGS", "optim.AdamW", "optim.Rprop", "hasattr"),
    *("lr_scheduler.StepLR", "lr_scheduler.LambdaLR", "lr_scheduler.OneCycleLR", "lr_scheduler.SequentialLR", "getattr", "setattr"),
    *("nn.TransformerEncoderLayer", "nn.MultiheadAttention", "nn.GRU", "nn.ModuleDict", "nn.ParameterList", "nn.Conv2d", "nn.BatchNorm1d"),
    *("torch.add", "torch.mul", "torch.sort", "torch.split", "torch.linalg.norm", "torch.func.grad", "torch.linalg.solve", "np.array"),
    *("nn.init.normal_", "nn.utils.clip_grad_norm_", "nn.Transformer", "nn.utils.rnn.pad_sequence", "F.interpolate", "F.conv1d", "F.pad"),
    *("torch.vmap", "torch.func.jvp", "torch.func.vjp", "torch.func.hessian", "torch.func.functional_call", "torch.func.jacrev", "torch.compile"),
    *("torch.amp.autocast", "torch.amp.GradScaler", "torch.utils.checkpoint.checkpoint", "torch.autograd.graph.get_gradient_edge"),
    *("torch.autograd.graph.register_multi_grad_hook", "torch.autograd.graph.saved_tensors_hooks", "torch.autograd.functional.vhp"),
    *("random.shuffle", "collections.Counter", "functools.partial", "itertools.product", "np.zeros", "np.random.rand", "torch.set_printoptions"),
    *("torch.utils.checkpoint.checkpoint_sequential", "torch.func.stack_module_state", "torch.autograd.functional.hvp", "np.finfo", "torch.finfo"),
    *("nn.utils.parameters_to_vector", "nn.utils.vector_to_parameters", "nn.utils.clip_grad_value_", "collections.OrderedDict", "contextlib.nullcontext"),
    *("collections.namedtuple", "collections.defaultdict", "collections.deque", "functools.reduce", "functools.lru_cache", "itertools.chain"),
    *("torch.distributions.Normal", "torch.distributions.Categorical", "torch.distributions.kl_divergence", "torch.multinomial", "torch.topk"),
    *("torch.gather", "torch.bmm", "torch.tril", "torch.masked_select", "torch.cdist", "torch.cumsum", "torch.linalg.svd", "torch.meshgrid"),
    *("F.nll_loss", "F.layer_norm", "F.scaled_dot_product_attention", "F.embedding", "F.unfold", "F.max_pool2d", "F.dropout", "F.normalize"),
    *("nn.Flatten", "nn.LayerNorm", "nn.RNNCell", "nn.LSTMCell", "nn.ConvTranspose2d", "nn.CrossEntropyLoss", "nn.Upsample", "nn.Bilinear"),
    *("issubclass", "callable", "id", "hash", "chr", "ord", "hex", "bin", "slice"),
    *("tqdm", "time.time", "time.perf_counter", "warnings.warn", "warnings.filterwarnings", "copy.replace", "itertools.islice", "itertools.groupby"),
    *("torch.lerp", "torch.sub", "torch.addmm", "torch.clamp", "torch.roll", "torch.repeat_interleave", "F.leaky_relu", "F.elu", "F.hardtanh"),
    *("F.softshrink", "F.gumbel_softmax", "F.huber_loss", "torch.normal", "torch.tril_indices", "torch.searchsorted", "torch.histc", "F.fold"),
    *("chr", "oct", "operator.add", "operator.attrgetter", "operator.itemgetter", "operator.methodcaller", "operator.lt", "unicodedata.normalize"),
    *("unicodedata.category", "np.bincount", "np.ndindex", "torch.autograd.Variable", "torch.IntTensor", "np.linalg.norm"),
    *("re.findall", "re.sub", "re.split", "re.match", "re.search", "re.compile", "re.finditer", "re.fullmatch", "re.escape", "re.subn", "inspect.signature"),
    *("dataclasses.replace", "dataclasses.asdict", "dataclasses.astuple", "dataclasses.fields", "typing.cast", "string.capwords", "math.prod"),
)  # fmt: skip
CONSTANTS = (
    *("0", "1", "2", "-1", "3", "7", "10", "1.5", "0.0", "-0.0", "1e308", "1e-320", "2**100", "True", "False", "None", "...", "''", "'ab'"),
    *("'%s'", "'{}'", "'{0[0]}'", "'\\u202e'", "'\\x00'", "float('nan')", "float('inf')", "[]", "()", "{}", "torch.float64", "torch.int64"),
    *("99999", "10**20", "'x' * 100", "[1, 2, 3]", "[[1., 2.], [3., 4.]]", "torch.ones(2, 2)", "torch.ones(0)", "range(3)", "{1: 2}"),
    *("torch.tensor(2)", "torch.tensor(0.5)", "torch.tensor(True)", "torch.tensor(-1)", "torch.tensor(float('nan'))", "w.sum()", "x[0]", "np.float32(2)"),
    *("string.ascii_lowercase", "typing.List[int]", "typing.Optional[torch.Tensor]", "time.time()", "f'{w:>12}'", "slice(None, None, -1)"),
)  # fmt: skip
UNKNOWN = (
    "nett",
    "true",
    "null",
    "los",
    "wieght",
    "prnt",
    "pd",
    "device",
    "epochs",
    "data_loader",
    "résumé",
    "ｘ",
    "l1",
    "O",
    "torhc",
    "self",
)
"""Names that a text gives to nothing."""
MISTAKEN = ("_init_", "__int__", "foward", "forwrd", "__init", "_forward_", "__forward__", "Forward", "init")
"""What the methods of a module are called by mistake."""
BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>")
COMPARED = ("<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in")
BITS = (
    "（",
    "）",
    "，",
    "“",
    "\0",
    "\t",
    "\r",
    "\ufeff",
    "\\\n",
    ">>> ",
    "  ",
    "\ud800",
    "é",
    "#",
    "'''",
    "{",
    "}",
    ":",
    ";",
    "=",
    "**",
    "*",
)
BASES = (
    *("nn.Linear", "nn.Sequential", "nn.ReLU", "nn.LSTM", "nn.ModuleList", "nn.ModuleDict", "nn.Conv2d", "nn.Embedding", "nn.TransformerEncoderLayer"),
    *("nn.MSELoss", "nn.Dropout", "nn.BatchNorm1d", "nn.MultiheadAttention", "Net", "f", "object", "ValueError", "Exception", "torch.Tensor", "optim.SGD"),
    *("torch.utils.data.Dataset", "torch.optim.Optimizer", "torch.autograd.Function", "NamedTuple", "dict", "lr_scheduler.StepLR", "nn.Parameter"),
)  # fmt: skip
"""What classes stand on, or try to."""
MODULES = (
    *(
        "apply(lambda a: {})",
        "register_forward_hook(lambda a, b, c: {})",
        "register_forward_pre_hook(lambda a, b: {})",
        "add_module('a', {})",
    ),
    *(
        "register_full_backward_hook(lambda a, b, c: {})",
        "append({})",
        "insert(0, {})",
        "load_state_dict({})",
        "requires_grad_({})",
        "eval()",
    ),
    *(
        "get_submodule({})",
        "get_parameter({})",
        "named_modules({})",
        "train({})",
        "to({})",
        "double()",
        "zero_grad({})",
        "register_buffer('b', {})",
    ),
    *(
        "extend({})",
        "update({})",
        "pop({})",
        "register_module('a', {})",
        "named_children()",
        "buffers({})",
        "half()",
        "share_memory()",
    ),
)
"""What is done with modules, around an expression."""
SPECIAL = (
    *("__init__", "__call__", "__len__", "b", "__getitem__", "__iter__", "__next__", "__enter__", "__exit__", "__getattr__", "__setattr__"),
    *("__eq__", "__hash__", "__add__", "__radd__", "__iadd__", "__bool__", "__repr__", "__str__", "__format__", "__contains__", "__new__"),
    *("__setitem__", "__delitem__", "__index__", "__float__", "__deepcopy__", "__setattr__"),
)  # fmt: skip
PIECES = (
    *("a", "b", "ab", "1", ".", "^", "$", r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", r"\b", r"\B", r"\A", r"\Z", r"\.", "\n", "é", "你", "x-z", "[a-c]"),
    *("[^a]", r"\1", r"\x41", r"\u00e9", r"\q", "{", "}", "]", "(", ")", "|", "*", "a{2}", "a{1,3}?", "(a+)+", "(a*)*", "", "(?i)", "(?P=a)", "(?(1)a|b)", "\\", "\0"),
)  # fmt: skip
"""What patterns are made of."""
REPEATED = ("", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{0,3}", "{,2}", "{3,}", "{2}?", "++", "{900}", "{5,1}")
TEXTS = ("'aab ab1'", "'a' * 300", "'Ab\\nb a\\n'", "'你é1 a.b'", "''", "'a=1, b=2.5'", "'ab' * 900")
TEMPLATES = ("", "-", r"\1", r"\g<a>", r"\g<0>\g<0>", r"\2\n", r"\q", "\\", r"\101")
SOUGHT = ("findall", "split", "match", "search", "fullmatch", "finditer", "sub", "escape")
MATCHED = ("group", "groups", "groupdict", "start", "end", "span", "expand")
HEAD = """\
import torch
import math
import copy
import numpy as np
import random, re, operator, unicodedata, inspect, collections, functools, itertools, dataclasses, contextlib
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
import string, time, typing, warnings
from tqdm import tqdm
from torch.func import grad, vmap, jvp, vjp
from torch.utils.data import DataLoader, TensorDataset, random_split
from torch import nn, optim
from torch.optim import lr_scheduler
import torch.nn.functional as F
x = torch.ones(2, requires_grad=True)
w = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
b, a, n, s, c, d = [1, 2], 1.5, 3, 'ab', (1, 2), {'a': 1}
class Net(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.f = nn.Linear(2, n)
    def forward(self, x):
        return self.f(x).relu()
def f(a=x, *b, **c):
    return a * 2
net = Net()
opt = optim.SGD(net.parameters(), lr=0.1)
y = w @ x
loss = (y - 1).pow(2).mean()
g = x
"""


class Grammar:
    """Programs of the language and a little beyond it, from a source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def program(self) -> str:
        made = [self.statement(0, 3) for _ in range(self.chance.randint(1, 7))]
        # outside of a method `super` is refused, and with it the whole text
        return HEAD + "".join(one if one.startswith("class ") else one.replace("super()", "x") for one in made)

    def block(self, depth: int, room: int) -> str:
        return "".join(self.statement(depth + 1, room - 1) for _ in range(self.chance.randint(1, 3)))

    def statement(self, depth: int, room: int) -> str:
        pad, e, block = "    " * depth, self.expression, lambda: self.block(depth, room)
        name = self.chance.choice(NAMES)
        simple: list[Callable[[], str]] = [
            lambda: f"{pad}{self.target()} = {e()}\n",
            lambda: f"{pad}{self.target()} = {self.target()} = {e()}\n",
            lambda: f"{pad}{self.place()} {self.chance.choice(BINARY)}= {e()}\n",
            lambda: f"{pad}{e()}\n",
            lambda: f"{pad}print({e()}, {e()}, sep={e(1)})\n",
            lambda: f"{pad}del {self.place()}\n",
            lambda: f"{pad}assert {e()}, {e(1)}\n",
            lambda: f"{pad}raise {self.chance.choice(('', 'ValueError', 'KeyError(3)', e(1)))}\n",
            lambda: pad + self.chance.choice(("break", "continue", "return", "yield", "return 1", "yield a", "global a")[6 if not depth else 0 :]) + "\n",
            lambda: f"{pad}{name}: {e(1)} = {e()}\n",
            lambda: f"{pad}{name} = optim.{self.chance.choice(('SGD', 'Adam', 'LBFGS', 'Rprop', 'ASGD'))}([x, w], lr={e(1)})\n{pad}{name}.step({self.chance.choice(('', e()))})\n",
            lambda: f"{pad}{name} = optim.SGD([{{'params': [x], 'lr': {e(1)}}}], lr=0.1)\n{pad}{name}.{self.chance.choice(('param_groups', 'state', 'defaults'))}[{e(0)}] = {e()}\n{pad}{name}.load_state_dict({e(1)})\n",
            lambda: f"{pad}for {self.target()} in DataLoader({e()}, batch_size={e(1)}, shuffle={e(0)}, collate_fn={e(0)}):\n{block()}",
            lambda: f"{pad}{name} = {self.chance.choice(CALLED)}({e(1)}, {e(1)}, out={e(1)})\n",
            lambda: f"{pad}{name} = re.{self.chance.choice(SOUGHT)}({self.regular()!r}, {self.chance.choice(('s', self.chance.choice(TEXTS), e(1)))}{self.chance.choice(('', ', flags=re.I', ', ' + e(0)))})\n{pad}print({name}, {e(1)})\n",
            lambda: f"{pad}{name} = re.{self.chance.choice(('sub', 'subn'))}({self.regular()!r}, {self.chance.choice((repr(self.chance.choice(TEMPLATES)), 'lambda a: ' + e(), e(1)))}, {self.chance.choice(TEXTS)})\n",
            lambda: f"{pad}for a in re.compile({self.regular()!r}, {self.chance.choice(('0', 're.M | re.S', e(0)))}).{self.chance.choice(('finditer', 'findall', 'split', 'match'))}({self.chance.choice(TEXTS)}{self.chance.choice(('', ', ' + e(0)))}):\n{pad}    print(a.{self.chance.choice(MATCHED)}({self.arguments(0)}), a[{e(0)}])\n",
            lambda: f"{pad}{self.chance.choice(('x', 'w', 'y', name))}.register_hook(lambda a: {e()})\n{pad}(x.sum() * w.sum()).backward()\n",
        ]  # fmt: skip
        if room <= 0 or self.chance.random() < 0.55:
            return self.chance.choice(simple)()
        compound: list[Callable[[], str]] = [
            lambda: f"{pad}if {e()}:\n{block()}{pad}else:\n{block()}",
            lambda: f"{pad}for {self.target()} in {e()}:\n{block()}",
            lambda: f"{pad}class f({self.chance.choice(('Exception', 'ValueError', 'f', 'KeyError'))}):\n{pad}    def {self.chance.choice(('__init__', '__str__', '__repr__', 'b'))}({self.parameters('self')}):\n{pad}        {self.chance.choice((e(), f'super().__init__({e()})', f'self.args = {e()}', f'return {e()}', 'raise self'))}\n{pad}try:\n{pad}    raise f({self.arguments(1)})\n{pad}except {self.chance.choice(('f', 'Exception', '(f, KeyError)'))} as a:\n{pad}    print(a, repr(a), a.args, isinstance(a, {self.chance.choice(('f', 'ValueError'))}))\n",
            lambda: f"{pad}while {e()}:\n{block()}",
            lambda: f"{pad}def {name}({self.parameters()}):\n{block()}",
            lambda: f"{pad}def g({self.parameters()}):\n{pad}    yield {e()}\n{block()}{pad}    yield from {e()}\n",
            lambda: f"{pad}with {self.chance.choice(('torch.no_grad()', 'torch.enable_grad()', e(1)))}:\n{block()}",
            lambda: f"{pad}try:\n{block()}{pad}except {self.chance.choice(('Exception', 'ValueError as a', '(TypeError, KeyError)', e(1)))}:\n{block()}{pad}finally:\n{block()}",
            lambda: f"{pad}class Net(nn.Module):\n{pad}    def __init__(self):\n{pad}        super().__init__()\n{pad}        self.w = {e()}\n{pad}    def forward(self, x):\n{pad}        return {e()}\n",
            lambda: f"{pad}class f(torch.autograd.Function):\n{pad}    @staticmethod\n{pad}    def forward(ctx, x):\n{pad}        ctx.save_for_backward(x)\n{pad}        return {e()}\n{pad}    @staticmethod\n{pad}    def backward(ctx, g):\n{pad}        return {e()}\n",
            lambda: f"{pad}class Net(nn.Module):\n{pad}    def {self.chance.choice((*('__init__',) * 30, *MISTAKEN))}({self.parameters(self.chance.choice(('self', '', 'x', 'n')))}):\n{pad}        {self.chance.choice(('super().__init__()', 'super(Net, self).__init__()', 'pass', 'f = nn.Linear(2, 2)'))}\n{pad}        {self.chance.choice(('self.f', 'f', 'Net.f'))} = {e()}\n{pad}    def {self.chance.choice((*('forward',) * 30, '__call__', *MISTAKEN))}({self.parameters(self.chance.choice(('self, x', 'x', '')))}):\n{pad}        return {self.chance.choice(('self.f(x)', 'f(x)', e()))}\n{pad}net = Net({self.arguments(0)})\n{pad}print(net(x))\n",
            lambda: f"{pad}for {self.target()} in {self.chance.choice(('tqdm', 'enumerate', 'zip', 'reversed', 'itertools.islice'))}({self.arguments(1)}):\n{block()}",
            lambda: f"{pad}@dataclass\n{pad}class f{self.chance.choice(('', '(' + self.base() + ')'))}:\n{pad}    a: int\n{pad}    b: float = {e(1)}\n{pad}    def {self.chance.choice((*SPECIAL, '__post_init__'))}({self.parameters('self')}):\n{pad}        return {e()}\n{pad}{name} = f({self.arguments(1)})\n{pad}match {name}:\n{pad}    case f(a, b={self.pattern()}):\n{self.block(depth + 1, room)}",
            lambda: f"{pad}{self.place()} = {e()} + {self.chance.choice(UNKNOWN)}.{self.chance.choice(ATTRIBUTES)}\n{pad}print({self.chance.choice(UNKNOWN)}({self.chance.choice(UNKNOWN)}))\n",
            lambda: f"{pad}match {e()}:\n" + "".join(f"{pad}    case {self.pattern()}{self.chance.choice(('', f' if {e()}'))}:\n{self.block(depth + 1, room)}" for _ in range(self.chance.randint(1, 3))),
            lambda: f"{pad}class f(NamedTuple):\n{pad}    a: {self.chance.choice(('int', 'torch.Tensor', e(1)))}\n{pad}    b: float = {e(1)}\n{pad}{name} = f({self.arguments(1)})\n",
            lambda: f"{pad}with {self.chance.choice(('torch.autocast', 'torch.amp.autocast', 'torch.cuda.amp.autocast', 'torch.autograd.graph.saved_tensors_hooks'))}({self.arguments(1)}):\n{block()}",
            lambda: f"{pad}@torch.compile\n{pad}def {name}({self.parameters()}):\n{block()}",
            lambda: f"{pad}{name} = torch.autograd.graph.register_multi_grad_hook(({e(1)}, {e(1)}), lambda a: {e()}{self.chance.choice(('', ', mode=' + e(0)))})\n{pad}(x.sum() * w.sum()).backward()\n{pad}{name}.remove()\n",
            lambda: f"{pad}{name} = {self.chance.choice(('vmap', 'grad', 'jvp', 'vjp', 'torch.func.jacrev'))}(lambda a: {e()}{self.chance.choice(('', f', {e(1)}', ', in_dims=' + e(1), ', has_aux=True'))})({self.arguments(1)})\n",
            lambda: f"{pad}class Net({self.base()}):\n{pad}    def __init__(self, *c, **s):\n{pad}        super().__init__({self.arguments(1)})\n{pad}        self.{self.chance.choice(('w', 'weight', 'a', 'f'))} = {e()}\n{pad}    def forward(self, {self.parameters('x')}):\n{pad}        return {self.chance.choice(('super().forward(x)', 'self.f(x)', e()))}\n{pad}net = Net({self.arguments(1)})\n{pad}print(net, net(x))\n",
            lambda: f"{pad}class f({self.base()}{self.chance.choice(('', ', ' + self.base()))}):\n{pad}    a: int = {e(1)}\n{pad}    def b({self.parameters('self')}):\n{pad}        return {e()}\n",
            lambda: f"{pad}@{self.chance.choice(('dataclass', 'dataclasses.dataclass(frozen=True, order=True)', 'functools.lru_cache', 'functools.wraps(f)', 'torch.no_grad()', 'contextlib.contextmanager', 'property', 'staticmethod', 'torch.jit.script', e(1)))}\n{pad}{self.chance.choice(('class f', 'class f()', 'def f()'))}:\n{pad}    a: int = {e(1)}\n{pad}    b: list = dataclasses.field({self.arguments(1)})\n{pad}{name} = f({self.arguments(1)})\n",
            lambda: f"{pad}net = nn.Sequential({self.module(3)}, {self.module(2)})\n{pad}{name} = net.{self.chance.choice(MODULES).format(e(1))}\n{pad}a = net({e(1)})\n{pad}a.sum().backward({self.arguments(1)})\n",
            lambda: f"{pad}net = {self.module(2)}\n{pad}for a in range({self.chance.choice(('2', '3', '40'))}):\n{pad}    net = nn.{self.chance.choice(('Sequential', 'ModuleList', 'ModuleDict'))}({self.chance.choice(('net', 'net, net', '[net, net]', '{0: net}', '{s: net}'))})\n{block()}",
            lambda: f"{pad}{name} = {self.transform(3)}({self.arguments(1)})\n",
            lambda: f"{pad}with torch.autograd.graph.saved_tensors_hooks(lambda a: {e()}, lambda b: {e()}):\n{pad}    y = (x * w).exp()\n{pad}y.sum().backward()\n",
            lambda: f"{pad}class f:\n{pad}    a = {e()}\n{pad}    def {self.chance.choice(SPECIAL)}({self.parameters('self')}):\n{pad}        return {e()}\n",
        ]  # fmt: skip
        return self.chance.choice(compound)()

    def regular(self, room: int = 4) -> str:
        """A pattern, or what looks like one."""
        pick, r = self.chance.choice, lambda: self.regular(room - 1)
        if room <= 0 or self.chance.random() < 0.25:
            return pick(PIECES)
        kinds: list[Callable[[], str]] = [
            lambda: r() + r(),
            lambda: f"({r()}|{r()})",
            lambda: f"(?:{r()}){pick(REPEATED)}",
            lambda: (
                f"({pick(('', '?:', '?P<a>', '?P<b>', '?=', '?!', '?<=', '?<!', '?i:', '?s-i:', '?>', '?#', '?x'))}{r()}){pick(REPEATED)}"
            ),
            lambda: f"[{pick(('', '^'))}{''.join(pick(PIECES) for _ in range(3))}{pick((']', ']', '-]', ''))}",
            lambda: r() + pick(REPEATED),
        ]
        return pick(kinds)()

    def parameters(self, first: str = "") -> str:
        """Parameters in an order that Python reads, but for one in thirty."""
        found = [first] if first else []
        found += [one for one in ("a", "/", "b=1", "*c", "d=2", "e=x", "**s") if self.chance.random() < 0.3]
        if "/" in found[:1]:
            found.remove("/")
        if self.chance.random() < 0.03:
            self.chance.shuffle(found)
        return ", ".join(found)

    def base(self) -> str:
        return self.chance.choice(BASES)

    def module(self, room: int) -> str:
        pick = self.chance.choice
        if room <= 0 or self.chance.random() < 0.3:
            return pick(
                (
                    "nn.Linear(2, 2)",
                    "nn.Linear(2, 2)",
                    "nn.ReLU()",
                    "nn.Tanh()",
                    "nn.Dropout(0.5)",
                    "nn.LayerNorm(2)",
                    "Net()",
                    "net",
                    "f",
                )
            )
        return (
            f"nn.{pick(('Sequential', 'Sequential', 'ModuleList'))}({self.module(room - 1)}, {self.module(room - 1)})"
        )

    def transform(self, room: int) -> str:
        """A function made of a function, some of them of one made so."""
        pick = self.chance.choice
        inner = (
            self.transform(room - 1)
            if room and self.chance.random() < 0.7
            else f"lambda a: {pick(('(a * a).sum()', 'a.sin()', 'net(a)', self.expression(2)))}"
        )
        kind = pick(
            (
                "grad",
                "vmap",
                "torch.func.jacrev",
                "torch.func.jacfwd",
                "torch.func.hessian",
                "torch.func.grad_and_value",
                "partial",
                "torch.compile",
            )
        )
        more = pick(
            (
                "",
                "",
                ", " + self.expression(1),
                ", argnums=" + self.expression(1),
                ", has_aux=True",
                ", in_dims=" + self.expression(1),
                ", out_dims=" + self.expression(0),
            )
        )
        return f"{kind}({inner}{more})"

    def pattern(self, room: int = 2) -> str:
        pick, p = self.chance.choice, lambda: self.pattern(room - 1)
        name = pick(("a", "b", "_", "n", "s"))
        if room <= 0:
            return pick((name, name, "0", "-1.5", "'ab'", "None", "True", "torch.float64", "1 + 2j"))
        kinds: list[Callable[[], str]] = [
            lambda: f"({p()} | {p()})",
            lambda: f"({p()} as {name})",
            lambda: f"[{p()}, {p()}]",
            lambda: f"({p()}, *{name}, {p()})",
            lambda: "{" + f"{pick(('0', chr(39) + 'a' + chr(39), '1.5'))}: {p()}, **{pick(('a', 'b', 's'))}" + "}",
            lambda: f"{pick(('int', 'float', 'str', 'torch.Tensor', 'list', 'f', 'Net', 'nn.Linear', 'dict'))}({pick(('', p(), 'a=' + p()))})",
            lambda: self.pattern(0),
        ]  # fmt: skip
        return pick(kinds)()

    def place(self, room: int = 2) -> str:
        name = self.chance.choice(NAMES)
        return self.chance.choice(
            (name, name, f"{name}.{self.chance.choice(ATTRIBUTES)}", f"{name}[{self.expression(room)}]")
        )

    def target(self, room: int = 1) -> str:
        kinds = [self.place(room), self.place(room)]
        if room:
            kinds += [f"{self.target(0)}, {self.target(0)}", f"{self.target(0)}, *{self.target(0)}"]
        return self.chance.choice(kinds)

    def expression(self, room: int = 3) -> str:
        pick, e = self.chance.choice, lambda: self.expression(room - 1)
        if room <= 0 or self.chance.random() < 0.25:
            return pick((*NAMES, *NAMES, *CONSTANTS)) if self.chance.random() < 0.99 else pick(UNKNOWN)
        kinds: list[Callable[[], str]] = [
            lambda: f"({e()} {pick(BINARY)} {e()})",
            lambda: f"({e()} {pick(COMPARED)} {e()})",
            lambda: f"({e()} {pick(COMPARED)} {e()} {pick(COMPARED)} {e()})",
            lambda: f"({pick(('-', '+', '~', 'not '))}{e()})",
            lambda: f"({e()} {pick(('and', 'or'))} {e()})",
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"{pick((*NAMES, '(' + e() + ')'))}.{pick(ATTRIBUTES)}",
            lambda: f"{pick((*NAMES, '(' + e() + ')'))}.{pick(ATTRIBUTES)}({self.arguments(room - 1)})",
            lambda: f"{pick(CALLED)}({self.arguments(room - 1)})",
            lambda: f"{pick(CALLED)}({self.arguments(room - 1)})",
            lambda: f"{pick(NAMES)}({self.arguments(room - 1)})",
            lambda: f"{pick(NAMES)}[{e()}]",
            lambda: f"({e()})[{pick(('', e()))}:{pick(('', e()))}:{pick(('', e()))}]",
            lambda: f"{pick(NAMES)}[{e()}, {pick(('...', 'None', ':', e()))}]",
            lambda: f"[{e()}, {pick(('', '*'))}{e()}]",
            lambda: f"({e()}, {e()})",
            lambda: "{" + f"{e()}: {e()}, {pick(('**' + e(), '1: 2'))}" + "}",
            lambda: "{" + f"{e()}, {e()}" + "}",
            lambda: f"[{e()} for {self.target(0)} in {e()}{pick(('', ' if ' + e()))}]",
            lambda: f"({e()} for {pick(NAMES)} in {e()} for a in {e()})",
            lambda: "{" + f"{e()}: {e()} for {pick(NAMES)} in {e()}" + "}",
            lambda: f"(lambda {self.parameters()}: {e()})",
            lambda: f"({pick(NAMES)} := {e()})",
            lambda: "f'{" + pick(NAMES) + pick(("", "!r", "!s", "=", ":.2f", ":>8", ":d", ":,", ":x", ":08.3e", ":%", ":é^9", ":c")) + "}'",
            lambda: f"super().{pick(ATTRIBUTES)}",
        ]  # fmt: skip
        return self.chance.choice(kinds)()

    def arguments(self, room: int) -> str:
        found = [self.expression(room) for _ in range(self.chance.randint(0, 3))]
        if self.chance.random() < 0.2:
            names = (
                "dim",
                "lr",
                "keepdim",
                "requires_grad",
                "dtype",
                "key",
                "sep",
                "size",
                "reduction",
                "bias",
                "a",
                "out",
                "start",
                "batch_size",
                *(
                    "alpha",
                    "beta",
                    "negative_slope",
                    "lambd",
                    "eps",
                    "p",
                    "momentum",
                    "weight_decay",
                    "value",
                    "n",
                    "shifts",
                    "repeats",
                ),
            )
            found.append(f"{self.chance.choice(names)}={self.expression(room)}")
        if self.chance.random() < 0.05:
            found.append(self.chance.choice(("*", "**")) + self.chance.choice(NAMES))
        return ", ".join(found)
