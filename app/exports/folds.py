"""Folding: what ran inside a function, a module or a turn of a loop, as one function of a figure. The twin of static/js/stage/fold.js."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.frame import FunctionState, Scope, Sent
from engine.replay import Frame

FOLDABLE = frozenset({"function", "module", "loop"})
ALL = "all"


@dataclass(frozen=True, slots=True)
class Group:
    """Functions of one scope, in order, or of several that hold the same ones.

    `key` names it by the scopes around it and its place among its like, so that the next run's group is known by it; `names` are what else it answers to:
    `loop:t` and `t` for a turn of a loop over t, `t = 2` for this turn, the name of a function or module, and `all`.
    """

    key: str
    label: str
    functions: tuple[int, ...]
    names: frozenset[str]


def groups(functions: Sequence[FunctionState]) -> list[Group]:
    """Every group of at least two functions, an outer one before those inside it; none whose tensors others write into."""
    scopes: dict[int, tuple[int, str, Scope]] = {}
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
    shared = [writers for writers in written(functions).values() if len(writers) > 1]
    found: dict[tuple[int, ...], Group] = {}
    for id_, (_, key, scope) in sorted(scopes.items(), key=lambda item: item[1][0]):
        own = tuple(members[id_])
        if scope.scope not in FOLDABLE or len(own) < 2 or any(0 < len(some & set(own)) < len(some) for some in shared):
            continue
        label = scope.label.removeprefix("for ")
        word = label.partition(" ")[0]
        outer = found.get(own) or Group(key, label, own, frozenset({ALL, key, f"{scope.scope}:{word}"}))
        found[own] = replace(outer, names=outer.names | {label, word})
    return list(found.values())


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
    """The tensors that groups keep to themselves: made or used in one alone, and not what it gives back, which is what others use, a variable names, or nothing uses."""
    group_of = {id: group for group in groups for id in group.functions}
    users: dict[int, set[Group | None]] = defaultdict(set)
    for function in functions:
        for tensor in function.inputs:
            if tensor is not None:
                users[tensor].add(group_of.get(function.function))
    roots = {root for call in frame.calls for root in call.roots}
    hidden = set()
    for used, (group, *others) in users.items():
        kept = frame.tensors.get(used)
        if group is None or others or kept is None or used in roots or any("." not in name for name in kept.names):
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
