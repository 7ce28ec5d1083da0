"""How many elements an operation is going to make, told from exact integer shapes before anything is allocated.

A bound may be larger than the truth by a small factor, never smaller; arguments of the wrong kind count as 1, for the engine will refuse them.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from engine.ops.constructors import CONSTRUCTORS
from engine.ops.indexing import parted
from engine.program import matrix_sizes, reach, window_sizes
from engine.program.placing import several, whole
from engine.size import Size

Given = list[Any]
Named = dict[str, Any]
Shape = tuple[int, ...]
Rule = Callable[[Given, Named], int]


def is_tensor(value: Any) -> bool:
    return type(value) in reach.TENSORS


def _shape(value: Any) -> Shape:
    return tuple(value._data.shape) if is_tensor(value) else ()


def _tensors(values: Any) -> list[Any]:
    found = []
    for value in values:
        if is_tensor(value):
            found.append(value)
        elif type(value) in (list, tuple):
            found.extend(item for item in value if is_tensor(item))
    return found


def broadcast(shapes: list[Shape]) -> int:
    """The elements of the shape that all of these broadcast to; where they do not, of the larger sizes.

    An empty dimension counts as 1: what sums over it leaves as many elements as the others have.
    """
    if not shapes:
        return 1
    longest = max(map(len, shapes))
    total = 1
    for place in range(1, longest + 1):
        sizes = [shape[-place] for shape in shapes if len(shape) >= place]
        total *= max(*sizes, 1)
    return total


def matmul(left: Shape, right: Shape) -> int:
    """The elements of a matrix product."""
    rows = left[-2] if len(left) > 1 else 1
    columns = right[-1] if len(right) > 1 else 1
    return broadcast([left[:-2], right[:-2]]) * rows * columns


def of_operator(kind: type[ast.operator], left: Any, right: Any) -> int:
    """The elements of `left <operator> right`."""
    if kind is ast.MatMult:
        return matmul(_shape(left), _shape(right))
    return broadcast([_shape(left), _shape(right)])


def of_index(tensor: Any, index: Any) -> int:
    """The elements of `tensor[index]`."""
    parts = parted(index)
    shape = _shape(tensor)
    place, total = 0, 1
    advanced: list[Shape] = []
    for part in parts:
        kind = type(part)
        if part is None or part is ... or kind is bool:
            continue
        size = shape[place] if place < len(shape) else 1
        if is_tensor(part) and part.dtype.name == "bool":
            advanced.append((part.numel(),))
            place += max(part.ndim, 1)
            continue
        if kind is slice:
            try:
                total *= len(range(*part.indices(size)))
            except (TypeError, ValueError):
                total *= size
        elif is_tensor(part):
            advanced.append(_shape(part))
        elif kind in (list, tuple):
            advanced.append((_leaves(part),))
        place += 1
    # An Ellipsis moves what follows to the end: the product of all sizes then bounds what is left.
    if any(part is ... for part in parts):
        return math.prod(shape) * broadcast(advanced)
    return total * broadcast(advanced) * math.prod(shape[place:])


def _leaves(value: Any, depth: int = 0) -> int:
    if type(value) in (list, tuple) and depth < 40:
        return sum(_leaves(item, depth + 1) for item in value)
    if type(value) is range:
        return max(0, -(-(value.stop - value.start) // value.step))
    return value.numel() if is_tensor(value) else 1


DIMENSIONS = 64
"""NumPy's arrays have no more, so a longer row of sizes is refused; its product would take the square of its length to find."""


def _sizes(values: Given) -> int:
    """The product of sizes given one by one or as one list; a negative one counts as 1."""
    if len(values) == 1:
        values = several(values[0]) or values
    return math.prod(max(whole(value), 0) if whole(value) >= 0 else 1 for value in values[:DIMENSIONS])


def _factory(given: Given, named: Named) -> int:
    return _sizes([named["size"]] if "size" in named else given)


def _last_size(given: Given, named: Named) -> int:
    rows = [found for value in (*given, named.get("size")) if (found := several(value)) is not None]
    return _sizes([rows[-1]]) if rows else broadcast([_shape(value) for value in _tensors(given)])


def _full(given: Given, named: Named) -> int:
    return _sizes([named.get("size", given[0] if given else 1)])


def _eye(given: Given, named: Named) -> int:
    rows = whole(given[0] if given else named.get("n"))
    return rows * (whole(given[1]) if len(given) > 1 else whole(named.get("m", rows)))


def _arange(given: Given, named: Named) -> int:
    names_of = ("end",) if len(given) == 1 else ("start", "end", "step")
    values = {**dict(zip(names_of, given, strict=False)), **named}
    numbers = [_number(values.get(key, usual), usual) for key, usual in (("start", 0.0), ("end", 1.0), ("step", 1.0))]
    start, end, step = numbers
    if not step or not all(map(math.isfinite, numbers)):
        return 1
    return max(0, math.ceil((end - start) / step))


def _number(value: Any, usual: float) -> float:
    if type(value) in (bool, int, float):
        return float(value)
    return float(value._data.reshape(())) if is_tensor(value) and value.numel() == 1 else usual


def _steps(given: Given, named: Named) -> int:
    return whole(given[2] if len(given) > 2 else named.get("steps"))


def _first(given: Given, named: Named) -> int:
    return whole(given[0] if given else named.get("n"))


def _length(given: Given, named: Named) -> int:
    return whole(given[0] if given else named.get("window_length"))


def _powers(given: Given, named: Named) -> int:
    input = _tensors([*given, *named.values()])[0]
    count = given[1] if len(given) > 1 else named.get("N")
    return int(input.numel() * max(whole((input.shape or (1,))[-1] if count is None else count), 1))


def _unravelled(given: Given, named: Named) -> int:
    return int(given[0].numel() * len(several(given[1] if len(given) > 1 else named.get("shape")) or (1,)))


def _data(given: Given, named: Named) -> int:
    return _leaves(given[0] if given else named.get("data"))


def _joined(given: Given, named: Named) -> int:
    return sum(tensor.numel() for tensor in _tensors([*given, *named.values()]))


def _expand(given: Given, named: Named) -> int:
    shape = _shape(given[0])
    wanted = given[1:] or [named.get("size", ())]
    sizes = several(wanted[0]) if len(wanted) == 1 else None
    total = 1
    for place, size in enumerate((wanted if sizes is None else sizes)[: -DIMENSIONS - 1 : -1], 1):
        own = shape[-place] if place <= len(shape) else 1
        total *= own if whole(size) < 0 else whole(size)
    return total


def _repeat(given: Given, named: Named) -> int:
    wanted = given[1:] or list(named.values())[:1]
    return given[0].numel() * _sizes(wanted) if is_tensor(given[0]) else 1


def _product(given: Given, named: Named) -> int:
    return math.prod(tensor.numel() for tensor in _tensors([*given, *named.values()]))


def _one_hot(given: Given, named: Named) -> int:
    tensor = given[0]
    if not is_tensor(tensor) or not tensor.numel():
        return 1
    classes = whole(given[1] if len(given) > 1 else named.get("num_classes", -1))
    return int(tensor.numel()) * (classes if classes > 0 else max(int(tensor._data.max()) + 1, 1))


def _product_of_two(given: Given, named: Named) -> int:
    pair = _tensors([*given, *named.values()])[:2]
    return matmul(_shape(pair[0]), _shape(pair[1])) if len(pair) == 2 else 1


def _added_product(given: Given, named: Named) -> int:
    three = _tensors([*given, *named.values()])[:3]
    return max(three[0].numel(), matmul(_shape(three[1]), _shape(three[2]))) if len(three) == 3 else 1


def _linear(given: Given, named: Named) -> int:
    pair = _tensors([*given, *named.values()])[:2]
    if len(pair) < 2 or not pair[0].ndim:
        return 1
    return int(math.prod(pair[0].shape[:-1]) * (pair[1].shape[0] if pair[1].ndim > 1 else 1))


def _embedding(given: Given, named: Named) -> int:
    pair = _tensors([*given, *named.values()])[:2]
    return pair[0].numel() * math.prod(pair[1].shape[1:]) if len(pair) == 2 else 1


def _bags(given: Given, named: Named) -> int:
    """The rows that are put together, and what comes of them."""
    pair = _tensors([*given, *named.values()])[:2]
    return int(3 * (pair[0].numel() + pair[0].shape[0]) * pair[1].shape[-1] + pair[1].numel())


def _bilinear(given: Given, named: Named) -> int:
    """What comes of the first input, before the second is taken to it."""
    one, _, weight = _tensors([*given, *named.values()])[:3]
    return int(math.prod(one.shape[:-1]) * weight.shape[0] * max(weight.shape[1:]))


def _index_select(given: Given, named: Named) -> int:
    tensor, index = given[0], _tensors([*given[2:], *named.values()])[-1]
    dim = whole(given[1] if len(given) > 1 else named.get("dim", 0))
    size = tensor.shape[dim] if tensor.ndim and -tensor.ndim <= dim < tensor.ndim else 1
    return int(tensor.numel() // max(size, 1) * index.numel())


def _drawn(given: Given, named: Named) -> int:
    rows = math.prod(_shape(given[0] if given else named.get("input"))[:-1])
    return rows * max(whole(given[1] if len(given) > 1 else named.get("num_samples")), 0)


def _largest(given: Given, named: Named) -> int:
    return max((tensor.numel() for tensor in _tensors([*given, *named.values()])), default=1)


def einsum_steps(given: Given) -> list[tuple[int, int]]:
    """Of every step, two operands at a time: the elements that it makes, and all places that it looks at.

    No dimension counts as summed before its last use.
    """
    equation, rest = given[0], list(given[1:])
    if len(rest) == 1 and isinstance(rest[0], (list, tuple)):
        rest = list(rest[0])
    shapes = [_shape(each) for each in rest]
    if type(equation) is not str or len(equation) > 1000 or not shapes:
        return []
    left, arrow, right = equation.replace(" ", "").partition("->")
    rows = left.split(",")
    if len(rows) != len(shapes):
        return []
    sizes: dict[str, int] = {}
    dots = 1
    for row, shape in zip(rows, shapes, strict=True):
        before, ellipsis, after = row.partition("...")
        for label, size in (*zip(before, shape, strict=False), *zip(reversed(after), reversed(shape), strict=False)):
            sizes[label] = max(sizes.get(label, 1), size)
        inner = shape[len(before) : len(shape) - len(after)] if ellipsis else ()
        dots = max(dots, math.prod(inner))
    kept = set(right) if arrow else {label for label in sizes if left.count(label) == 1}
    held = set(rows[0])
    first = math.prod(max(size, 1) for size in shapes[0])
    steps = [(first, first)]
    for place, row in enumerate(rows[1:], 1):
        seen = held | set(row)
        held = seen & kept.union(*map(set, rows[place + 1 :]))
        steps.append(
            (
                dots**2 * math.prod(sizes.get(label, 1) for label in held),
                dots**2 * math.prod(sizes.get(label, 1) for label in seen),
            )
        )
    return steps


def _einsum(given: Given, named: Named) -> int:
    return max((made for made, _ in einsum_steps(given)), default=1)


def contracted(given: Given, named: Named) -> int:
    """How many numbers `tensordot` adds up for one of its result."""
    shape = _shape(given[0])
    dims = given[2] if len(given) > 2 else named.get("dims", 2)
    if type(dims) is int:
        return math.prod(shape[max(len(shape) - dims, 0) :]) if dims > 0 else 1
    first = dims[0] if isinstance(dims, (list, tuple)) else 0
    return math.prod(shape[each] for each in first) if isinstance(first, (list, tuple)) else 1


def _tensordot(given: Given, named: Named) -> int:
    left, right = _tensors([*given, *named.values()])[:2]
    return int(left.numel() * right.numel() // max(contracted(given, named), 1) ** 2)


def _inner(given: Given, named: Named) -> int:
    left, right = _tensors([*given, *named.values()])[:2]
    shared = left.shape[-1] if left.ndim and right.ndim else 1
    return int(max(left.numel(), 1) * max(right.numel(), 1) // max(shared, 1) ** 2)


def _chain(given: Given, named: Named) -> int:
    """The greatest product of neighbours, whatever the order of the products."""
    chain = _tensors([*given, *named.values()])
    rows = [each.shape[0] if each.ndim > 1 else 1 for each in chain]
    columns = [each.shape[-1] if each.ndim else 1 for each in chain]
    tallest = itertools.accumulate(rows[:-1], max)
    return max((tall * wide for tall, wide in zip(tallest, columns[1:], strict=True)), default=1)


def _padded(given: Given, named: Named) -> int:
    shape, widths = _shape(given[0]), several(given[1] if len(given) > 1 else named.get("pad", ())) or []
    total = 1
    for back, size in enumerate(reversed(shape)):
        total *= max(size + sum(whole(each) for each in widths[2 * back : 2 * back + 2]), 0)
    return total


def _on_diagonal(given: Given, named: Named) -> int:
    shape = _shape(given[0])
    offset = abs(whole(given[1] if len(given) > 1 else named.get("diagonal", named.get("offset", 0))))
    return math.prod(shape[:-1]) * (shape[-1] + offset) ** 2 if shape else 1


def _flat_diagonal(given: Given, named: Named) -> int:
    offset = abs(whole(given[1] if len(given) > 1 else named.get("offset", 0)))
    return int(given[0].numel() + offset) ** 2


def _diagonal(given: Given, named: Named) -> int:
    return _on_diagonal(given, named) if len(_shape(given[0])) == 1 else int(given[0].numel())


def _grids(given: Given, named: Named) -> int:
    lines = _tensors(given)
    return int(max(len(lines), 1) * math.prod(line.numel() for line in lines))


def _choices(given: Given, named: Named) -> int:
    count = whole(given[1] if len(given) > 1 else named.get("r", 2))
    return int(max(count, 1) * given[0].numel() ** max(min(count, 60), 0))


def _repeated(given: Given, named: Named) -> int:
    times = given[1] if len(given) > 1 else named.get("repeats")
    if times is None:
        return int(given[0]._data.sum())
    if is_tensor(times) and times.numel() != 1:
        most = int(times._data.max()) if times.numel() else 0
        return int(given[0].numel() * max(most, 0))
    return int(given[0].numel() * max(whole(times), 0))


def _counted(given: Given, named: Named) -> int:
    least = whole(given[2] if len(given) > 2 else named.get("minlength", 0))
    return max(int(given[0]._data.max()) + 1 if given[0].numel() else 0, least)


def _bins(given: Given, named: Named) -> int:
    return whole(given[1] if len(given) > 1 else named.get("bins", 100))


def _corner(given: Given, named: Named) -> int:
    values = {**dict(zip(("row", "col"), given, strict=False)), **named}
    return 2 * whole(values.get("row")) * whole(values.get("col"))


def _alike(given: Given, named: Named) -> int:
    return _factory(given[1:], named)


def _alike_full(given: Given, named: Named) -> int:
    return _full(given[1:], named)


def _constructed(given: Given, named: Named) -> int:
    sized = "size" in named or (given and type(given[0]) in (int, Size))
    return _factory(given, named) if sized else _data(given or list(named.values()), {})


def _alike_constructed(given: Given, named: Named) -> int:
    return _constructed(given[1:], named)


def _alike_data(given: Given, named: Named) -> int:
    return _data(given[1:], named)


def _places(given: Given, named: Named) -> int:
    return int(given[0].numel() * max(given[0].ndim, 1))


def _spread(given: Given, named: Named) -> int:
    tensors = _tensors([*given, *named.values()])
    return max(1, len(tensors)) * broadcast([_shape(tensor) for tensor in tensors])


def _each(rule: Rule, *spellings: str) -> dict[str, Rule]:
    return dict.fromkeys(spellings, rule)


OPTIMIZERS = tuple(
    path.rpartition(".")[2] for path in reach.TORCH if path.startswith("optim.") and path.count(".") == 1
)
"""They hold parameters of many shapes, which have nothing to do with one another."""

RULES: dict[str, Rule] = {
    **_each(_factory, "zeros", "ones", "empty", "rand", "randn"),
    **_each(_last_size, "randint", "normal"),
    **_each(_drawn, "multinomial"),
    **_each(_full, "full"),
    **_each(_eye, "eye"),
    **_each(_arange, "arange"),
    **_each(_steps, "linspace", "logspace"),
    **_each(_first, "randperm"),
    **_each(_length, "bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"),
    **_each(_powers, "vander"),
    **_each(_unravelled, "unravel_index"),
    **_each(_data, "tensor", "as_tensor", "from_numpy"),
    **_each(
        _joined, "cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "row_stack"
    ),
    **_each(_expand, "expand", "broadcast_to"),
    **_each(_repeat, "repeat", "tile"),
    **_each(_product, "outer", "kron"),
    **_each(_inner, "inner"),
    **_each(_tensordot, "tensordot"),
    **_each(_chain, "multi_dot", "chain_matmul"),
    **_each(_one_hot, "one_hot"),
    **_each(_product_of_two, "matmul", "mm", "bmm", "dot", "mv"),
    **_each(_added_product, "addmm", "addmv", "baddbmm"),
    **_each(_linear, "linear"),
    **_each(_embedding, "embedding"),
    **_each(_bags, "embedding_bag"),
    **_each(_bilinear, "bilinear"),
    **_each(_index_select, "index_select"),
    **_each(
        _largest,
        "gather",
        "take",
        "scatter",
        "scatter_add",
        "index_add",
        "index_copy",
        "index_fill",
        "put",
        "index_reduce",
    ),
    **_each(_largest, *OPTIMIZERS, "clip_grad_norm_", "clip_grad_value_", "ParameterList"),
    **_each(_einsum, "einsum"),
    **_each(_padded, "pad"),
    **_each(_diagonal, "diag"),
    **_each(_on_diagonal, "diag_embed"),
    **_each(_flat_diagonal, "diagflat"),
    **_each(_grids, "meshgrid", "cartesian_prod"),
    **_each(_choices, "combinations"),
    **_each(_repeated, "repeat_interleave"),
    **_each(_counted, "bincount"),
    **_each(_bins, "histc", "histogram"),
    **_each(_corner, "tril_indices", "triu_indices"),
    **_each(_alike, "new_zeros", "new_ones", "new_empty", "resize_"),
    **_each(_alike_full, "new_full"),
    **_each(_alike_data, "new_tensor"),
    **_each(_constructed, "Tensor", *CONSTRUCTORS),
    **_each(_alike_constructed, "new"),
    **_each(_places, "nonzero", "argwhere"),
    **_each(_spread, "broadcast_tensors"),
    **window_sizes.RULES,
    **matrix_sizes.RULES,
}


UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)
"""What a rule raises over arguments that the engine refuses."""


def of_call(name: str, given: Given, named: Named) -> int:
    """The elements of what the engine's function of this name makes of these arguments."""
    rule = RULES.get(name.rpartition(".")[2])
    try:
        if rule is not None and (given or named):
            return int(rule(given, named))
    except UNREADABLE:
        # Arguments of the wrong kind: the engine says so in PyTorch's words, and allocates nothing.
        return 1
    return broadcast([_shape(tensor) for tensor in _tensors([*given, *named.values()])])


def of_tensors(values: Iterable[Any]) -> int:
    """How many elements the tensors of a row hold together, those of inner rows too."""
    total = 0
    for value in values:
        if type(value) in reach.TENSORS:
            total += value.numel()
        elif isinstance(value, (list, tuple)):
            total += of_tensors(value)
    return total


CUTS = ("split_size_or_sections", "split_size", "chunks", "indices_or_sections", "sections", "indices")
PIECES = frozenset(("unbind", "split", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit"))


def of_pieces(name: str, given: list[Any], named: dict[str, Any]) -> int:
    """How many tensors a function cuts its first one into, at most."""
    if name not in PIECES or not given or type(given[0]) not in reach.TENSORS:
        return 0
    longest = max(_shape(given[0]), default=0)
    if name == "unbind":
        return longest
    cut = given[1] if len(given) > 1 else next((named[key] for key in CUTS if key in named), None)
    parts = several(cut)
    if parts is not None:
        return len(parts) + 1
    count = whole(cut)
    if name.endswith("split") and name != "split":
        return max(count, 0)
    return min(count, longest) if name == "chunk" else -(-longest // max(count, 1))
