"""One op, one row: how it is spelled, its forward formula, its derivative, what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.notation import Formula

Array = Any


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """A row of the op table.

    `inputs` are tensors (or plain numbers), `settings` plain arguments, `results` the names of what comes out. `vjp` gives, for each
    differentiable input, what goes back to it when `g` arrives at the (first) result; of a row with `many` results `g` is all of them.
    `samples` are operands for the gradient check: for each input a shape, a number, or a list (of integers or booleans) taken as it stands,
    then the settings. Un-broadcasting is the engine's business. `kept` are settings that PyTorch saves as tensors, so that they are freed.
    A node takes gradients for `taken` of its results, for all of them where there are `many`. A `silent` row's rule may give None: then no
    gradient flows back, not even zeros; of `many` results it is told which have none. `together` makes all gradients that are `wanted` at
    once, on Tensors, where PyTorch has one op for them. `beside` are the places where PyTorch's node has an edge to nothing that is here:
    to zeros that it writes into, to means that it saved; `held` are inputs that are saved as though their own formulas read them. Of a
    `sparing` row an input is saved only where a gradient that is needed uses it. The shapes of a row that is `laid` say too how its
    matrices lie in memory.
    """

    name: str
    forward: str
    vjp: dict[str, str]
    note: dict[str, str]
    inputs: tuple[str, ...]
    settings: tuple[str, ...] = ()
    results: tuple[str, ...] = ("result",)
    node: str = ""
    spelled: tuple[str, ...] = ()
    symbol: str = ""
    samples: tuple[Any, ...] = ()
    domain: tuple[float, float] = (-2.0, 2.0)
    promotes: bool = False
    view: bool = False
    many: bool = False
    taken: int = 1
    variadic: bool = False
    label: str = ""
    kept: tuple[str, ...] = ()
    silent: bool = False
    together: str = ""
    beside: tuple[int, ...] = ()
    held: tuple[str, ...] = ()
    laid: bool = False
    sparing: bool = False

    compute: Callable[..., Array] = field(init=False, repr=False)
    forward_formula: Formula = field(init=False, repr=False)
    formulas: tuple[Formula, ...] = field(init=False, repr=False)
    array_rules: tuple[Callable[..., Array], ...] = field(init=False, repr=False)
    tensor_formulas: tuple[Formula, ...] = field(init=False, repr=False)
    tensor_rules: list[Callable[..., Any]] = field(init=False, repr=False)
    together_formula: Formula | None = field(init=False, repr=False)
    together_rules: list[Callable[..., Any]] = field(init=False, repr=False)
    slots: tuple[int, ...] = field(init=False, repr=False)
    plans: dict[tuple[bool, ...], Plan] = field(init=False, repr=False)
    # Whether an application gives a tuple.
    several: bool = field(init=False, repr=False)
    # Whether it takes gradients for its first result alone, so that its node may be of the short kind.
    short: bool = field(init=False, repr=False)
    # How it lays its results out: row by row, or in the order of its operands.
    in_rows: bool = field(init=False, repr=False)
    in_order: bool = field(init=False, repr=False)

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join((*self.inputs, *self.settings))})"

    @property
    def shown(self) -> set[str]:
        """The names that nodes show as `_saved_<name>`."""
        uses = {name for formula in self.formulas for name in formula.uses}
        return {name for name in (*self.inputs, *self.results) if name in uses} | set(self.settings)

    def plan(self, needs: tuple[bool, ...]) -> Plan:
        """What a node keeps when these differentiable inputs need a gradient, by PyTorch's rule: an input that one formula alone uses where
        that one is needed, and always what more of them use, what came out, and all of a rule that makes all gradients or is of a backward.
        """
        found = self.plans.get(needs)
        if found is None:
            used: set[str] = set()
            whole = bool(self.together) or "backward" in self.name
            for name in (*self.inputs, *self.results):
                asked = [
                    need
                    for formula, slot, need in zip(self.formulas, self.slots, needs, strict=True)
                    if name in formula.uses or (name in self.held and name == self.inputs[slot])
                ]
                if any(asked) or (asked and not self.sparing and (whole or len(asked) > 1 or name in self.results)):
                    used.add(name)
            found = self.plans[needs] = Plan(
                inputs=tuple(name in used for name in self.inputs),
                results=tuple(name in used for name in self.results),
                names=tuple(name for name in (*self.inputs, *self.results) if name in used) + self.kept,
                order=tuple(
                    sorted(
                        (place for place, name in enumerate(self.inputs) if name in used), key=self.inputs.__getitem__
                    )
                ),
            )
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Which inputs and results a node saves for backward, their names in order, and the inputs in the order of their names.

    PyTorch unpacks by name, so the first one that was changed is told.
    """

    inputs: tuple[bool, ...]
    results: tuple[bool, ...]
    names: tuple[str, ...]
    order: tuple[int, ...]


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
