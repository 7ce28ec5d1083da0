"""The edit that mends a classic mistake: where in the text, and what to put there. Only edits that are safe to make unasked."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from engine.program import dtype_mix, in_place, origins
from engine.program.hints import nearest
from engine.program.mistakes import POSTFIX, Fix, Mistake, alone, argument, insert
from engine.program.unknown import IMPORTS
from engine.tensor import Tensor

SWEEPS = frozenset({"backward", "grad"})
"""The last names of the calls that run a backward pass."""


_SIZES = re.compile(
    r"[Tt]arget size \(torch\.Size\(\[([\d, ]{0,80})\]\)\) .{1,60} input size \(torch\.Size\(\[([\d, ]{0,80})\]\)\)"
)


def find(mistake: Mistake) -> Fix | None:
    """The edit that mends a mistake, or None where none is safe."""
    maker = MAKERS.get(mistake.code)
    return maker(mistake) if maker is not None else None


def _second_backward(mistake: Mistake) -> Fix | None:
    return argument(mistake, mistake.sweeps[-1], "retain_graph", "True") if mistake.sweeps else None


def _unused(mistake: Mistake) -> Fix | None:
    node = mistake.node
    return argument(mistake, node, "allow_unused", "True") if isinstance(node, ast.Call) else None


def _integer(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and mistake.torch is not None):
        return None
    if node.func.attr != "tensor" or any(keyword.arg == "dtype" for keyword in node.keywords):
        return None
    return argument(mistake, node, "dtype", f"{mistake.torch}.float32")


def _sum_first(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr == "backward" and not node.args:
        line, end = mistake.here(node.func)[2:]
        dot = end - len("backward") - 1
        return insert(line, dot, ".sum()") if mistake.line(line)[dot : dot + 1] == "." else None
    if node.args and isinstance(node.args[0], POSTFIX):
        line, end = mistake.here(node.args[0])[2:]
        return insert(line, end, ".sum()")
    return None


def _fitting(mistake: Mistake) -> Fix | None:
    """One side of a product is transposed, or the two are exchanged."""
    told = [mistake.arguments.get(name) for name in ("rows", "inner", "outer", "columns")]
    rows, inner, outer, columns = told
    sides = dtype_mix.operands(mistake.node)
    if None in told or sides is None:
        return None
    side = sides[1] if inner == columns else sides[0] if rows == outer and rows != 1 else None
    if isinstance(side, POSTFIX):
        line, end = mistake.here(side)[2:]
        return insert(line, end, ".T")
    if rows == columns and isinstance(mistake.node, ast.BinOp) and all(isinstance(one, POSTFIX) for one in sides):
        left, right = map(mistake.between, sides)
        return Fix(*mistake.here(mistake.node), f"{right} @ {left}")
    return None


def _features(mistake: Mistake) -> Fix | None:
    """The layer takes as many features as come."""
    wanted = (mistake.arguments["outer"], mistake.arguments["columns"])
    found = []
    for node in ast.walk(mistake.program.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="Linear") | ast.Name(id="Linear"),
                args=[ast.Constant(value=taken) as place, ast.Constant(value=given), *_],
            ) if (taken, given) == wanted:
                found.append(place)
    return Fix(*mistake.here(found[0]), str(mistake.arguments["inner"])) if len(found) == 1 else None


def _spelling(mistake: Mistake) -> Fix | None:
    name, near, node = mistake.arguments.get("name"), mistake.arguments.get("suggestion"), mistake.node
    if not isinstance(near, str) or not isinstance(name, str):
        return None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        target = mistake.error.statement
        node = target.targets[0] if isinstance(target, ast.Assign) else None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return None
    line, end = mistake.here(node)[2:]
    start = end - len(name)
    return Fix(line, start, line, end, near) if mistake.line(line)[start:end] == name else None


def _as_text(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        return None
    text = mistake.between(node.right)
    return None if "\n" in text else Fix(*mistake.here(node.right), f"str({text})")


def _import(mistake: Mistake) -> Fix | None:
    line = IMPORTS.get(str(mistake.arguments.get("name")))
    text = "\n".join(mistake.program.lines)
    return insert(1, 0, line + "\n") if line and "__future__" not in text else None


def _begin(mistake: Mistake) -> Fix | None:
    statement = mistake.error.statement
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not alone(mistake, statement):
        return None
    first, column = mistake.here(statement)[:2]
    return insert(first, column, "super().__init__()\n" + mistake.line(first)[:column])


def _keyword(mistake: Mistake) -> Fix | None:
    node, near = mistake.node, mistake.arguments.get("suggestion")
    for keyword in node.keywords if isinstance(node, ast.Call) and near is not None else ():
        if keyword.arg is not None and keyword.arg == mistake.arguments.get("name"):
            line, column = mistake.here(keyword)[:2]
            return Fix(line, column, line, column + len(keyword.arg), str(near))
    return None


def _parameters(mistake: Mistake) -> Fix | None:
    """`optim.SGD(net)` and `optim.SGD(net.parameters)`."""
    node = mistake.node
    given = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if not isinstance(given, POSTFIX):
        return None
    bare = isinstance(given, ast.Attribute) and given.attr == "parameters"
    return insert(*mistake.here(given)[2:], "()" if bare else ".parameters()")


def _uncalled(mistake: Mistake) -> Fix | None:
    """`x.shape()` without the brackets."""
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)) or node.args or node.keywords:
        return None
    return Fix(*mistake.here(node.func)[2:], *mistake.here(node)[2:], "")


GATHERING = frozenset({"tensor", "Tensor", "stack", "cat", "FloatTensor", "LongTensor"})
"""The functions that take several values as one list."""


def _round(mistake: Mistake) -> Fix | None:
    """`f[x]` as `f(x)`, and `torch.tensor[1, 2]` as `torch.tensor([1, 2])`."""
    node = mistake.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, (ast.Attribute, ast.Name)):
        return None
    if any(isinstance(part, ast.Slice) for part in ast.walk(node.slice)):
        return None
    name = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
    inside = mistake.between(node)[len(mistake.between(node.value)) :].strip()
    if name not in GATHERING:
        inside = inside[1:-1]
    return Fix(*mistake.here(node), f"{mistake.between(node.value)}({inside})")


def _loss(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if mistake.error.kind == "AttributeError":
        while isinstance(node, (ast.Call, ast.Attribute)):
            node = node.func if isinstance(node, ast.Call) else node.value
        node = (
            next((value for _, value in origins.assignments(mistake, node)), None)
            if isinstance(node, ast.Name)
            else None
        )
    return insert(*mistake.here(node.func)[2:], "()") if isinstance(node, ast.Call) and node.args else None


def _same_sizes(mistake: Mistake) -> Fix | None:
    """The target gets the one dimension that the output has more, or loses the one that it has itself."""
    match = _SIZES.search(mistake.error.text)
    node = mistake.node
    if match is None or not (isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[1], POSTFIX)):
        return None
    target, output = (tuple(size.split(", ")) for size in match.groups())
    method = "unsqueeze" if output == (*target, "1") else "squeeze" if target == (*output, "1") else None
    given = mistake.names.get(node.args[1].id) if isinstance(node.args[1], ast.Name) else None
    cast = ".float()" if isinstance(given, Tensor) and not given.is_floating_point() else ""
    return insert(*mistake.here(node.args[1])[2:], f".{method}(-1){cast}") if method is not None else None


def _renamed(mistake: Mistake) -> Fix | None:
    """The method that was meant under another name gets it."""
    if mistake.code == "no-forward":
        match = re.search(r"Module \[(\w+)\]", mistake.error.text)
        of, name, new = match.group(1) if match else "", "", "forward"
    else:
        of, name, new = "", str(mistake.arguments.get("name")), str(mistake.arguments.get("suggestion"))
    for node in ast.walk(mistake.program.tree):
        if not isinstance(node, ast.ClassDef) or of not in ("", node.name):
            continue
        defs = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
        wanted = name or nearest(new, defs) or ""
        if wanted in defs:
            line, column = mistake.here(defs[wanted])[:2]
            start = mistake.line(line).find(wanted, column)
            return Fix(line, start, line, start + len(wanted), new) if start >= 0 else None
    return None


def _counted(mistake: Mistake) -> Fix | None:
    """`for i in 3` as `for i in range(3)`."""
    loop = mistake.error.statement
    if not isinstance(loop, ast.For) or mistake.node is not None or "'int' object" not in mistake.error.text:
        return None
    return Fix(*mistake.here(loop.iter), f"range({mistake.between(loop.iter)})")


DEVICES = ("cuda", "mps", "xpu")


def _selfless(mistake: Mistake) -> Fix | None:
    """`self` before the other parameters of the method that lacks it."""
    kind, _, method = str(mistake.arguments.get("name")).rpartition(".")
    for node in ast.walk(mistake.program.tree):
        for part in node.body if isinstance(node, ast.ClassDef) and node.name == kind else ():
            if isinstance(part, ast.FunctionDef) and part.name == method and part.args.args:
                line, column = mistake.here(part.args.args[0])[:2]
                return insert(line, column, "self, ")
    return None


def _detached(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "numpy"):
        return None
    line, end = mistake.here(node.func)[2:]
    dot = end - len("numpy") - 1
    return insert(line, dot, ".detach()") if mistake.line(line)[dot : dot + 1] == "." else None


def _on_cpu(mistake: Mistake) -> Fix | None:
    """The device's name where the program writes it; what only sets up a GPU becomes a comment, where a block keeps its statements."""
    node, statement = mistake.node, mistake.error.statement
    if node is None:
        return None
    named = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    places = [
        node,
        *(one.value for one in mistake.program.tree.body if isinstance(one, ast.Assign) and _names(one) & named),
    ]
    for place in places:
        for one in ast.walk(place):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.startswith(DEVICES):
                return Fix(*mistake.here(one), "'cpu'" if mistake.between(one).startswith("'") else '"cpu"')
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cuda":
        line, end = mistake.here(node.func)[2:]
        return Fix(line, end - len("cuda"), *mistake.here(node)[2:], "cpu()")
    settings = {"backends", "cuda"} & {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    if statement in mistake.program.tree.body and settings and not named - {mistake.torch}:
        line, column, last, end = mistake.here(statement)
        if line == last and not mistake.line(line)[end:].strip():
            return insert(line, column, "# ")
    return None


def _names(statement: ast.Assign) -> set[str]:
    return {target.id for target in statement.targets if isinstance(target, ast.Name)}


MAKERS: dict[str, Callable[[Mistake], Fix | None]] = {
    "second-backward": _second_backward,
    "non-scalar-backward": _sum_first,
    "leaf-in-place": in_place.untracked,
    "version": in_place.out_of_place,
    "none": in_place.retained,
    "integer-grad": _integer,
    "unused-input": _unused,
    "shape-matmul": _fitting,
    "layer-width": _features,
    "name": _spelling,
    "attribute": _spelling,
    "import-missing": _import,
    "add-text": _as_text,
    "module-init": _begin,
    "no-gpu": _on_cpu,
    "no-self": _selfless,
    "numpy": _detached,
    "no-grad-fn": origins.graph,
    "no-graph": origins.kept,
    "keyword": _keyword,
    "not-callable": _uncalled,
    "brackets": _round,
    "loss-call": _loss,
    "same-sizes": _same_sizes,
    "net-parameters": _parameters,
    "init-name": _renamed,
    "no-forward": _renamed,
    "not-iterable": _counted,
    "dtype-mix": dtype_mix.one_dtype,
    "target-dtype": dtype_mix.whole,
}
