"""The errors a program can meet: a kind and a text, never a host exception."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from engine.raised import Raised

Span = tuple[int, int, int, int]

FROZEN = "FrozenInstanceError"
PATTERN_ERROR = "error"
"""What `re.error` calls itself."""
UNPICKLING = "UnpicklingError"
JSON_ERROR = "JSONDecodeError"
STATISTICS_ERROR = "StatisticsError"
PARENTS: dict[str, str | None] = {
    "Exception": None,
    "GeneratorExit": None,
    "ArithmeticError": "Exception",
    "OverflowError": "ArithmeticError",
    "ZeroDivisionError": "ArithmeticError",
    "AssertionError": "Exception",
    "AttributeError": "Exception",
    FROZEN: "AttributeError",
    "ImportError": "Exception",
    "ModuleNotFoundError": "ImportError",
    "LookupError": "Exception",
    "IndexError": "LookupError",
    "KeyError": "LookupError",
    "NameError": "Exception",
    "OSError": "Exception",
    "FileNotFoundError": "OSError",
    UNPICKLING: "Exception",
    "UnboundLocalError": "NameError",
    "RuntimeError": "Exception",
    "NotImplementedError": "RuntimeError",
    "RecursionError": "RuntimeError",
    "GradcheckError": "RuntimeError",
    "CheckpointError": "RuntimeError",
    "_StopRecomputationError": "Exception",
    "_LinAlgError": "RuntimeError",
    PATTERN_ERROR: "Exception",
    JSON_ERROR: "ValueError",
    STATISTICS_ERROR: "ValueError",
    "StopIteration": "Exception",
    "TypeError": "Exception",
    "UserWarning": "Exception",
    "ValueError": "Exception",
}


def is_kind(kind: str, wanted: str) -> bool:
    """True where an error of this kind is also one of the wanted kind."""
    current: str | None = kind
    while current is not None:
        if current == wanted:
            return True
        current = PARENTS.get(current)
    return False


OF_MODULES = frozenset({FROZEN, PATTERN_ERROR, UNPICKLING, JSON_ERROR, STATISTICS_ERROR})
"""Errors that a program reaches through their module alone."""


class ProgramError(Raised):
    """An error of the program itself, which its own `except` may take."""

    def __init__(
        self, kind: str, text: str, *, code: str | None = None, hint: str | None = None, **arguments: str | int
    ) -> None:
        self.kind = kind
        self.text = text
        self.code = code
        self.hint = hint
        self.arguments = arguments
        self.span: Span | None = None
        self.node: ast.AST | None = None
        self.statement: ast.stmt | None = None
        # What was raised, where it is an object of a class of the program, and the error of the language that this class is one of.
        self.value: Any = None
        self.root = kind
        super().__init__(text)

    def stands_for(self, kind: str) -> bool:
        return is_kind(self.root, kind)


def let_go(error: BaseException | None) -> None:
    """Lets go of what an error passed through, and those before it, and of all that was held there.

    A frame that names its error holds itself: what it holds would else live until some collection, and what lives is told of.
    """
    while error is not None:
        error.__traceback__ = None
        error = error.__context__


PLACES = 200
"""So many refusals of a text are told one by one; where there are more, only how many."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One place where a text leaves the language: 1-based line, 0-based columns, the end exclusive.

    `replacement`, where given, is the text that could stand there instead.
    """

    line: int
    column: int
    end_column: int
    message: str
    hint: str
    code: str
    replacement: str | None = None
    error: str = "NotSupported"


class Refused(Exception):
    """A text that is not run; `refusals` holds every place, in order, at least one; names that nothing gives come last."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = sorted(refusals, key=lambda one: (one.error == "NameError", one.line, one.column))
        super().__init__(self.refusals[0].message)
