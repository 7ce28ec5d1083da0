"""The figures: one file per format beside this one, found automatically."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from engine.replay import Frame


class Unavailable(Exception):
    """This machine cannot make the format; the sentence says what is missing."""


class TooLarge(Exception):
    """The graph has too many nodes for a figure; the sentence says how many would fit."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a figure may be asked for beyond its format."""

    values: bool = True
    """Whether nodes show their numbers."""


@dataclass(frozen=True, slots=True)
class Export:
    """A format: `render` gives a frame's figure as bytes, or raises Unavailable or TooLarge."""

    name: str
    label: str
    media_type: str
    render: Callable[[Frame, Options], bytes]


@cache
def found() -> Mapping[str, Export]:
    """Every format by its name, which is its file's suffix too."""
    modules = (importlib.import_module(f"{__name__}.{row.name}") for row in pkgutil.iter_modules(__path__))
    rows = [row for module in modules if isinstance(row := vars(module).get("EXPORT"), Export)]
    return {row.name: row for row in sorted(rows, key=lambda row: row.name)}
