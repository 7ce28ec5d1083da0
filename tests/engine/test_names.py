"""What a program may reach: complete, plain, and without a way to the host."""

import pytest

import engine as torch
from engine import names, storage
from engine.nn import lazy
from engine.ops import OPS
from engine.tensor import Tensor


def test_every_name_is_callable_or_a_constant():
    for name, value in names.TORCH.items():
        assert callable(value) or isinstance(value, (float, torch.dtype, storage.Layout, storage.MemoryFormat)), name
    for table in (names.METHODS, names.ATTRIBUTES, names.SETTERS, names.GETTERS, names.OBJECTS):
        assert all(map(callable, table.values()))


def test_no_name_leads_to_the_insides():
    allowed = {"_version", "_base", "_is_view"}
    for table in (names.TORCH, names.METHODS, names.ATTRIBUTES, names.SETTERS):
        for name in table:
            assert not any(part.startswith("_") for part in name.split(".")) or name in allowed
    for _, name in (*names.GETTERS, *names.OBJECTS):
        assert not name.startswith("_") or name.startswith(("_saved_", "_raw_saved_")) or name == "_modules"


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_a_spelling_leads_to_something(op):
    for spelling in op.spelled:
        space, _, name = spelling.partition(".")
        if "(" in name or " " in name or not name.isidentifier():
            continue
        table = {"torch": names.TORCH, "Tensor": {**names.METHODS, **names.ATTRIBUTES}, "F": names.TORCH}.get(space)
        if table is not None:
            assert (f"nn.functional.{name}" if space == "F" else name) in table, spelling


def test_methods_and_functions_are_also_those_of_the_engine():
    x = torch.tensor([1.0, 4.0])
    for name in ("exp", "sqrt", "sum", "relu"):
        assert names.METHODS[name](x).tolist() == names.TORCH[name](x).tolist()


def test_getters_read_what_a_node_saved():
    x = torch.tensor(3.0, requires_grad=True)
    node = (x * x).grad_fn
    assert names.GETTERS[type(node), "_saved_self"](node) is x
    with pytest.raises(AttributeError, match="_saved_result"):
        names.GETTERS[type(node), "_saved_result"](node)


def test_a_node_shows_what_it_saved_as_its_attributes():
    x = torch.tensor(3.0, requires_grad=True)
    node = (x * 2.0).grad_fn
    assert (node._saved_other.item(), x.exp().grad_fn._saved_result.item()) == (2.0, x.exp().item())
    with pytest.raises(AttributeError, match="'ExpBackward0' object has no attribute '_saved_self'"):
        _ = x.exp().grad_fn._saved_self


@pytest.mark.parametrize("kind", names.NODES)
def test_a_node_reads_its_own_fields_with_no_way_of_ours(kind):
    """With a `__getattr__` the interpreter reads each field by a call."""
    assert not hasattr(kind, "__getattr__")


def test_the_kinds_of_tensor_are_told():
    assert {Tensor, torch.nn.Parameter, lazy.UninitializedParameter, lazy.UninitializedBuffer} == names.TENSORS
