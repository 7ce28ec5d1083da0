"""`out=`: what PyTorch 2.13 puts into a tensor that is there, and in what words it refuses to."""

import warnings

import pytest

import engine as torch
from engine import names

HERE = torch.tensor([1.0, 2.0, 3.0])
WHOLE = torch.tensor([2, 0])


def made(*shape, dtype=torch.float32):
    return torch.zeros(*shape, dtype=dtype)


GIVEN = {
    "add": ("add", (HERE, 1), made(3), [2, 3, 4]),
    "add into nothing": ("add", (HERE, 1), made(0), [2, 3, 4]),
    "add into wider": ("add", (HERE, 1), made(3, dtype=torch.float64), [2, 3, 4]),
    "sum along": ("sum", (HERE, 0), torch.tensor(0), 6),
    "comparison into floats": ("eq", (HERE, 2), made(3), [0, 1, 0]),
    "matrices": ("mm", (torch.eye(2), torch.ones(2, 2)), made(2, 2), [[1, 1], [1, 1]]),
    "joined": ("cat", ([HERE, HERE],), made(6), [1, 2, 3, 1, 2, 3]),
    "made in the dtype of out": ("ones", (2,), made(2, dtype=torch.int32), [1, 1]),
    "running sum in the dtype of out": ("cumsum", (HERE, 0), made(3, dtype=torch.float64), [1, 3, 6]),
    "picked": ("gather", (HERE, 0, WHOLE), made(2), [3, 1]),
    "strict": ("amax", (HERE, 0), torch.tensor(0.0), 3),
}
REFUSED = {
    "of integers": ("add", (HERE, 1), made(3, dtype=torch.int32), "result type Float can't be cast to the desired output type Int"),
    "of its own dtype": ("abs", (HERE,), made(3, dtype=torch.float64), "Found dtype Double but expected Float"),
    "of a product": ("mm", (torch.eye(2), torch.eye(2)), made(2, 2, dtype=torch.float64), "Expected out tensor to have dtype float, but got double instead"),
    "of the greatest": ("amax", (HERE, 0), torch.tensor(0), "Expected the dtype for input and out to match, but got Float for input's dtype and Long for out's dtype."),
    "tracked": ("add", (torch.tensor([1.0], requires_grad=True), 1), made(1), "add(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."),
    "tracked out": ("add", (HERE, 1), torch.zeros(3, requires_grad=True), "add(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."),
}  # fmt: skip


@pytest.mark.parametrize("case", GIVEN)
def test_a_result_is_put_into_out_and_counted(case):
    name, given, out, expected = GIVEN[case]
    version = out._version
    result = names.TORCH[name](*given, out=out)
    assert result is out
    assert out.tolist() == expected
    assert out._version == version + 1


@pytest.mark.parametrize("case", REFUSED)
def test_an_out_that_does_not_fit_is_refused(case):
    name, given, out, words = REFUSED[case]
    before = out.tolist()
    with pytest.raises(RuntimeError) as caught:
        names.TORCH[name](*given, out=out)
    assert str(caught.value) == words
    assert out.tolist() == before


def test_several_results_go_to_several_outs():
    values, places = made(2), made(2, dtype=torch.int64)
    result = names.TORCH["topk"](HERE, 2, out=(values, places))
    assert result[0] is values and result[1] is places
    assert (values.tolist(), places.tolist()) == ([3, 2], [2, 1])


def test_an_out_of_another_size_is_resized_with_a_warning():
    out = made(2)
    with pytest.warns(UserWarning, match=r"^An output with one or more elements was resized since it had shape \[2\]"):
        names.TORCH["add"](HERE, 1, out=out)
    assert out.tolist() == [2, 3, 4]


def test_memory_is_not_written_while_it_is_read():
    x = HERE.clone()
    with pytest.raises(
        RuntimeError, match=r"^unsupported operation: some elements of the input tensor and the written-to tensor"
    ):
        names.TORCH["exp"](x[:2], out=x[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names.TORCH["mul"](x, x, out=x).tolist() == [1, 4, 9]


def test_without_tracking_a_leaf_that_requires_grad_may_be_read():
    x = torch.tensor([1.0], requires_grad=True)
    with torch.no_grad():
        assert names.TORCH["add"](x, 1, out=made(1)).tolist() == [2]
