"""Folding: what ran inside a function, a module, a turn of a loop, or all its turns, as one function of a figure. The twin of static/js/stage/fold.js."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.frame import FunctionState, Scope, Sent
from engine.replay import Frame

COUNT = re.compile(r"^[^=·]*[=·]")
"""What stands in a turn's label before its number: `t =` or `while ·`."""
FOLDABLE = frozenset({"function", "module", "loop", "turns"})
ALL = "all"


@dataclass(frozen=True, slots=True)
class Group:
    """Functions of one scope, in order, or of several that hold the same ones.

    `key` names it by the scopes around it and its place among its like, so that the next run's group is known by it; `names` are what else it answers to:
    `loop:t` and `t` for a turn of a loop over t, `t = 2` for this turn, `turns:t` for all its turns as one, the name of a function or module, and `all`.
    """

    key: str
    label: str
    functions: tuple[int, ...]
    names: frozenset[str]


def groups(functions: Sequence[FunctionState]) -> list[Group]:
    """Every group of at least two functions, an outer one before those inside it; none whose tensors others write into."""
    scopes: dict[int, tuple[float, str, Scope]] = {}
    members: dict[int, list[int]] = defaultdict(list)
    alike: Counter[str] = Counter()
    for function in functions:
        around = ""
        for depth, scope in enumerate(function.scopes):
            if id(scope) not in scopes:
                like = f"{around}/{scope.scope}:{scope.label}"
                scopes[id(scope)] = depth, f"{like}#{alike[like]}", scope
                alike[like] += 1
            members[id(scope)].append(function.function)
            around = scopes[id(scope)][1]
    known = [(depth, key, scope, tuple(members[id_])) for id_, (depth, key, scope) in scopes.items()]
    shared = [writers for writers in written(functions).values() if len(writers) > 1]
    found: dict[tuple[int, ...], Group] = {}
    for _, key, scope, own in sorted(
        [*stacks(functions, {id_: key for id_, (_, key, _) in scopes.items()}), *known], key=lambda item: item[0]
    ):
        if scope.scope not in FOLDABLE or len(own) < 2 or any(0 < len(some & set(own)) < len(some) for some in shared):
            continue
        label = scope.label.removeprefix("for ")
        word = label.partition(" ")[0]
        called = {ALL, key, f"{scope.scope}:{word}"}
        outer = found.get(own) or Group(key, label, own, frozenset(called))
        found[own] = outer if scope.scope == "turns" else replace(outer, names=outer.names | {label, word})
    return list(found.values())


@dataclass(slots=True)
class Stack:
    """The turns of a loop that is inside `around`, one after the other, by the keys of their scopes, and their functions."""

    around: str
    key: str
    turns: dict[str, str]
    functions: list[int]

    @property
    def label(self) -> str:
        """What the first and the last turn are called, together."""
        first, *_, last = self.turns.values()
        return f"{first} … {COUNT.sub('', last).strip()}"


def stacks(
    functions: Sequence[FunctionState], keys: Mapping[int, str]
) -> list[tuple[float, str, Scope, tuple[int, ...]]]:
    """All turns of a loop as one group around them, with its depth: turns that follow one another and whose labels differ."""
    made: list[tuple[int, Stack]] = []
    alike: Counter[str] = Counter()
    open_: dict[int, Stack] = {}
    for function in functions:
        here: dict[int, Stack] = {}
        around = ""
        for depth, scope in enumerate(function.scopes):
            key = keys[id(scope)]
            if scope.scope == "loop":
                label = scope.label.removeprefix("for ")
                like = f"{around}/turns:{label.partition(' ')[0]}"
                stack = open_.get(depth)
                if stack is None or stack.around != like or (key not in stack.turns and label in stack.turns.values()):
                    stack = Stack(like, f"{like}#{alike[like]}", {}, [])
                    alike[like] += 1
                    made.append((depth, stack))
                stack.turns[key] = label
                stack.functions.append(function.function)
                here[depth] = stack
            around = key
        open_ = here
    return [
        (depth - 0.5, stack.key, Scope("turns", stack.label), tuple(stack.functions))
        for depth, stack in made
        if len(stack.turns) > 1
    ]


def closed(functions: Sequence[FunctionState], names: Collection[str]) -> list[Group]:
    """The outermost of the groups that these names call."""
    taken: set[int] = set()
    kept = []
    for group in groups(functions):
        if group.functions[0] not in taken and not group.names.isdisjoint(names):
            taken.update(group.functions)
            kept.append(group)
    return kept


def written(functions: Iterable[FunctionState]) -> Mapping[int, set[int]]:
    """The functions that wrote each tensor."""
    writers: dict[int, set[int]] = defaultdict(set)
    for function in functions:
        for tensor in function.outputs:
            writers[tensor].add(function.function)
    return writers


def inside(groups: Sequence[Group], functions: Sequence[FunctionState], frame: Frame) -> set[int]:
    """The tensors that groups keep to themselves: made or used in one alone, and not what it gives back, which is what others use, what a variable names in the end, or nothing uses."""
    group_of = {id: group for group in groups for id in group.functions}
    users: dict[int, set[Group | None]] = defaultdict(set)
    for function in functions:
        for tensor in function.inputs:
            if tensor is not None:
                users[tensor].add(group_of.get(function.function))
    roots = {root for call in frame.calls for root in call.roots}
    last = {
        (group_of[function.function], name): tensor
        for function in functions
        if function.function in group_of
        for tensor in function.outputs
        for name in frame.tensors[tensor].names
    }
    hidden = set()
    for used, (group, *others) in users.items():
        kept = frame.tensors.get(used)
        if group is None or others or kept is None or used in roots:
            continue
        if any("." not in name and (kept.producer is None or last.get((group, name)) == used) for name in kept.names):
            continue
        if kept.producer is None or group_of.get(kept.producer) is group:
            hidden.add(used)
    return hidden


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure draws as one: a function, or under a `label` those of a fold, of which it shows what comes from outside and goes there."""

    functions: tuple[FunctionState, ...]
    label: str = ""

    @property
    def first(self) -> FunctionState:
        return self.functions[0]

    @property
    def id(self) -> str:
        return f"f{self.first.function}"

    @property
    def outputs(self) -> list[int]:
        return list(dict.fromkeys(tensor for function in self.functions for tensor in function.outputs))

    @property
    def inputs(self) -> list[int]:
        """The tensors that it uses; neither those that it makes itself nor what a tensor was before it wrote into it."""
        own = set(self.outputs)
        used = [id for function in self.functions for id in function.inputs if id is not None and id not in own]
        return list(dict.fromkeys(used)) if self.label else used

    @property
    def sent(self) -> list[Sent]:
        own = set(self.outputs) if self.label else set()
        return [sent for function in self.functions for sent in function.sent if sent.tensor not in own]

    @property
    def freed(self) -> bool:
        return all(function.freed for function in self.functions)


def units(functions: Iterable[FunctionState], groups: Sequence[Group]) -> list[Unit]:
    """The functions in order, those of a group as one in the place of its first."""
    group_of = {id: group for group in groups for id in group.functions}
    members: dict[str | int, list[FunctionState]] = defaultdict(list)
    for function in functions:
        group = group_of.get(function.function)
        members[group.key if group else function.function].append(function)
    labels = {group.key: f"{group.label} ({len(group.functions)})" for group in groups}
    return [Unit(tuple(together), labels.get(str(key), "")) for key, together in members.items()]


def rewriters(units: Iterable[Unit]) -> Mapping[tuple[str, int], str]:
    """For a unit and a tensor that it wrote: the next unit that wrote into the same tensor, where a program changed it in place."""
    following: dict[tuple[str, int], str] = {}
    latest: dict[int, str] = {}
    for unit in units:
        for tensor in unit.outputs:
            if tensor in latest:
                following[latest[tensor], tensor] = unit.id
            latest[tensor] = unit.id
    return following
