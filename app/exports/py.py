"""The program as a script for PyTorch itself, which prints the numbers that Gradlight shows."""

import ast
import json
import keyword
from contextlib import suppress
from typing import Any

from app.exports import Export, Moment, Options, Unavailable
from app.exports.texts import clean, value_text

HEAD = {
    "finished": {
        "en": "# From Gradlight. Runs in PyTorch and prints the same numbers.",
        "zh-CN": "# 由 Gradlight（梯光）导出。可在 PyTorch 中运行，打印的数字与图中一致。",
    },
    "failed": {
        "en": "# From Gradlight. In PyTorch it stops with the same error, after the same prints.",
        "zh-CN": "# 由 Gradlight（梯光）导出。在 PyTorch 中运行时，会先打印相同的内容，再因同样的错误停止。",
    },
    "ended here": {
        "en": "# From Gradlight, which did not run this program to its end; PyTorch may go further.",
        "zh-CN": "# 由 Gradlight（梯光）导出。Gradlight 没有把这个程序运行到底，在 PyTorch 中也许能继续运行。",
    },
}
TAIL = {
    "en": "# The gradients at the end of the run; what Gradlight shows stands beside each that has a name of its own.",
    "zh-CN": "# 运行结束时的梯度；有自己名字的张量，右侧注释为 Gradlight 中显示的数值。",
}
# What fails here alone: PyTorch knows nothing of it.
OURS = frozenset({"NotSupported", "InternalError"})


def render(moment: Moment, options: Options) -> bytes:
    """The program after its seed, then a line for each `.grad` that a name reaches, and a loop for those of each module's parameters.

    Raises Unavailable where the trace came without its program.
    """
    if not moment.source.strip():
        raise Unavailable(
            "This trace was saved without its program, so there is no script to copy.",
            "这份记录保存时没有带上程序，因此没有脚本可复制。",
        )
    ended = outcome(moment)
    tree = parsed(moment.source)
    lines = moment.source.rstrip("\n").split("\n")
    first = future(tree)
    seeded = ["import torch as _torch", "", f"_torch.manual_seed({moment.seed})", ""]
    lines = [HEAD[ended][options.language], *lines[:first], *seeded, *lines[first:], ""]
    shown = gradients(moment, deleted(tree)) if ended == "finished" else []
    if shown:
        lines += ["", TAIL[options.language], *shown, ""]
    return "\n".join(lines).encode()


def outcome(moment: Moment) -> str:
    """How the run ended; a key of HEAD."""
    last = json.loads(moment.lines[-1])
    if last["kind"] == "run-finished":
        return "finished"
    return "failed" if last["status"] == "failed" and last["error"] not in OURS else "ended here"


def parsed(source: str) -> ast.Module:
    """The program's tree; an empty one where it is no Python."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse(source)
    return ast.Module([], [])


def future(tree: ast.Module) -> int:
    """How many lines there are to the end of `from __future__ import ...`, which Python wants first."""
    ends = [row.end_lineno for row in tree.body if isinstance(row, ast.ImportFrom) and row.module == "__future__"]
    return max((end for end in ends if end is not None), default=0)


def deleted(tree: ast.Module) -> set[str]:
    """The names that the program deletes, wherever that is."""
    nodes = [target for row in ast.walk(tree) if isinstance(row, ast.Delete) for target in row.targets]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def gradients(moment: Moment, gone: set[str]) -> list[str]:
    """The lines that print each `.grad` there is at the end, but for what stands under a name that is `gone`."""
    tensors = Moment(moment.lines, len(moment.lines) - 1).frame.tensors
    named, modules = names(moment)
    lines = []
    for name, id in named.items():
        tensor = tensors[id]
        if tensor.grad is not None and (tensor.is_leaf or tensor.retains_grad) and name.partition("[")[0] not in gone:
            shown = clean(value_text(tensor.grad, Options()))
            lines.append(f'print("{name}.grad =", {name}.grad)  # {shown}')
    reached = set(named.values())
    others = any(row.grad is not None and row.is_leaf for id, row in tensors.items() if id not in reached)
    for name in modules:
        if others and name not in gone:
            lines += [
                f"for _name, _parameter in {name}.named_parameters():",
                "    if _parameter.grad is not None:",
                f'        print(f"{name}.{{_name}}.grad =", _parameter.grad)',
            ]
    return lines


def names(moment: Moment) -> tuple[dict[str, int], list[str]]:
    """At the end, what reaches a tensor from the program's own level (a name, else an item of a list: `ws[0]`), and which names hold modules."""
    depth, bound, owners = 0, dict[str, Any](), set[str]()
    for event in map(json.loads, moment.lines):
        if event["kind"] in {"scope-entered", "scope-left"} and event["scope"] in {"function", "module"}:
            depth += 1 if event["kind"] == "scope-entered" else -1
        elif event["kind"] == "name-bound" and not depth:
            name, dot, _ = event["name"].partition(".")
            if dot:
                owners.add(name)
            elif name.isidentifier() and not keyword.iskeyword(name):
                bound.pop(name, None)
                bound[name] = event
    tensors = {name: event["tensor"] for name, event in bound.items() if event["tensor"] is not None}
    others = {name: event["value"] for name, event in bound.items() if isinstance(event["value"], dict)}
    known = set(tensors.values())
    for name, value in others.items():
        held = {id: place for place, id in enumerate(value.get("tensors", ())) if id is not None and id not in known}
        tensors |= {f"{name}[{place}]": id for id, place in held.items()}
        known |= held.keys()
    # A module's text begins as its construction does.
    modules = [
        name for name, value in others.items() if name in owners and value["text"].startswith(f"{value['type']}(")
    ]
    return tensors, modules


EXPORT = Export(
    "py",
    "data",
    {"en": "Script for PyTorch", "zh-CN": "PyTorch 脚本"},
    "text/x-python; charset=utf-8",
    render,
    takes=("language",),
)
