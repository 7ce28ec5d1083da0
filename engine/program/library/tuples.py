"""`torch.nn.modules.utils`: a number for each dimension, as the layers that people write themselves take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.values import Builtin, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

NUMBERS: frozenset[type] = frozenset({int, float, bool, type(None)})
MOST = 100
"""The most elements of a tuple that a function of this module makes of one number."""


def _repeats(name: str, size: int) -> Builtin:
    """What makes a tuple of `size` equal numbers of one, and a tuple of all that can be gone through."""

    def parse(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 1, 1)
        return (given[0],) * size if type(given[0]) in NUMBERS else tuple(run.iterate(given[0]))

    return Builtin(name, parse)


def _ntuple(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("_ntuple", given, keywords, 1, 2, ("name",))
    return _repeats("parse", min(run.whole(given[0]), MOST))


def _reverse_repeat(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    """Each element as often as told, from the last to the first: the padding of a convolution as `F.pad` takes it."""
    take("_reverse_repeat_tuple", given, keywords, 2, 2)
    times = min(run.whole(given[1]), MOST)
    return tuple([value for value in reversed(list(run.iterate(given[0]))) for _ in range(times)])


MEMBERS: dict[str, Value] = {
    "_ntuple": Builtin("_ntuple", _ntuple),
    **{name: _repeats("parse", size) for size, name in enumerate(("_single", "_pair", "_triple", "_quadruple"), 1)},
    "_reverse_repeat_tuple": Builtin("_reverse_repeat_tuple", _reverse_repeat),
}
