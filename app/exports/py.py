"""The program as a script for PyTorch itself, which prints the numbers that Gradlight shows."""

import json
import keyword

from app.exports import Export, Moment, Options, Unavailable
from app.exports.texts import clean, value_text

HEAD = {
    "en": "# From Gradlight. Runs in PyTorch and prints the same numbers.",
    "zh-CN": "# 由 Gradlight（梯光）导出。可在 PyTorch 中运行，打印的数字与图中一致。",
}
TAIL = {
    "en": "# The gradients at the end of the run; what Gradlight shows stands beside each.",
    "zh-CN": "# 运行结束时的梯度；右侧注释为 Gradlight 中显示的数值。",
}


def render(moment: Moment, options: Options) -> bytes:
    """The program after its seed, then a line for each `.grad` that a name of the program reaches.

    Raises Unavailable where the trace came without its program.
    """
    if not moment.source.strip():
        raise Unavailable(
            "This trace was saved without its program, so there is no script to copy.",
            "这份记录保存时没有带上程序，因此没有脚本可复制。",
        )
    lines = [
        HEAD[options.language],
        "import torch as _torch",
        "",
        f"_torch.manual_seed({moment.seed})",
        "",
        moment.source.rstrip("\n"),
        "",
    ]
    shown = gradients(moment)
    if shown:
        lines += ["", TAIL[options.language]]
        lines += [f'print("{name}.grad =", {name}.grad)  # {text}' for name, text in shown]
        lines.append("")
    return "\n".join(lines).encode()


def gradients(moment: Moment) -> list[tuple[str, str]]:
    """The names of the program, none of a function's own, whose tensors have a `.grad` at the end, with what it is."""
    last = json.loads(moment.lines[-1])
    if last["kind"] == "run-failed":
        return []
    tensors = Moment(moment.lines, last["seq"]).frame.tensors
    kept = {name: row for name, id in names(moment).items() if (row := tensors[id]).is_leaf or row.retains_grad}
    return [(name, clean(value_text(row.grad, Options()))) for name, row in kept.items() if row.grad is not None]


def names(moment: Moment) -> dict[str, int]:
    """What the names of the program's own level are bound to at the end, where that is a tensor."""
    depth, bound = 0, dict[str, int]()
    for event in map(json.loads, moment.lines):
        if event["kind"] in {"scope-entered", "scope-left"} and event["scope"] in {"function", "module"}:
            depth += 1 if event["kind"] == "scope-entered" else -1
        elif event["kind"] == "name-bound" and not depth:
            bound.pop(event["name"], None)
            if event["tensor"] is not None and event["name"].isidentifier() and not keyword.iskeyword(event["name"]):
                bound[event["name"]] = event["tensor"]
    return bound


EXPORT = Export(
    "py",
    "data",
    {"en": "Script for PyTorch", "zh-CN": "PyTorch 脚本"},
    "text/x-python; charset=utf-8",
    render,
    takes=("language",),
)
