"""`numpy.random`: NumPy's random numbers, of the run's generator, of a `RandomState` or of what `default_rng` gives; room is asked for before each draw."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.program import arrays
from engine.program.arguments import take
from engine.program.arrays import Given, Keywords, raw, together
from engine.program.failures import ProgramError
from engine.program.values import Array, Builtin, NumpyGenerator, RandomState, TypeValue, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Draw = Callable[[Any, "Machine", Given, Keywords], Value]

NAMED = frozenset(
    {
        *("size", "loc", "scale", "low", "high", "replace", "p", "n", "a", "b", "lam", "shape", "endpoint", "dtype"),
        *("pvals", "alpha", "mean", "cov"),
    }
)


def elements(size: Any) -> int:
    """The elements of an array of this size: a number, or a row of them."""
    return math.prod(max(int(part), 0) for part in (np.atleast_1d(size) if size is not None else ()))


def _seed(host: Any, run: Machine, given: Given, keywords: Keywords) -> Value:
    host.seed(_number(run, "seed", given, keywords))
    return None


def _number(run: Machine, name: str, given: Given, keywords: Keywords) -> int:
    """The number to begin with, 0 for none: a run is the same each time. Raises ValueError for what is too large or negative."""
    take(name, given, keywords, 0, 1, ("seed",))
    told = given[0] if given else keywords.get("seed")
    number = run.whole(told) if told is not None else 0
    if not 0 <= number < 2**32:
        raise ProgramError("ValueError", "Seed must be between 0 and 2**32 - 1")
    return number


def _drawn(method: Callable[..., Any], name: str, sized: int | None) -> Draw:
    """A draw by a method of NumPy's; `sized` is the place of its size, None where every argument is one."""

    def draw(host: Any, run: Machine, given: Given, keywords: Keywords) -> Value:
        values = [raw(run, value) for value in given]
        named = {key: arrays._keyword(run, key, value) for key, value in keywords.items()}
        if not set(named) <= NAMED:
            raise ProgramError("TypeError", f"{name}() got an unexpected keyword argument", code="arguments")
        if sized is not None and len(values) > sized and isinstance(values[sized], np.ndarray):
            values[sized] = tuple(values[sized].tolist())
        try:
            count = _count(name, sized, values, named)
        except (TypeError, ValueError, IndexError, OverflowError):
            count = 1  # arguments of the wrong kind: NumPy says so and draws nothing
        return arrays.apply(run, MethodType(method, host), values, named, count)

    return draw


def _count(name: str, sized: int | None, values: list[Any], named: dict[str, Any]) -> int:
    """How many numbers a draw makes, or looks at."""
    if name == "permutation":
        return int(values[0]) if type(values[0]) is int else int(np.size(values[0]))
    if sized is None:
        return math.prod(max(int(value), 0) for value in values[:64] if type(value) is int)
    wanted = named.get("size", values[sized] if len(values) > sized else None)
    if name == "choice" and type(values[0]) is int:
        return max(values[0], elements(1 if wanted is None else wanted))
    if name in ROWS:
        place, parameter = ROWS[name]
        width = int(np.size(values[place] if len(values) > place else named[parameter]))
        return elements(1 if wanted is None else wanted) * width + (width**3 if name == "multivariate_normal" else 0)
    return elements(wanted) if wanted is not None else together(values)


ROWS = {"multinomial": (1, "pvals"), "dirichlet": (0, "alpha"), "multivariate_normal": (0, "mean")}
"""Draws of rows: which argument says how wide one is."""


def _shuffle(host: Any, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("shuffle", given, keywords, 1, 1)
    value = given[0]
    if type(value) is list:
        run.meter.burn(len(value))
        order = list(range(len(value)))
        host.shuffle(order)
        value[:] = [value[place] for place in order]
        run.changed(value)
    elif type(value) is Array:
        run.recorder.settle()
        arrays.apply(run, host.shuffle, [value.data], {}, value.data.size)
    else:
        raise ProgramError("TypeError", "x must be a list or an array", code="argument")
    return None


COMMON: tuple[tuple[str, int], ...] = (
    *(("random", 0), ("standard_normal", 0), ("normal", 2), ("uniform", 2), ("choice", 1), ("permutation", 9)),
    *(("binomial", 2), ("poisson", 1), ("exponential", 1), ("geometric", 1), ("laplace", 2), ("beta", 2), ("gamma", 2)),
    *(("multinomial", 2), ("dirichlet", 1), ("multivariate_normal", 2)),
)
"""What both kinds of generators draw, and the place of its size."""


def _draws(kind: type, own: tuple[tuple[str, int | None], ...]) -> dict[str, Draw]:
    methods = {name: method for base in reversed(kind.__mro__) for name, method in base.__dict__.items()}
    return {"shuffle": _shuffle, **{name: _drawn(methods[name], name, place) for name, place in (*COMMON, *own)}}


LEGACY = {
    "seed": _seed,
    **_draws(np.random.RandomState, (("rand", None), ("randn", None), ("random_sample", 0), ("randint", 2))),
}
MODERN = _draws(np.random.Generator, (("integers", 2),))


def _by_run(draw: Draw, run: Machine, given: Given, keywords: Keywords) -> Value:
    if run.draws is None:
        run.draws = np.random.RandomState(0)
    return draw(run.draws, run, given, keywords)


def _by_owner(draw: Draw, run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    return draw(owner.host, run, given, keywords)


def methods(kind: type, draws: Mapping[str, Draw]) -> dict[tuple[type, str], Callable[..., Value]]:
    """Draws as the methods of a kind of generator that a program may have of its own."""
    return {(kind, name): functools.partial(_by_owner, draw) for name, draw in draws.items()}


def _state(run: Machine, given: Given, keywords: Keywords) -> Value:
    return RandomState(np.random.RandomState(_number(run, "RandomState", given, keywords)))


def _generator(run: Machine, given: Given, keywords: Keywords) -> Value:
    return NumpyGenerator(np.random.default_rng(_number(run, "default_rng", given, keywords)))


MEMBERS: dict[str, Value] = {
    **{name: Builtin(name, functools.partial(_by_run, draw)) for name, draw in LEGACY.items()},
    "default_rng": Builtin("default_rng", _generator),
    "RandomState": TypeValue(
        "numpy.random.mtrand.RandomState", frozenset({RandomState}), _state, "<class 'numpy.random.mtrand.RandomState'>"
    ),
    "Generator": TypeValue(
        "numpy.random._generator.Generator",
        frozenset({NumpyGenerator}),
        text="<class 'numpy.random._generator.Generator'>",
    ),
}
METHODS: dict[tuple[type, str], Callable[..., Value]] = {
    **methods(RandomState, LEGACY),
    **methods(NumpyGenerator, MODERN),
}
