"""What `print` shows of a tensor: PyTorch's text, to the character.

The rules (precision, columns, scientific notation, summaries, order of the remarks) are PyTorch's documented print options and its observed
output; `tests/fixtures/text.json` holds the texts that PyTorch 2.13 gave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

_HEAD = "tensor("


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """The settings of `torch.set_printoptions`; `sci_mode` None chooses scientific notation by PyTorch's rule."""

    precision: int = 4
    threshold: int = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=2**63),
}


def tensor_text(
    data: Any,
    dtype: str,
    *,
    requires_grad: bool = False,
    grad_fn: str | None = None,
    default_dtype: str = "float32",
    options: PrintOptions = PROFILES["default"],
) -> str:
    """The text of an array or NumPy scalar of the named dtype; `grad_fn` is the name of its backward node, such as "MulBackward0"."""
    array = np.asarray(data)
    remarks = []
    if array.size == 0:
        body = "[]"
        if array.ndim != 1:
            remarks.append(f"size=({', '.join(map(str, array.shape))})")
        plain = dtype == default_dtype
    else:
        summarise = array.size > options.threshold
        column = _column(_edges(array, options.edgeitems) if summarise else array, options)
        body = _nested(array, len(_HEAD), column, options, summarise)
        plain = dtype in (default_dtype, "int64", "bool")
    if not plain:
        remarks.append(f"dtype=torch.{dtype}")
    if grad_fn is not None:
        remarks.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        remarks.append("requires_grad=True")
    return _remarked(_HEAD + body, remarks, len(_HEAD), options.linewidth)


@dataclass(frozen=True, slots=True)
class _Column:
    """How every number of one tensor is written: a format and the width it is padded to."""

    style: str
    width: int

    def write(self, value: Any) -> str:
        if not self.style:
            text = str(value)
        elif self.style == ".0f" and math.isfinite(value):
            text = f"{value:.0f}."
        else:
            text = f"{value:{self.style}}"
        return text.rjust(self.width)


def _column(shown: np.ndarray, options: PrintOptions) -> _Column:
    if shown.dtype.kind != "f":
        return _Column("", max(len(str(value)) for value in shown.ravel().tolist()))
    numbers = shown.astype(np.float64).ravel()
    numbers = numbers[np.isfinite(numbers) & (numbers != 0)]
    if not numbers.size:
        return _Column(".0f", 1)
    whole = bool((numbers == np.ceil(numbers)).all())
    least, most = float(np.abs(numbers).min()), float(np.abs(numbers).max())
    scientific = options.sci_mode
    if scientific is None:
        scientific = most / least > 1000 or most > 1e8 or (not whole and least < 1e-4)
    style = f".{options.precision}e" if scientific else ".0f" if whole else f".{options.precision}f"
    return _Column(style, max(len(_Column(style, 0).write(number)) for number in numbers.tolist()))


def _edges(array: np.ndarray, edge: int) -> np.ndarray:
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.concatenate([array.take(range(edge), axis), array.take(range(size - edge, size), axis)], axis)
    return array


def _nested(array: np.ndarray, indent: int, column: _Column, options: PrintOptions, summarise: bool) -> str:
    if array.ndim == 0:
        return column.write(array.item())
    edge = options.edgeitems
    cut = summarise and len(array) > 2 * edge
    rows = [*array[:edge], *array[-edge:]] if cut else list(array)
    if array.ndim == 1:
        items = [column.write(row.item()) for row in rows]
        if cut:
            items.insert(edge, " ...")
        per_line = max(1, (options.linewidth - indent) // (column.width + 2))
        lines = [", ".join(items[at : at + per_line]) for at in range(0, len(items), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    slices = [_nested(row, indent + 1, column, options, summarise) for row in rows]
    if cut:
        slices.insert(edge, "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(slices) + "]"


def _remarked(text: str, remarks: list[str], indent: int, linewidth: int) -> str:
    last_line = len(text) - text.rfind("\n") + 1
    for remark in remarks:
        if last_line + len(remark) + 2 > linewidth:
            text += ",\n" + " " * indent + remark
            last_line = indent + len(remark)
        else:
            text += ", " + remark
            last_line += len(remark) + 2
    return text + ")"
