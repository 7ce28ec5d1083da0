"""However a program gives its arguments, no result has more elements than were told before it was made: PyTorch's own samples, spelled otherwise."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine.program import cost, placing, sizes
from tests.engine.sample_calls import made
from tests.engine.test_samples import OPS, STORED, reach, reachable

FEW = 16
"""A bound may be that much too small where all is small: a result of values and places, a scalar of an empty row."""


def otherwise(chance: random.Random, value: Any) -> Any:
    """The value as PyTorch takes it too: a number as a tensor of one, a row as a tensor, a tensor as NumPy's array."""
    if type(value) is int:
        return chance.choice((torch.tensor(value), torch.tensor([value]), np.array(value)))
    if type(value) is float:
        return torch.tensor(value)
    if type(value) in (tuple, list) and value and all(type(each) is int for each in value):
        return chance.choice((list(value), torch.Size(value), torch.tensor(value), tuple(map(torch.tensor, value))))
    return value.detach().numpy().copy() if isinstance(value, torch.Tensor) and chance.random() < 0.2 else value


def respelled(
    chance: random.Random, path: str, function: Any, given: list[Any], named: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """One argument of another kind, and some of them by name, in any order."""
    first = 1 if path.startswith("Tensor.") else 0
    if len(given) > first:
        place = chance.randrange(first, len(given))
        given[place] = otherwise(chance, given[place])
    names, most = chance.choice(placing.ways(path, function))
    if chance.random() < 0.7 and first < len(given) <= most:
        cut = chance.randrange(first, len(given))
        pairs = list({**dict(zip(names[cut:], given[cut:], strict=False)), **named}.items())
        chance.shuffle(pairs)
        return given[:cut], dict(pairs)
    return given, named


def elements(result: Any) -> int:
    if isinstance(result, torch.Tensor):
        return result.numel()
    return sum(map(elements, result)) if isinstance(result, (list, tuple)) else 0


@pytest.mark.parametrize("name", sorted(name for name in OPS if OPS[name]["how"][0] in ("torch", "method")))
def test_a_result_has_no_more_elements_than_were_told_in_any_spelling(name: str) -> None:
    chance = random.Random(name)
    for sample in OPS[name]["samples"][:12]:
        for kind, spelling in [OPS[name]["how"], *sample["also"]]:
            if kind not in ("torch", "method") or not reachable((kind, spelling)):
                continue
            given = list(made(torch, STORED.tree(sample["args"]), [], [], None))
            named = made(torch, STORED.tree(sample["kwargs"]), [], [], None)
            path, function = "Tensor." * (kind == "method") + spelling, reach(kind, spelling)
            given, named = respelled(chance, path, function, given, named)
            placed = placing.placed(path, function, given, named)
            told = sizes.of_call(spelling, *placed)
            cost.of_call(spelling, *placed)
            if told > 10**6:
                continue
            try:
                result = function(*given, **named)
            except Exception:  # noqa: BLE001 - not every spelling is accepted, and what is refused makes nothing
                continue
            assert elements(result) <= 4 * told + FEW, (spelling, sorted(named), told, elements(result))


@pytest.mark.parametrize(
    ("path", "given", "named", "placed"),
    [
        ("mm", [], {"mat2": 2, "input": 1}, ([1, 2], {})),
        ("Tensor.mm", [1], {"mat2": 2}, ([1, 2], {})),
        ("cat", [1], {"axis": 0}, ([1, 0], {})),
        ("zeros", [3], {"out": None, "dtype": None}, ([3], {"out": None, "dtype": None})),
        ("linspace", [0], {"steps": 5, "end": 1}, ([0, 1, 5], {})),
        ("diff", [1], {"append": 4}, ([1], {"append": 4})),
    ],
)
def test_arguments_by_name_come_to_their_places(path: str, given: Any, named: Any, placed: Any) -> None:
    assert placing.placed(path, reach("torch", path.removeprefix("Tensor.")), given, named) == placed


def test_numbers_are_read_out_of_tensors_and_arrays() -> None:
    placed, _ = placing.placed("zeros", torch.zeros, [np.array([3, 4])], {})
    assert placing.several(placed[0]) == [3, 4]
    assert [placing.whole(each) for each in (7, True, torch.tensor(7), torch.tensor([7]), "7", None)] == [7, 1, 7, 7, 1, 1]  # fmt: skip
