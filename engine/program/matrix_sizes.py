"""How many elements products, distances, blocks and quantiles are going to make; part of `sizes`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from engine.program import reach

Given = list[Any]
Named = dict[str, Any]
Rule = Callable[[Given, Named], int]


def _tensors(given: Given, named: Named, most: int) -> list[Any]:
    return [each for each in (*given, *named.values()) if type(each) in reach.TENSORS][:most]


def _outer_sum(given: Given, named: Named) -> int:
    input, first, second = _tensors(given, named, 3)
    return max(int(input.numel()), int(first.numel() * second.numel()))


def _batch_sum(given: Given, named: Named) -> int:
    input, first, second = _tensors(given, named, 3)
    return max(int(input.numel()), int(first.shape[0] * first.shape[1] * second.shape[2]))


def _distances(given: Given, named: Named) -> int:
    """The differences of all pairs, of which the distances are taken."""
    left, right = (each.shape for each in _tensors(given, named, 2))
    batch = max(math.prod(left[:-2]), math.prod(right[:-2]), 1)
    if math.prod(left[:-2]) > 1 and math.prod(right[:-2]) > 1 and left[:-2] != right[:-2]:
        batch = math.prod(left[:-2]) * math.prod(right[:-2])
    return int(batch * left[-2] * right[-2] * max(left[-1], 1))


def _pairs(given: Given, named: Named) -> int:
    """The differences of every two rows."""
    rows, columns = (*_tensors(given, named, 1)[0].shape, 1, 1)[:2]
    return int(rows * max(rows - 1, 0) // 2 * max(columns, 1))


def _blocks(given: Given, named: Named) -> int:
    shapes = [(1, 1, *each.shape)[-2:] for each in _tensors(given, named, len(given))]
    return int(sum(shape[0] for shape in shapes) * sum(shape[1] for shape in shapes))


def _square(given: Given, named: Named) -> int:
    (tensor,) = _tensors(given, named, 1)
    return max(int(tensor.numel()), int(tensor.shape[0] if tensor.ndim > 1 else 1) ** 2)


def _shares(given: Given, named: Named) -> int:
    row = [int(each.numel()) for each in _tensors(given, named, 2)]
    return row[0] * max([1, *row[1:]])


def _factors(given: Given, named: Named) -> int:
    """Of the parts that a matrix is taken apart into."""
    (tensor,) = _tensors(given, named, 1)
    rows, columns = tensor.shape[-2:]
    return int(math.prod(tensor.shape[:-2])) * int(
        rows * rows + columns * columns + rows * columns + max(rows, columns)
    )


def _window(given: Given, named: Named) -> int:
    return math.prod(int(each) for each in list(given[1] if len(given) > 1 else named.get("size", ()))[:64])


def _largest(given: Given, named: Named) -> int:
    return max(int(each.numel()) for each in _tensors(given, named, len(given) + len(named)))


RULES: dict[str, Rule] = {
    "addr": _outer_sum,
    "addbmm": _batch_sum,
    "as_strided": _window,
    "block_diag": _blocks,
    "cdist": _distances,
    "corrcoef": _square,
    "cov": _square,
    "index_put": _largest,
    "nanquantile": _shares,
    "pdist": _pairs,
    "quantile": _shares,
    "scatter_reduce": _largest,
    **dict.fromkeys(("svd", "svdvals", "qr", "eigh", "pinv", "pinverse", "matrix_rank", "lstsq", "lu"), _factors),
}
