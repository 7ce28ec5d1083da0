"""`statistics`: means and spreads of plain numbers."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.program.arguments import take
from engine.program.failures import STATISTICS_ERROR, ProgramError
from engine.program.values import NUMBERS, Builtin, ErrorClass, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

FUNCTIONS: tuple[Callable[[list[Any]], Any], ...] = (
    *(statistics.mean, statistics.fmean, statistics.median, statistics.median_low, statistics.median_high),
    *(statistics.stdev, statistics.pstdev, statistics.variance, statistics.pvariance),
)
PRICE = 4
"""The fuel for one number: they are added up as fractions."""


def _of(function: Callable[[list[Any]], Any]) -> Value:
    name = function.__name__

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 1, 1)
        items = run.gather(given[0])
        run.meter.burn(len(items) * PRICE)
        for item in items:
            if type(item) not in NUMBERS:
                text = f"can't convert type '{type_name(item)}' to numerator/denominator"
                raise ProgramError("TypeError", text, code="argument", hint="Write x.item() or x.tolist().")
        try:
            return function(items)
        except statistics.StatisticsError as error:
            raise ProgramError(STATISTICS_ERROR, str(error)) from None
        except (OverflowError, ValueError, AttributeError) as error:
            raise ProgramError("ValueError", str(error)) from None

    return Builtin(name, call)


def _mode(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("mode", given, keywords, 1, 1)
    counts: dict[Value, int] = {}
    for item in run.gather(given[0]):
        counts[run.key(item)] = counts.get(item, 0) + 1
    if not counts:
        raise ProgramError(STATISTICS_ERROR, "no mode for empty data")
    return max(counts, key=lambda item: counts[item])


MEMBERS: dict[str, Value] = {
    **{function.__name__: _of(function) for function in FUNCTIONS},
    "mode": Builtin("mode", _mode),
    "StatisticsError": ErrorClass(STATISTICS_ERROR),
}
