"""A module holds parameters, buffers and children by name, and does with them what PyTorch's does."""

import copy

import pytest

import engine as torch
from engine import names, nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 3)
        self.norm = nn.BatchNorm1d(3)
        self.fc2 = nn.Linear(3, 1, bias=False)

    def forward(self, x):
        return self.fc2(torch.relu(self.norm(self.fc1(x))))


def named(module):
    return [name for name, _ in module.named_parameters()]


def test_names_follow_the_order_of_assignment():
    net = Net()
    assert named(net) == ["fc1.weight", "fc1.bias", "norm.weight", "norm.bias", "fc2.weight"]
    assert [name for name, _ in net.named_modules()] == ["", "fc1", "norm", "fc2"]
    assert [name for name, _ in net.named_children()] == ["fc1", "norm", "fc2"]
    assert [name for name, _ in net.named_buffers()] == [
        "norm.running_mean",
        "norm.running_var",
        "norm.num_batches_tracked",
    ]
    assert list(net.state_dict()) == [
        "fc1.weight", "fc1.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
        "fc2.weight",
    ]  # fmt: skip
    assert [name for name, _ in net.named_parameters(prefix="net", recurse=False)] == []
    assert net.get_submodule("fc1") is net.fc1 and net.get_parameter("fc1.weight") is net.fc1.weight


def test_what_is_shared_is_told_once():
    shared = nn.Linear(1, 1)
    net = nn.Sequential(shared, nn.Tanh(), shared)
    assert named(net) == ["0.weight", "0.bias"]
    assert len(list(net.modules())) == 3 and len(list(net.children())) == 2 and len(net) == 3
    assert len(list(net.named_parameters(remove_duplicate=False))) == 4


def test_a_name_is_one_thing_at_a_time():
    net = nn.Module()
    net.part = 3
    net.part = nn.Linear(1, 1)
    assert list(net._modules) == ["part"] and "part" not in net.__dict__
    net.part = nn.Parameter(torch.ones(1))
    assert list(net._modules) == [] and named(net) == ["part"]
    net.part = None
    assert net.part is None and named(net) == []
    del net.part
    with pytest.raises(AttributeError, match="'Module' object has no attribute 'part'"):
        net.part  # noqa: B018


def set_weight(net, value):
    net.fc1.weight = value


def set_child(net, value):
    net.fc1 = value


class Early(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(1, 1)


@pytest.mark.parametrize(
    "act, error, words",
    [
        (lambda net: net.foo, AttributeError, "'Net' object has no attribute 'foo'"),
        (lambda net: set_weight(net, torch.ones(3, 2)), TypeError, "cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected)"),
        (lambda net: set_child(net, 3), TypeError, "cannot assign 'int' as child module 'fc1' (torch.nn.Module or None expected)"),
        (lambda net: net.register_parameter("a.b", None), KeyError, "parameter name can't contain \".\""),
        (lambda net: net.register_parameter("", None), KeyError, 'parameter name can\'t be empty string ""'),
        (lambda net: net.register_parameter("w", torch.ones(1)), TypeError, "cannot assign 'torch.FloatTensor' object to parameter 'w' (torch.nn.Parameter or None required)"),
        (lambda net: net.register_buffer("forward", None), KeyError, "attribute 'forward' already exists"),
        (lambda net: net.add_module("fc3", 3), TypeError, "int is not a Module subclass"),
        (lambda net: net.train(3), ValueError, "training mode is expected to be boolean"),
        (lambda net: net.get_submodule("q"), AttributeError, "Net has no attribute `q`"),
        (lambda net: net.get_submodule("fc1.weight"), AttributeError, "`weight` is not an nn.Module"),
        (lambda net: net.to(torch.int64), TypeError, "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64"),
        (lambda net: net.to("cuda"), AssertionError, "Torch not compiled with CUDA enabled"),
        (lambda net: net.to("cuda:0", torch.float64), AssertionError, "Torch not compiled with CUDA enabled"),
        (lambda net: net.to("gpu"), RuntimeError, "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: gpu"),
        (lambda net: Early(), AttributeError, "cannot assign module before Module.__init__() call"),
        (lambda net: nn.Sequential(net)[5], IndexError, "index 5 is out of range"),
        (lambda net: nn.Sequential(net)["a"], TypeError, "'str' object cannot be interpreted as an integer"),
        (lambda net: nn.ModuleDict()["x"], KeyError, "x"),
    ],
)  # fmt: skip
def test_misuse_is_refused_in_pytorchs_words(act, error, words):
    with pytest.raises(error) as raised:
        act(Net())
    assert raised.value.args[0] == words


def test_a_state_goes_from_one_net_to_another():
    torch.manual_seed(0)
    one, two = Net(), Net()
    assert one.fc1.weight.tolist() != two.fc1.weight.tolist()
    assert repr(two.load_state_dict(one.state_dict())) == "<All keys matched successfully>"
    assert one.fc1.weight.tolist() == two.fc1.weight.tolist() and two.fc1.weight.requires_grad
    held = one.state_dict()["fc1.weight"]
    assert not held.requires_grad
    with torch.no_grad():
        one.fc1.weight.zero_()
    assert held.tolist() == [[0, 0]] * 3


def test_a_state_that_does_not_fit_is_refused_with_every_reason():
    net = nn.Sequential(nn.Linear(2, 3))
    with pytest.raises(RuntimeError) as raised:
        net.load_state_dict({"0.weight": torch.ones(2, 2), "z": torch.ones(1)})
    assert str(raised.value) == (
        'Error(s) in loading state_dict for Sequential:\n\tMissing key(s) in state_dict: "0.bias". \n\tUnexpected key(s) in state_dict: "z". '
        "\n\tsize mismatch for 0.weight: copying a param with shape torch.Size([2, 2]) from checkpoint, the shape in current model is "
        "torch.Size([3, 2])."
    )
    assert net.load_state_dict({"z": torch.ones(1)}, strict=False) == (["0.weight", "0.bias"], ["z"])


def test_modes_and_flags_reach_everything_below():
    net = Net()
    assert net.eval() is net and not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())
    net.requires_grad_(False)
    assert not any(param.requires_grad for param in net.parameters())
    assert net.to("cpu") is net and net.to("cpu", torch.float64) is net
    assert {tensor.dtype for tensor in net.state_dict().values()} == {torch.float64, torch.int64}
    seen = []
    net.apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "BatchNorm1d", "Linear", "Net"]


def test_zero_grad_clears_what_backward_left():
    net = Net()
    net(torch.ones(4, 2)).sum().backward()
    assert all(param.grad is not None for param in net.parameters())
    net.zero_grad(set_to_none=False)
    assert net.fc1.weight.grad.tolist() == [[0, 0]] * 3
    net.zero_grad()
    assert all(param.grad is None for param in net.parameters())


def test_hooks_see_and_replace_what_goes_in_and_comes_out():
    layer = nn.Identity()
    before = layer.register_forward_pre_hook(lambda module, given: given[0] + 1)
    after = layer.register_forward_hook(lambda module, given, result: result * 10 + given[0])
    assert layer(torch.tensor(1.0)).item() == 22
    before.remove()
    after.remove()
    assert layer(torch.tensor(1.0)).item() == 1


class Scaled(nn.Module):
    def forward(self, a, k, b):
        return a * k, b * 2


def test_a_backward_hook_sees_and_replaces_what_comes_back_through_a_call():
    net, seen = Scaled(), []

    def hook(module, before, after):
        seen.append(
            (module, [None if each is None else each.tolist() for each in before], [each.tolist() for each in after])
        )
        return before[0] * 10, None, before[2]

    handle = net.register_full_backward_hook(hook)
    a, b = torch.ones(2, requires_grad=True), torch.ones(1, requires_grad=True)
    p, q = net(a, 3.0, b)
    assert p.grad_fn.name() == "BackwardHookFunctionBackward"
    (p.sum() + q.sum()).backward()
    assert seen == [(net, [[3, 3], None, [2]], [[1, 1], [1]])]
    assert a.grad.tolist() == [30, 30] and b.grad.tolist() == [2]
    handle.remove()
    assert net(a, 3.0, b)[0].grad_fn.name() == "MulBackward0"


def test_a_backward_hook_where_no_input_is_tracked_sees_the_outputs_alone():
    layer, seen = nn.Linear(2, 1), []
    layer.register_full_backward_hook(lambda module, before, after: seen.append((before, after[0].tolist())))
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        layer(torch.ones(1, 2)).sum().backward()
    assert seen == [((None,), [[1.0]])] and layer.weight.grad.tolist() == [[1, 1]]
    layer.register_full_backward_hook(lambda module, before, after: (torch.ones(1, 2),))
    with (
        pytest.warns(UserWarning, match="Full backward hook is firing"),
        pytest.raises(RuntimeError, match="where no input requires gradient should always return None"),
    ):
        layer(torch.ones(1, 2)).sum().backward()


def test_a_deep_copy_is_a_net_of_its_own():
    net = Net()
    twin = copy.deepcopy(net)
    assert isinstance(twin.fc1.weight, nn.Parameter) and named(twin) == named(net)
    with torch.no_grad():
        twin.fc1.weight.zero_()
    assert net.fc1.weight.abs().sum() > 0


def test_a_linear_takes_memory_in_any_order():
    layer, x = nn.Linear(2, 3), torch.randn(4, 5, 2)
    turned = layer(x.transpose(0, 1))
    assert torch.allclose(turned.transpose(0, 1), layer(x), atol=1e-6)
    assert turned.grad_fn.name() == "AddBackward0" and layer(x).grad_fn.name() == "ViewBackward0"


def test_a_row_of_modules_is_edited_as_a_list():
    row = nn.ModuleList([nn.Tanh()])
    row.append(nn.ReLU()).extend([nn.Identity(), nn.Sigmoid()])
    row.insert(0, nn.GELU())
    row[1] = nn.SiLU()
    assert [type(module).__name__ for module in row] == ["GELU", "SiLU", "ReLU", "Identity", "Sigmoid"]
    assert type(row.pop(0)).__name__ == "GELU"
    del row[-1]
    assert list(row._modules) == ["0", "1", "2"] and [type(module).__name__ for module in row[1:]] == [
        "ReLU",
        "Identity",
    ]
    assert isinstance(nn.Sequential(*row)[:2], nn.Sequential)


def test_a_dict_of_modules_is_edited_as_a_dict():
    table = nn.ModuleDict({"a": nn.Linear(1, 1)})
    table["b"] = nn.Tanh()
    assert list(table) == table.keys() == ["a", "b"] and "b" in table and len(table) == 2
    assert [name for name, _ in table.items()] == ["a", "b"] and named(table) == ["a.weight", "a.bias"]
    table.pop("a")
    assert named(table) == []


# What the interpreter stands on


def test_a_shell_is_a_module_whose_forward_is_given():
    shell = nn.Shell("Net", lambda x: shell.lookup("fc")(x) * 2)
    assert shell.register("fc", nn.Linear(2, 1)) is True
    assert shell.register("scale", nn.Parameter(torch.ones(1))) is True
    assert shell.register("size", 3) is False
    assert shell.lookup("size") is nn.ABSENT
    assert repr(nn.Sequential(shell, nn.ReLU())) == (
        "Sequential(\n  (0): Net(\n    (fc): Linear(in_features=2, out_features=1, bias=True)\n  )\n  (1): ReLU()\n)"
    )
    assert sorted(named(shell)) == ["fc.bias", "fc.weight", "scale"]
    with torch.no_grad():
        x = torch.ones(1, 2)
        assert shell(x).item() == shell.lookup("fc")(x).item() * 2
    with pytest.raises(NotImplementedError, match="Module \\[Empty\\] is missing"):
        nn.Shell("Empty")(1)


def test_a_program_reaches_every_method_of_every_module():
    for kind in names.MODULES:
        assert (kind, "parameters") in names.OBJECTS and kind in names.CALLED and kind in names.HOST_TYPES
    for layer in nn.LAYERS:
        assert names.TORCH[f"nn.{layer.__name__}"] is layer
        for fact in layer.FACTS:
            assert (layer, fact) in names.GETTERS


class Meter:
    def __init__(self):
        self.steps = 0

    def burn(self, steps):
        self.steps += steps
        if self.steps > 1000:
            raise TimeoutError

    def need_elements(self, elements):
        if elements > 1000:
            raise OverflowError(elements)

    def look(self):
        """Nothing is recorded here."""


def doubled():
    net = nn.Identity()
    for _ in range(40):
        net = nn.Sequential(net, net)
    return net


@pytest.mark.parametrize(
    "act, error",
    [
        (lambda: nn.Linear(10**6, 10**6), OverflowError),
        (lambda: nn.Embedding(10**9, 10**9), OverflowError),
        (lambda: nn.LSTM(1, 10**5), OverflowError),
        (lambda: nn.LayerNorm((10**5, 10**5)), OverflowError),
        (lambda: nn.LSTM(1, 1, num_layers=10**9), TimeoutError),
        (lambda: nn.Linear(1, 30)(torch.ones(100, 1)), OverflowError),
        (lambda: nn.Sequential(nn.Linear(1, 30))(torch.ones(100, 1)), OverflowError),
        (lambda: nn.Embedding(2, 30)(torch.zeros(100, dtype=torch.int64)), OverflowError),
        (lambda: doubled()(torch.ones(1)), TimeoutError),
        (lambda: repr(doubled()), TimeoutError),
        (lambda: doubled().state_dict(), TimeoutError),
        (lambda: list(doubled().named_modules(remove_duplicate=False)), TimeoutError),
    ],
)
def test_a_meter_bounds_what_modules_do(act, error):
    nn.budget.active = Meter()
    try:
        with pytest.raises(error):
            act()
    finally:
        nn.budget.active = None


def looped():
    net = nn.Sequential(nn.Identity())
    return net.append(net)


@pytest.mark.parametrize(
    "act",
    [
        lambda net: net(torch.ones(1)),
        repr,
        lambda net: net.state_dict(),
        lambda net: net.apply(lambda module: None),
        lambda net: net.eval(),
    ],
)
def test_a_module_inside_itself_ends_at_pythons_limit(act):
    for _ in range(2):
        with pytest.raises(RecursionError):
            act(looped())
    assert [name for name, _ in looped().named_modules()] == ["", "0"]


# The events


def test_a_call_is_a_scope_named_by_the_child():
    with torch.record() as trace:
        net = Net()
        nn.Sequential(net, nn.Tanh())(torch.ones(2, 2))
    scopes = [(event.kind, event.label) for event in trace.events() if event.kind.startswith("scope-")]
    assert [label for kind, label in scopes if kind == "scope-entered"] == [
        "Sequential",
        "Net",
        "fc1",
        "norm",
        "fc2",
        "Tanh",
    ]
    assert len(scopes) == 12 and scopes[-1] == ("scope-left", "Sequential")


def test_a_scope_is_left_when_forward_fails():
    with torch.record() as trace:
        net = nn.Sequential(nn.Linear(2, 3))
        with pytest.raises(RuntimeError):
            net(torch.ones(3))
    kinds = [event.kind for event in trace.events() if event.kind.startswith("scope-")]
    assert kinds == ["scope-entered", "scope-entered", "scope-left", "scope-left"]


def test_a_layers_parameters_are_told_as_made():
    with torch.record() as trace:
        layer = nn.Linear(2, 3)
    made = [event for event in trace.events() if event.kind == "tensor-created"]
    assert [event.value["shape"] for event in made] == [[3, 2], [3]]
    assert all(event.requires_grad and event.is_leaf and event.base is None for event in made)
    assert layer.weight.is_leaf
