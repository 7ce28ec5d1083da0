"""The nearer reason of a classic error, told by the program around it: what to try here, and the edit that does it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.nn.module import Module
from engine.program import in_place, origins
from engine.program.hints import Arguments
from engine.program.mistakes import Fix, Mistake, alone, argument, insert
from engine.program.values import Instance, Value
from engine.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Reason:
    """Which of a code's reasons it is, what to try in a sentence with the names of that sentence, and the edit where one is safe."""

    kind: str
    hint: str
    names: Arguments = field(default_factory=dict)
    fix: Fix | None = None


def find(mistake: Mistake) -> Reason | None:
    """Why a mistake of a classic kind was made here, or None where nothing more is known than its code says."""
    return next((reason for read in READERS.get(mistake.code, ()) if (reason := read(mistake)) is not None), None)


# A second backward pass: what one turn of a loop hands to the next still has the graph of its own turn


def _carried(mistake: Mistake) -> Reason | None:
    if not mistake.sweeps or mistake.sweeps[-1] is not mistake.node:
        return None
    loops = [node for node in ast.walk(mistake.program.tree) if isinstance(node, (ast.For, ast.While))]
    around = [loop for loop in loops if any(inner is mistake.node for inner in ast.walk(loop))]
    if not around:
        return None
    body = around[-1].body
    names = [name for name in _handed_on(body) if _has_graph(mistake.names.get(name))]
    if not names:
        return None
    cut = "; ".join(
        f"{name} = {name}.detach()"
        if isinstance(mistake.names[name], Tensor)
        else f"{name} = tuple(part.detach() for part in {name})"
        for name in names
    )
    fix = None
    if alone(mistake, body[-1]):
        column, last = mistake.here(body[-1])[1:3]
        end = mistake.line(last)
        fix = insert(last, len(end), f"\n{mistake.line(mistake.here(body[-1])[0])[:column]}{cut}")
    name = ", ".join(names)
    hint = (
        f"{name} still leads into the graph of the turn before, which backward() has freed. End each turn with {cut}."
    )
    return Reason("carried", hint, {"name": name, "cut": cut}, fix)


def _handed_on(body: list[ast.stmt]) -> list[str]:
    """The names that a turn of a loop reads before it gives them a new value."""
    stored: set[str] = set()
    early: list[str] = []
    for statement in body:
        for one in _in_order(statement):
            if isinstance(one.ctx, ast.Load):
                if one.id not in stored:
                    early.append(one.id)
            else:
                stored.add(one.id)
    return list(dict.fromkeys(name for name in early if name in stored))


def _in_order(node: ast.AST) -> Iterator[ast.Name]:
    """The names of a statement as they are read and written: the value before the target."""
    match node:
        case ast.Name():
            yield node
        case ast.Assign(targets=targets, value=value):
            yield from _in_order(value)
            for target in targets:
                yield from _in_order(target)
        case ast.AugAssign(target=ast.Name(id=name) as changed, value=value):
            yield ast.Name(id=name, ctx=ast.Load())
            yield from _in_order(value)
            yield changed
        case ast.FunctionDef() | ast.ClassDef() | ast.Lambda():
            return
        case _:
            for part in ast.iter_child_nodes(node):
                yield from _in_order(part)


def _has_graph(value: Value) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(isinstance(part, Tensor) for part in value) and any(map(_has_graph, value))
    return isinstance(value, Tensor) and value.grad_fn is not None


# A root without a graph


def _replaced(mistake: Mistake) -> Reason | None:
    """`w = w - 0.1 * w.grad` under `no_grad` made another tensor, which needs no gradient."""
    for statement in ast.walk(mistake.program.tree):
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.BinOp(left=ast.Name(id=left), op=ast.Sub() | ast.Add() as op, right=right),
            ) if left == name and in_place.reads_grad(right, name):
                value = mistake.names.get(name)
                if not isinstance(value, Tensor) or value.requires_grad or not in_place.leaf(value):
                    continue
                step = f"{name} {in_place.SIGNS[type(op)]}= {mistake.between(right)}"
                hint = f"Under no_grad, {name} = {name} … made another tensor, which needs no gradient. Change the leaf itself in place."
                return Reason("replaced", hint, {"name": name}, Fix(*mistake.here(statement), step))
    return None


def _made(mistake: Mistake) -> Reason | None:
    """What was made with `requires_grad=True` was computed with at once, and the name is the result's."""
    fix = in_place.retained(mistake)
    if fix is None or not fix.text.endswith(".requires_grad_()"):
        return None
    hint = "The name is that of a result, no leaf: the tensor with requires_grad=True has none. Compute first, then set the flag with .requires_grad_()."
    return Reason("made", hint, {}, fix)


def _behind(mistake: Mistake) -> list[ast.expr]:
    """The root of a backward pass, and what the names that it was made from were given."""
    call = mistake.node
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return []
    root = call.func.value if call.func.attr == "backward" else call.args[0] if call.args else None
    return [] if root is None else [root, *(value for _, value in origins.assignments(mistake, root))]


def _gradient(mistake: Mistake) -> Reason | None:
    """A gradient was taken without a graph of its own."""
    for value in _behind(mistake):
        for node in ast.walk(value):
            call = None
            match node:
                case ast.Call(func=ast.Attribute(attr="grad")):
                    call = node
                case ast.Attribute(attr="grad", ctx=ast.Load()) if mistake.sweeps:
                    call = mistake.sweeps[-1]
            if call is not None and not any(one.arg == "create_graph" for one in call.keywords):
                hint = "A gradient has a graph of its own only where it was taken with create_graph=True."
                return Reason("gradient", hint, {}, argument(mistake, call, "create_graph", "True"))
    return None


STEPS = frozenset(("argmax", "argmin", "argsort", "searchsorted", "bucketize", "eq", "ne", "gt", "ge", "lt", "le", "long", "int", "bool"))  # fmt: skip
"""Methods and functions whose result is whole numbers or flags: no gradient passes them."""


def _whole(mistake: Mistake) -> Reason | None:
    """Whole numbers or flags were made of what needs a gradient."""
    for value in reversed(_behind(mistake)):
        for node in ast.walk(value):
            match node:
                case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in STEPS:
                    parts = [inner, *node.args]
                case ast.Compare(left=inner, comparators=others):
                    name, parts = mistake.between(node), [inner, *others]
                case _:
                    continue
            if any(origins.wanting(mistake, part) for part in parts):
                hint = f"No gradient passes {name}: it gives whole numbers or flags. Take a loss that is smooth, such as cross_entropy of the scores."
                return Reason("whole", hint, {"name": name})
    return None


def _frozen(mistake: Mistake) -> Reason | None:
    """All parameters of the net that was asked are frozen."""
    names = [node.id for value in _behind(mistake) for node in ast.walk(value) if isinstance(node, ast.Name)]
    for name in names:
        value = mistake.names.get(name)
        module = value.shell if type(value) is Instance else value
        flags = [one.requires_grad for one in module.parameters()] if isinstance(module, Module) else []
        if flags and not any(flags):
            hint = f"All parameters of {name} are frozen (requires_grad is False). Leave those on that are to learn: parameter.requires_grad_(True)."
            return Reason("frozen", hint, {"name": name})
    return None


# A net whose layers nobody finds


def _listed(mistake: Mistake) -> Reason | None:
    """The layers of a net stand in a plain list."""
    found: list[tuple[str, ast.expr, str]] = []
    for kind in ast.walk(mistake.program.tree):
        for node in ast.walk(kind) if isinstance(kind, ast.ClassDef) else ():
            match node:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)],
                    value=ast.List(elts=[ast.Call(func=made), *_]) | ast.ListComp(elt=ast.Call(func=made)) as layers,
                ):
                    found.append((name, layers, mistake.between(made).rpartition(".")[0]))
    if len(found) != 1:
        return None
    name, written, of = found[0]
    fix = (
        Fix(*mistake.here(written), f"{of}.ModuleList({mistake.between(written)})")
        if of in ("nn", "torch.nn")
        else None
    )
    hint = f"A net does not see the layers in a plain list: write self.{name} = nn.ModuleList([...])."
    return Reason("listed", hint, {"name": name}, fix)


READERS: dict[str, tuple[Callable[[Mistake], Reason | None], ...]] = {
    "second-backward": (_carried,),
    "no-grad-fn": (_replaced, _gradient, _whole, _frozen),
    "none": (_replaced, _made),
    "no-parameters": (_listed,),
}
