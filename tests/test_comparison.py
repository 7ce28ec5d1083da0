"""Two runs of an edited program, aligned by the page's own modules: what is said to differ is what the edit changed."""

import json
import tempfile
from pathlib import Path
from typing import Any

from engine.run import execute
from tests.test_javascript import node

TOLD = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { align, columnsOf } = await import('./static/js/state/alignment.js');
const { differencesBetween, marksAt } = await import('./static/js/state/differences.js');
const told = JSON.parse(readFileSync(process.argv[1], 'utf8')).map((pair) => {
  const [before, after] = pair.map(({ source, events }) => ({ source, trace: new Trace(events) }));
  const aligned = align(before, after);
  const found = differencesBetween(aligned, before, after).map(({ kind, name, facets, cause, before: was, after: is }) => [
    kind === 'tensor' ? `${name}: ${facets.map((one) => one.name ?? one.aspect).join(' ')}` : kind === 'order' ? `order: ${name}` : `${kind}: ${was} -> ${is}`, cause]);
  const marks = before.trace.peek(before.trace.last, (old) => after.trace.peek(after.trace.last, (now) => marksAt(aligned, old, now)));
  return {
    found,
    columns: columnsOf(aligned, before.trace.steps.length, after.trace.steps.length).map(({ before, after, moved }) => [before, after, moved]),
    marks: [[...marks.before.values()].sort(), [...marks.after.values()].sort()],
    steps: [before.trace.steps.length, after.trace.steps.length],
  };
});
console.log(JSON.stringify(told));
"""

HEAD = "import torch\nx = torch.tensor(2.0, requires_grad=True)\nw = torch.tensor(3.0, requires_grad=True)\n"
TAIL = "loss.backward()\nprint(x.grad)\n"
PLAIN = f"{HEAD}h = x * w\nloss = torch.tanh(h) + x\n{TAIL}"
LOOP = HEAD + "h = x\nfor i in range({turns}):\n    h = h * w\nh.backward()\n"

STEP = "    loss = (w * x - 6) ** 2\n    loss.backward()\n    with torch.no_grad():\n        w -= 0.05 * w.grad\n    w.grad.zero_()\n"
TRAIN = f"{HEAD}for i in range(3):\n{STEP}"

BRANCH = HEAD + "h = x\nif x {sign} 1:\n    h = h * w\nelse:\n    h = torch.exp(h)\nh.backward()\n"
ORDER = HEAD + "{first}\n{second}\nloss = y + z\nloss.backward()\n"
LINES = {"first": "y = torch.exp(x)", "second": "z = torch.sin(x)"}

# What is edited, the program before and after, the causes that are told first, and what follows from them.
EDITS = [
    ("nothing", PLAIN, PLAIN, [], []),
    ("a comment and a blank line", PLAIN, PLAIN.replace("h = x", "# mine\n\nh = x"), [], []),
    ("nothing of a loop that trains", TRAIN, TRAIN, [], []),
    (
        "a number",
        PLAIN,
        PLAIN.replace("3.0", "0.5"),
        ["w: value gradient"],
        ["x: gradient", "h: value gradient", "tanh(h): value", "loss: value", "printed: tensor(1.0001) -> tensor(1.2100)"],
    ),
    ("a flag", PLAIN, PLAIN.replace("3.0, requires_grad=True", "3.0"), ["w: requires_grad gradient"], []),
    (
        "another operation",
        PLAIN,
        PLAIN.replace("tanh", "relu"),
        ["relu(h): op value"],
        ["x: gradient", "w: gradient", "h: gradient", "loss: value", "printed: tensor(1.0001) -> tensor(4.)"],
    ),
    ("one term more", PLAIN, PLAIN.replace("+ x\n", "+ x + w\n"), ["loss: added"], ["w: gradient"]),
    (
        "a cut",
        PLAIN,
        PLAIN.replace("h = x * w", "h = (x * w).detach()"),
        ["h: added"],
        ["x: gradient", "w: gradient", "x × w: gradient", "tanh(h): requires_grad is_leaf gradient", "printed: tensor(1.0001) -> tensor(1.)"],
    ),
    ("a turn more", LOOP.format(turns=2), LOOP.format(turns=3), ["h: added"], ["x: gradient", "w: gradient", "h: gradient", "h: gradient"]),
    ("a turn fewer", LOOP.format(turns=2), LOOP.format(turns=1), ["h: removed"], ["x: gradient", "w: gradient", "h: gradient"]),
    ("two lines in another order", ORDER.format(**LINES), ORDER.format(first=LINES["second"], second=LINES["first"]), [], ["order: y"]),
    ("a failure", PLAIN, PLAIN + "loss.backward()\n", [], ["ended: null -> RuntimeError: Trying to backward through the graph a second time"]),
    ("a branch", BRANCH.format(sign=">"), BRANCH.format(sign="<"), ["lt(x, 1): op value", "h: removed", "h: added"], ["x: gradient", "w: gradient"]),
]  # fmt: skip


def run(source: str) -> dict[str, object]:
    """A program and its trace."""
    lines: list[bytes] = []
    execute(source, write=lambda first, more: lines.extend(more))
    return {"source": source, "events": [json.loads(line) for line in lines]}


def compared(pairs: list[tuple[str, str]]) -> list[dict[str, list[Any]]]:
    """What the page's modules say of pairs of programs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pairs.json")
        file.write_text(json.dumps([[run(before), run(after)] for before, after in pairs]), encoding="utf-8")
        answer = node("--input-type=module", "-e", TOLD, str(file))
    assert answer.returncode == 0, answer.stderr
    found: list[dict[str, list[Any]]] = json.loads(answer.stdout)
    return found


def test_what_differs_is_what_the_edit_changed():
    told = compared([edit[1:3] for edit in EDITS])
    for (what, *_, causes, consequences), answer in zip(EDITS, told, strict=True):
        found = [(text.split(" (", 1)[0], cause) for text, cause in answer["found"]]
        assert found == [(text, True) for text in causes] + [(text, False) for text in consequences], what


def test_both_timelines_stand_in_one_order():
    for (what, *_), answer in zip(EDITS, compared([edit[1:3] for edit in EDITS]), strict=True):
        for side, length in enumerate(answer["steps"]):
            assert [column[side] for column in answer["columns"] if column[side] is not None] == list(range(length)), (
                what
            )
        moved = [column for column in answer["columns"] if column[2]]
        assert bool(moved) == (what == "two lines in another order"), what
        if what.startswith("nothing"):
            assert all(None not in column for column in answer["columns"]), what
