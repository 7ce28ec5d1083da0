"""Text to a checked tree: every place that leaves the language is found before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.program import absent, forms, fstrings, generators, patterns, punctuation, slips, unknown
from engine.program.failures import Refusal, Refused, Span
from engine.program.hints import nearest
from engine.program.limits import LIMITS, WORDS, Limits
from engine.program.places import CLASS, FUNCTION, LOOP, METHOD, children
from engine.program.scopes import Names, bound_in, captured, names_of, parameters, targets_of
from engine.program.special import SPECIAL
from engine.program.syntax import (
    ACCEPTED,
    AVAILABLE,
    DUNDER_NAMES,
    FOREIGN,
    MODULES,
    REFUSED,
    REFUSED_ATTRIBUTES,
    REFUSED_NAMES,
)

ROOTS = {known.partition(".")[0] for known in MODULES}
"""The modules that are here, those inside of them aside."""
SURE = 0.8
"""So much alike a module's name must be to one of ours to be taken for it mistyped: there are many others."""
Placed = ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias | ast.excepthandler | ast.pattern
"""What has a place in the text."""


@dataclass(frozen=True, slots=True)
class Program:
    """A text that may run: its tree, where each node stands, and the names each function binds.

    `yielding` holds the defs that are generators, and the statements in them that hold a `yield`. A span is (line, column, end line, end column), lines from 1, columns from 0 counted in characters, the end exclusive.
    """

    tree: ast.Module
    spans: dict[ast.AST, Span]
    names: dict[ast.AST, Names]
    yielding: frozenset[ast.AST] = frozenset()
    lines: list[str] = field(default_factory=list)


def parse(source: str, limits: Limits = LIMITS) -> Program:
    """The checked tree of a text. Raises `Refused` with every refusal at once."""
    try:
        size = len(source.encode())
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1
        column = error.start - (source.rfind("\n", 0, error.start) + 1)
        words = "Half of a surrogate pair is not a character.", "Delete it and type the sign again.", "surrogate"
        raise Refused([Refusal(line, column, column + 1, *words, error="SyntaxError")]) from None
    if size > limits.source_bytes:
        message, hint = WORDS["source"]
        message = message.format(limit=limits.source_bytes, wanted=f"{size:,}")
        raise Refused([Refusal(1, 0, 0, message, hint, "limit-source")])
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = punctuation.commands(text)
    if not found:
        return _program(text, limits)
    lines = text.split("\n")
    for refusal in found:
        lines[refusal.line - 1] = ""
    try:
        _program("\n".join(lines), limits)
    except Refused as more:
        found += more.refusals
    raise Refused(found)


def _program(text: str, limits: Limits) -> Program:
    suspects = punctuation.prompts(text) or punctuation.indented(text) or punctuation.full_width(text)
    if suspects:
        raise Refused(suspects)
    return _Check(_tree(text), text, limits).program()


def _tree(text: str) -> ast.Module:
    lines = text.split("\n")
    at = text.find("\0")
    if at >= 0:  # versions of Python differ in how they tell of it
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1)
        words = "The text holds a null character.", "Delete it.", "null"
        raise Refused([Refusal(line, column, column + 1, *words, error="SyntaxError")])
    try:
        return slips.parsed(text)
    except SyntaxError as error:
        raise Refused(slips.refusals(error, text)) from None
    except (MemoryError, RecursionError):
        words = "The expression nests too deeply.", "Split it over several lines with names.", "nesting"
    raise Refused([Refusal(1, 0, len(lines[0]), *words, error="SyntaxError")])


class _Check:
    """One iterative pass over the tree; `found` gathers the refusals."""

    def __init__(self, tree: ast.Module, text: str, limits: Limits) -> None:
        self.tree = tree
        self.lines = text.split("\n")
        self.plain = text.isascii()
        self.limits = limits
        self.found: list[Refusal] = []
        self.spans: dict[ast.AST, Span] = {}
        self.names: dict[ast.AST, Names] = {}
        self.forms = forms.Forms()
        self.yielding: set[ast.AST] = set()
        self.bound: frozenset[str] | None = None
        self.absent: set[str] = set()

    def program(self) -> Program:
        stack: list[tuple[ast.AST, int, int]] = [(self.tree, 0, 0)]
        count = 0
        deep = False
        while stack:
            node, depth, place = stack.pop()
            count += 1
            if count > self.limits.nodes:
                message, hint = WORDS["nodes"]
                line = getattr_line(node)
                self.found.append(Refusal(line, 0, 1, message.format(limit=self.limits.nodes), hint, "limit-nodes"))
                break
            if isinstance(node, Placed):
                self.spans[node] = self.span(node)
            if depth > self.limits.depth:
                if not deep:
                    deep = True
                    message = f"This nests more than {self.limits.depth} levels deep."
                    self.refuse(node, message, "Split it over several lines with names.", "nesting")
                continue
            kind = type(node)
            if kind not in ACCEPTED:
                what, hint, code = REFUSED.get(kind.__name__, ("this syntax", "Write it in another way.", "syntax"))
                self.refuse(node, f"The language here has no {what}.", hint, code)
                continue
            check = CHECKS.get(kind)
            if check is not None:
                check(self, node, place)
            for child, inside in children(node, place):
                stack.append((child, depth + 1, inside))
        for statement in absent.serving(self.tree, self.absent) if self.absent else ():
            said = "This is for a module that is not here.", "Leave it out along with the import.", "absent-module"
            self.refuse(statement, *said, better=absent.without(self.lines, self.spans[statement]))
        if self.found:
            raise Refused([*self.found, *unknown.refusals(self.tree, self.spans)])
        return Program(self.tree, self.spans, self.names, frozenset(self.yielding), self.lines)

    def span(self, node: Placed) -> Span:
        line, column = node.lineno, node.col_offset
        last, end = node.end_lineno or line, node.end_col_offset or column
        if not self.plain:
            column = self.characters(line, column)
            end = self.characters(last, end)
        return line, column, last, end

    def characters(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))

    def refuse(
        self,
        node: ast.AST,
        message: str,
        hint: str,
        code: str,
        *,
        error: str = "NotSupported",
        better: str | None = None,
    ) -> None:
        line, column, last, end = self.spans.get(node, (1, 0, 1, 0))
        if last > line:
            end = len(self.lines[line - 1])
        self.found.append(Refusal(line, column, max(end, column + 1), message, hint, code, better, error))

    def name(self, node: ast.AST, name: str, *, allowed: frozenset[str] = frozenset()) -> None:
        if len(name) > self.limits.name:
            self.refuse(
                node, f"The name {name[:20]}... is too long.", f"Use at most {self.limits.name} signs.", "long-name"
            )
        elif name.startswith("__") and name not in allowed:
            message = f"Names that begin with two underscores are kept for Python itself: {name}."
            near = nearest(name, allowed) if isinstance(node, ast.FunctionDef) else None
            if sorted(name) == sorted("__init__"):
                near = "__init__"
            hint, better = "Choose a name without it.", None
            if near is not None:
                line, column = self.spans[node][:2]
                hint, better = f"Did you mean {near}?", self.lines[line - 1][column:].replace(name, near, 1)
            self.refuse(node, message, hint, "underscore", better=better)

    def syntax_error(self, node: ast.AST, message: str, hint: str, code: str = "syntax") -> None:
        self.refuse(node, message, hint, code, error="SyntaxError")

    def check_name(self, node: ast.Name, place: int) -> None:
        if node in self.forms:
            return
        if node.id in REFUSED_NAMES and type(node.ctx) is ast.Load and not self.binds(node.id):
            code = {"open": "no-open", "input": "no-input"}.get(node.id, "refused-name")
            self.refuse(node, f"{node.id} is not part of the language here.", REFUSED_NAMES[node.id], code)
        loading = type(node.ctx) is ast.Load
        allowed = DUNDER_NAMES if loading else frozenset()
        self.name(node, node.id, allowed=allowed | SPECIAL if place & CLASS else allowed)

    def binds(self, name: str) -> bool:
        """Whether the text gives this name a meaning of its own somewhere."""
        if self.bound is None:
            self.bound = bound_in(self.tree)
        return name in self.bound and name != "super"

    def check_attribute(self, node: ast.Attribute, place: int) -> None:
        name = node.attr
        if node in self.forms:
            return
        self.forms.class_name(node)
        if name in REFUSED_ATTRIBUTES:
            self.refuse_attribute(node, name)
        else:
            self.name(node, name, allowed=forms.READ if type(node.ctx) is ast.Load else frozenset())

    def refuse_attribute(self, node: ast.AST, name: str) -> None:
        what, hint, code = REFUSED_ATTRIBUTES[name]
        self.refuse(node, f"The language here has no {what}.", hint, code)

    def check_constant(self, node: ast.Constant, place: int) -> None:
        value = node.value
        kind = type(value)
        if isinstance(value, int) and value.bit_length() > self.limits.integer_bits:
            message, hint = WORDS["integer"]
            self.refuse(node, message.format(limit=self.limits.integer_bits), hint, "limit-integer")
        elif isinstance(value, str) and len(value) > self.limits.string:
            message, hint = WORDS["string"]
            message = message.format(limit=self.limits.string, wanted=f"{len(value):,}")
            self.refuse(node, message, hint, "limit-string")
        elif kind is bytes:
            self.refuse(node, "The language here has no bytes.", "Write a plain string.", "bytes")
        elif kind is complex:
            self.refuse(node, "The language here has no complex numbers.", "Use two floats.", "complex")

    def check_expression(self, node: ast.Expr, place: int) -> None:
        if place & METHOD:
            self.forms.bare_super(node)

    def check_call(self, node: ast.Call, place: int) -> None:
        if place & METHOD:
            self.forms.super_call(node)
            self.forms.base_call(node)
            if (half := forms.half_super(node)) is not None:
                self.forms.know(node)
                self.spans[half] = self.span(half)
                message = "super takes a class and self, or nothing."
                self.refuse(half, message, "Write super().", "super", better="super()")
        seen: set[str] = set()
        for keyword in node.keywords:
            if keyword.arg in seen:
                self.syntax_error(node, f"keyword argument repeated: {keyword.arg}", "Give it once.")
            if keyword.arg is not None:
                seen.add(keyword.arg)

    def check_keyword(self, node: ast.keyword, place: int) -> None:
        if node.arg is not None:
            self.name(node, node.arg)

    def check_arg(self, node: ast.arg, place: int) -> None:
        self.name(node, node.arg)

    def check_lambda(self, node: ast.Lambda, place: int) -> None:
        self.check_parameters(node)

    def check_parameters(self, node: ast.FunctionDef | ast.Lambda) -> None:
        seen: set[str] = set()
        for parameter in parameters(node.args):
            if parameter.arg in seen:
                self.syntax_error(node, f"duplicate argument '{parameter.arg}' in function definition", "Rename one.")
            seen.add(parameter.arg)
        self.names[node] = names_of(node)

    def check_function(self, node: ast.FunctionDef, place: int) -> None:
        if place & CLASS:
            self.forms.method(node)
            self.name(node, node.name, allowed=forms.METHODS)
        else:
            self.name(node, node.name)
        self.check_parameters(node)
        self.yielding |= generators.steps(node)
        names = self.names[node]
        for clash in sorted((names.outer | names.top) & {parameter.arg for parameter in parameters(node.args)}):
            self.syntax_error(node, f"name '{clash}' is parameter and global", "Rename one of the two.")

    def check_class(self, node: ast.ClassDef, place: int) -> None:
        self.name(node, node.name)
        self.names[node] = Names(frozenset())
        self.forms.bases(node)
        for part, message, hint, code in forms.faults(node, nested=bool(place & CLASS)):
            if part is not node:
                self.spans[part] = self.span(part)
            self.refuse(part, message, hint, code)

    def check_yield(self, node: ast.Yield | ast.YieldFrom, place: int) -> None:
        if node not in self.yielding:
            hint = "Write yield x or a = yield x as a line of its own, in a def, and not inside a larger expression."
            self.refuse(node, "yield cannot stand here.", hint, "yield")

    def check_return(self, node: ast.Return, place: int) -> None:
        if not place & FUNCTION:
            hint = "Write print(...) to show a value, or give the line the spaces of its function."
            better = self.returned(node)
            self.refuse(node, "'return' outside function", hint, "return", error="SyntaxError", better=better)

    def returned(self, node: ast.Return) -> str | None:
        """What can stand in the place of a `return` outside functions: itself in the function above that lacks it, else its value printed."""
        line, column, last, end = self.spans[node]
        if last != line:
            return None
        text = self.lines[line - 1][column:end]
        above = [one for one in self.tree.body if one.lineno < line]
        function = above[-1] if above and not column else None
        if isinstance(function, ast.FunctionDef) and not any(isinstance(one, ast.Return) for one in ast.walk(function)):
            return " " * function.body[0].col_offset + text
        return f"print({text.removeprefix('return').strip()})" if node.value is not None else "pass"

    def check_loop_word(self, node: ast.Break | ast.Continue, place: int) -> None:
        if not place & LOOP:
            word = "'break' outside loop" if type(node) is ast.Break else "'continue' not properly in loop"
            self.syntax_error(node, word, "Delete it, or put it into a loop.")

    def check_global(self, node: ast.Global | ast.Nonlocal, place: int) -> None:
        for name in node.names:
            self.name(node, name)
        if type(node) is ast.Nonlocal and not place & FUNCTION:
            self.syntax_error(node, "nonlocal declaration not allowed at module level", "Delete the line.")

    def check_targets(self, node: ast.Assign | ast.Delete, place: int) -> None:
        for target in node.targets:
            self.check_target(target)

    def check_for(self, node: ast.For, place: int) -> None:
        self.check_target(node.target)

    def check_target(self, target: ast.expr) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            starred = [item for item in target.elts if type(item) is ast.Starred]
            if len(starred) > 1:
                self.spans[target] = self.span(target)
                self.syntax_error(target, "multiple starred expressions in assignment", "Keep one star.")
        elif type(target) is ast.Starred:
            self.spans[target] = self.span(target)
            self.syntax_error(target, "starred assignment target must be in a list or tuple", "Write a comma after it.")

    def check_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, place: int
    ) -> None:
        self.names[node] = Names(targets_of(node))
        for generator in node.generators:
            self.check_target(generator.target)
            if generator.is_async:
                what, hint, code = REFUSED["AsyncFor"]
                self.refuse(node, f"The language here has no {what}.", hint, code)

    def check_joined(self, node: ast.JoinedStr, place: int) -> None:
        # The whole f-string is the place: versions of Python differ in where they see its parts.
        for value in node.values:
            if type(value) is not ast.FormattedValue or value.format_spec is None:
                continue
            parts = value.format_spec.values if type(value.format_spec) is ast.JoinedStr else []
            if any(type(part) is not ast.Constant for part in parts):
                self.refuse(node, "A format cannot hold { } itself here.", "Write the number: {x:.4f}.", "format-spec")
                continue
            found = fstrings.fault(format_spec(value))
            if found:
                self.refuse(node, *found, "format-spec")

    def check_import(self, node: ast.Import, place: int) -> None:
        kept = [alias for alias in node.names if alias.name in MODULES]
        for alias in node.names:
            if alias not in kept and kept:
                self.spans[alias] = self.span(alias)
                self.missing(alias, alias.name, [alias], absent.part(node.names, alias, kept, self.span))
            elif alias not in kept:
                self.missing(node, alias.name, node.names)
            if alias.asname:
                self.name(node, alias.asname)

    def check_import_from(self, node: ast.ImportFrom, place: int) -> None:
        if node.level or not node.module:
            self.refuse(
                node, "There are no files to import from here.", "Write the function into the program.", "import"
            )
            return
        if node.module == "__future__":
            return
        if node.module not in MODULES:
            self.missing(node, node.module, node.names)
            return
        for alias in node.names:
            if alias.name == "*":
                self.refuse(node, "import * hides where names come from.", "Import the names you use.", "import")
                return
            self.name(node, alias.name)
            if alias.asname:
                self.name(node, alias.asname)

    def missing(self, node: ast.AST, name: str, names: list[ast.alias], part: Span | None = None) -> None:
        """Refuses a module that is not here, with what could stand in the place of its import, or of its part of one."""
        root = name.partition(".")[0]
        code, hint = FOREIGN.get(name) or FOREIGN.get(root, ("import", AVAILABLE))
        better = None
        near = nearest(root, ROOTS, SURE) if code == "import" and root not in ROOTS else None
        if root == "pytorch":
            near = "torch"
        first, column, _, end = self.spans[node]
        if near is not None:
            hint, better = f"Did you mean {near}?", self.lines[first - 1][column:end].replace(root, near, 1)
        if code in absent.LEFT_OUT:
            self.absent |= absent.bound(names)
        if code in absent.LEFT_OUT or (better is None and not absent.bound(names) & self.read()):
            if part is None:
                better = absent.without(self.lines, self.spans[node])
            elif part[0] == part[2]:
                self.spans[node], better = part, ""
        self.refuse(node, f"The module {name[:60]} is not here.", hint, code, better=better)

    def read(self) -> set[str]:
        """The names that the text reads somewhere."""
        return {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}

    def check_match(self, node: ast.Match, place: int) -> None:
        for part, message, hint in patterns.faults(node):
            self.spans[part] = self.span(part)
            self.syntax_error(part, message, hint)

    def check_capture(self, node: ast.pattern, place: int) -> None:
        name = captured(node)
        if name is not None:
            self.name(node, name)

    def check_class_pattern(self, node: ast.MatchClass, place: int) -> None:
        for name in node.kwd_attrs:
            if name in REFUSED_ATTRIBUTES:
                self.refuse_attribute(node, name)
            else:
                self.name(node, name)

    def check_try(self, node: ast.Try, place: int) -> None:
        for handler in node.handlers[:-1]:
            if handler.type is None:
                self.syntax_error(node, "default 'except:' must be last", "Move it to the end.")

    def check_handler(self, node: ast.ExceptHandler, place: int) -> None:
        if node.name:
            self.name(node, node.name)


def getattr_line(node: ast.AST) -> int:
    """The line of a node that may have none."""
    return node.lineno if isinstance(node, (ast.expr, ast.stmt)) else 1


def format_spec(node: ast.FormattedValue) -> str:
    """The constant text of a value's format specification."""
    if type(node.format_spec) is not ast.JoinedStr:
        return ""
    return "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))


CHECKS: dict[type[ast.AST], Callable[[_Check, Any, int], None]] = {
    ast.Name: _Check.check_name,
    ast.Attribute: _Check.check_attribute,
    ast.Constant: _Check.check_constant,
    ast.Expr: _Check.check_expression,
    ast.Call: _Check.check_call,
    ast.keyword: _Check.check_keyword,
    ast.arg: _Check.check_arg,
    ast.Lambda: _Check.check_lambda,
    ast.FunctionDef: _Check.check_function,
    ast.ClassDef: _Check.check_class,
    ast.Yield: _Check.check_yield,
    ast.YieldFrom: _Check.check_yield,
    ast.Return: _Check.check_return,
    ast.Break: _Check.check_loop_word,
    ast.Continue: _Check.check_loop_word,
    ast.Global: _Check.check_global,
    ast.Nonlocal: _Check.check_global,
    ast.Assign: _Check.check_targets,
    ast.Delete: _Check.check_targets,
    ast.For: _Check.check_for,
    ast.ListComp: _Check.check_comprehension,
    ast.SetComp: _Check.check_comprehension,
    ast.DictComp: _Check.check_comprehension,
    ast.GeneratorExp: _Check.check_comprehension,
    ast.JoinedStr: _Check.check_joined,
    ast.Import: _Check.check_import,
    ast.ImportFrom: _Check.check_import_from,
    ast.Match: _Check.check_match,
    ast.MatchAs: _Check.check_capture,
    ast.MatchStar: _Check.check_capture,
    ast.MatchMapping: _Check.check_capture,
    ast.MatchClass: _Check.check_class_pattern,
    ast.Try: _Check.check_try,
    ast.ExceptHandler: _Check.check_handler,
}
