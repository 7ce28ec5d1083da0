"""Products of vectors and matrices."""

from __future__ import annotations

import operator
from typing import Any

from engine import fronts, inside
from engine.application import apply, begun
from engine.memory import strides
from engine.ops.shape import SQUEEZED
from engine.ops.table import FUNCTIONS, METHODS, OPS, argument, row, spelled
from engine.tensor import Tensor

MATRIX = {
    "en": "The gradient times the other matrix, turned over; on the side from which it multiplied.",
    "zh": "梯度乘以另一个矩阵的转置，左右位置不变。",
}

MM = row(
    "mm", "self @ mat2", {"self": "g @ t(mat2)", "mat2": "t(self) @ g"}, symbol="@", samples=(((2, 3), (3, 4)), ((1, 3), (3, 1))), laid=True,
    twice={"self": "product_first(g, mat2, self.shape)", "mat2": "product_second(g, self, mat2.shape)"},
    spelled=("x @ y", "torch.mm", "torch.matmul", "Tensor.mm"), **MATRIX,
)  # fmt: skip
MV = row(
    "mv", "self @ vec", {"self": "outer(g, vec)", "vec": "mv(t(self), g)"}, symbol="@", samples=(((2, 3), (3,)),), spelled=("torch.mv", "Tensor.mv"),
    en="The matrix gets the outer product of gradient and vector; the vector gets the turned-over matrix times the gradient.",
    zh="矩阵得到梯度与向量的外积；向量得到矩阵转置乘以梯度。",
)  # fmt: skip
DOT = row(
    "dot", "dot(self, tensor)", {"self": "g * tensor", "tensor": "g * self"}, symbol="·", samples=(((3,), (3,)),), spelled=("torch.dot", "Tensor.dot"),
    en="Each vector receives the other one, scaled by the gradient.", zh="每个向量得到另一个向量，乘以梯度。",
)  # fmt: skip
BMM = row(
    "bmm", "self @ mat2", {"self": "bmm(g, transpose(mat2, 1, 2))", "mat2": "bmm(transpose(self, 1, 2), g)"}, symbol="@",
    samples=(((2, 2, 3), (2, 3, 2)),), spelled=("torch.bmm", "Tensor.bmm"), **MATRIX,
)  # fmt: skip


def _same_dtype(op: str, first: Tensor, second: Tensor) -> None:
    if first._data.dtype != second._data.dtype:
        if op == "mv":
            one, two = first.dtype.scalar, second.dtype.scalar
            raise RuntimeError(f"addmv input tensors must have the same dtype, but got {two}, {one}, and {two}")
        if op == "dot":
            raise RuntimeError(
                f"dot : expected both vectors to have same dtype, but found {first.dtype.scalar} and {second.dtype.scalar}"
            )
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {first.dtype.cpp} != {second.dtype.cpp}"
        )


def _apart(first: Tensor, second: Tensor) -> None:
    """Raises RuntimeError for vectors and matrices that do not fit, one of them a sample of one batch: of all samples PyTorch makes one matrix."""
    if len(lead := inside.hidden(first, second)) != 1:
        return
    (many,), left, right = lead, first._data.shape, second._data.shape
    inner, outer = left[-1], right[0]
    if inside.batches(second) and (inside.batches(first) or len(right) == 2):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{many}, {inner}] but got: [{many}, {outer}]."
        )
    if inside.batches(first):
        rows = many * _product(left[:-1])
        if len(right) == 2:
            raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({rows}x{inner} and {outer}x{right[1]})")
        raise RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{inner}), vec ({outer})")
    if len(left) == 1:
        raise RuntimeError(f"size mismatch, got input ({many}), mat ({many}x{outer}), vec ({inner})")
    raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({left[0]}x{inner} and {outer}x{many})")


def _matrices(first: Tensor, second: Tensor) -> None:
    rows, columns = first._data.shape, second._data.shape
    if rows[1] != columns[0]:
        _apart(first, second)
        begun(OPS["mm"], first, second)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows[0]}x{rows[1]} and {columns[0]}x{columns[1]})"
        )
    _same_dtype("mm", first, second)


@spelled("torch.mm", "Tensor.mm")
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    if input._data.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2._data.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    _matrices(input, mat2)
    result: Tensor = apply(MM, (input, mat2))
    return result


_short = fronts.paired(MM, operator.matmul, mm)


@spelled("torch.mv", "Tensor.mv")
def mv(input: Tensor, vec: Tensor) -> Tensor:
    if input._data.ndim != 2 or vec._data.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    if input._data.shape[1] != vec._data.shape[0]:
        _apart(input, vec)
        raise RuntimeError(
            f"size mismatch, got input ({input.shape[0]}), mat ({input.shape[0]}x{input.shape[1]}), vec ({vec.shape[0]})"
        )
    _same_dtype("mv", input, vec)
    result: Tensor = apply(MV, (input, vec))
    return result


@spelled("torch.dot", "Tensor.dot")
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    if input._data.ndim != 1 or tensor._data.ndim != 1:
        if "vmap" in inside.active:
            raise RuntimeError("Got wrong shapes for dot")
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    _same_dtype("dot", input, tensor)
    if input._data.shape != tensor._data.shape:
        _apart(input, tensor)
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{input.shape[0]}] and src [{tensor.shape[0]}] to have the same number of "
            f"elements, but got {input.shape[0]} and {tensor.shape[0]} elements respectively"
        )
    result: Tensor = apply(DOT, (input, tensor))
    return result


@spelled("torch.bmm", "Tensor.bmm")
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    if input._data.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor")
    if mat2._data.ndim != 3:
        raise RuntimeError("batch2 must be a 3D tensor")
    left, right = input._data.shape, mat2._data.shape
    if left[0] != right[0] or left[2] != right[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{left[0]}, {left[2]}] but got: [{right[0]}, {right[1]}]."
        )
    if input._data.dtype != mat2._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {mat2.dtype.scalar}")
    result: Tensor = apply(BMM, (input, mat2))
    return result


@spelled("torch.outer", "Tensor.outer")
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The product of every element of one vector with every element of the other."""
    for name, vector in (("self", input), ("vec2", vec2)):
        if vector._data.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector._data.ndim}-D")
    result: Tensor = METHODS["mul"](METHODS["reshape"](input, input._data.shape[0], 1), vec2)
    return result


@spelled("torch.matmul", "Tensor.matmul")
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product by PyTorch's rules of dimensions, through the ops that PyTorch uses."""
    for place, value in enumerate((input, other), 1):
        if not isinstance(value, Tensor):
            raise argument("matmul", "input" if place == 1 else "other", place, value)
    left, right = input._data.ndim, other._data.ndim
    if not left or not right:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 1 and right == 1:
        return dot(input, other)
    if left == 2 and right == 1:
        return mv(input, other)
    if left == 1 and right == 2:
        row_vector: Tensor = apply(SQUEEZED, (mm(METHODS["unsqueeze"](input, 0), other),), ((0,),))
        row_vector._cell().written()
        return row_vector
    if left == 2 and right == 2:
        multiplied: Tensor = _short(input, other)
        return multiplied
    return _batched(input, other)


def _batched(input: Tensor, other: Tensor) -> Tensor:
    """More than two dimensions on one side: folded into one matrix where PyTorch does that, else as a batch."""
    left, right = input._data.shape, other._data.shape
    unsafe = FUNCTIONS["_unsafe_view"]
    if _folds(input, other):
        if len(left) >= len(right):
            if left[-1] != right[0] and len(right) == 2:
                raise RuntimeError(
                    f"mat1 and mat2 shapes cannot be multiplied ({_product(left[:-1])}x{left[-1]} and {right[0]}x{right[1]})"
                )
            folded = METHODS["reshape"](input, _product(left[:-1]), left[-1])
            result: Tensor = (
                unsafe(mm(folded, other), (*left[:-1], right[1]))
                if len(right) == 2
                else unsafe(mv(folded, other), left[:-1])
            )
            return result
        turned = METHODS["transpose"](other, -2, -1)
        lead = turned._data.shape[:-1]
        folded = METHODS["reshape"](turned, _product(lead), turned._data.shape[-1])
        if len(left) == 1:
            result = unsafe(mv(folded, input), lead)
            return result
        wide = unsafe(mm(folded, METHODS["t"](input)), (*lead, left[0]))
        result = METHODS["contiguous"](METHODS["transpose"](wide, -2, -1))
        return result
    if len(right) == 1:
        result = METHODS["squeeze"](_stacked(input, METHODS["unsqueeze"](other, 1)), -1)
        return result
    if len(left) == len(right) == 3 and left[0] != right[0]:
        # A single matrix that wants a gradient is not spread over the batch.
        if left[0] == 1 and input._requires_grad:
            return matmul(METHODS["squeeze"](input, 0), other)
        if right[0] == 1 and other._requires_grad:
            return matmul(input, METHODS["squeeze"](other, 0))
    return _stacked(input, other)


def _folds(input: Tensor, other: Tensor) -> bool:
    larger_first = input._data.ndim >= other._data.ndim
    larger, smaller = (input, other) if larger_first else (other, input)
    if larger._data.ndim < 3 or smaller._data.ndim > 2:
        return False
    if smaller._requires_grad:
        return True
    if input._data.ndim == 2:
        return False
    shape, steps = larger._data.shape, strides(larger._data)
    if not larger_first:
        shape, steps = (*shape[:-2], shape[-1], shape[-2]), [*steps[:-2], steps[-1], steps[-2]]
    return not larger._data.size or all(steps[at] == steps[at + 1] * shape[at + 1] for at in range(len(shape) - 2))


def _stacked(input: Tensor, other: Tensor) -> Tensor:
    view, expand, unsafe = METHODS["reshape"], METHODS["expand"], FUNCTIONS["_unsafe_view"]
    rows, right = input._data.shape[-2:-1], other._data.shape
    left = (*input._data.shape[:-2], *(rows or (1,)), input._data.shape[-1])
    lead = _broadcast(left[:-2], right[:-2])
    count = _product(lead)
    if left[-1] != right[-2]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{count}, {left[-1]}] but got: [{count}, {right[-2]}]."
        )
    first = view(expand(input, *lead, *left[-2:]), count, *left[-2:])
    second = view(expand(other, *lead, *right[-2:]), count, *right[-2:])
    result: Tensor = unsafe(bmm(first, second), (*lead, *rows, right[-1]))
    return result


def _broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    length = max(len(first), len(second))
    left, right = (1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second
    for place, (a, b) in enumerate(zip(left, right, strict=True)):
        if a != b and 1 not in (a, b):
            raise RuntimeError(
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {place}"
            )
    return tuple(b if a == 1 else a for a, b in zip(left, right, strict=True))


def _product(sizes: tuple[int, ...]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count


def _at(self: Tensor, other: Any) -> Any:
    if not isinstance(other, Tensor):
        return NotImplemented
    try:
        if self._data.ndim == other._data.ndim == 2:
            return _short(self, other)
        return matmul(self, other)
    except RuntimeError:
        begun(None, self, other)
        raise


METHODS["__matmul__"] = _at
