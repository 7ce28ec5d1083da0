"""Every gradient of the run as a table: what was sent, summed, and written to `.grad`, one row each."""

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

from app.exports import Export, Moment, Options
from app.exports.texts import clean

COLUMNS = (
    "seq",
    "line",
    "call",
    "event",
    "tensor",
    "name",
    "function",
    "shape",
    "dtype",
    "norm",
    "min",
    "max",
    "nonfinite",
    "value",
)
AFTER = {
    "gradient-sent": "value",
    "gradient-summed": "after",
    "gradient-accumulated": "after",
    "gradient-set": "value",
}
FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")


def render(moment: Moment, options: Options) -> bytes:
    """Rows in the order of the events up to the moment; values carry the digits that restore them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(moment))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def rows(moment: Moment) -> Iterator[list[Any]]:
    tensors, functions = moment.frame.tensors, moment.frame.functions
    for event in map(json.loads, moment.lines[: moment.at + 1]):
        field = AFTER.get(event["kind"])
        if field is None or event[field] is None:
            continue
        tensor, value = tensors.get(event["tensor"]), event[field]
        function = functions.get(event.get("function"))
        yield [
            event["seq"],
            event["line"],
            event.get("call"),
            event["kind"],
            event["tensor"],
            cell(tensor.name or "" if tensor else ""),
            cell(function.name or "" if function else ""),
            "x".join(map(str, value["shape"])),
            value["dtype"],
            *summary(value),
            json.dumps(value["data"]) if "data" in value else "",
        ]


def summary(value: dict[str, Any]) -> tuple[Any, Any, Any, int]:
    """Norm, least and greatest of the finite elements, and how many are not finite."""
    if "data" not in value:
        return value["norm"], value["min"], value["max"], value["nonfinite"]
    elements = list(flat(value["data"]))
    finite = [number for number in elements if not isinstance(number, str)]
    away = len(elements) - len(finite)
    return (math.hypot(*finite), min(finite), max(finite), away) if finite else (None, None, None, away)


def flat(data: Any) -> Iterator[Any]:
    if isinstance(data, list):
        for part in data:
            yield from flat(part)
    else:
        yield data


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = clean(text)
    return f"'{text}" if text.startswith(FORMULA) else text


EXPORT = Export(
    "csv",
    "data",
    {"en": "Table of gradients, CSV", "zh-CN": "CSV 梯度表"},
    "text/csv; charset=utf-8",
    render,
)
