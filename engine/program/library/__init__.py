"""The modules beside `torch` that a program may import: a table of their names each, and nothing of the host's own modules."""

from __future__ import annotations

from engine.program.library import collections, copy, data, functools, itertools, numpy, random
from engine.program.library.typing import DATACLASSES
from engine.program.library.typing import MEMBERS as TYPING
from engine.program.values import Value

MEMBERS: dict[str, dict[str, Value]] = {
    "collections": collections.MEMBERS,
    "copy": copy.MEMBERS,
    "dataclasses": DATACLASSES,
    "functools": functools.MEMBERS,
    "itertools": itertools.MEMBERS,
    "numpy": numpy.MEMBERS,
    "numpy.linalg": numpy.LINALG,
    "numpy.random": numpy.RANDOM,
    "random": random.MEMBERS,
    "torch.utils.data": data.MEMBERS,
    "typing": TYPING,
}
