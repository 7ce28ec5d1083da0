"""Forward mode of functions that write to their inputs: what no rule of it covers is refused, so that no number is wrong."""

import pytest

import engine as torch
from engine import duals
from engine.names import TORCH

jvp, jacfwd = TORCH["func.jvp"], TORCH["func.jacfwd"]


def tracked():
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True) * 1


def by_the_tensor_itself(x):
    return lambda a: (a.mul_(2) * x).sum()


def by_a_view_of_before(x):
    first = x[:2]
    return lambda a: a.mul_(2).sum() + first.sum()


def by_a_view_of_after(x):
    return lambda a: a.mul_(2).sum() + x[0]


def by_what_it_gives(x):
    return lambda a: (a.mul_(2).sum(), x)


def by_a_write_of_its_own(x):
    return lambda a: (x.mul_(2) + a).sum()


@pytest.mark.parametrize(
    "write", [by_the_tensor_itself, by_a_view_of_before, by_a_view_of_after, by_what_it_gives, by_a_write_of_its_own]
)
def test_what_was_written_has_no_tangent_under_another_name(write):
    x = tracked()
    with pytest.raises(NotImplementedError, match=duals.CLOSED_OVER):
        jvp(write(x), (x,), (torch.ones(3),))
    x = tracked()
    with pytest.raises(NotImplementedError, match=duals.CLOSED_OVER):
        jacfwd(write(x))(x)


def test_two_inputs_of_one_memory_are_not_told_apart_once_it_is_written_to():
    x = tracked()
    with pytest.raises(NotImplementedError, match=duals.CLOSED_OVER):
        jvp(lambda a, b: (a.mul_(2) * b).sum(), (x, x), (torch.ones(3), torch.ones(3)))


def test_what_is_needed_as_it_was_may_not_be_written_to():
    with pytest.raises(NotImplementedError, match=duals.SAVED):
        jvp(lambda a: (a.sin() + a.mul_(2)).sum(), (tracked(),), (torch.ones(3),))
    with pytest.raises(NotImplementedError, match=duals.SAVED):
        jvp(lambda a: (a.sin() + a.mul_(2)).sum(), (torch.ones(3),), (torch.ones(3),))


def test_an_untracked_input_does_not_become_tracked():
    other = torch.ones(3, requires_grad=True)
    with pytest.raises(NotImplementedError, match=duals.TRACKED):
        jvp(lambda a: a.mul_(other).sum(), (torch.ones(3),), (torch.ones(3),))


def test_the_graph_outside_is_as_it_was_after_a_refusal():
    x = tracked()
    with pytest.raises(NotImplementedError, match=duals.SAVED):
        jvp(lambda a: (a.sin() + a.mul_(2)).sum(), (x,), (torch.ones(3),))
    assert [edge[0].name() for edge in x.grad_fn.next_functions if edge[0]] == ["MulBackward0"]


def test_outside_of_the_function_a_leaf_may_not_be_written_to():
    kept = []
    jvp(lambda a: kept.append(a) or a.mul_(2).sum(), (torch.ones(3),), (torch.ones(3),))
    leaf = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        leaf.mul_(2)


def test_the_calls_that_a_tangent_is_worked_out_by_are_none_of_the_programs():
    x, ad = torch.tensor(2.0, requires_grad=True), "autograd.forward_ad."
    with torch.record() as trace, TORCH[ad + "dual_level"]():
        y = TORCH[ad + "make_dual"](x, torch.tensor(1.0))
        tangent = TORCH[ad + "unpack_dual"](y * y).tangent
        tangent.backward()
    started = [event for event in trace.events() if event.kind == "backward-started"]
    assert [event.call for event in started] == [0]
    assert x.grad.item() == 2.0
