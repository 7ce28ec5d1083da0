"""Products of matrices and vectors added to a tensor in one op: addmm, addmv, baddbmm, addbmm, addr, each as a new tensor and in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.application import apply, begun
from engine.ops import dims
from engine.ops.inplace import change
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, argument, row
from engine.tensor import Tensor

Shape = tuple[int, ...]

ADDMM = row(
    "addmm", "scaled(beta, self) + scaled(alpha, mat1 @ mat2)",
    {"self": "beta * g", "mat1": "alpha * (g @ t(mat2))", "mat2": "alpha * (t(mat1) @ g)"}, settings="beta alpha", symbol="@+",
    twice={"self": "times(g, beta)", "mat1": "times(product_first(g, mat2, mat1.shape), alpha)", "mat2": "times(product_second(g, mat1, mat2.shape), alpha)"},
    laid=True, samples=(((4,), (2, 3), (3, 4), 1, 1), ((2, 4), (2, 3), (3, 4), 0.5, 2.0)), spelled=("torch.addmm", "F.linear"),
    en="The bias receives the gradient, summed over the rows; the matrices receive what a product sends.",
    zh="偏置得到按行求和的梯度；两个矩阵得到矩阵乘法的梯度。",
)  # fmt: skip
ADDMV = row(
    "addmv", "scaled(beta, self) + scaled(alpha, mat @ vec)", {"self": "beta * g", "mat": "alpha * outer(g, vec)", "vec": "alpha * mv(t(mat), g)"}, settings="beta alpha",
    twice={"self": "times(g, beta)", "mat": "times(outer(g, vec), alpha)", "vec": "times(mv(t(mat), g), alpha)"},
    symbol="@+", samples=(((2,), (2, 3), (3,), 0.5, 2.0),), spelled=("torch.addmv", "Tensor.addmv"),
    en="The vector added receives the gradient; the product hands on what a product sends.", zh="相加的向量得到梯度；乘积按矩阵乘法传回梯度。",
)  # fmt: skip
BADDBMM = row(
    "baddbmm", "scaled(beta, self) + scaled(alpha, batch1 @ batch2)",
    {"self": "beta * g", "batch1": "alpha * bmm(g, transpose(batch2, 1, 2))", "batch2": "alpha * bmm(transpose(batch1, 1, 2), g)"}, settings="beta alpha",
    twice={"self": "times(g, beta)", "batch1": "times(bmm(g, transpose(batch2, 1, 2)), alpha)", "batch2": "times(bmm(transpose(batch1, 1, 2), g), alpha)"},
    symbol="@+", samples=(((2, 2, 2), (2, 2, 3), (2, 3, 2), 0.5, 2.0),), spelled=("torch.baddbmm", "Tensor.baddbmm"),
    en="What is added receives the gradient; the matrices receive what a product sends.", zh="相加的张量得到梯度；两批矩阵得到矩阵乘法的梯度。",
)  # fmt: skip
ADDBMM = row(
    "addbmm", "scaled(beta, self) + scaled(alpha, summed_sheets(batch1 @ batch2))",
    {
        "self": "beta * g",
        "batch1": "alpha * bmm(expand(g, sheets(batch1.shape, batch2.shape)), transpose(batch2, 1, 2))",
        "batch2": "alpha * bmm(transpose(batch1, 1, 2), expand(g, sheets(batch1.shape, batch2.shape)))",
    },
    twice={
        "self": "times(g, beta)",
        "batch1": "times(bmm(expand(unsqueeze(g, 0), sheets(batch1.shape, batch2.shape)), transpose(batch2, 1, 2)), alpha)",
        "batch2": "times(bmm(transpose(batch1, 1, 2), expand(unsqueeze(g, 0), sheets(batch1.shape, batch2.shape))), alpha)",
    },
    settings="beta alpha", symbol="Σ@+", spelled=("torch.addbmm", "Tensor.addbmm"), samples=(((2, 2), (2, 2, 3), (2, 3, 2), 0.5, 2.0),),
    en="The gradient of the sum goes to every product of the batch, and from there to its matrices.", zh="和的梯度传给批中每个乘积，再传给各自的矩阵。",
)  # fmt: skip
ADDR = row(
    "addr", "scaled(beta, self) + alpha * outer(vec1, vec2)", {"self": "beta * g", "vec1": "alpha * mv(g, vec2)", "vec2": "alpha * mv(t(g), vec1)"}, settings="beta alpha",
    twice={"self": "times(g, beta)", "vec1": "times(mv(g, vec2), alpha)", "vec2": "times(mv(t(g), vec1), alpha)"},
    symbol="⊗+", promotes=True, spelled=("torch.addr", "Tensor.addr"), samples=(((2, 3), (2,), (3,), 0.5, 2.0), ((3,), (2,), (3,), 1, 1)),
    en="What is added receives the gradient; each vector receives it times the other vector.", zh="相加的张量得到梯度；每个向量得到梯度乘以另一个向量。",
)  # fmt: skip


def _alike(input: Tensor, first: Tensor, second: Tensor) -> None:
    """Raises RuntimeError in PyTorch's words where the three are not of one dtype."""
    for word, one in (("self", input), ("mat1", first)):
        if one._data.dtype != second._data.dtype:
            raise RuntimeError(
                f"{word} and mat2 must have the same dtype, but got {one.dtype.scalar} and {second.dtype.scalar}"
            )


def _mm(input: Tensor, first: Tensor, second: Tensor) -> Shape:
    _alike(input, first, second)
    for place, each in ((1, first), (2, second)):
        if each._data.ndim != 2:
            raise RuntimeError(f"mat{place} must be a matrix, got {each.ndim}-D tensor")
    rows, columns = first._data.shape, second._data.shape
    if rows[1] != columns[0]:
        begun(ADDMM, input, first, second)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows[0]}x{rows[1]} and {columns[0]}x{columns[1]})"
        )
    return rows[0], columns[1]


def _mv(input: Tensor, matrix: Tensor, vector: Tensor) -> Shape:
    if not input._data.ndim and matrix._data.shape[1] != vector._data.shape[0]:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if matrix._data.ndim != 2 or vector._data.ndim != 1 or input._data.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {matrix.ndim}, {vector.ndim}")
    (rows, columns), count = matrix._data.shape, vector._data.shape[0]
    size = input._data.shape[0] if input._data.ndim else 1
    if columns != count or size not in (1, rows):
        raise RuntimeError(f"size mismatch, got input ({size}), mat ({rows}x{columns}), vec ({count})")
    if not input._data.dtype == matrix._data.dtype == vector._data.dtype:
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {input.dtype.scalar}, {matrix.dtype.scalar}, and {vector.dtype.scalar}"
        )
    return (rows,)


def _size(each: Tensor, place: int) -> None:
    """PyTorch asks for a size before it looks whether there are three of them."""
    if not each._data.ndim:
        raise IndexError(f"Dimension specified as {place} but tensor has no dimensions")
    dims.one(place, each._data.ndim)


def _batches(input: Tensor, first: Tensor, second: Tensor, asked: tuple[int, ...]) -> tuple[Shape, Shape]:
    for place in asked:
        _size(first, place)
    _size(second, 2)
    _broadcasts(input, (*(first._data.shape[place] for place in asked), second._data.shape[2]))
    for place, each in ((1, first), (2, second)):
        if each._data.ndim != 3 and (place == 1 or each._data.ndim > 3):
            raise RuntimeError(f"batch{place} must be a 3D tensor")
        dims.one(2, each._data.ndim)
    return first._data.shape, second._data.shape


def _bmm(input: Tensor, first: Tensor, second: Tensor) -> Shape:
    left, right = _batches(input, first, second, (0, 1))
    if left[0] != right[0] or left[2] != right[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{left[0]}, {left[2]}] but got: [{right[0]}, {right[1]}]."
        )
    if input._data.dtype != first._data.dtype:
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {input.dtype.cpp}, batch1: {first.dtype.cpp}, batch2: {second.dtype.cpp}"
        )
    if first._data.dtype != second._data.dtype:
        raise RuntimeError(f"expected scalar type {first.dtype.scalar} but found {second.dtype.scalar}")
    return left[0], left[1], right[2]


def _summed_bmm(input: Tensor, first: Tensor, second: Tensor) -> Shape:
    left, right = _batches(input, first, second, (1,))
    if left[0] != right[0]:
        raise RuntimeError(f"batch1 and batch2 must have same number of batches, got {left[0]} and {right[0]}")
    if left[2] != right[1]:
        raise RuntimeError(f"Incompatible matrix sizes for bmm ({left[1]}x{left[2]} and {right[1]}x{right[2]})")
    _alike(input, first, second)
    return left[1], right[2]


def _outer(input: Tensor, first: Tensor, second: Tensor) -> Shape:
    for place, each in ((1, first), (2, second)):
        if each._data.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument vec{place}, but got {each.ndim}-D")
    return first._data.shape[0], second._data.shape[0]


def _broadcasts(input: Tensor, wanted: Shape) -> None:
    """Raises RuntimeError where what is added does not spread over the product."""
    shape = input._data.shape
    if shape in (wanted, wanted[1:]):
        return
    if len(shape) > len(wanted):
        raise RuntimeError(
            f"expand({input.dtype.legacy}{{{list(shape)}}}, size={list(wanted)}): the number of sizes provided ({len(wanted)}) must "
            f"be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    for back, (own, size) in enumerate(zip(reversed(shape), reversed(wanted), strict=False), 1):
        if own not in (1, size):
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) must match the existing size ({own}) at non-singleton dimension "
                f"{len(wanted) - back}.  Target sizes: {list(wanted)}.  Tensor sizes: {list(shape)}"
            )


def _factors(operands: list[Tensor], beta: Any, alpha: Any) -> tuple[Any, Any]:
    """The two numbers in the dtype of the tensors: of integers a product of matrices takes the whole part, that of vectors none with a fraction."""
    kinds = {each._data.dtype.kind for each in operands}
    if "f" in kinds:
        return beta, alpha
    if operands[1]._data.ndim > 1:
        return int(beta), int(alpha)
    for name, value in (("beta", beta), ("alpha", alpha)):
        if isinstance(value, float):
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    return (bool(beta), bool(alpha)) if kinds == {"b"} else (beta, alpha)


def _operands(op: Op, first: str, given: tuple[Any, ...], named: dict[str, Any]) -> list[Tensor]:
    if not named and len(given) == 3 and all(isinstance(each, Tensor) for each in given):
        return list(given)
    names = (first, *op.inputs[1:])
    found = [*given, *(named.pop(name) for name in names[len(given) :] if name in named)]
    if len(found) != len(names) or named:
        raise TypeError(f"{op.name}() takes {', '.join(names)}, beta and alpha")
    for place, (name, each) in enumerate(zip(names, found, strict=True), 1):
        if not isinstance(each, Tensor):
            raise argument(op.name, name, place, each)
    return found


def _front(op: Op, check: Callable[[Tensor, Tensor, Tensor], Shape]) -> None:
    """Let programs reach a row as a function, a method and in place."""

    def front(*given: Any, beta: float = 1, alpha: float = 1, **named: Any) -> Tensor:
        operands = _operands(op, "input", given, named)
        _broadcasts(operands[0], check(*operands))
        result: Tensor = apply(op, operands, _factors(operands, beta, alpha))
        return result

    def written(self: Tensor, *given: Any, beta: float = 1, alpha: float = 1, **named: Any) -> Tensor:
        operands = _operands(op, "self", (self, *given), named)
        shape, own = check(*operands), self._data.shape
        if op is ADDR and len(own) != 2:
            raise RuntimeError(f"2D tensor expected, got {len(own)}D tensor for input")
        if own != shape and op is ADDR:
            raise RuntimeError(f"size mismatch, input: {list(own)}, v1: [{shape[0]}], v2: [{shape[1]}]")
        if op not in (ADDMM, ADDMV):
            _broadcasts(self, shape)
        if own != shape and op is not ADDBMM:
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(own)} and output tensor size {list(shape)} should match"
            )
        return change(self, op, tuple(operands[1:]), _factors(operands, beta, alpha), f"{op.name}_")

    FUNCTIONS[op.name] = METHODS[op.name] = front
    METHODS[f"{op.name}_"] = written


_front(ADDMM, _mm)
_front(ADDMV, _mv)
_front(BADDBMM, _bmm)
_front(ADDBMM, _summed_bmm)
_front(ADDR, _outer)
