# ruff: noqa: S102, BLE001 -- the programs are the texts of our own fixtures
"""The Engine: what PyTorch 2.13 answers to programs about leaves, order, hooks, freeing and modes; depth and memory."""

import gc
import json
import math
import random
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

import engine as torch
from engine.function import Function
from engine.ready import FIRST, Ready
from engine.saved import FREED
from engine.tensor import Tensor

ANSWERS = json.loads((Path(__file__).parents[1] / "fixtures" / "autograd.json").read_text(encoding="utf-8"))


def plain(value):
    return (
        [plain(each) for each in value]
        if isinstance(value, (list, tuple)) and not isinstance(value, Tensor)
        else repr(value)
    )


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case["program"][:60].replace("\n", " "))
def test_a_program_answers_as_pytorch_does(case):
    scope = {"torch": torch, "F": torch.nn.functional, "x": torch.tensor([1.0, -2.0], requires_grad=True)}
    said = None
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            exec(case["program"], scope)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
    found = said if said is not None else plain(scope.get("out"))
    assert found == case["out"]
    assert [str(each.message)[:60] for each in heard] == case["warnings"]


def test_a_chain_of_20000_ops_neither_recurses_in_backward_nor_when_it_is_deleted():
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(20_000):
        y = y * 1.0
    y.backward()
    assert x.grad.item() == 1.0
    node = weakref.ref(y.grad_fn)
    del y
    assert node() is None


def test_a_graph_is_freed_with_its_last_reference_and_needs_no_collector():
    gc.disable()
    try:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        z = (y * x).tanh()
        held = torch.ones(2)
        z.register_hook(lambda g, held=held: g * held)
        z.mul_(2)
        z.relu_()
        watched = [weakref.ref(each) for each in (y.grad_fn, z.grad_fn, held)]
        del y, z, held
        assert [each() for each in watched] == [None, None, None]
    finally:
        gc.enable()


def test_many_paths_take_linear_time():
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(48):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**48


def test_a_failed_backward_leaves_other_graphs_and_the_mode_as_they_were():
    x = torch.tensor(2.0, requires_grad=True)
    broken, sound = x * x, x * 3.0
    broken.backward()
    with pytest.raises(RuntimeError) as failure:
        broken.backward()
    assert str(failure.value) == FREED
    sound.backward()
    assert x.grad.item() == 7.0
    assert (x * 1).requires_grad


def test_an_exception_in_a_hook_restores_the_grad_mode():
    x = torch.tensor(2.0, requires_grad=True)

    def fail(gradient):
        raise ValueError("boom")

    x.register_hook(fail)
    with pytest.raises(ValueError, match="boom"):
        (x * 2).backward()
    assert (x * 1).requires_grad


def test_inside_a_hook_the_grad_mode_is_off():
    seen = []
    x = torch.tensor(2.0, requires_grad=True)
    x.register_hook(lambda g: seen.append(torch.is_grad_enabled()))
    (x * 2).backward()
    assert seen == [False]


def test_leaves_of_one_sum_get_arrays_of_their_own():
    a, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    given = torch.ones(3)
    (a + b).backward(given)
    a.grad.add_(5)
    assert b.grad.tolist() == [1.0] * 3
    assert given.tolist() == [1.0] * 3


def test_higher_derivatives_of_any_order():
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    y = x.sin()
    for order in range(1, 6):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(math.sin(0.7 + order * math.pi / 2))


def test_a_hessian_vector_product():
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    v = torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64)
    (g,) = torch.autograd.grad((x**3).sum() + x.prod(), x, create_graph=True)
    (hv,) = torch.autograd.grad((g * v).sum(), x)
    hessian = np.diag([6.0, 12.0, 18.0]) + np.array([[0, 3, 2], [3, 0, 1], [2, 1, 0]])
    np.testing.assert_allclose(hv.tolist(), hessian @ [1.0, 0.0, -1.0])


def test_training_through_unrolled_gradient_descent():
    rate = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    start = w
    for _ in range(3):
        (g,) = torch.autograd.grad(w * w, w, create_graph=True)
        w = w - rate * g
    w.backward()
    assert start.grad.item() == pytest.approx(0.8**3)
    assert rate.grad.item() == pytest.approx(3 * 0.8**2 * -2)


def test_the_ready_queue_gives_the_highest_first():
    chooser = random.Random(0)
    for _ in range(50):
        numbers = [chooser.randrange(1000) for _ in range(chooser.randrange(1, 40))]
        ready = Ready()
        for number in numbers:
            ready.push(number, number)
        assert [ready.pop() for _ in numbers] == sorted(numbers, reverse=True)


def test_equal_priorities_come_in_the_order_of_the_standard_librarys_heap():
    ready = Ready()
    for name in "abcdefghi":
        ready.push(FIRST, name)
    assert [ready.pop() for _ in range(9)] == _sifted("abcdefghi")


def _sifted(names):
    """The same heap stated again: the last item falls through the hole at the top, right child before left."""
    heap, out = list(names), []
    while heap:
        out.append(heap[0])
        last = heap.pop()
        if not heap:
            break
        hole = 0
        while 2 * hole + 2 < len(heap):
            heap[hole] = heap[2 * hole + 2]
            hole = 2 * hole + 2
        if 2 * hole + 1 < len(heap):
            heap[hole] = heap[2 * hole + 1]
            hole = 2 * hole + 1
        heap[hole] = last
    return out


@pytest.mark.parametrize(
    ("expression", "saved"),
    [
        ("x.exp()", ("result",)),
        ("x.tanh()", ("result",)),
        ("x.sin()", ("self",)),
        ("x * y", ("self", "other")),
        ("x * c", ("other",)),
        ("x * 3.0", ("other",)),
        ("x + y", ()),
        ("x.sum()", ()),
        ("x / y", ("self", "other")),
        ("x[0]", ()),
        ("torch.cat([x, y])", ()),
        ("x.relu()", ("result",)),
        ("x @ y", ("self", "tensor")),
        ("x ** 2", ("self",)),
        ("-x", ()),
        ("x.view(1, 2)", ()),
    ],
)
def test_a_node_saves_what_its_formulas_use(expression, saved):
    names = {
        "torch": torch,
        "x": torch.ones(2, requires_grad=True),
        "y": torch.ones(2, requires_grad=True),
        "c": torch.ones(2),
    }
    exec(f"z = {expression}", names)
    node = names["z"].grad_fn
    assert isinstance(node, Function)
    assert node.saved_list() == saved


def test_a_parameter_is_a_leaf_over_the_memory_it_was_given():
    data = torch.ones(2)
    parameter = torch.nn.Parameter(data)
    assert parameter.is_leaf and parameter.requires_grad
    data.mul_(3)
    assert parameter.tolist() == [3.0, 3.0] and parameter._version == 1
    assert repr(parameter) == "Parameter containing:\ntensor([3., 3.], requires_grad=True)"
    with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
        torch.nn.Parameter(torch.tensor([1]))
