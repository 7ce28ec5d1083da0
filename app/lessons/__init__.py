"""The lessons: one TOML file each beside this one, with texts in both languages and notes anchored to events."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any, get_type_hints

LANGUAGES = ("en", "zh-CN")
Texts = Mapping[str, str]
Event = Mapping[str, Any]

TENSOR_OF = {
    "tensor-created": "tensor",
    "gradient-sent": "tensor",
    "gradient-summed": "tensor",
    "gradient-accumulated": "tensor",
    "gradient-cleared": "tensor",
    "gradient-set": "tensor",
    "tensor-modified": "tensor",
    "flag-changed": "tensor",
    "hook-ran": "tensor",
}
"""Which field of an event is the tensor that an anchor's `name` speaks of; a function speaks of its outputs."""


class LessonError(ValueError):
    """A lesson's file says what no lesson can say."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a trace: the `nth` event (from 1) of this kind about this variable, op and line."""

    kind: str
    name: str | None = None
    op: str | None = None
    line: int | None = None
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A text shown at an event."""

    at: Anchor
    texts: Texts


@dataclass(frozen=True, slots=True)
class Lesson:
    """A program with what there is to say about it."""

    id: str
    order: int
    title: Texts
    summary: Texts
    program: str
    tags: Sequence[str] = ()
    source: str | None = None
    url: str | None = None
    steps: Sequence[Note] = ()

    def as_json(self) -> dict[str, Any]:
        """The lesson as the API gives it."""
        row = {name: value for name, value in asdict(self).items() if name != "steps"}
        row["steps"] = [{"at": asdict(note.at), **note.texts} for note in self.steps]
        row["pytorch"] = in_pytorch(self)
        return row


@cache
def lessons() -> Mapping[str, Lesson]:
    """Every lesson by id (its file's name), in the order in which they are taught."""
    found = [
        read(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    ]
    return {lesson.id: lesson for lesson in sorted(found, key=lambda lesson: (lesson.order, lesson.id))}


@cache
def _recorded() -> Mapping[str, Any]:
    """What PyTorch printed and wrote for each lesson, as tests/app/pytorch_lessons.py recorded it."""
    found: Mapping[str, Any] = json.loads(resources.files(__name__).joinpath("pytorch.json").read_text("utf-8"))
    return found


def in_pytorch(lesson: Lesson) -> dict[str, Any] | None:
    """What PyTorch itself makes of a lesson: its version, what it printed, the error that ended it, gradients by name. None where this program was not recorded."""
    record = _recorded()
    row = record["lessons"].get(lesson.id)
    if row is None or row["program"] != hashlib.sha256(lesson.program.encode()).hexdigest()[:16]:
        return None
    return {"version": record["torch"], **{name: row[name] for name in ("printed", "error", "grads")}}


def read(id: str, text: str) -> Lesson:
    """The lesson in a file's text; raises LessonError with the file's name and what is wrong in it."""
    try:
        return _lesson(id, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise LessonError(f"{id}.toml: {error!s}") from error


def _lesson(id: str, data: dict[str, Any]) -> Lesson:
    allowed = set(get_type_hints(Lesson)) - {"id"}
    if unknown := set(data) - allowed:
        raise TypeError(f"unknown keys {sorted(unknown)}; a lesson has {sorted(allowed)}")
    return Lesson(
        id=id,
        order=data["order"],
        title=_texts(data["title"]),
        summary=_texts(data["summary"]),
        program=data["program"].lstrip("\n"),
        tags=tuple(data.get("tags", ())),
        source=data.get("source"),
        url=data.get("url"),
        steps=tuple(
            Note(Anchor(**step["at"]), _texts({k: v for k, v in step.items() if k != "at"}))
            for step in data.get("steps", ())
        ),
    )


def _texts(data: dict[str, str]) -> Texts:
    if set(data) != set(LANGUAGES):
        raise TypeError(f"texts in {sorted(data)} where {list(LANGUAGES)} are needed")
    return data


def place(anchor: Anchor, events: Sequence[Event]) -> int | None:
    """The seq of the event that the anchor means in this trace, or None where there is none.

    A tensor's names are all that were ever bound to it, so `tensor-created` may be anchored by the name that follows it.
    """
    names: dict[int, set[str]] = {}
    functions: dict[int, Event] = {}
    for event in events:
        if event["kind"] == "name-bound" and event["tensor"] is not None:
            names.setdefault(event["tensor"], set()).add(event["name"])
        elif event["kind"] == "function-applied" and event["function"] is not None:
            functions[event["function"]] = event
    found = 0
    for event in events:
        if event["kind"] == anchor.kind and _about(event, anchor, names, functions):
            found += 1
            if found == anchor.nth:
                return int(event["seq"])
    return None


def _about(event: Event, anchor: Anchor, names: Mapping[int, set[str]], functions: Mapping[int, Event]) -> bool:
    function = event if event["kind"] == "function-applied" else functions.get(event.get("function", -1), {})
    if anchor.line is not None and event["line"] != anchor.line:
        return False
    if anchor.op is not None and anchor.op not in {function.get("op"), function.get("name")}:
        return False
    return anchor.name is None or anchor.name in _names(event, function, names)


def _names(event: Event, function: Event, names: Mapping[int, set[str]]) -> set[str]:
    if event["kind"] == "name-bound":
        return {event["name"]}
    if event["kind"] in TENSOR_OF:
        return names.get(event[TENSOR_OF[event["kind"]]], set())
    outputs: Iterable[Event] = function.get("outputs", ())
    return set().union(*(names.get(output["tensor"], set()) for output in outputs))
