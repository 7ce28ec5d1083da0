"""Products told by their indices: einsum, tensordot and what they are made of, through the ops that PyTorch uses."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from engine.ops import dims
from engine.ops.matrices import matrix
from engine.ops.signatures import handed
from engine.ops.table import FUNCTIONS, METHODS, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

LETTERS = string.ascii_uppercase + string.ascii_lowercase

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DOTS = "..."


def _labels(text: str, operand: int | None) -> list[str]:
    """The subscripts of one operand, an ellipsis as one of them. Raises RuntimeError for what is none."""
    found: list[str] = []
    place = 0
    where = "the output" if operand is None else f"operand {operand}"
    while place < len(text):
        letter = text[place]
        if letter == ".":
            if DOTS in found:
                raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found" if operand is not None else "einsum(): found '.' for output but an ellipsis (...) was already found")  # fmt: skip
            if text[place : place + 3] != DOTS:
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis" if operand is not None else "einsum(): found '.' for output that is not part of any ellipsis (...)")  # fmt: skip
            found.append(DOTS)
            place += 3
            continue
        if letter != " ":
            if letter not in LETTERS:
                raise RuntimeError(f"einsum(): invalid subscript given at index {place} in the equation string, subscripts must be in [a-zA-Z]")  # fmt: skip
            found.append(letter)
        place += 1
    return found


class _Plan:
    """Where each subscript stands: the output's first, then those that are summed over."""

    def __init__(self, equation: str, operands: Sequence[Tensor]) -> None:
        left, arrow, right = equation.partition("->")
        parts = left.split(",")
        if len(parts) < len(operands):
            raise RuntimeError("einsum(): more operands were provided than specified in the equation")
        if len(parts) > len(operands):
            raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
        self.labels = [_labels(part, place) for place, part in enumerate(parts)]
        self.ellipsis = 0
        for place, (labels, operand) in enumerate(zip(self.labels, operands, strict=True)):
            rest = operand._data.ndim - len(labels) + (DOTS in labels)
            if rest < 0 or (rest and DOTS not in labels):
                hint = " and no ellipsis was given" if DOTS not in labels else " even after accounting for the ellipsis"
                raise RuntimeError(
                    f"einsum(): the number of subscripts in the equation ({len(labels) - (DOTS in labels)}) "
                    f"{'does not match' if DOTS not in labels else 'is more than'} the number of dimensions ({operand._data.ndim}) for operand {place}"
                    f"{hint if DOTS not in labels else ''}"
                )
            self.ellipsis = max(self.ellipsis, rest if DOTS in labels else 0)
        every = [label for labels in self.labels for label in labels if label != DOTS]
        if arrow:
            output = _labels(right, None)
            for label in output:
                if label != DOTS and output.count(label) > 1:
                    raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
                if label != DOTS and label not in every:
                    raise RuntimeError(f"einsum(): output subscript {label} does not appear in the equation for any input operand")  # fmt: skip
        else:
            output = [DOTS, *(label for label in LETTERS if every.count(label) == 1)]
        self.places: dict[str, int] = {}
        count = 0
        for label in output:
            self.places[label] = count
            count += self.ellipsis if label == DOTS else 1
        self.kept = count
        if DOTS not in self.places:
            self.places[DOTS] = count
            count += self.ellipsis
        for label in LETTERS:
            if label in every and label not in self.places:
                self.places[label] = count
                count += 1
        self.count = count

    def arranged(self, operand: Tensor, which: int) -> Tensor:
        """The operand with every subscript as a dimension, those that it lacks of size 1."""
        order = [-1] * self.count
        first: dict[str, int] = {}
        place = 0
        labels = self.labels[which]
        missing = self.ellipsis - (operand._data.ndim - len(labels) + 1)
        for label in labels:
            if label == DOTS:
                for _ in range(missing):
                    operand = METHODS["unsqueeze"](operand, place)
                for step in range(self.ellipsis):
                    order[self.places[DOTS] + step] = place
                    place += 1
            elif label in first:
                own, other = operand._data.shape[first[label]], operand._data.shape[place]
                if own != other:
                    raise RuntimeError(
                        f"einsum(): subscript {label} is repeated for operand {which} but the sizes don't match, {other} != {own}"
                    )
                line = METHODS["diagonal"](operand, 0, first[label], place)
                operand = METHODS["movedim"](line, -1, first[label])
            else:
                first[label] = place
                order[self.places[label]] = place
                place += 1
        for at, found in enumerate(order):
            if found < 0:
                operand = METHODS["unsqueeze"](operand, -1)
                order[at] = place
                place += 1
        result: Tensor = METHODS["permute"](operand, *order) if order else operand
        return result


def _numbered(*given: Any) -> tuple[str, tuple[Any, ...]]:
    """Operands and lists of numbers in turn, and perhaps a list for the result, as an equation. Raises ValueError for a number that has no letter."""

    def letters(numbers: Any) -> str:
        for each in numbers:
            if each is not Ellipsis and not 0 <= each < 52:
                raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
        return "".join("..." if each is Ellipsis else LETTERS[each] for each in numbers)

    pairs = len(given) // 2 * 2
    equation = ",".join(map(letters, given[1:pairs:2]))
    return equation + "".join(f"->{letters(each)}" for each in given[pairs:]), given[:pairs:2]


@spelled("torch.einsum")
def einsum(equation: Any, *operands: Any) -> Tensor:
    """The sum of products that the equation tells, or lists of numbers behind each operand. Raises RuntimeError where the operands do not fit it."""
    if not operands:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list")  # fmt: skip
    if isinstance(equation, Tensor):
        equation, operands = _numbered(equation, *operands)
    if not isinstance(equation, str):
        raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    given = list(operands[0]) if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else list(operands)
    if not given:
        raise RuntimeError("einsum(): must provide at least one operand")
    for place, each in enumerate(given):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 1, but got {type_name(each)}")
    plan = _Plan(equation, given)
    parts = [plan.arranged(each, place) for place, each in enumerate(given)]
    uses = _uses(parts, plan)
    made = parts[0]
    for other in parts[1:]:
        made = _next(made, other, plan, uses)
    if plan.count > plan.kept:
        if len(parts) > 1:
            kept: Tensor = METHODS["view"](made, made._data.shape[: plan.kept])
            return kept
        made = METHODS["sum"](made, tuple(range(plan.kept, plan.count)))
    return made


def _uses(parts: Sequence[Tensor], plan: _Plan) -> list[int]:
    """How many operands have each dimension. Raises RuntimeError where their sizes differ."""
    uses = [0] * plan.count
    names = {place: label for label, place in plan.places.items()}
    for place in range(plan.count):
        seen = 1
        for which, each in enumerate(parts):
            size = each._data.shape[place]
            if size not in (1, seen) and seen != 1:
                raise RuntimeError(
                    f"einsum(): subscript {names.get(place, DOTS)} has size {size} for operand {which} which does not broadcast with "
                    f"previously seen size {seen}"
                )
            seen = size if size != 1 else seen
            uses[place] += size != 1
    return uses


def _next(first: Tensor, second: Tensor, plan: _Plan, uses: list[int]) -> Tensor:
    summed: list[int] = []
    of_first: list[int] = []
    of_second: list[int] = []
    for place in range(plan.kept, plan.count):
        one, two = first._data.shape[place] != 1, second._data.shape[place] != 1
        if one and two:
            uses[place] -= 1
            if uses[place] == 1:
                summed.append(place)
                uses[place] = 0
        elif uses[place] == 1 and (one or two):
            (of_first if one else of_second).append(place)
            uses[place] = 0
    if of_first:
        first = METHODS["sum"](first, tuple(of_first), True)
    if of_second:
        second = METHODS["sum"](second, tuple(of_second), True)
    return _contracted(first, second, summed)


def _contracted(first: Tensor, second: Tensor, summed: Sequence[int]) -> Tensor:
    """The product of two tensors of equal rank, summed over some dimensions: one batch of matrix products."""
    m = METHODS
    if not summed:
        product: Tensor = m["mul"](first, second)
        return product
    left, right = first._data.shape, second._data.shape
    ndim = len(left)
    free = [place for place in range(ndim) if place not in summed]
    both = [place for place in free if left[place] != 1 and right[place] != 1]
    ours = [place for place in free if left[place] != 1 and right[place] == 1]
    theirs = [place for place in free if left[place] == 1]
    total = list(summed)
    shape = [left[place] for place in (*both, *ours)] + [1] * len(total) + [right[place] for place in theirs]
    order = [*both, *ours, *total, *theirs]
    back = [order.index(place) for place in range(ndim)]
    batch, rows = math.prod(left[place] for place in both), math.prod(left[place] for place in ours)
    inner, columns = math.prod(left[place] for place in total), math.prod(right[place] for place in theirs)
    one = m["reshape"](m["permute"](first, *order), batch, rows, inner)
    two = m["reshape"](m["permute"](second, *both, *total, *theirs, *ours), batch, inner, columns)
    made: Tensor = m["permute"](m["view"](m["bmm"](one, two), shape), *back)
    return made


@spelled("torch.tensordot")
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The product summed over `dims` last dimensions of `a` and first of `b`, or over the two lists of them."""
    if not isinstance(dims, (int, list, tuple, Tensor)):
        raise RuntimeError(f"tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got dims={dims}")  # fmt: skip
    if isinstance(dims, Tensor):
        dims = int(dims) if dims._data.size == 1 else dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a._data.ndim, b._data.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        left, right = tuple(range(-dims, 0)), tuple(range(dims))
    else:
        if len(dims) != 2:
            few = len(dims) < 2
            raise ValueError(f"not enough values to unpack (expected 2, got {len(dims)})" if few else "too many values to unpack (expected 2)")  # fmt: skip
        left, right = (tuple(each) if isinstance(each, (list, tuple)) else (each,) for each in dims)
    return _dotted(a, b, left, right)


def _dotted(a: Tensor, b: Tensor, left: tuple[int, ...], right: tuple[int, ...]) -> Tensor:
    m = METHODS
    if len(left) != len(right):
        raise RuntimeError("both dimension lists should have same length")
    for one, two in zip(left, right, strict=True):
        # A contracted dimension of size one goes with every size: the other side is summed over it.
        if b._data.shape[two] == 1:
            a = m["sum"](a, one, True, dtype=a.dtype)
        elif a._data.shape[one] == 1:
            b = m["sum"](b, two, True, dtype=b.dtype)
        if a._data.shape[one] != b._data.shape[two]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a._data.shape[one]} in dim {one} and second has size "
                f"{b._data.shape[two]} in dim {two}"
            )
    ours = [dims.one(place, a._data.ndim) for place in left]
    theirs = [dims.one(place, b._data.ndim) for place in right]
    rows = [place for place in range(a._data.ndim) if place not in ours]
    columns = [place for place in range(b._data.ndim) if place not in theirs]
    shape = [a._data.shape[place] for place in rows] + [b._data.shape[place] for place in columns]
    inner = math.prod(a._data.shape[place] for place in ours)
    one, two = m["permute"](a, *rows, *ours), m["permute"](b, *theirs, *columns)
    if math.prod(shape) == 1:
        if not (one.is_contiguous() and two.is_contiguous()):
            pair = [m["squeeze"](each) for each in (one, two)]
            return m["view"](m["sum"](m["mul"](*pair), dtype=a.dtype), shape)  # type: ignore[no-any-return]
        flat = [each if each._data.ndim == 1 else m["reshape"](each, inner) for each in (one, two)]
        result: Tensor = m["view"](m["dot"](*flat), shape)
        return result
    one = m["reshape"](one, -1 if inner else math.prod(a._data.shape[place] for place in rows), inner)
    two = m["reshape"](two, inner, -1 if inner else math.prod(b._data.shape[place] for place in columns))
    result = m["view"](m["mm"](one, two), shape)
    return result


@spelled("torch.inner", "Tensor.inner")
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Products of the last dimensions, summed."""
    if not input._data.ndim or not other._data.ndim:
        product: Tensor = METHODS["mul"](input, other)
        return product
    if input._data.shape[-1] != other._data.shape[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} and {list(other.shape)}"
        )
    return _dotted(input, other, (-1,), (-1,))


@spelled("torch.kron", "Tensor.kron")
def kron(input: Tensor, other: Tensor) -> Tensor:
    """Every element of `input` times the whole of `other`."""
    rank = max(input._data.ndim, other._data.ndim)
    one = (1,) * (rank - input._data.ndim) + input._data.shape
    two = (1,) * (rank - other._data.ndim) + other._data.shape
    unsafe = FUNCTIONS["_unsafe_view"]
    left = unsafe(input, tuple(size for each in one for size in (each, 1)))
    right = unsafe(other, tuple(size for each in two for size in (1, each)))
    result: Tensor = unsafe(METHODS["mul"](left, right), tuple(a * b for a, b in zip(one, two, strict=True)))
    return result


@spelled("torch.linalg.multi_dot")
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of a row of matrices."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    _check_row(tensors)
    made = _chain(list(tensors))
    result: Tensor = METHODS["view"](made, made._data.shape)
    return result


def _check_row(tensors: Sequence[Tensor]) -> None:
    """Raises RuntimeError where the tensors are no row of matrices, of which the first and the last may be vectors."""
    last = len(tensors) - 1
    for place, each in ((0, tensors[0]), (last, tensors[last])):
        if each._data.ndim not in (1, 2):
            raise RuntimeError(
                f"multi_dot(): the {'last' if place else 'first'} tensor must be 1D or 2D but got {each._data.ndim}D"
            )
    for place, each in enumerate(tensors[1:last], 1):
        if each._data.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {place} must be 2D but got {each._data.ndim}D")
    for place, each in enumerate(tensors[1:], 1):
        if each._data.dtype != tensors[0]._data.dtype:
            first, other = (one.dtype.scalar.lower() for one in (tensors[0], each))
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {first} and tensor {place} {other}"
            )
    shapes = [list(each._data.shape) for each in tensors]
    for place, (left, right) in enumerate(pairwise(shapes)):
        if left[-1] != right[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {place} and {place + 1} with shapes {left} and {right} cannot be multiplied"
            )


def _chain(tensors: list[Tensor]) -> Tensor:
    """The product in the order that multiplies the fewest numbers; https://mitpress.mit.edu/9780262046305/introduction-to-algorithms/, 14.2."""
    count = len(tensors)
    edges = [each._data.shape[0] for each in tensors] + [tensors[-1]._data.shape[-1]]
    if count < 3 or any(each._data.ndim != 2 for each in tensors):
        product = tensors[0]
        for each in tensors[1:]:
            product = METHODS["matmul"](product, each)
        return product
    costs, cuts = {(place, place): 0 for place in range(count)}, {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            # Of three PyTorch begins in front where it makes no difference, of more behind.
            costs[first, last], cuts[first, last] = min(
                (
                    (costs[first, cut] + costs[cut + 1, last] + edges[first] * edges[cut + 1] * edges[last + 1], cut)
                    for cut in range(first, last)
                ),
                key=lambda found: (found[0], -found[1] if count == 3 else found[1]),
            )

    def product_of(first: int, last: int) -> Tensor:
        if first == last:
            return tensors[first]
        cut = cuts[first, last]
        right = product_of(cut + 1, last)  # made first, as in PyTorch
        return METHODS["mm"](product_of(first, cut), right)  # type: ignore[no-any-return]

    return product_of(0, count - 1)


@spelled("torch.chain_matmul")
def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of matrices. Raises RuntimeError for what is no matrix."""
    handed("chain_matmul", "Tensors matrices", list(matrices))
    for each in matrices:
        if each._data.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {each._data.ndim}, expected 2 instead.")
    return matrices[0] if len(matrices) == 1 else multi_dot(matrices)


@spelled("torch.matrix_power", "torch.linalg.matrix_power", "Tensor.matrix_power")
def matrix_power(input: Tensor, n: int) -> Tensor:
    """A square matrix multiplied by itself, or its inverse where `n` is negative. Raises RuntimeError where it is not square."""
    m, matmul = METHODS, METHODS["matmul"]
    matrix("linalg.matrix_power", input, real=False)
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    if n == 0:
        made: Tensor = m["copy_"](m["clone"](input), FUNCTIONS["eye"](input._data.shape[-1], dtype=input.dtype))
        return made
    base, n = (FUNCTIONS["linalg.inv"](input), -n) if n < 0 else (input, n)
    if n == 1:
        return base if base is not input else m["clone"](input)
    if n == 3:
        return matmul(matmul(base, base), base)  # type: ignore[no-any-return]
    result, square = None, None
    while n > 0:
        square = base if square is None else matmul(square, square)
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
    assert result is not None
    return result


@spelled("torch.linalg.vecdot")
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    if x._data.dtype.kind != "f":
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype.scalar}")
    if x._data.dtype != y._data.dtype:
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {x.dtype.scalar} and y of type {y.dtype.scalar} instead"
        )
    if x._data.ndim == y._data.ndim == 1 and x._data.shape == y._data.shape and dim in (0, -1):
        alone: Tensor = METHODS["vdot"](x, y)
        return alone
    result: Tensor = METHODS["sum"](METHODS["mul"](x, y), dim)
    return result


@spelled("torch.linalg.matmul")
def linalg_matmul(input: Tensor, other: Tensor) -> Tensor:
    result: Tensor = METHODS["matmul"](input, other)
    return result
