"""Arguments that PyTorch refuses: the engine refuses them with the same class and the same words, all of them."""

import functools
import gzip
import json
import warnings

import pytest

import engine as torch
from engine import names
from engine.refusals import fault
from engine.signatures import signatures
from tests.engine.bad_calls import FIXTURE, calls, told, value

STORED = json.loads(gzip.decompress(FIXTURE.read_bytes()))["calls"]


def reach(place, name):
    if place is torch:
        return names.TORCH[name]
    return lambda *given, **named: names.METHODS[name](place, *given, **named)


@pytest.mark.parametrize("name", sorted(STORED))
def test_a_function_refuses_in_pytorchs_words(name):
    for given, named, words in STORED[name]:
        assert told(torch, name, given, named, reach) == f"TypeError: {words}", (given, named)


def imported(place, name):
    """The function as `import engine as torch` offers it."""
    return functools.reduce(getattr, name.split("."), place)


# Made for speed, they are Python's own to refuse; and names of old, which only programs reach.
UNGUARDED = {"nn.functional.upsample_bilinear", "nn.functional.upsample_nearest"}
UNGUARDED |= {f"Tensor.{name}" for name, method in torch.ops.METHODS.items() if method.__module__ == "engine.fronts"}


@pytest.mark.parametrize("name", sorted(STORED.keys() - UNGUARDED))
def test_the_library_refuses_in_the_same_words(name):
    for given, named, words in STORED[name][::5]:
        assert told(torch, name, given, named, imported) == f"TypeError: {words}", (given, named)


def test_every_function_whose_arguments_are_read_so_is_compared():
    read = {name for name in (*names.TORCH, *(f"Tensor.{name}" for name in names.METHODS)) if signatures(name)}
    assert read - STORED.keys() == set(), "take them in: python -m tests.engine.bad_calls, where PyTorch is installed"


def test_arguments_that_pytorch_takes_are_not_at_fault():
    refused = {
        (name, json.dumps(given), json.dumps(named)) for name, rows in STORED.items() for given, named, _ in rows
    }
    for name in STORED:
        for given, named in calls(signatures(name)):
            if (name, json.dumps(given), json.dumps(named)) not in refused and signatures(name):
                args = tuple(value(torch, each) for each in given)
                assert fault(name, args, {key: value(torch, each) for key, each in named.items()}) is None, (
                    name,
                    given,
                    named,
                )


def test_the_old_flags_of_a_loss_are_told_as_a_reduction():
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0])
    loss = names.TORCH["nn.functional.mse_loss"]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = [loss(x, y, size_average=False), loss(x, y, None, False), loss(x, y, reduce=True)]
    assert [each.tolist() for each in found] == [5.0, [1.0, 4.0], 2.5]
    assert [str(each.message) for each in seen] == [
        f"size_average and reduce args will be deprecated, please use reduction='{name}' instead."
        for name in ("sum", "none", "mean")
    ]


def test_what_was_taken_once_lets_nothing_of_another_kind_pass():
    x = torch.ones(2, 2)
    soft, cross = torch.nn.functional.softmax, torch.nn.functional.cross_entropy
    for _ in range(2):
        assert x.view(4, 1).shape == x.view((4, 1)).shape == x.view([4, 1]).shape == (4, 1)
        assert torch.cat([x, x]).shape == torch.cat((x, x), 0).shape == torch.cat([x, x], dim=0).shape == (4, 2)
        assert soft(x, 1).tolist() == soft(x, dim=1).tolist() == soft(dim=1, input=x).tolist() == [[0.5, 0.5]] * 2
        assert cross(x, x, None, None, -100, None, "sum").ndim == 0
        for call in (
            lambda: x.view(4, 1.0), lambda: x.view((4, 1.0)), lambda: x.view(["a", 1]), lambda: torch.cat([x, 1]), lambda: torch.cat((x, x), 0.0),
            lambda: torch.cat([x, x], dim="0"), lambda: soft(x, 1.0), lambda: soft(x, dim="a"), lambda: soft(x, 1, dim=1), lambda: soft(dim=1),
            lambda: cross(x, x, None, None, -100, None, "sum", "a"),
        ):  # fmt: skip
            with pytest.raises(TypeError):
                call()
