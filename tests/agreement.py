"""What PyTorch and Gradlight make of one program: its printed text and the error it ends in, compared."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import random
import re
import warnings

from engine.run import run

NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]\d+)?")
BUG = "INTERNAL ASSERT FAILED"
INSIDES = ("torch.jit", "get_attr Node")
"""What PyTorch's warnings of its own insides speak of."""
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
LEAF = re.compile(r"(?m)^(w\d+ = torch\.tensor\()(.+?)(, dtype=)")
STIR = 1e-6
"""By how much of itself a number of a leaf is moved: some roundings of float32."""


def in_gradlight(source):
    events = list(run(source))
    end = events[-1]
    error = None if end.kind == "run-finished" else [end.error, end.message, end.line]
    return {"printed": "".join(event.text for event in events if event.kind == "printed"), "error": error}


def in_torch(source, *, warn=False):
    """What PyTorch prints, its warnings among it where they are wanted, and the error: its class, its text and its line, or None."""
    import torch

    printed, error, said = io.StringIO(), None, set()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.set_warn_always(warn)

    def tell(message, category, *_, **__):
        text = f"{category.__name__}: {message}".partition(" (Triggered")[0]
        if text not in said and not any(part in text for part in INSIDES):
            said.add(text)
            print(text)

    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("always" if warn else "ignore")
        warnings.showwarning = tell
        try:
            exec(compile(source, "program", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own text, in torch
        except Exception as raised:  # noqa: BLE001 - whatever torch raises is the answer
            trace, line = raised.__traceback__, None
            while trace:
                if trace.tb_frame.f_code.co_filename == "program":
                    line = trace.tb_lineno
                trace = trace.tb_next
            error = [type(raised).__name__, ADDRESS.sub("", str(raised)), line]
    torch.set_grad_enabled(True)
    torch.autograd.set_detect_anomaly(False)
    torch.set_default_dtype(torch.float32)
    return {"printed": ADDRESS.sub("", printed.getvalue()), "error": error}


def in_torch_apart(source, **keywords):
    """The same in a process of its own; None where PyTorch crashes (as with a view that was marked dirty) or finds a bug of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(writing, "w") as answer:
                json.dump(in_torch(source, **keywords), answer)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text and BUG not in text else None


def words(text):
    return re.sub(r"\s+", "", NUMBER.sub("#", text))


def close(mine, other, rel_tol=5e-3, abs_tol=2e-4):
    """Whether two outputs have the same words and numbers that differ by no more than rounding does."""
    if words(mine) != words(other):
        return False
    pairs = zip(NUMBER.findall(mine), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(left), float(right), rel_tol=rel_tol, abs_tol=abs_tol) for left, right in pairs)


def stirred(source, times):
    """A random program, each time with the numbers of its leaves moved by some roundings."""
    draw = random.Random(0)
    for _ in range(times):
        yield LEAF.sub(
            lambda leaf: (
                leaf[1]
                + NUMBER.sub(lambda number: repr(float(number[0]) * (1 + draw.uniform(-STIR, STIR))), leaf[2])
                + leaf[3]
            ),
            source,
        )


def spread(texts):
    """How far each number of an output went in several runs, of those that have the words of the first: the least and the greatest."""
    rows = [list(map(float, NUMBER.findall(text))) for text in texts if words(text) == words(texts[0])]
    return [(min(each), max(each)) for each in zip(*rows, strict=True)]


def overlap(mine, other):
    """Whether two sides say the same with numbers that are as well determined as they are told.

    Each side is the output of a program, then those of its `stirred` forms. Where a gradient is 0 in mathematics and rounding is all that is
    left of it, an optimizer or a norm makes of that what it will, in PyTorch too: there each side's numbers go apart by themselves, and they are
    held to one range. A number that rounding has no part in stays where it is on both sides, and then this is `close`.
    """
    if words(mine[0]) != words(other[0]):
        return False
    for (low, high), (least, most) in zip(spread(mine), spread(other), strict=True):
        apart = max(low - most, least - high, 0.0)
        if not apart <= max(2e-4, 5e-3 * max(abs(low), abs(high), abs(least), abs(most))):
            return False
    return True
