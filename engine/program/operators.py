"""Operators: what each means, once the operands are known, for tensors and plain values alike."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator

from engine.devices import Device
from engine.program import arithmetic, arrays, kinship, percent, reach, sets, special
from engine.program.failures import ProgramError
from engine.program.machine import Machine
from engine.program.values import (
    DICTS,
    NUMBERS,
    Array,
    HostFunction,
    Instance,
    Method,
    Namespace,
    SetValue,
    Value,
    type_name,
)
from engine.size import Size

PLAIN = frozenset({bool, int, float, str, type(None)})
OWN_OPERATORS: frozenset[type] = frozenset({Instance, Array})
"""The types whose values say themselves what an operator does."""
TUPLES = frozenset({Size}) | reach.NAMED_TUPLES
"""Tuples that have a name: an operator sees the tuple in them."""


def joined(left: Value, right: Value) -> bool:
    """True where both are tuples, with a name or without."""
    return all(type(each) is tuple or type(each) in TUPLES for each in (left, right))


def sized(items: tuple[Value, ...]) -> Size:
    """The Size of these numbers. Raises TypeError in PyTorch's words."""
    for place, item in enumerate(items):
        if type(item) not in (int, bool):
            text = f"torch.Size() takes an iterable of 'int' (item {place} is '{type_name(item)}')"
            raise ProgramError("TypeError", text)
    return Size(map(int, items))


class Operators(Machine):
    """The results of operators, comparisons and membership."""

    def operate(self, kind: type[ast.operator], left: Value, right: Value, *, in_place: bool = False) -> Value:
        """The result of a binary operator on any two values."""
        if self.is_tensor(left) or self.is_tensor(right):
            other = right if self.is_tensor(left) else left
            if not self.is_tensor(other) and type(other) not in NUMBERS:
                if kind is ast.Mult and type(other) in arithmetic.SEQUENCES:
                    times = self.host(operator.index, [left if other is right else right], {})
                    return arithmetic.plain(self.meter, kind, other, times, in_place)
                return self.operate_others(kind, left, right, in_place)
            self.need_result(kind, left, right)
            if kind is ast.Mod and not self.is_tensor(left):
                return self.host(reach.TORCH["remainder"], [left, right], {})
            table = arithmetic.IN_PLACE if in_place and self.is_tensor(left) else None
            apply = table[kind] if table else arithmetic.OPERATORS[kind][1]
            return self.host(apply, [left, right], {})
        if type(left) in OWN_OPERATORS or type(right) in OWN_OPERATORS:
            return self.operate_others(kind, left, right, in_place)
        if type(left) is SetValue and type(right) is SetValue:
            return sets.combine(self.meter, kind, left, right, in_place)
        if in_place and type(left) is list and kind is ast.Add:
            items = self.gather(right)
            self.meter.need_items(len(left) + len(items))
            left.extend(items)
            return left
        if type(left) in TUPLES or type(right) in TUPLES:
            return self.operate_tuples(kind, left, right, in_place)
        if type(left) in reach.MODULES or type(right) in reach.MODULES:
            return self.operate_modules(kind, left, right, in_place)
        if kind is ast.Mod and type(left) is str:
            return self.checked_text(percent.filled(self, left, right))
        if kind is ast.BitOr and (types := kinship.union(left, right)) is not None:
            return types
        return arithmetic.plain(self.meter, kind, left, right, in_place)

    def operate_tuples(self, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
        """The result of an operator on a tuple that has a name: that of the plain tuple, and a Size again where one was a Size."""
        if kind is ast.Mod and type(left) is str:
            return self.checked_text(percent.filled(self, left, tuple(right)))
        if kind is ast.Add and type(left) is Size and not joined(left, right):
            raise ProgramError("TypeError", f"can only concatenate tuple (not {type_name(right)}) to torch.Size")
        is_size = Size in (type(left), type(right))
        if kind is ast.Mult or kind is ast.Add:
            left = tuple(left) if type(left) in TUPLES else left
            right = tuple(right) if type(right) in TUPLES and (kind is ast.Mult or type(left) is tuple) else right
        result = arithmetic.plain(self.meter, kind, left, right, in_place)
        return sized(result) if is_size else result

    def operate_modules(self, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
        """The result of an operator on a list or dict of modules or parameters. Raises TypeError where it has none."""
        apply = reach.OPERATED.get((type(left), f"{arithmetic.OPERATORS[kind][0]}=")) if in_place else None
        apply = apply or reach.OPERATED.get((type(left), kind.__name__))
        if apply is not None:
            return self.host(apply, [left, self.outward(right)], {})
        turned = reach.OPERATED.get((type(right), kind.__name__)) if kind is ast.Mult else None
        if turned is not None and type(left) is int:
            return self.host(turned, [right, left], {})
        return arithmetic.plain(self.meter, kind, left, right, in_place)

    def operate_others(self, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
        """The result of an operator where one of the two is an object of the program; TypeError where it has none."""
        if kind is ast.Mod and type(left) is str:
            return self.checked_text(percent.filled(self, left, right))
        if type(left) is Array or type(right) is Array:
            return arrays.operate(self, kind, left, right, in_place)
        result = special.operate(self, kind, left, right, in_place=in_place)
        if result is special.NOT_IMPLEMENTED:
            if kind is ast.Add and type(left) in arithmetic.SEQUENCES:
                return arithmetic.plain(self.meter, kind, left, right, in_place)
            raise arithmetic.unsupported(kind, left, right, in_place)
        return result

    def compare(self, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
        """The result of one comparison; a tensor where one of the two is a tensor."""
        if kind is ast.Is:
            return self.identical(left, right)
        if kind is ast.IsNot:
            return not self.identical(left, right)
        if kind is ast.In or kind is ast.NotIn:
            return self.contains(right, left) is (kind is ast.In)
        if type(left) in OWN_OPERATORS or type(right) in OWN_OPERATORS:
            if type(left) is Array or type(right) is Array:
                return arrays.compare(self, kind, left, right)
            result = special.compare(self, kind, left, right)
            if result is not special.NOT_IMPLEMENTED:
                return result
        if self.is_tensor(left) or self.is_tensor(right):
            return self.compare_tensors(kind, left, right)
        if kind is ast.Eq:
            return self.same(left, right)
        if kind is ast.NotEq:
            return not self.same(left, right)
        if type(left) is SetValue and type(right) is SetValue:
            return sets.order(self.meter, kind, left, right)
        if joined(left, right) or type(left) is type(right) is list:
            for first, second in zip(left, right, strict=False):
                if not self.same(first, second):
                    return self.compare(kind, first, second)
            return arithmetic.ORDERS[kind][1](len(left), len(right))
        return arithmetic.order(kind, left, right)

    def compare_tensors(self, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
        other = right if self.is_tensor(left) else left
        if not self.is_tensor(other) and type(other) not in NUMBERS:
            if kind is ast.Eq or kind is ast.NotEq:
                return kind is ast.NotEq
            raise arithmetic.unordered(kind, left, right)
        self.need_result(ast.Add, left, right)
        apply = {ast.Eq: operator.eq, ast.NotEq: operator.ne}.get(kind) or arithmetic.ORDERS[kind][1]
        return self.host(apply, [left, right], {})

    def same(self, left: Value, right: Value, depth: int = 0) -> bool:
        """True where two values are equal, containers item by item."""
        self.meter.burn(1)
        if left is right:
            return True
        if depth > self.meter.limits.calls:
            raise ProgramError("RecursionError", "maximum recursion depth exceeded in comparison")
        if type(left) in OWN_OPERATORS or type(right) in OWN_OPERATORS:
            if type(left) is Array or type(right) is Array:
                return self.truth(arrays.compare(self, ast.Eq, left, right))
            result = special.compare(self, ast.Eq, left, right)
            return result is not special.NOT_IMPLEMENTED and self.truth(result)
        if self.is_tensor(left) or self.is_tensor(right):
            return self.truth(self.compare_tensors(ast.Eq, left, right))
        left = tuple(left) if type(left) in TUPLES else left
        right = tuple(right) if type(right) in TUPLES else right
        of_left, of_right = type(left), type(right)
        if of_left in PLAIN or of_right in PLAIN:
            return bool(of_left in PLAIN and of_right in PLAIN and left == right)
        if of_left is not of_right and not (of_left in DICTS and of_right in DICTS):
            return False
        if of_left in (list, tuple):
            return len(left) == len(right) and all(
                self.same(first, second, depth + 1) for first, second in zip(list(left), list(right), strict=True)
            )
        if of_left is SetValue:
            self.meter.burn(len(left.items) // 100)
            return len(left.items) == len(right.items) and all(item in right.items for item in left.items)
        if of_left in DICTS:
            return len(left) == len(right) and all(
                key in right and self.same(value, right[key], depth + 1) for key, value in list(left.items())
            )
        if of_left is Method:
            return left.function is right.function and left.owner is right.owner
        if of_left is HostFunction:
            return left.function is right.function and list(map(id, left.bound)) == list(map(id, right.bound))
        return bool(left == right) if of_left in (range, slice, Device) else False

    def identical(self, left: Value, right: Value) -> bool:
        if type(left) is Namespace and type(right) is Namespace:
            return bool(left.path == right.path)
        return left is right

    def contains(self, owner: Value, wanted: Value) -> bool:
        kind = type(owner)
        if kind in DICTS:
            return self.key(wanted) in owner
        if kind is SetValue:
            return self.key(wanted) in owner.items
        if kind is str:
            if type(wanted) is not str:
                text = f"'in <string>' requires string as left operand, not {type_name(wanted)}"
                raise ProgramError("TypeError", text)
            return wanted in owner
        if kind is range and type(wanted) in (int, bool):
            return wanted in owner
        if self.is_tensor(owner):
            if self.is_tensor(wanted):
                self.need_result(ast.Sub, owner, wanted)
            return bool(self.host(operator.contains, [owner, self.outward(wanted)], {}))
        if kind is Instance and special.method(owner, "__contains__") is not None:
            return self.truth(special.ask(self, owner, "__contains__", wanted))
        return any(self.same(item, wanted) for item in self.iterate(owner))

    def gathered(self, items: Iterator[Value]) -> SetValue:
        """A set of these items, within the limit on containers."""
        made = SetValue()
        for item in items:
            made.items[self.key(item)] = None
            self.meter.need_items(len(made.items))
        return made
