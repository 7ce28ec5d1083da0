"""The first two nodes of a backward call worked out as one give what they give one after the other, to the bit."""

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine.ops import heads
from engine.ops.heads import _LOSS

F = torch.nn.functional
KINDS = [torch.float16, torch.float32, torch.float64]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the head gave, call by call; what other tests left in cycles, hooks among them, is gone."""
    gc.collect()
    found: list[Any] = []

    def seen(*given: Any) -> Any:
        found.append(heads._cross_entropy(*given))
        return found[-1]

    monkeypatch.setattr(_LOSS, "head", seen)
    return found


def gradient(loss: Callable[[Any], Any], numbers: Any, *, apart: bool, times: int = 1) -> bytes:
    """The bits of what the scores receive; `apart` keeps the two nodes apart, as every call but the plainest does."""
    scores = torch.from_numpy(numbers).requires_grad_()
    made = loss(scores * 1.5)
    for turn in range(times):
        if apart:
            torch.autograd.backward([made], retain_graph=turn < times - 1)
        else:
            made.backward(retain_graph=turn < times - 1)
    return bytes(scores.grad.numpy().tobytes())


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (64, 10), (7, 200)], ids=str)
def test_a_cross_entropy_gives_the_same_bits(kind: Any, size: tuple[int, int], begun: list[Any]):
    source = np.random.default_rng(0)
    # So far apart that some probabilities are zero: the signs of zeros are bits too.
    numbers = (source.standard_normal(size) * 60).astype(kind.numpy)
    target = torch.from_numpy(source.integers(0, size[1], size[0]))

    def loss(scores: Any) -> Any:
        return F.cross_entropy(scores, target, ignore_index=-1000)

    assert gradient(loss, numbers, apart=False) == gradient(loss, numbers, apart=True)
    assert gradient(loss, numbers, apart=False, times=2) == gradient(loss, numbers, apart=True, times=2)
    assert len(begun) == 3
    assert None not in begun


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_come_through_alike(number: float, begun: list[Any]):
    numbers = np.array([[1.0, number, 3.0], [4.0, 6.0, 5.0]])
    target = torch.tensor([1, 0])
    one, other = (
        np.frombuffer(gradient(lambda scores: F.cross_entropy(scores, target), numbers, apart=apart))
        for apart in (False, True)
    )
    np.testing.assert_array_equal(one, other)
    assert begun[0] is not None


ASIDE: dict[str, Callable[[Any], Any]] = {
    "a row left out": lambda x: F.cross_entropy(x, torch.tensor([0, -100, 1])),
    "a class left out": lambda x: F.cross_entropy(x, torch.tensor([0, 2, 1]), ignore_index=2),
    "the last class left out": lambda x: F.cross_entropy(x, torch.tensor([0, -1, 1]), ignore_index=-1),
    "a sum": lambda x: F.cross_entropy(x, torch.tensor([0, 2, 1]), reduction="sum"),
    "logarithms down the columns": lambda x: F.nll_loss(F.log_softmax(x, 0), torch.tensor([0, 2, 1])),
    "no logarithms": lambda x: F.nll_loss(x * 2, torch.tensor([0, 2, 1])),
    "one row": lambda x: F.cross_entropy(x[0], torch.tensor(2)),
}


@pytest.mark.parametrize("name", ASIDE)
def test_what_is_out_of_the_ordinary_is_left_to_the_rules(name: str, begun: list[Any]):
    numbers = np.array([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0], [7.0, 9.0, 8.0]])
    assert gradient(ASIDE[name], numbers, apart=False) == gradient(ASIDE[name], numbers, apart=True)
    assert not any(begun)


def test_scores_that_are_a_leaf_are_left_to_the_rules(begun: list[Any]):
    x = torch.tensor([[3.0, 1.0], [4.0, 6.0]], requires_grad=True)
    F.cross_entropy(x, torch.tensor([0, 1])).backward()
    assert begun == [None]
    assert x.grad is not None


def test_what_was_kept_is_freed_once_and_only_where_it_is_not_kept():
    x = torch.tensor([[3.0, 1.0], [4.0, 6.0]], requires_grad=True)
    loss = F.cross_entropy(x * 2, torch.tensor([0, 1]))
    node = loss.grad_fn
    loss.backward(retain_graph=True)
    assert node._saved_target.tolist() == [0, 1]
    loss.backward()
    for freed in (node, node.next_functions[0][0]):
        with pytest.raises(RuntimeError, match="after they have already been freed"):
            freed._saved_self if freed is node else freed._saved_result  # noqa: B018 -- reading it raises
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        loss.backward()


def test_classes_written_after_the_loss_are_refused():
    x = torch.tensor([[3.0, 1.0], [4.0, 6.0]], requires_grad=True)
    target = torch.tensor([0, 1])
    loss = F.cross_entropy(x * 2, target)
    target.add_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_a_hook_between_the_two_sees_its_gradient(begun: list[Any]):
    x = torch.tensor([[3.0, 1.0], [4.0, 6.0]], requires_grad=True)
    loss = F.cross_entropy(x * 2, torch.tensor([0, 1]))
    seen: list[Any] = []
    loss.grad_fn.next_functions[0][0].register_hook(lambda sent, arrived: seen.append(arrived[0].tolist()))
    loss.backward()
    assert seen == [[[-0.5, 0.0], [0.0, -0.5]]]
    assert not begun
