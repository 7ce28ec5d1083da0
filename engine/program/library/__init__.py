"""The modules beside `torch` that a program may import: a table of their names each, and nothing of the host's own modules."""

from __future__ import annotations

import string

from engine.program.library import (
    abc,
    argparse,
    averaging,
    collections,
    contextlib,
    copy,
    data,
    dataclasses,
    draws,
    enum,
    functools,
    heapq,
    inspect,
    itertools,
    json,
    math,
    numpy,
    operator,
    random,
    re,
    statistics,
    sys,
    testing,
    time,
    tuples,
    types,
    unicodedata,
)
from engine.program.library.typing import MEMBERS as TYPING
from engine.program.values import Value

STRING: dict[str, Value] = {
    name: value
    for name, value in string.__dict__.items()
    if name.isidentifier() and isinstance(value, str) and not name.startswith("_")
}

MEMBERS: dict[str, dict[str, Value]] = {
    "abc": abc.MEMBERS,
    "argparse": argparse.MEMBERS,
    "collections": collections.MEMBERS,
    "contextlib": contextlib.MEMBERS,
    "copy": copy.MEMBERS,
    "dataclasses": dataclasses.MEMBERS,
    "bisect": heapq.BISECT,
    "enum": enum.MEMBERS,
    "heapq": heapq.MEMBERS,
    "json": json.MEMBERS,
    "statistics": statistics.MEMBERS,
    "sys": sys.MEMBERS,
    "functools": functools.MEMBERS,
    "inspect": inspect.MEMBERS,
    "itertools": itertools.MEMBERS,
    "math": math.MEMBERS,
    "numpy": numpy.MEMBERS,
    "numpy.linalg": numpy.LINALG,
    "numpy.random": draws.MEMBERS,
    "operator": operator.MEMBERS,
    "random": random.MEMBERS,
    "re": re.MEMBERS,
    "string": STRING,
    "time": time.MEMBERS,
    "torch.nn.modules.utils": tuples.MEMBERS,
    "torch.optim.swa_utils": averaging.MEMBERS,
    "torch.testing": testing.MEMBERS,
    "torch.utils.data": data.MEMBERS,
    "types": types.MEMBERS,
    "gc": time.GC,
    "tqdm": time.BARS,
    "tqdm.auto": time.BARS,
    "tqdm.notebook": time.BARS,
    "typing": TYPING,
    "unicodedata": unicodedata.MEMBERS,
    "warnings": time.WARNINGS,
}
