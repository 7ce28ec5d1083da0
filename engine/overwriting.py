"""An engine that is broken on purpose: it writes `=` where it must add, so that a class can see which number comes out and why `+=` matters.

A program asks for it by the comment `# gradlight: overwrite` on a line of its own, so that whatever carries the program carries the breakage with it, and PyTorch, which
reads no comments, still gives the right numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.call import Call, Target
from engine.tensor import Tensor

DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*gradlight:[ \t]*overwrite[ \t]*$", re.M)

active = False
"""Whether backward calls overwrite: only while a program runs that asked for it."""


def asked_at(source: str) -> int | None:
    """The line, from 1, on which a program asks for the broken engine; None where it does not."""
    found = DIRECTIVE.search(source)
    return None if found is None else source.count("\n", 0, found.start()) + 1


@contextmanager
def as_asked(source: str) -> Iterator[None]:
    """Backward calls overwrite, or not, as the program asks."""
    global active
    before, active = active, asked_at(source) is not None
    try:
        yield
    finally:
        active = before


class Overwriting(Call):
    """A backward call with `=` in the two places where gradients are to be added: where contributions meet, and at `.grad`."""

    adds = False

    def _store(self, target: Target, output: int, gradient: Any) -> tuple[Any, Any] | None:
        met = super()._store(target, output, gradient)
        if met is None:
            return None
        self.buffers[id(target)][output] = gradient
        return met[0], gradient

    def _add_to_grad(self, tensor: Tensor, gradient: Any, *, retained: bool) -> None:
        recorder, grad = self.recorder, tensor._grad
        if grad is None:
            super()._add_to_grad(tensor, gradient, retained=retained)
            return
        before = grad._data
        tensor._set_grad(gradient._kept_copy() if isinstance(gradient, Tensor) else Tensor(gradient.copy()))
        if recorder is not None:
            assert tensor._grad is not None
            recorder.accumulated(self, tensor, before, gradient, tensor._grad, retained)
