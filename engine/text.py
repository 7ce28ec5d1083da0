"""What `print` shows of a tensor: PyTorch's text, to the character.

The rules (precision, columns, scientific notation, summaries, order of the remarks) are PyTorch's documented print options and its observed
output; `tests/fixtures/text.json` holds the texts that PyTorch 2.13 gave.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

_HEAD = "tensor("


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """The settings of `torch.set_printoptions`; `sci_mode` None chooses scientific notation by PyTorch's rule."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}


current = PROFILES["default"]
MOST = 100_000
"""More elements than this are summarised whatever the options say: a text of millions of numbers is read by no one."""
FINEST = 100
"""The most digits behind the point; PyTorch has no bound, but no float has as many."""


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Tensors are printed like this from now on; what is not told stays, but for `sci_mode`, which is then chosen anew for every tensor."""
    global current
    given: dict[str, Any] = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    for name, value in given.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0):
            raise TypeError(f"set_printoptions(): '{name}' must be a number that is not negative, not {value!r}")
    if precision is not None and precision > FINEST:
        raise ValueError(f"set_printoptions(): precision can be at most {FINEST} here, not {precision}")
    start = current
    if profile in PROFILES:
        kept = PROFILES[profile]
        start = replace(kept, sci_mode=current.sci_mode)
    current = replace(start, **{name: value for name, value in given.items() if value is not None}, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """How tensors are printed now, by the names of `set_printoptions`."""
    return asdict(current)


def tensor_text(
    data: Any,
    dtype: str,
    *,
    requires_grad: bool = False,
    grad_fn: str | None = None,
    tangent: str | None = None,
    default_dtype: str = "float32",
    options: PrintOptions | None = None,
) -> str:
    """The text of an array or NumPy scalar of the named dtype; `grad_fn` is the name of its backward node, such as "MulBackward0"."""
    array, options = np.asarray(data), current if options is None else options
    remarks = []
    if array.size == 0:
        body = "[]"
        if array.ndim != 1:
            remarks.append(_size(array))
        plain = dtype == default_dtype
    else:
        summarise = array.size > min(options.threshold, MOST)
        column = _column(_edges(array, options.edgeitems) if summarise else array, options)
        body = _nested(array, len(_HEAD), column, options, summarise)
        plain = dtype in (default_dtype, "int64", "bool")
        if not options.edgeitems:
            remarks.append(_size(array))
    if not plain:
        remarks.append(f"dtype=torch.{dtype}")
    if grad_fn is not None:
        remarks.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        remarks.append("requires_grad=True")
    if tangent is not None:
        remarks.append(f"tangent={tangent}")
    return _remarked(_HEAD + body, remarks, len(_HEAD), options.linewidth)


def _size(array: np.ndarray) -> str:
    return f"size=({', '.join(map(str, array.shape))}{',' * (array.ndim == 1)})"


@dataclass(frozen=True, slots=True)
class _Column:
    """How every number of one tensor is written: a format and the width it is padded to."""

    style: str
    width: int
    whole: bool = False

    def write(self, value: Any) -> str:
        if not self.style:
            text = str(value)
        elif self.whole and math.isfinite(value):
            text = f"{value:.0f}."
        else:
            text = f"{value:{self.style}}"
        return text.rjust(self.width)


def _column(shown: np.ndarray, options: PrintOptions) -> _Column:
    if shown.dtype.kind != "f":
        return _Column("", max((len(str(value)) for value in shown.ravel().tolist()), default=1))
    numbers = shown.astype(np.float64).ravel()
    numbers = numbers[np.isfinite(numbers) & (numbers != 0)]
    if not numbers.size:
        return _Column(".0f", 1, True)
    whole = bool((numbers == np.ceil(numbers)).all())
    least, most = float(np.abs(numbers).min()), float(np.abs(numbers).max())
    scientific = options.sci_mode
    if scientific is None:
        scientific = most / least > 1000 or most > 1e8 or (not whole and least < 1e-4)
    style = f".{options.precision}e" if scientific else ".0f" if whole else f".{options.precision}f"
    dotted = whole and not scientific
    return _Column(style, max(len(_Column(style, 0, dotted).write(number)) for number in numbers.tolist()), dotted)


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
    rows = [*array[:edge], *array[len(array) - edge :]] if cut else list(array)
    if array.ndim == 1:
        items = [column.write(row.item()) for row in rows]
        if summarise and not edge:
            items = ["..."]
        elif cut:
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
