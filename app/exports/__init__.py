"""What can be made of a run: one file per format beside this one, found automatically."""

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, get_args

from app import telling
from app.telling import Refused
from engine.events import decode
from engine.replay import Frame, fold

Theme = Literal["light", "dark", "projector"]
Direction = Literal["right", "down"]
Paper = Literal["a4", "letter", "slide", "fit"]
Rows = Literal["auto", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
Language = telling.Language
Kind = Literal["picture", "page", "text", "data"]
Shown = Literal["values", "gradients", "shapes", "formulas", "versions"]
SHOWN: tuple[Shown, ...] = ("values", "gradients", "shapes", "formulas", "versions")
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": get_args(Theme),
    "direction": get_args(Direction),
    "paper": get_args(Paper),
    "rows": get_args(Rows),
    "language": get_args(Language),
}


class Unavailable(Refused):
    """This machine cannot make the format; the sentence says what is missing."""


class TooLarge(Refused):
    """The graph has too many nodes for a figure; the sentence says how many would fit."""


class BadOption(Refused, ValueError):
    """An option has a value that it does not take."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a file may be asked for beyond its format; a format takes those that its `Export` names. `fold` names loops, functions and modules (see folds.py), `rows` how many a long figure stands in (see rows.py)."""

    show: frozenset[Shown] = frozenset({"values", "gradients"})
    theme: Theme = "light"
    direction: Direction = "right"
    paper: Paper = "fit"
    language: Language = "en"
    fold: tuple[str, ...] = ()
    rows: Rows = "auto"

    def __post_init__(self) -> None:
        """Raises BadOption at what an option does not take."""
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                takes = ", ".join(choices)
                raise BadOption(f"{name} takes {takes}, not {value!r}.", f"{name} 可取 {takes}，不能是 {value!r}。")


def shown(text: str) -> frozenset[Shown]:
    """The names of a list with commas; raises BadOption at one that nothing shows."""
    asked = [part.strip() for part in text.split(",") if part.strip()]
    known = frozenset(one for one in SHOWN if one in asked)
    if len(known) < len(set(asked)):
        names, others = ", ".join(SHOWN), ", ".join(sorted(set(asked) - known))[:60]
        raise BadOption(f"show takes {names}, not {others}.", f"show 可取 {names}，不能是 {others}。")
    return known


@dataclass(frozen=True)
class Moment:
    """A run, and the event after which it is shown. `lines` are its events, `source` its program where that is known."""

    lines: Sequence[bytes]
    at: int
    source: str = ""
    title: str = "Gradlight"
    seed: int = 0

    @cached_property
    def frame(self) -> Frame:
        """The graph after event `at`."""
        return fold([decode(json.loads(line)) for line in self.lines], at=self.at)


@dataclass(frozen=True, slots=True)
class Export:
    """A format: `render` gives the bytes of a moment's file, or raises Unavailable or TooLarge.

    `kind` is where a person looks for it, `label` what they choose it by, in both languages; `takes` names the options that it obeys.
    """

    name: str
    kind: Kind
    label: Mapping[Language, str]
    media_type: str
    render: Callable[[Moment, Options], bytes]
    takes: tuple[str, ...] = ()


@cache
def found() -> Mapping[str, Export]:
    """Every format by its name, which is its file's suffix too."""
    modules = (importlib.import_module(f"{__name__}.{row.name}") for row in pkgutil.iter_modules(__path__))
    rows = [row for module in modules if isinstance(row := vars(module).get("EXPORT"), Export)]
    return {row.name: row for row in sorted(rows, key=lambda row: row.name)}


def of_page() -> Sequence[str]:
    """The names of the formats that the page makes of what is on show."""
    return sorted(path.stem for path in (Path(__file__).parents[2] / "static" / "js" / "page" / "formats").glob("*.js"))
