"""The forms of a class: what its head and body may hold, and the few names with underscores that are syntax there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.program.special import SPECIAL
from engine.program.syntax import CLASS_BODY

METHODS = frozenset({"__init__", *SPECIAL})
"""Names with two underscores that a `def` of a class body may bear."""
READ = frozenset({"__class__", "__name__", "__version__", "__doc__", *SPECIAL}) - {"__setattr__", "__setstate__"}
"""Names with two underscores that may be read off a value."""

Fault = tuple[ast.expr | ast.stmt | ast.keyword, str, str, str]


class Forms:
    """The nodes of one text that stand in a recognised form, and are not judged by their names alone."""

    def __init__(self) -> None:
        self._known: set[ast.AST] = set()

    def __contains__(self, node: ast.AST) -> bool:
        return node in self._known

    def super_call(self, node: ast.Call) -> None:
        """Knows `super().name(...)` and `super(Class, self).name(...)`, `__init__`, `__setattr__` and `__setstate__` among the names."""
        way = node.func
        if not (isinstance(way, ast.Attribute) and isinstance(way.value, ast.Call)):
            return
        inner = way.value
        if not (isinstance(inner.func, ast.Name) and inner.func.id == "super") or inner.keywords:
            return
        if len(inner.args) not in (0, 2) or any(type(argument) is not ast.Name for argument in inner.args):
            return
        self._known.add(inner.func)
        if way.attr in ("__init__", "__setattr__", "__setstate__"):
            self._known.add(way)

    def base_call(self, node: ast.Call) -> None:
        """Knows `Base.__init__(self, ...)`, the older way to begin what a class is built on."""
        way = node.func
        if isinstance(way, ast.Attribute) and way.attr == "__init__" and node.args and type(node.args[0]) is ast.Name:
            above = way.value
            while isinstance(above, ast.Attribute):
                above = above.value
            if isinstance(above, ast.Name) and above.id != node.args[0].id:
                self._known.add(way)

    def bare_super(self, node: ast.Expr) -> None:
        """Knows `super().__init__` as a statement: where the call was forgotten, Python does nothing."""
        match node.value:
            case ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super"), args=[], keywords=[])) as way:
                self.super_call(ast.Call(way, [], []))

    def know(self, node: ast.Call) -> None:
        """Knows `super(Class).name(...)`, which has been refused as a whole."""
        way = node.func
        if isinstance(way, ast.Attribute) and isinstance(way.value, ast.Call):
            self._known.update((way, way.value.func))

    def class_name(self, node: ast.Attribute) -> None:
        """Knows `value.__class__.__name__`."""
        inner = node.value
        if node.attr == "__name__" and isinstance(inner, ast.Attribute) and inner.attr == "__class__":
            self._known.add(inner)

    def method(self, node: ast.FunctionDef) -> None:
        """Knows `@staticmethod` above a method."""
        self._known.update(decorator for decorator in node.decorator_list if is_static(decorator))

    def bases(self, node: ast.ClassDef) -> None:
        """Knows `class A(object)`, and `__slots__ = ...` in its body, which changes nothing here."""
        self._known.update(base for base in node.bases if is_object(base))
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="__slots__") as name]):
                    self._known.add(name)


def half_super(node: ast.Call) -> ast.Call | None:
    """The inner call of `super(Class).name(...)`, where half of what belongs there was left out."""
    match node.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[ast.Name()]) as inner):
            return inner
    return None


def is_static(decorator: ast.expr) -> bool:
    """True for `@staticmethod`."""
    return isinstance(decorator, ast.Name) and decorator.id == "staticmethod"


def is_object(base: ast.expr) -> bool:
    """True for the base `object`, which says nothing."""
    return isinstance(base, ast.Name) and base.id == "object"


def faults(node: ast.ClassDef, *, nested: bool) -> Iterator[Fault]:
    """What of a class the language has not: the place, what it is, what to write instead, the code."""
    if nested:
        yield node, "A class cannot stand inside a class here.", "Move it out, above the other.", "class-body"
    for keyword in node.keywords:
        yield keyword, "A class takes no keywords here.", "Leave it out.", "class-bases"
    for base in node.bases[1:]:
        yield base, "A class has one base here.", "Keep the first one.", "class-bases"
    for base in node.bases[:1]:
        if not _path(base):
            hint = "Write class Net(nn.Module): or class F(torch.autograd.Function):."
            yield base, "The base of a class is a name here.", hint, "class-bases"
    for statement in node.body:
        hint = "A class body holds def, name = value, and pass; put the rest into __init__."
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = [name for target in statement.targets for name in _unpacked(target)]
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if type(statement) is ast.ClassDef:
            continue
        if (
            type(statement) not in CLASS_BODY
            or any(type(target) is not ast.Name for target in targets)
            or (isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant))
        ):
            yield statement, "This cannot stand in a class body here.", hint, "class-body"


def _unpacked(target: ast.expr) -> list[ast.expr]:
    """The parts of a target, where it is a row of them."""
    return target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]


def bare(base: ast.expr) -> ast.expr:
    """The base of a class without the types in its brackets: `Dataset` of `Dataset[int]`."""
    return base.value if isinstance(base, ast.Subscript) else base


def _path(base: ast.expr) -> bool:
    base = bare(base)
    while isinstance(base, ast.Attribute):
        base = base.value
    return isinstance(base, ast.Name)
