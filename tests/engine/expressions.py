"""What PyTorch says to single expressions and to mistakes; `ops.json` and `errors.json` hold its answers.

Run this file with a Python that has torch to add answers, one expression or program a line on standard input:
`python tests/engine/expressions.py ops < new.txt`, or `errors` in place of `ops`.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def scope(torch: Any, kind: Any) -> dict[str, Any]:
    """The names that an expression may use."""
    made = {"torch": torch, "F": torch.nn.functional, "D": kind}
    torch.manual_seed(0)
    exec((FIXTURES / "operands.txt").read_text("utf-8"), made)  # noqa: S102
    return made


def mistake_scope(torch: Any) -> dict[str, Any]:
    """The names that a mistaken program may use."""
    return {
        "torch": torch,
        "F": torch.nn.functional,
        "autograd": torch.autograd,
        "tensor": torch.tensor,
        "ones": torch.ones,
        "x": torch.tensor([1.0, 2.0], requires_grad=True),
    }


def said(program: str, torch: Any) -> str:
    """How the program fails."""
    try:
        exec(program, mistake_scope(torch))  # noqa: S102
    except Exception as error:  # noqa: BLE001 - whatever is raised is the answer
        return f"{type(error).__name__}: {error}"
    finally:
        torch.set_grad_enabled(True)
    return "no error"


def graph(node: Any) -> str:
    """The node and those behind it, by their names."""
    name: str = node.name().rpartition("::")[2]
    if name == "AccumulateGrad":
        return name
    inner = ", ".join(
        "-" if each is None else graph(each) + (f":{output}" if output else "") for each, output in node.next_functions
    )
    return f"{name}({inner})"


def weight_of(result: Any, torch: Any) -> Any:
    """The gradient that an expression's result is given."""
    numbers = torch.arange(float(result.numel()), dtype=torch.float64)
    return (numbers.reshape(result.shape).to(result.dtype) * 0.37 + 0.5).detach()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, float):
        return value
    return float(f"{value:.12g}") if math.isfinite(value) else repr(value)


def answer(expression: str, torch: Any) -> dict[str, Any]:
    """The value, kind, graph, derivatives and text of an expression."""
    names = scope(torch, torch.float64)
    result = eval(expression, names)  # noqa: S307
    if not torch.is_tensor(result):
        return {"expression": expression, "shown": repr(result)}
    told: dict[str, Any] = {
        "expression": expression,
        "value": _plain(result.tolist()),
        "dtype": str(result.dtype),
        "graph": None if result.grad_fn is None else graph(result.grad_fn),
    }
    small = eval(expression, scope(torch, torch.float32))  # noqa: S307
    told["dtype32"], told["text"] = str(small.dtype), repr(small)
    if not result.requires_grad:
        return told
    leaves = {key: each for key, each in names.items() if torch.is_tensor(each) and each.requires_grad and each.is_leaf}
    weight = weight_of(result, torch)
    result.backward(weight)
    told["grads"] = {key: _plain(each.grad.tolist()) for key, each in leaves.items() if each.grad is not None}
    for each in leaves.values():
        each.grad = None
    again = eval(expression, names)  # noqa: S307
    first = torch.autograd.grad((again * weight).sum(), list(leaves.values()), allow_unused=True, create_graph=True)
    parts = [(each * each).sum() for each in first if each is not None and each.requires_grad]
    if parts:
        second = torch.autograd.grad(sum(parts[1:], parts[0]), list(leaves.values()), allow_unused=True)
        told["second"] = {
            key: _plain((each + 0.0).tolist()) for key, each in zip(leaves, second, strict=True) if each is not None
        }
    return told


def _append(name: str, rows: list[dict[str, Any]], key: str) -> None:
    path = FIXTURES / name
    kept = json.loads(path.read_text("utf-8"))
    fresh = {row[key] for row in rows}
    lines = [json.dumps(row, ensure_ascii=False) for row in (*(row for row in kept if row[key] not in fresh), *rows)]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    given = [line.strip() for line in sys.stdin if line.strip()]
    if sys.argv[1] == "ops":
        _append("ops.json", [answer(each, torch) for each in given], "expression")
    else:
        _append("errors.json", [{"program": each, "raises": said(each, torch)} for each in given], "program")
