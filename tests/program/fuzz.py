"""Fuzzing of parse and evaluate: programs grown from a grammar and bent from the known ones, kept where they reach new lines of ours.

    python tests/program/fuzz.py [--seconds 60] [--seed 0] [--out DIR]

A finding is an exception that is not the language's own: a run that ends with code `internal`, raises, has no terminal event, shows
something of the host, or takes longer than the deadline. Each is printed once by the place it comes from, with its program. Exit status 1 where
there is one.
"""

from __future__ import annotations

import argparse
import ast
import json
import logging
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from engine.program.limits import Limits  # noqa: E402
from engine.run import execute  # noqa: E402
from tests.program import book, parity  # noqa: E402
from tests.program.hostile import FAILED, LIMITED, REFUSED, flat  # noqa: E402

LIMITS = Limits(fuel=4_000, events=3_000, elements=20_000)
DEADLINE = 10
HOST = re.compile(
    r"0x[0-9a-f]{6,}|Traceback|site-packages|\w\.py\b|engine\.|numpy\.(?!ndarray|random|linalg|lib)|<class 'engine|<function _|/usr/|/home/"
)
NUMPY = re.compile(
    r"ufunc|for array of dimension|could not be broadcast|\bcasting rule|array element with a sequence|Unable to allocate|cannot reshape array"
    r"|not aligned|numpy boolean|object too deep|core dimension|inhomogeneous|all the input array|einstein sum|dtype\('|'numpy"
    r"|^'__builtins__'|(?<!\.)\b_[a-z]\w*\(\) (takes|missing|got)"
)
"""Words of NumPy's or of Python's about our own insides, which PyTorch does not use; a program with arrays of NumPy may meet them."""
PROGRAM = str(ROOT / "engine" / "program")

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
)  # fmt: skip
CONSTANTS = (
    *("0", "1", "2", "-1", "3", "7", "10", "1.5", "0.0", "-0.0", "1e308", "1e-320", "2**100", "True", "False", "None", "...", "''", "'ab'"),
    *("'%s'", "'{}'", "'{0[0]}'", "'\\u202e'", "'\\x00'", "float('nan')", "float('inf')", "[]", "()", "{}", "torch.float64", "torch.int64"),
    *("99999", "10**20", "'x' * 100", "[1, 2, 3]", "[[1., 2.], [3., 4.]]", "torch.ones(2, 2)", "torch.ones(0)", "range(3)", "{1: 2}"),
)  # fmt: skip
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
SPECIAL = (
    *("__init__", "__call__", "__len__", "b", "__getitem__", "__iter__", "__next__", "__enter__", "__exit__", "__getattr__", "__setattr__"),
    *("__eq__", "__hash__", "__add__", "__radd__", "__iadd__", "__bool__", "__repr__", "__str__", "__format__", "__contains__", "__new__"),
    *("__setitem__", "__delitem__", "__index__", "__float__", "__deepcopy__", "__torch_function__", "__missing__", "__class_getitem__"),
)  # fmt: skip
HEAD = "import torch\nimport math\nimport copy\nimport numpy as np\nimport random, collections, functools, itertools\nfrom typing import NamedTuple\nfrom torch.func import grad, vmap, jvp, vjp\nfrom torch.utils.data import DataLoader, TensorDataset, random_split\nfrom torch import nn, optim\nfrom torch.optim import lr_scheduler\nimport torch.nn.functional as F\nx = torch.ones(2, requires_grad=True)\nw = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)\nb = [1, 2]\n"


class Grammar:
    """Programs of the language and a little beyond it, from a source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def program(self) -> str:
        return HEAD + "".join(self.statement(0, 3) for _ in range(self.chance.randint(1, 7)))

    def block(self, depth: int, room: int) -> str:
        return "".join(self.statement(depth + 1, room - 1) for _ in range(self.chance.randint(1, 3)))

    def statement(self, depth: int, room: int) -> str:
        pad, e, block = "    " * depth, self.expression, lambda: self.block(depth, room)
        name = self.chance.choice(NAMES)
        simple: list[Callable[[], str]] = [
            lambda: f"{pad}{self.target()} = {e()}\n",
            lambda: f"{pad}{self.target()} = {self.target()} = {e()}\n",
            lambda: f"{pad}{self.target(2)} {self.chance.choice(BINARY)}= {e()}\n",
            lambda: f"{pad}{e()}\n",
            lambda: f"{pad}print({e()}, {e()}, sep={e(1)})\n",
            lambda: f"{pad}del {self.target()}\n",
            lambda: f"{pad}assert {e()}, {e(1)}\n",
            lambda: f"{pad}raise {self.chance.choice(('', 'ValueError', 'KeyError(3)', e(1)))}\n",
            lambda: pad + self.chance.choice(("pass", "break", "continue", "return", "yield", "return 1", "yield a", "global a")) + "\n",
            lambda: f"{pad}{name}: {e(1)} = {e()}\n",
            lambda: f"{pad}{name} = optim.{self.chance.choice(('SGD', 'Adam', 'LBFGS', 'Rprop', 'ASGD'))}([x, w], lr={e(1)})\n{pad}{name}.step({self.chance.choice(('', e()))})\n",
            lambda: f"{pad}{name} = optim.SGD([{{'params': [x], 'lr': {e(1)}}}], lr=0.1)\n{pad}{name}.{self.chance.choice(('param_groups', 'state', 'defaults'))}[{e(0)}] = {e()}\n{pad}{name}.load_state_dict({e(1)})\n",
            lambda: f"{pad}for {self.target()} in DataLoader({e()}, batch_size={e(1)}, shuffle={e(0)}, collate_fn={e(0)}):\n{block()}",
            lambda: f"{pad}{name} = {self.chance.choice(CALLED)}({e(1)}, {e(1)}, out={e(1)})\n",
            lambda: f"{pad}{self.chance.choice(('x', 'w', 'y', name))}.register_hook(lambda a: {e()})\n{pad}(x.sum() * w.sum()).backward()\n",
        ]  # fmt: skip
        if room <= 0 or self.chance.random() < 0.55:
            return self.chance.choice(simple)()
        compound: list[Callable[[], str]] = [
            lambda: f"{pad}if {e()}:\n{block()}{pad}else:\n{block()}",
            lambda: f"{pad}for {self.target()} in {e()}:\n{block()}",
            lambda: f"{pad}while {e()}:\n{block()}",
            lambda: f"{pad}def {name}({self.parameters()}):\n{block()}",
            lambda: f"{pad}def g({self.parameters()}):\n{pad}    yield {e()}\n{block()}{pad}    yield from {e()}\n",
            lambda: f"{pad}with {self.chance.choice(('torch.no_grad()', 'torch.enable_grad()', e(1)))}:\n{block()}",
            lambda: f"{pad}try:\n{block()}{pad}except {self.chance.choice(('Exception', 'ValueError as a', '(TypeError, KeyError)', e(1)))}:\n{block()}{pad}finally:\n{block()}",
            lambda: f"{pad}class Net(nn.Module):\n{pad}    def __init__(self):\n{pad}        super().__init__()\n{pad}        self.w = {e()}\n{pad}    def forward(self, x):\n{pad}        return {e()}\n",
            lambda: f"{pad}class f(torch.autograd.Function):\n{pad}    @staticmethod\n{pad}    def forward(ctx, x):\n{pad}        ctx.save_for_backward(x)\n{pad}        return {e()}\n{pad}    @staticmethod\n{pad}    def backward(ctx, g):\n{pad}        return {e()}\n",
            lambda: f"{pad}match {e()}:\n" + "".join(f"{pad}    case {self.pattern()}{self.chance.choice(('', f' if {e()}'))}:\n{self.block(depth + 1, room)}" for _ in range(self.chance.randint(1, 3))),
            lambda: f"{pad}class f(NamedTuple):\n{pad}    a: {self.chance.choice(('int', 'torch.Tensor', e(1)))}\n{pad}    b: float = {e(1)}\n{pad}{name} = f({self.arguments(1)})\n",
            lambda: f"{pad}with {self.chance.choice(('torch.autocast', 'torch.amp.autocast', 'torch.cuda.amp.autocast', 'torch.autograd.graph.saved_tensors_hooks'))}({self.arguments(1)}):\n{block()}",
            lambda: f"{pad}@torch.compile\n{pad}def {name}({self.parameters()}):\n{block()}",
            lambda: f"{pad}{name} = torch.autograd.graph.register_multi_grad_hook(({e(1)}, {e(1)}), lambda a: {e()}{self.chance.choice(('', ', mode=' + e(0)))})\n{pad}(x.sum() * w.sum()).backward()\n{pad}{name}.remove()\n",
            lambda: f"{pad}{name} = {self.chance.choice(('vmap', 'grad', 'jvp', 'vjp', 'torch.func.jacrev'))}(lambda a: {e()}{self.chance.choice(('', f', {e(1)}', ', in_dims=' + e(1), ', has_aux=True'))})({self.arguments(1)})\n",
            lambda: f"{pad}class f:\n{pad}    a = {e()}\n{pad}    def {self.chance.choice(SPECIAL)}({self.parameters('self')}):\n{pad}        return {e()}\n",
        ]  # fmt: skip
        return self.chance.choice(compound)()

    def parameters(self, first: str = "") -> str:
        found = [first] if first else []
        found += self.chance.sample(("a", "b=1", "*c", "d", "e=x", "**s", "/", "*"), self.chance.randint(0, 3))
        return ", ".join(found)

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

    def target(self, room: int = 1) -> str:
        name = self.chance.choice(NAMES)
        kinds = [name, name, f"{name}.{self.chance.choice(ATTRIBUTES)}", f"{name}[{self.expression(room)}]"]
        if room:
            kinds += [f"{self.target(0)}, {self.target(0)}", f"{self.target(0)}, *{self.target(0)}"]
        return self.chance.choice(kinds)

    def expression(self, room: int = 3) -> str:
        pick, e = self.chance.choice, lambda: self.expression(room - 1)
        if room <= 0 or self.chance.random() < 0.25:
            return pick((*NAMES, *NAMES, *CONSTANTS))
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
            lambda: "f'{" + pick(NAMES) + pick(("", "!r", "!s", "=", ":.2f", ":>8", ":d", ":,", ":x", ":08.3e", ":%", ":{a}", ":.{n}f", ":é^9", ":c")) + "}'",
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
            )
            found.append(f"{self.chance.choice(names)}={self.expression(room)}")
        if self.chance.random() < 0.05:
            found.append(self.chance.choice(("*", "**")) + self.chance.choice(NAMES))
        return ", ".join(found)


def bent(chance: random.Random, text: str, other: str, grammar: Grammar) -> str:
    """The text with one or a few places changed: characters, lines, or whole expressions."""
    for _ in range(chance.randint(1, 3)):
        way = chance.random()
        if way < 0.25:
            text = _grafted(chance, text, grammar)
        elif way < 0.45 and text:
            at = chance.randrange(len(text))
            text = (
                text[:at] + chance.choice((*BITS, chr(chance.randrange(32, 127)))) + text[at + chance.randint(0, 3) :]
            )
        elif way < 0.7:
            own, foreign = text.split("\n"), other.split("\n")
            at, start = chance.randrange(len(own) + 1), chance.randrange(len(foreign))
            text = "\n".join([*own[:at], *foreign[start : start + chance.randint(1, 4)], *own[at:]])
        elif way < 0.85:
            own = text.split("\n")
            at = chance.randrange(len(own))
            del own[at : at + chance.randint(1, 2)]
            text = "\n".join(own)
        else:
            number = list(re.finditer(r"\d+", text))
            if number:
                found = chance.choice(number)
                text = text[: found.start()] + chance.choice(CONSTANTS) + text[found.end() :]
    return text


def _grafted(chance: random.Random, text: str, grammar: Grammar) -> str:
    try:
        places = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    if not places or not text.isascii() or "\r" in text or "\f" in text:
        return text
    node = chance.choice(places)
    lines = text.split("\n")
    if node.lineno != node.end_lineno or node.end_col_offset is None:
        return text
    line = lines[node.lineno - 1]
    lines[node.lineno - 1] = line[: node.col_offset] + grammar.expression(2) + line[node.end_col_offset :]
    return "\n".join(lines)


class Coverage:
    """The pairs of lines of the interpreter that followed one another in any run so far."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int, int]] = set()

    def run(self, work: Callable[[], str | None]) -> tuple[bool, str | None]:
        """Whether the work reached something new, and what it gave."""
        before = len(self.seen)
        sys.settrace(self._call)
        try:
            found = work()
        finally:
            sys.settrace(None)
        return len(self.seen) > before, found

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PROGRAM):
            return None
        name, last = frame.f_code.co_filename, 0
        seen = self.seen

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            seen.add((name, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line


class Log(logging.Handler):
    """Keeps the exception that a run told the log."""

    last: str = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.last = "".join(traceback.format_exception(*record.exc_info)[-4:])


class Slow(BaseException):
    pass


def _late(*_: object) -> None:
    raise Slow


def fault(program: str, log: Log) -> str | None:
    """What is wrong with the run of a program; None where it is as promised."""
    log.last = ""
    lines: list[bytes] = []
    signal.alarm(DEADLINE)
    try:
        execute(program, limits=LIMITS, write=lambda _, batch: lines.extend(batch))
    except Slow:
        return "slow"
    except BaseException:  # noqa: BLE001 - the whole point is to see every one
        return "raised " + traceback.format_exc(limit=-3)
    finally:
        signal.alarm(0)
    events = [json.loads(line) for line in lines]
    if events[-1]["kind"] not in ("run-finished", "run-failed") or [one["seq"] for one in events] != list(
        range(len(events))
    ):
        return f"no terminal event: {events[-1]}"
    if events[-1].get("code") == "internal":
        return "internal " + log.last
    shown = HOST.search(json.dumps(events[-1], ensure_ascii=False))
    if shown and shown.group() not in program:
        return f"host text: {shown.group()} in {events[-1]['message'][:200]}"
    spoken = NUMPY.search(events[-1].get("message", ""))
    if spoken and not any(part in program.replace(HEAD, "") for part in ("np.", ".numpy")):
        return f"NumPy's words: {events[-1]['message'][:200]} ({spoken.group()})"
    return None


def known() -> list[str]:
    """The programs to begin with: lessons, the hostile list, and what the tests run."""
    found = [program for table in (REFUSED, FAILED, LIMITED) for _, program in flat(table)]
    for folder in (ROOT / "app" / "lessons", ROOT / "tests"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import torch\n" in node.value:
                    found.append(node.value)
    found += [source for part in parity.PARTS for _, source in parity.programs(part)]
    found += [book.seeded(0, cell) for _, cells in book.chapters() for _, cell in cells]
    return list(dict.fromkeys(program for program in found if len(program) < 4000))


def programs(chance: random.Random, corpus: list[str]) -> Iterator[str]:
    """The known programs, then new ones without end."""
    yield from list(corpus)
    grammar = Grammar(chance)
    while True:
        if chance.random() < 0.35:
            yield grammar.program()
        else:
            # what was kept last reached something new most recently
            place = max(chance.randrange(len(corpus)), chance.randrange(len(corpus)))
            yield bent(chance, corpus[place], chance.choice(corpus), grammar)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="where each finding's program is written")
    options = parser.parse_args()
    log = Log()
    logging.getLogger("engine").addHandler(log)
    logging.getLogger("engine").propagate = False
    signal.signal(signal.SIGALRM, _late)
    chance, coverage, corpus = random.Random(options.seed), Coverage(), known()
    began, count, findings, kept = time.monotonic(), 0, {}, len(corpus)
    for program in programs(chance, corpus):
        if time.monotonic() - began > options.seconds:
            break
        count += 1
        fresh, wrong = coverage.run(partial(fault, program, log))
        if fresh and count > kept and len(program) < 4000:
            corpus.append(program)
        if wrong is not None:
            place = re.sub(r"\d+|'[^']*'", "", "\n".join(wrong.strip().split("\n")[-3:]))
            if place not in findings:
                findings[place] = program
                print(f"--- finding {len(findings)} after {count} programs\n{wrong}\n{program}\n", flush=True)
                if options.out:
                    options.out.mkdir(parents=True, exist_ok=True)
                    (options.out / f"{len(findings)}.py").write_text(program, encoding="utf-8", errors="surrogatepass")
        if count % 5000 == 0:
            print(
                f"{count} programs, {len(coverage.seen)} pairs of lines, {len(corpus)} kept, {len(findings)} findings",
                flush=True,
            )
    print(f"{count} programs, {len(coverage.seen)} pairs of lines, {len(corpus)} kept, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
