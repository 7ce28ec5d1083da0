"""Rows of a table, looked up by their numbers."""

from __future__ import annotations

import numpy as np

from engine import dtypes, grad_mode
from engine.application import apply
from engine.ops.indexing import LIFT, _linear
from engine.ops.inplace import write
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

EMBEDDING = row(
    "embedding", "embedding(index, self)", {"self": "embedding_backward(g, index, self.shape, padding_idx, scale_grad_by_freq)"}, inputs="self index",
    settings="padding_idx scale_grad_by_freq", symbol="embed", spelled=("F.embedding",),
    samples=(((4, 2), [0, 3, 0], None, False), ((4, 2), [0, 3, 0], 1, False)),
    en="Each row of the table receives the sum of the gradients of its uses.", zh="表的每一行得到它各次使用的梯度之和。",
)  # fmt: skip
EMBEDDING_BACKWARD = row(
    "embedding_backward", "embedding_backward(self, index, shape, padding_idx, scale_grad_by_freq)",
    {"self": "embedding_unpadded(index, g, padding_idx)"}, inputs="self index", settings="shape padding_idx scale_grad_by_freq",
    node="EmbeddingDenseBackwardBackward0!", symbol="embed′", samples=(((3, 2), [0, 3, 0], (4, 2), None, False), ((3, 2), [0, 3, 0], (4, 2), 3, False)), **LIFT,
)  # fmt: skip


@spelled("torch.nn.functional.embedding")
def embedding(
    input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:  # fmt: skip
    """The rows of these numbers; the row `padding_idx` receives no gradient. Raises IndexError for a row that is not there.

    With `max_norm` the rows that are looked up are shortened first, in the table itself. All gradients are dense, `sparse` or not.
    """
    if padding_idx is not None:
        rows = weight._data.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if weight._data.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input._data.dtype not in (dtypes.int64.numpy, dtypes.int32.numpy):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.dtype.legacy} instead (while checking arguments for embedding)"
        )
    if input._data.size and not 0 <= int(input._data.min()) <= int(input._data.max()) < weight._data.shape[0]:
        raise IndexError("index out of range in self")
    if max_norm is not None:
        with grad_mode.no_grad():
            shorten(weight, input, max_norm, norm_type)
    result: Tensor = apply(EMBEDDING, (weight, input), (padding_idx, bool(scale_grad_by_freq)))
    return result


def shorten(weight: Tensor, input: Tensor, most: float, kind: float) -> None:
    """Rows that are looked up and longer than `most` made that long, in the table itself."""
    table = np.array(weight._data)
    used = np.unique(input._data)
    size = np.linalg.norm(table[used].astype(np.float64), kind, axis=1)
    long = size > most
    table[used[long]] = (table[used[long]] * (most / (size[long] + 1e-7))[:, None]).astype(table.dtype)
    write(weight, table, "embedding_renorm_")


spelled("internal.embedding_backward")(
    _linear(EMBEDDING_BACKWARD, "self", "index", "shape", "padding_idx", "scale_grad_by_freq")
)


@spelled("internal.embedding_unpadded")
def embedding_unpadded(index: Tensor, self: Tensor, padding_idx: int | None) -> Tensor:
    """The rows of these numbers, those of padding zero."""
    rows: Tensor = apply(EMBEDDING, (self, index), (None, False))
    if padding_idx is None:
        return rows
    padded: Tensor = METHODS["masked_fill"](rows, METHODS["unsqueeze"](METHODS["eq"](index, padding_idx), -1), 0)
    return padded
