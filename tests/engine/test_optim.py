"""Optimizers move parameters as PyTorch's do, and the events tell it."""

import json

import numpy as np
import pytest

import engine as torch
from engine import nn, optim
from engine.optim import lr_scheduler
from tests.engine import optim_cases as more
from tests.engine import torch_cases as cases

STORED = json.loads(cases.FIXTURE.read_text())
CLOSE = {"float32": 1e-5, "float64": 1e-9}
MORE = json.loads(more.FIXTURE.read_text())
RUNS = list(zip(cases.OPTIMIZERS + more.OPTIMIZERS, STORED["training"] + MORE["training"], strict=True))


@pytest.mark.parametrize("kind", cases.DTYPES)
@pytest.mark.parametrize("case, stored", RUNS, ids=[f"{case[0]} {place}" for place, (case, _) in enumerate(RUNS)])
def test_twenty_steps_are_pytorchs(case, stored, kind):
    found, wanted = cases.training(torch, *case, getattr(torch, kind)), stored[kind]
    np.testing.assert_allclose(found["losses"], wanted["losses"], rtol=CLOSE[kind])
    for ours, theirs in zip(found["parameters"], wanted["parameters"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=CLOSE[kind], atol=CLOSE[kind])
    assert found["text"] == wanted["text"]


@pytest.mark.parametrize(
    "case, rates",
    list(zip(cases.SCHEDULES + more.SCHEDULES, STORED["schedules"] + MORE["schedules"], strict=True)),
    ids=lambda case: case[0] if isinstance(case, tuple) else "",
)
def test_learning_rates_follow_pytorchs_schedule(case, rates):
    assert cases.schedule(torch, *case) == rates


@pytest.mark.parametrize("settings, rates", list(zip(more.PLATEAUS, MORE["plateaus"], strict=True)))
def test_a_plateau_lowers_the_rate_when_pytorch_does(settings, rates):
    assert more.plateau(torch, settings) == rates


def leaf(value=1.0):
    return torch.tensor([value, value], requires_grad=True)


X = leaf()


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: optim.SGD([X], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: optim.SGD([X], momentum=-1), ValueError, "Invalid momentum value: -1"),
        (lambda: optim.SGD([X], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
        (lambda: optim.SGD([X], 0.1, nesterov=True), ValueError, "Nesterov momentum requires a momentum and zero dampening"),
        (lambda: optim.SGD([X], lr=torch.tensor([0.1, 0.2])), ValueError, "Tensor lr must be 1-element"),
        (lambda: optim.Adam([X], betas=(1, 0.9)), ValueError, "Invalid beta parameter at index 0: 1"),
        (lambda: optim.Adam([X], betas=(0.9, 1.9)), ValueError, "Invalid beta parameter at index 1: 1.9"),
        (lambda: optim.Adam([X], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (lambda: optim.RMSprop([X], alpha=-1), ValueError, "Invalid alpha value: -1"),
        (lambda: optim.Adagrad([X], lr_decay=-1), ValueError, "Invalid lr_decay value: -1"),
        (lambda: optim.Adagrad([X], initial_accumulator_value=-1), ValueError, "Invalid initial_accumulator_value value: -1"),
        (lambda: optim.SGD([]), ValueError, "optimizer got an empty parameter list"),
        (lambda: optim.SGD([X * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: optim.SGD([3]), TypeError, "optimizer can only optimize Tensors, but one of the params is int"),
        (lambda: optim.SGD(X), TypeError, "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor"),
        (lambda: optim.SGD([X]).add_param_group(3), TypeError, "param_group must be a dict, but got <class 'int'>"),
        (lambda: optim.SGD([{"params": [X]}, {"params": [X]}]), ValueError, "some parameters appear in more than one parameter group"),
        (lambda: lr_scheduler.StepLR(3, 2), TypeError, "int is not an Optimizer"),
        (lambda: lr_scheduler.LambdaLR(optim.SGD([X]), [abs, abs]), ValueError, "Expected 1 lr_lambdas, but got 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_optimized_is_refused_in_pytorchs_words(make, error, words):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value) == words


def test_the_same_parameter_twice_in_a_group_warns():
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([X, X])


def test_groups_have_settings_of_their_own():
    a, b, c = leaf(), leaf(), leaf()
    optimizer = optim.SGD([{"params": a, "lr": 0.5}, {"params": [b]}], lr=0.1)
    optimizer.add_param_group({"params": [c], "lr": 1.0})
    (a.sum() + b.sum() + c.sum()).backward()
    optimizer.step()
    assert [round(tensor[0].item(), 6) for tensor in (a, b, c)] == [0.5, 0.9, 0.0]
    optimizer.param_groups[2]["lr"] = 0.0
    optimizer.step()
    assert c.tolist() == [0, 0]


def test_groups_are_printed_apart():
    text = repr(optim.Adagrad([{"params": [leaf()], "lr": 0.5}, {"params": [leaf()]}], lr=0.1))
    assert "\n    weight_decay: 0\n\nParameter Group 1\n    differentiable: False\n" in text
    assert text.startswith("Adagrad (\nParameter Group 0\n") and text.endswith("\n    weight_decay: 0\n)")


def test_named_parameters_are_taken_with_their_names():
    assert "    param_names: ['weight', 'bias']" in repr(optim.SGD(nn.Linear(1, 1).named_parameters()))


def test_a_closure_runs_with_gradients_on_and_its_loss_is_given_back():
    x = leaf()
    optimizer = optim.SGD([x], lr=1.0)

    def closure():
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 2.0
    assert x.tolist() == [-1, -1] and x.is_leaf


def test_gradients_are_cleared_to_none_or_zero():
    x = leaf()
    optimizer = optim.Adam([x])
    x.sum().backward()
    held = x.grad
    optimizer.zero_grad(set_to_none=False)
    assert x.grad is held and held.tolist() == [0, 0]
    optimizer.zero_grad()
    assert x.grad is None


@pytest.mark.parametrize("kind", optim.OPTIMIZERS)
def test_a_saved_state_continues_as_if_never_stopped(kind):
    def trained(steps, state=None, start=1.0):
        x = torch.tensor(start, requires_grad=True)
        optimizer = kind([x], lr=0.1)
        if state:
            optimizer.load_state_dict(state)

        def closure():
            optimizer.zero_grad()
            loss = (x**3).sum()
            loss.backward()
            return loss

        for _ in range(steps):
            optimizer.step(closure)
        return x, optimizer

    straight, _ = trained(6)
    half, optimizer = trained(3)
    again, _ = trained(3, optimizer.state_dict(), half.item())
    assert again.item() == straight.item()


def test_state_is_told_as_tensors():
    x = leaf()
    optimizer = optim.Adam([x], lr=0.1)
    x.sum().backward()
    optimizer.step()
    assert repr(optimizer.state_dict()["state"]) == (
        "{0: {'step': tensor(1.), 'exp_avg': tensor([0.1000, 0.1000]), 'exp_avg_sq': tensor([0.0010, 0.0010])}}"
    )
    assert list(optimizer.state[x]) == ["step", "exp_avg", "exp_avg_sq"]


def test_a_schedule_before_the_first_step_warns():
    x = leaf()
    optimizer = optim.SGD([x], lr=0.1)
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    with pytest.warns(UserWarning, match="lr_scheduler.step"):
        scheduler.step()
    assert scheduler.get_last_lr() == [0.05]


# LBFGS moves all parameters together, and asks a closure.
@pytest.mark.parametrize("kind", [kind for kind in optim.OPTIMIZERS if kind is not optim.LBFGS])
def test_a_step_is_told_once_for_each_parameter_that_has_a_gradient(kind):
    with torch.record() as trace:
        layer = nn.Linear(2, 1)
        still = torch.ones(2, requires_grad=True)
        optimizer = kind([*layer.parameters(), still], lr=0.1)
        layer(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    changes = [event for event in trace.events() if event.kind == "tensor-modified"]
    assert [change.op for change in changes] == [kind.OP] * 2
    for change, param in zip(changes, layer.parameters(), strict=True):
        np.testing.assert_array_equal(np.array(change.after["data"], np.float32), param.tolist())
    assert all(change.version == 1 + optimizer.writes(optimizer.param_groups[0]) for change in changes)


def test_parameters_go_into_one_row_and_back():
    layer = nn.Linear(3, 2)
    row = nn.utils.parameters_to_vector(layer.parameters())
    assert row.shape == (8,) and row.grad_fn.name() == "CatBackward0"
    nn.utils.vector_to_parameters(torch.arange(8.0), layer.parameters())
    assert layer.weight.tolist() == [[0, 1, 2], [3, 4, 5]] and layer.bias.tolist() == [6, 7]
    assert all(param.is_leaf and param.requires_grad for param in layer.parameters())


class Halved(optim.Optimizer):
    """A rule of a Python class's own, as a user of the library writes it."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    def step(self):
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["seen"] = self.state[param].get("seen", 0) + 1
                param.data.add_(param.grad, alpha=-group["lr"])


class Falling(lr_scheduler.LRScheduler):
    def get_lr(self):
        return [base / (1 + self.last_epoch) for base in self.base_lrs]


def test_a_class_of_python_s_own_is_an_optimizer_with_hooks_and_a_scheduler():
    weight = nn.Parameter(torch.ones(2))
    optimizer = Halved([weight], 0.5)
    scheduler = Falling(optimizer)
    told = []
    optimizer.register_step_pre_hook(lambda *_: told.append("before"))
    optimizer.register_step_post_hook(lambda *_: told.append("after"))
    for rate in (0.5, 0.25):
        assert optimizer.param_groups[0]["lr"] == rate
        optimizer.zero_grad()
        (weight * 2).sum().backward()
        optimizer.step()
        scheduler.step()
    assert weight.tolist() == [1 - 2 * 0.5 - 2 * 0.25] * 2
    assert told == ["before", "after"] * 2
    assert optimizer.state_dict() == {
        "state": {0: {"seen": 2}},
        "param_groups": [{"lr": 0.5 / 3, "initial_lr": 0.5, "params": [0]}],
    }


def test_an_optimizer_without_a_rule_cannot_step():
    with pytest.raises(NotImplementedError):
        optim.Optimizer([nn.Parameter(torch.ones(1))], {}).step()
