"""Reductions that are told the dtype of their result: one op that casts first, as in PyTorch, and no cast beside it."""

from __future__ import annotations

import re
from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops.op import Op
from engine.ops.table import row
from engine.tensor import Tensor

RETYPED: dict[Op, Op] = {}


def retyped(*ops: Op) -> None:
    """Add to each row of one input the row that casts it first."""
    for op in ops:
        forward = re.sub(r"\bself\b", "cast(self, dtype)", op.forward)
        RETYPED[op] = row(
            f"{op.name}_as", f"cast({forward}, dtype)", op.vjp, settings=" ".join((*op.settings, "dtype")), node=f"{op.node}!",
            twice={"self": op.tensor_formulas[0].text}, symbol=op.symbol, spelled=tuple(f"{name}(x, dtype=…)" for name in op.spelled[:1]),
            samples=tuple((*sample, dtypes.float64.numpy) for sample in op.samples), en=op.note["en"], zh=op.note["zh-CN"],
        )  # fmt: skip


def reduced(op: Op, input: Tensor, settings: tuple[Any, ...] = (), dtype: dtypes.dtype | None = None) -> Tensor:
    """The row's result, in `dtype` where one is given."""
    kind = input._data.dtype
    if dtype is None or (kind == dtype.numpy and kind.kind == "f"):
        result: Tensor = apply(op, (input,), settings)
    else:
        result = apply(RETYPED[op], (input,), (*settings, dtype.numpy))
    return result
