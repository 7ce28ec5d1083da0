"""`random`: Python's own Mersenne numbers, drawn by a generator of the run's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _generator(run: Machine) -> Random:
    if run.dice is None:
        run.dice = Random(0)
    return run.dice


def _seed(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("seed", given, keywords, 0, 1)
    value = given[0] if given else 0
    if type(value) not in (bool, int, float, str, type(None)):
        text = "The only supported seed types are: None,\nint, float, str, bytes, and bytearray."
        raise ProgramError("TypeError", text)
    run.dice = Random(0 if value is None else value)
    return None


def _numbers(name: str, least: int, most: int, run: Machine, given: Given, keywords: Keywords) -> Value:
    """A draw whose arguments are numbers."""
    take(name, given, keywords, least, most)
    numbers = [value if type(value) in (int, float) else run.as_real(value) for value in given]
    dice = _generator(run)
    draws: dict[str, Callable[..., float]] = {
        "random": dice.random,
        "uniform": dice.uniform,
        "gauss": dice.gauss,
        "normalvariate": dice.normalvariate,
        "expovariate": dice.expovariate,
        "betavariate": dice.betavariate,
    }
    try:
        return draws[name](*numbers)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None


def _whole(name: str, least: int, most: int, run: Machine, given: Given, keywords: Keywords) -> Value:
    take(name, given, keywords, least, most)
    numbers = [run.whole(value) for value in given]
    dice = _generator(run)
    try:
        return dice.randint(*numbers) if name == "randint" else dice.randrange(*numbers)
    except ValueError:
        raise ProgramError("ValueError", f"empty range for {name}()") from None


def _choice(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("choice", given, keywords, 1, 1)
    size = run.length(given[0])
    if not size:
        raise ProgramError("IndexError", "Cannot choose from an empty sequence")
    return run.item(given[0], _generator(run).choice(range(size)))


def _choices(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("choices", given, keywords, 1, 2, ("weights", "k"))
    count = run.whole(keywords.get("k", 1))
    run.meter.need_items(count)
    run.meter.burn(count)
    weights = given[1] if len(given) > 1 else keywords.get("weights")
    items = run.gather(given[0])
    told = None if weights is None else [run.as_float(value) for value in run.gather(weights)]
    try:
        return _generator(run).choices(items, told, k=count)
    except (ValueError, IndexError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None


def _shuffle(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("shuffle", given, keywords, 1, 1)
    if type(given[0]) is not list:
        raise ProgramError("TypeError", f"'{type_name(given[0])}' object does not support item assignment")
    run.meter.burn(len(given[0]))
    _generator(run).shuffle(given[0])
    run.changed(given[0])
    return None


def _sample(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("sample", given, keywords, 1, 2, ("k",))
    count = run.whole(given[1] if len(given) > 1 else keywords.get("k"))
    items = run.gather(given[0])
    run.meter.burn(len(items))
    try:
        return _generator(run).sample(items, count)
    except ValueError as error:
        raise ProgramError("ValueError", str(error)) from None


MEMBERS: dict[str, Value] = {
    "seed": Builtin("seed", _seed),
    "choice": Builtin("choice", _choice),
    "choices": Builtin("choices", _choices),
    "shuffle": Builtin("shuffle", _shuffle),
    "sample": Builtin("sample", _sample),
    "randint": Builtin("randint", functools.partial(_whole, "randint", 2, 2)),
    "randrange": Builtin("randrange", functools.partial(_whole, "randrange", 1, 3)),
    **{
        name: Builtin(name, functools.partial(_numbers, name, count if name != "gauss" else 0, count))
        for name, count in (
            ("random", 0),
            ("uniform", 2),
            ("gauss", 2),
            ("normalvariate", 2),
            ("expovariate", 1),
            ("betavariate", 2),
        )
    },
}
