"""`operator`: what the signs between values do, as functions, and functions that pick a part."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]

SIGNS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "truediv": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
    "and_": ast.BitAnd,
    "or_": ast.BitOr,
    "xor": ast.BitXor,
    "concat": ast.Add,
}
ORDERS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
    "is_": ast.Is,
    "is_not": ast.IsNot,
}


def _sign(name: str, kind: type[ast.operator]) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 2, 2)
        return run.operate(kind, given[0], given[1])

    return Builtin(name, call)


def _order(name: str, kind: type[ast.cmpop]) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 2, 2)
        return run.compare(kind, given[0], given[1])

    return Builtin(name, call)


def _contains(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("contains", given, keywords, 2, 2)
    return run.compare(ast.In, given[1], given[0])


def _getitem(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("getitem", given, keywords, 2, 2)
    return run.item(given[0], given[1])


def _attribute(run: Machine, owner: Value, path: str) -> Value:
    for name in path.split("."):
        owner = run.call(run.builtins["getattr"], [owner, name], {})
    return owner


def _attrgetter(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("attrgetter", given, keywords, 1, None)
    for path in given:
        if type(path) is not str:
            raise ProgramError("TypeError", "attribute name must be a string", code="argument")

    def pick(at: Machine, owners: Given, named: Keywords) -> Value:
        take("attrgetter", owners, named, 1, 1)
        found = [_attribute(at, owners[0], path) for path in given]
        return found[0] if len(found) == 1 else tuple(found)

    return Builtin("attrgetter", pick)


def _itemgetter(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("itemgetter", given, keywords, 1, None)

    def pick(at: Machine, owners: Given, named: Keywords) -> Value:
        take("itemgetter", owners, named, 1, 1)
        found = [at.item(owners[0], index) for index in given]
        return found[0] if len(found) == 1 else tuple(found)

    return Builtin("itemgetter", pick)


def _methodcaller(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("methodcaller", given, {}, 1, None)
    name, *more = given
    if type(name) is not str:
        text = f"method name must be a string, not {type_name(name)}"
        raise ProgramError("TypeError", text, code="argument")

    def ask(at: Machine, owners: Given, named: Keywords) -> Value:
        take("methodcaller", owners, named, 1, 1)
        return at.call(at.call(at.builtins["getattr"], [owners[0], name], {}), list(more), dict(keywords))

    return Builtin("methodcaller", ask)


MEMBERS: dict[str, Value] = {
    **{name: _sign(name, kind) for name, kind in SIGNS.items()},
    **{name: _order(name, kind) for name, kind in ORDERS.items()},
    "contains": Builtin("contains", _contains),
    "getitem": Builtin("getitem", _getitem),
    "attrgetter": Builtin("attrgetter", _attrgetter),
    "itemgetter": Builtin("itemgetter", _itemgetter),
    "methodcaller": Builtin("methodcaller", _methodcaller),
}
