"""Mistakes that fail no run: what a finished run leaves to be said, and the edit that mends it where one is sure."""

from __future__ import annotations

import ast
import io
import tokenize
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from engine import overwriting
from engine.program import in_place, mistakes, reach
from engine.program.failures import ProgramError, Span
from engine.program.mistakes import Fix, Mistake
from engine.program.values import Instance, Value
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

MOST = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said, where it stands, and what would mend it."""

    code: str
    span: Span
    message: str
    hint: str
    arguments: dict[str, str | int]
    fix: Fix | None

    def told(self) -> dict[str, Any]:
        """The fields of the event."""
        fields = asdict(self)
        fields["span"] = list(self.span)
        if self.fix is None:
            del fields["fix"]
        return fields


def find(run: Interpreter) -> list[Notice]:
    """What is to be said of a run that came to its end, in the order of its lines."""
    found = [*_broken(run), *_wide(run), *_piled(run), *_unretained(run), *_uncalled(run)]
    return sorted(found, key=lambda notice: notice.span)[:MOST]


def _mistake(run: Interpreter, code: str, statement: ast.stmt) -> Mistake:
    error = ProgramError("UserWarning", "")
    error.statement = statement
    return Mistake(run.program, error, code, {}, run.sweeps, run.torch_name(), run.top.names)


def _statement(run: Interpreter, span: Span) -> ast.stmt | None:
    """The innermost statement that a place stands in."""
    best: ast.stmt | None = None
    for node, (first, column, last, end) in run.program.spans.items():
        within = (first, column) <= span[:2] and span[2:] <= (last, end)
        if (
            isinstance(node, ast.stmt)
            and within
            and (best is None or run.program.spans[best] <= (first, column, last, end))
        ):
            best = node
    return best


# An engine that is broken on purpose


def _broken(run: Interpreter) -> Iterator[Notice]:
    line = overwriting.asked_at("\n".join(run.program.lines))
    if line is None:
        return
    message = "The engine is broken on purpose: it writes = where it must write +=, so gradients that meet are lost."
    fix = Fix(line, 0, line + 1, 0, "")
    yield Notice("overwriting", (line, 0, line, 1), message, "Take this comment out to mend it.", {}, fix)


# A name in letters that Python reads as others


def _wide(run: Interpreter) -> Iterator[Notice]:
    text = "\n".join(run.program.lines)
    if text.isascii():
        return
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    written = [token for token in tokens if token.type == tokenize.NAME and _read_as(token.string) != token.string]
    if not written:
        return
    first, last = written[0], written[-1]
    begins = [0, *accumulate(len(line) + 1 for line in run.program.lines)]
    plain = text
    for token in reversed(written):
        start, end = (begins[line - 1] + column for line, column in (token.start, token.end))
        plain = plain[:start] + _read_as(token.string) + plain[end:]
    rest = len(text) - begins[last.end[0] - 1] - last.end[1]
    fix = Fix(*first.start, *last.end, plain[begins[first.start[0] - 1] + first.start[1] : len(plain) - rest])
    name = _read_as(first.string)
    message = f"{first.string} is the name {name}: Python reads full-width letters as plain ones."
    yield Notice(
        "full-width-name",
        (*first.start, *first.end),
        message,
        f"Write {name}.",
        {"written": first.string, "name": name},
        fix,
    )


def _read_as(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


# A gradient that goes on growing after the step that used it


def _piled(run: Interpreter) -> Iterator[Notice]:
    piled: dict[Span, list[int]] = {}
    for number, (_, span) in run.recorder.piles.found.items():
        if span is not None:
            first, column, last, end = span
            piled.setdefault((first, column, last, end), []).append(number)
    for span, numbers in piled.items():
        statement = _statement(run, span)
        if statement is None:
            continue
        clear, name = _clearing(run, numbers)
        fix = None
        mistake = _mistake(run, "piled-grad", statement)
        if clear and mistakes.alone(mistake, statement):
            line, column = mistake.here(statement)[:2]
            blanks = mistake.line(line)[:column]
            fix = Fix(line, column, line, column, "".join(f"{text}\n{blanks}" for text in clear))
        message = f"The gradient of {name} goes on growing: every backward() adds to .grad, and nothing clears it after a step."
        hint = f"Write {clear[0]} before backward()." if clear else "Set .grad to None before backward()."
        arguments: dict[str, str | int] = {"name": name}
        if clear:
            arguments["suggestion"] = clear[0]
        yield Notice("piled-grad", span, message, hint, arguments, fix)


def _clearing(run: Interpreter, numbers: list[int]) -> tuple[list[str], str]:
    """The statements that clear the gradients of these tensors, and what to call the first: by an optimizer, a module, or one by one."""
    known, names = run.recorder.known, run.top.names
    called = {known(value): name for name, value in names.items() if isinstance(value, Tensor)}
    held = [(name, _held(value)) for name, value in names.items()]
    optimizers = [(name, value) for name, value in held if type(value) in reach.OPTIMIZERS]
    modules = [(name, value) for name, value in held if type(value) in reach.MODULES]
    paths = {known(tensor): f"{name}.{path}" for name, module in modules for path, tensor in _parameters(module)}
    title = paths.get(numbers[0]) or called.get(numbers[0]) or "a leaf"
    for name, value in (*optimizers, *modules):
        if {*numbers} <= {known(tensor) for _, tensor in _parameters(value)}:
            return [f"{name}.zero_grad()"], title
    if all(number in called for number in numbers):
        return [f"{called[number]}.grad = None" for number in numbers], title
    return [], title


def _held(value: Value) -> Value:
    """What a value is to the engine: of an object, its module or optimizer."""
    return (value.shell or value.rule) if type(value) is Instance else value


def _parameters(value: Value) -> list[tuple[str, Tensor]]:
    """The tensors that a module or an optimizer clears, with their paths where they have any."""
    if type(value) in reach.OPTIMIZERS:
        return [("", tensor) for group in value.param_groups for tensor in group["params"]]
    return list(value.named_parameters())


# A method that is named and not called

DOING = frozenset(
    {"backward", "step", "zero_grad", "zero_", "detach_", "retain_grad", "requires_grad_", "train", "eval"}
)
"""Methods that are called for what they do."""


def _uncalled(run: Interpreter) -> Iterator[Notice]:
    for node in run.program.spans:
        match node:
            case ast.Expr(value=ast.Attribute(attr=name) as written) if name in DOING:
                span = run.program.spans[written]
                text = run.program.lines[span[2] - 1][span[1] : span[3]] if span[0] == span[2] else name
                message = f"{text} is only named here, not called: without brackets nothing happens."
                arguments: dict[str, str | int] = {"name": text, "suggestion": f"{text}()"}
                fix = Fix(*span[2:], *span[2:], "()")
                yield Notice("not-called", span, message, f"Write {text}().", arguments, fix)


# The gradient of a tensor that is no leaf


def _unretained(run: Interpreter) -> Iterator[Notice]:
    for span in run.missed:
        statement = _statement(run, span)
        name = _read(run, span)
        if statement is None or name is None or _compared(statement, run, span):
            continue
        fix = in_place.retained(_mistake(run, "unretained-grad", statement))
        if fix is not None and "no_grad" in fix.text:
            message = (
                f"{name}.grad is None: the line that gave {name} a new value made another tensor, which is no leaf."
            )
            hint = f"Change {name} in place, inside with torch.no_grad():."
            yield Notice("replaced-leaf", span, message, hint, {"name": name}, fix)
            continue
        if fix is not None and fix.text.endswith(".requires_grad_()"):
            message = f"{name}.grad is None: {name} names the result of arithmetic, and the tensor with requires_grad=True has no name."
            hint = "Compute first, then set the flag with requires_grad_()."
            yield Notice("flag-too-early", span, message, hint, {"name": name}, fix)
            continue
        message = f"{name}.grad is None: a tensor that is no leaf keeps its gradient only when it is asked to."
        hint = f"Write {name}.retain_grad() before backward()."
        arguments: dict[str, str | int] = {"name": name, "suggestion": f"{name}.retain_grad()"}
        yield Notice("unretained-grad", span, message, hint, arguments, fix)


def _read(run: Interpreter, span: Span) -> str | None:
    """What the tensor is called whose `.grad` stands at a place, where it is a plain name."""
    for node, place in run.program.spans.items():
        if place == span and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.value.id
    return None


def _compared(statement: ast.stmt, run: Interpreter, span: Span) -> bool:
    """Whether a place is one side of `is None`: then the program knows."""
    return any(
        run.program.spans[side] == span
        for node in ast.walk(statement)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot))
        for side in (node.left, *node.comparators)
    )
