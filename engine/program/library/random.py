"""`random`: Python's own Mersenne numbers, of the run's generator or of a `random.Random`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.library.draws import methods
from engine.program.values import Builtin, Dice, TypeValue, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
Draw = Callable[[Random, "Machine", Given, Keywords], Value]


def _seed(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("seed", given, keywords, 0, 1)
    value = given[0] if given else 0
    if type(value) not in (bool, int, float, str, type(None)):
        text = "The only supported seed types are: None,\nint, float, str, bytes, and bytearray."
        raise ProgramError("TypeError", text)
    dice.seed(0 if value is None else value)
    return None


def _numbers(name: str, least: int, most: int) -> Draw:
    """A draw whose arguments are numbers."""

    def draw(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, least, most)
        numbers = [value if type(value) in (int, float) else run.as_real(value) for value in given]
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

    return draw


def _whole(name: str, least: int, most: int) -> Draw:
    def draw(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, least, most)
        numbers = [run.whole(value) for value in given]
        try:
            return dice.randint(*numbers) if name == "randint" else dice.randrange(*numbers)
        except ValueError:
            raise ProgramError("ValueError", f"empty range for {name}()") from None

    return draw


def _choice(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("choice", given, keywords, 1, 1)
    size = run.length(given[0])
    if not size:
        raise ProgramError("IndexError", "Cannot choose from an empty sequence")
    return run.item(given[0], dice.choice(range(size)))


def _choices(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("choices", given, keywords, 1, 2, ("weights", "k"))
    count = run.whole(keywords.get("k", 1))
    run.meter.need_items(count)
    run.meter.burn(count)
    weights = given[1] if len(given) > 1 else keywords.get("weights")
    items = run.gather(given[0])
    told = None if weights is None else [run.as_float(value) for value in run.gather(weights)]
    try:
        return dice.choices(items, told, k=count)
    except (ValueError, IndexError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None


def _shuffle(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("shuffle", given, keywords, 1, 1)
    if type(given[0]) is not list:
        raise ProgramError("TypeError", f"'{type_name(given[0])}' object does not support item assignment")
    run.meter.burn(len(given[0]))
    dice.shuffle(given[0])
    run.changed(given[0])
    return None


def _sample(dice: Random, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("sample", given, keywords, 1, 2, ("k",))
    count = run.whole(given[1] if len(given) > 1 else keywords.get("k"))
    items = run.gather(given[0])
    run.meter.burn(len(items))
    try:
        return dice.sample(items, count)
    except ValueError as error:
        raise ProgramError("ValueError", str(error)) from None


DRAWS: dict[str, Draw] = {
    "seed": _seed,
    "choice": _choice,
    "choices": _choices,
    "shuffle": _shuffle,
    "sample": _sample,
    "randint": _whole("randint", 2, 2),
    "randrange": _whole("randrange", 1, 3),
    **{
        name: _numbers(name, count if name != "gauss" else 0, count)
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


def _made(run: Machine, given: Given, keywords: Keywords) -> Value:
    """A `random.Random` of the program's own. Raises TypeError for what is no seed."""
    made = Dice(Random(0))
    _seed(made.host, run, given, keywords)
    return made


def _by_run(draw: Draw, run: Machine, given: Given, keywords: Keywords) -> Value:
    if run.dice is None:
        run.dice = Random(0)
    return draw(run.dice, run, given, keywords)


MEMBERS: dict[str, Value] = {
    **{name: Builtin(name, functools.partial(_by_run, draw)) for name, draw in DRAWS.items()},
    "Random": TypeValue("Random", frozenset({Dice}), _made, "<class 'random.Random'>"),
}
METHODS = methods(Dice, DRAWS)
