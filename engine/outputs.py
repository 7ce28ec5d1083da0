"""`out=`: the result of a function put into a tensor that is there already, and what PyTorch will not put there."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine import grad_mode, recording, tangents
from engine.ops.inplace import guard, write
from engine.tensor import Tensor

# The words for an `out` of another dtype, and the functions that have them. All others take what the result can be cast to.
EXACT = {
    "Expected out tensor to have dtype {want_cpp}, but got {got_cpp} instead": (
        "addmm addmv aminmax argmax argmin argsort baddbmm bmm cross cummax cummin diag gather index_add index_copy isin kthvalue "
        "linalg.cholesky linalg.cross linalg.det linalg.eigh linalg.eigvalsh linalg.inv linalg.qr linalg.slogdet linalg.solve linalg.svd "
        "linalg.svdvals linalg.vector_norm log_softmax matmul median mm mode msort nanmedian nn.functional.avg_pool2d nn.functional.linear qr renorm "
        "scatter scatter_add softmax sort svd take_along_dim topk tril triu"
    ),
    "Found dtype {got} but expected {want}": (
        "abs absolute bitwise_not ceil fix floor frac lerp neg negative nn.functional.gelu nn.functional.hardshrink nn.functional.softplus "
        "nn.functional.softshrink round sgn sign trunc"
    ),
    "Expected the dtype for input and out to match, but got {want} for input's dtype and {got} for out's dtype.": "amax amin",
    "{called}(): self and result must have the same scalar type": "index_select masked_select",
    "{called}: dtype of out: {got} should be same as input: {want}": "nan_to_num",
    "{called} does not support non-boolean outputs.": "isneginf isposinf signbit",
    "{called} expected out tensor dtype {want} but got: {got}": "linalg.matrix_norm linalg.norm",
    "{called} expects Long tensor out, got: {got}": "multinomial",
    "{called} only supports bool tensor for result, got: {got}": "all any",
    "Expected out type to be {want} but got {got}": "where",
    "addmv input tensors must have the same dtype, but got {got}, {want}, and {want}": "mv",
    "expected scalar type {want} but found {got}": "nn.functional.logsigmoid",
    "expected scalar_type {want} but found {got}": "logcumsumexp",
    "quantile() out tensor must be same dtype as the input tensor": "nanquantile quantile",
    "result dtype {got} does not match input dtype {want}": "dot vdot",
    "self and mat2 must have the same dtype, but got {got} and {want}": "addbmm",
    "take(): self and out expected to have the same dtype, but got self.dtype = {want} and out.dtype = {got}": "take",
}
WORDS = {name: words for words, names in EXACT.items() for name in names.split()}
JOINED = frozenset(["cat", "column_stack", "concat", "concatenate", "dstack", "hstack", "stack", "vstack"])
# These make their result in the dtype of `out` where they are told no other.
SHAPED_BY_OUT = frozenset(["arange", "bernoulli", "cumprod", "cumsum", "empty", "eye", "full", "linspace", "logspace", "ones", "prod", "rand", "randn", "randperm", "sum", "zeros"])  # fmt: skip
SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() "
    "the tensor before performing the operation."
)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _tensors(each)


def _check(name: str, called: str, made: Tensor, out: Tensor) -> None:
    """Raises in PyTorch's words where the result cannot be put into a tensor of this dtype."""
    want, got = made.dtype, out.dtype
    if want is got:
        return
    if name in WORDS:
        raise RuntimeError(
            WORDS[name].format(called=called, want=want.scalar, got=got.scalar, want_cpp=want.cpp, got_cpp=got.cpp)
        )
    if got.category < want.category:
        if name in JOINED:
            raise TypeError(f"torch.cat(): input types can't be cast to the desired output type {got.scalar}")
        raise RuntimeError(f"result type {want.scalar} can't be cast to the desired output type {got.scalar}")


def _place(x: Any) -> tuple[Any, ...]:
    return x.__array_interface__["data"][0], x.shape, x.strides


def _separate(name: str, out: Tensor, operands: list[Tensor]) -> None:
    """Raises RuntimeError where the result would be written over what it is made of; one element over itself excepted."""
    target, exact = out._data, name in WORDS or name in JOINED
    for each in operands:
        data = each._data
        arrays = isinstance(target, np.ndarray) and isinstance(data, np.ndarray)
        if arrays and np.shares_memory(target, data) and (exact or _place(target) != _place(data)):
            raise RuntimeError(SHARED)


def _put(made: Tensor, out: Tensor) -> None:
    guard(out)
    data, shape = made._data, out._data.shape
    if np.shape(data) == shape:
        write(out, data, "copy_")
        return
    if out._data.size:
        warnings.warn(
            f"An output with one or more elements was resized since it had shape {list(shape)}, which does not match the required output "
            f"shape {list(np.shape(data))}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless "
            "they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=5,
        )
    recorder, before = recording.active, out._data
    if recorder is not None:
        recorder.identify(out)
        recorder.settle()
    counter = out._cell()
    out._data = np.array(data, out._data.dtype)[()]
    counter.written()
    if recorder is not None:
        recorder.modified(out, "copy_", before)


def written(name: str, called: str, front: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """`out` with the function's result in it. Raises RuntimeError where a gradient would have to follow, or where the two do not go together."""
    named = dict(named)
    out = named.pop("out")
    if out is None:
        return front(*given, **named)
    targets, operands = list(_tensors(out)), list(_tensors([*given, *named.values()]))
    if grad_mode.enabled and any(each._requires_grad for each in (*targets, *operands)):
        raise RuntimeError(
            f"{called}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )
    if name in SHAPED_BY_OUT and named.get("dtype") is None:
        named["dtype"] = targets[0].dtype
    result = front(*given, **named)
    parts = list(_tensors(result))
    for made, target in zip(parts, targets, strict=True):
        _check(name, called, made, target)
        _separate(name, target, operands)
    for made, target in zip(parts, targets, strict=True):
        _put(made, target)
    if tangents.lasting() and any(tangents.of(each) is not None for each in (*targets, *operands)):
        raise RuntimeError(
            f"Trying to use forward AD with {called}_out that does not support it because it is an out= function"
        )
    return out if isinstance(out, Tensor) else type(result)(*targets)
