"""The classes of a program: objects of the interpreter, whose methods the interpreter calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program.failures import ProgramError
from engine.program.values import Instance, UserClass, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter


def define(run: Interpreter, node: ast.ClassDef) -> UserClass:
    raise ProgramError("NotImplementedError", "classes come later", code="class")


def make(run: Interpreter, cls: UserClass, given: list[Value], keywords: dict[str, Value]) -> Value:
    raise ProgramError("NotImplementedError", "classes come later", code="class")


def call(run: Interpreter, instance: Instance, given: list[Value], keywords: dict[str, Value]) -> Value:
    raise ProgramError("NotImplementedError", "classes come later", code="class")
