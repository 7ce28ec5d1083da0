"""Where and why a run failed, for figures. The twin of static/js/stage/faults.js."""

import json
import re
import textwrap
from dataclasses import dataclass
from itertools import accumulate

from app import traces
from app.exports import Language, Moment, Options
from engine.frame import Frame

VERSIONS = re.compile(r"is at version (\d+); expected version \d+")
NAME = re.compile(r"[^\W\d]\w{0,59}(?:\.[^\W\d]\w{0,59})*")  # a program's names have at most 60 letters
# What stands in a string names nothing, but for what an f-string asks for.
STRING = re.compile(r"""([A-Za-z]{0,2})('(?:\\.|[^\\'])*'|"(?:\\.|[^\\"])*")""")
# Of a long message the first sentence tells what it is about.
SHORT = 150
FIRST = re.compile(r".*?[.!?](?=\s+[A-Z\u4e00-\u9fff])", re.DOTALL)
WIDEST, MOST_LINES = 40, 5
PLACE: dict[Language, str] = {"en": "{error}, line {line}", "zh-CN": "{error}，第 {line} 行"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a figure says of the failure, line by line, and whom it concerns."""

    words: tuple[str, ...]
    functions: frozenset[int]
    tensors: frozenset[int]


def of_moment(moment: Moment, options: Options) -> Fault | None:
    """None unless the program has failed at this moment; what was only refused, limited or stopped concerns nothing that is drawn."""
    error = moment.frame.error
    if error is None or error.status != "failed":
        return None
    said = error.message
    if options.language == "zh-CN" and (event := json.loads(moment.lines[moment.at]))["kind"] == "run-failed":
        said, _ = traces.words({"arguments": {}, **event})
    place = error.error if error.line is None else PLACE[options.language].format(error=error.error, line=error.line)
    functions, tensors = concerned(moment.frame, moment.source)
    return Fault((place, *broken(said)), frozenset(functions), frozenset(tensors))


def broken(text: str) -> list[str]:
    """The words in a few lines; letters of Chinese, which are as wide as two, may be parted anywhere."""
    if len(text) > SHORT and (first := FIRST.match(text)):
        text = first[0]
    lines = textwrap.wrap(text, WIDEST if text.isascii() else WIDEST // 2)
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …"]


def concerned(frame: Frame, source: str) -> tuple[set[int], set[int]]:
    """The node whose backward it was in, with the tensor that was changed since; else the tensors that the failed expression names."""
    error = frame.error
    assert error is not None
    if frame.running is not None:
        return {frame.running}, changed(frame, frame.running)
    lines = source.split("\n")
    line = lines[error.line - 1] if error.line is not None and error.line <= len(lines) else ""
    scope = next((row.label for row in reversed(frame.scopes) if row.scope == "function"), None)
    tensors = set()
    expression = line[error.column or 0 : error.end_column]
    for name in NAME.findall(STRING.sub(lambda found: found[0] if "f" in found[1].lower() else " ", expression)):
        for part in accumulate(name.split("."), "{}.{}".format):
            bound = frame.names.get(f"{scope}.{part}") or frame.names.get(part)
            if bound is not None and bound.tensor is not None:
                tensors.add(bound.tensor)
    return set(), tensors


def changed(frame: Frame, running: int) -> set[int]:
    """The tensor whose memory is no longer what the node had saved."""
    function, error = frame.functions.get(running), frame.error
    found = VERSIONS.search(error.message) if error is not None and error.code == "version" else None
    if function is None or found is None:
        return set()
    alike = (id for id in [*function.inputs, *function.outputs] if id is not None)
    return set([id for id in alike if id in frame.tensors and frame.tensors[id].version == int(found[1])][:1])
