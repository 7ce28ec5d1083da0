"""Errors that a program raises by itself, as the Engine meets them when it calls the program's functions."""

from __future__ import annotations


class Raised(Exception):
    """Stands for an error of the language, which the interpreter keeps by name."""

    def stands_for(self, kind: str) -> bool:
        """Whether it is an error of that name, or of one below it."""
        raise NotImplementedError


def is_runtime(error: Exception) -> bool:
    """Whether an `except RuntimeError` takes it."""
    return error.stands_for("RuntimeError") if isinstance(error, Raised) else isinstance(error, RuntimeError)
