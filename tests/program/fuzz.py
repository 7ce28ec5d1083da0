"""Fuzzing of parse and evaluate: programs grown from a grammar and bent from the known ones, kept where they reach new lines of ours.

    python tests/program/fuzz.py [--seconds 60] [--seed 0] [--out DIR]

A finding is an exception that is not the language's own: a run that ends with code `internal`, raises, has no terminal event, shows
something of the host, or takes longer than the deadline. Each is printed once by the place it comes from, with its program. Exit status 1 where
there is one.
"""

from __future__ import annotations

import argparse
import ast
import json
import logging
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from engine.program.limits import Limits  # noqa: E402
from engine.run import execute  # noqa: E402
from tests.program import book, parity  # noqa: E402
from tests.program.grammar import BITS, CONSTANTS, HEAD, Grammar  # noqa: E402
from tests.program.hostile import FAILED, LIMITED, REFUSED, flat  # noqa: E402

LIMITS = Limits(fuel=4_000, events=3_000, elements=20_000)
DEADLINE = 10
"""Seconds of a processor, whatever else the machine does."""
HOST = re.compile(
    r"0x[0-9a-f]{6,}|Traceback|site-packages|\w\.py\b|engine\.|numpy\.(?!ndarray|float|int|bool|newaxis|random|linalg|lib)|<class 'engine|<function _|/usr/|/home/"
)
NUMPY = re.compile(
    r"ufunc|for array of dimension|could not be broadcast|\bcasting rule|array element with a sequence|Unable to allocate|cannot reshape array"
    r"|not aligned|numpy boolean|object too deep|core dimension|inhomogeneous (?!total_count)|all the input array|einstein sum|dtype\('|'numpy"
    r"|^'__builtins__'|(?<!\.)\b_(?!max_pool)[a-z]\w*\(\) (takes|missing|got)"
)
"""Words of NumPy's or of Python's about our own insides, which PyTorch does not use; a program with arrays of NumPy may meet them."""
PROGRAM = str(ROOT / "engine" / "program")


def bent(chance: random.Random, text: str, other: str, grammar: Grammar) -> str:
    """The text with one or a few places changed: characters, lines, or whole expressions."""
    for _ in range(chance.randint(1, 3)):
        way = chance.random()
        if way < 0.25:
            text = _grafted(chance, text, grammar)
        elif way < 0.45 and text:
            at = chance.randrange(len(text))
            text = (
                text[:at] + chance.choice((*BITS, chr(chance.randrange(32, 127)))) + text[at + chance.randint(0, 3) :]
            )
        elif way < 0.7:
            own, foreign = text.split("\n"), other.split("\n")
            at, start = chance.randrange(len(own) + 1), chance.randrange(len(foreign))
            text = "\n".join([*own[:at], *foreign[start : start + chance.randint(1, 4)], *own[at:]])
        elif way < 0.85:
            own = text.split("\n")
            at = chance.randrange(len(own))
            del own[at : at + chance.randint(1, 2)]
            text = "\n".join(own)
        else:
            number = list(re.finditer(r"\d+", text))
            if number:
                found = chance.choice(number)
                text = text[: found.start()] + chance.choice(CONSTANTS) + text[found.end() :]
    return text


def _grafted(chance: random.Random, text: str, grammar: Grammar) -> str:
    try:
        places = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    if not places or not text.isascii() or "\r" in text or "\f" in text:
        return text
    node = chance.choice(places)
    lines = text.split("\n")
    if node.lineno != node.end_lineno or node.end_col_offset is None:
        return text
    line = lines[node.lineno - 1]
    lines[node.lineno - 1] = line[: node.col_offset] + grammar.expression(2) + line[node.end_col_offset :]
    return "\n".join(lines)


class Coverage:
    """The pairs of lines of the interpreter that followed one another in any run so far."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int, int]] = set()

    def run(self, work: Callable[[], str | None]) -> tuple[bool, str | None]:
        """Whether the work reached something new, and what it gave."""
        before = len(self.seen)
        sys.settrace(self._call)
        try:
            found = work()
        finally:
            sys.settrace(None)
        return len(self.seen) > before, found

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PROGRAM):
            return None
        name, last = frame.f_code.co_filename, 0
        seen = self.seen

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            seen.add((name, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line


class Log(logging.Handler):
    """Keeps the exception that a run told the log."""

    last: str = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.last = "".join(traceback.format_exception(*record.exc_info)[-4:])


class Slow(BaseException):
    pass


def _late(*_: object) -> None:
    raise Slow


def fault(program: str, log: Log) -> str | None:
    """What is wrong with the run of a program; None where it is as promised."""
    log.last = ""
    lines: list[bytes] = []
    signal.setitimer(signal.ITIMER_PROF, DEADLINE)
    try:
        execute(program, limits=LIMITS, write=lambda _, batch: lines.extend(batch))
    except Slow:
        return "slow"
    except BaseException:  # noqa: BLE001 - the whole point is to see every one
        return "raised " + traceback.format_exc(limit=-3)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    events = [json.loads(line) for line in lines]
    if events[-1]["kind"] not in ("run-finished", "run-failed") or [one["seq"] for one in events] != list(
        range(len(events))
    ):
        return f"no terminal event: {events[-1]}"
    if events[-1].get("code") == "internal":
        return "internal " + log.last
    shown = HOST.search(json.dumps(events[-1], ensure_ascii=False))
    if shown and shown.group() not in program:
        return f"host text: {shown.group()} in {events[-1]['message'][:200]}"
    spoken = NUMPY.search(events[-1].get("message", ""))
    if spoken and not any(part in program.replace(HEAD, "") for part in ("np.", ".numpy")):
        return f"NumPy's words: {events[-1]['message'][:200]} ({spoken.group()})"
    return None


def known() -> list[str]:
    """The programs to begin with: lessons, the hostile list, and what the tests run."""
    found = [program for table in (REFUSED, FAILED, LIMITED) for _, program in flat(table)]
    for folder in (ROOT / "app" / "lessons", ROOT / "tests"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import torch\n" in node.value:
                    found.append(node.value)
    found += [source for part in parity.PARTS for _, source in parity.programs(part)]
    found += [book.seeded(0, cell) for _, cells in book.chapters() for _, cell in cells]
    return list(dict.fromkeys(program for program in found if len(program) < 4000))


def programs(chance: random.Random, corpus: list[str]) -> Iterator[str]:
    """The known programs, then new ones without end."""
    yield from list(corpus)
    grammar = Grammar(chance)
    while True:
        if chance.random() < 0.35:
            yield grammar.program()
        else:
            # what was kept last reached something new most recently
            place = max(chance.randrange(len(corpus)), chance.randrange(len(corpus)))
            yield bent(chance, corpus[place], chance.choice(corpus), grammar)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="where each finding's program is written")
    options = parser.parse_args()
    log = Log()
    logging.getLogger("engine").addHandler(log)
    logging.getLogger("engine").propagate = False
    signal.signal(signal.SIGPROF, _late)
    chance, coverage, corpus = random.Random(options.seed), Coverage(), known()
    began, count, findings, kept = time.monotonic(), 0, {}, len(corpus)
    for program in programs(chance, corpus):
        if time.monotonic() - began > options.seconds:
            break
        count += 1
        fresh, wrong = coverage.run(partial(fault, program, log))
        if fresh and count > kept and len(program) < 4000:
            corpus.append(program)
        if wrong is not None:
            place = re.sub(r"\d+|'[^']*'", "", "\n".join(wrong.strip().split("\n")[-3:]))
            if place not in findings:
                findings[place] = program
                print(f"--- finding {len(findings)} after {count} programs\n{wrong}\n{program}\n", flush=True)
                if options.out:
                    options.out.mkdir(parents=True, exist_ok=True)
                    (options.out / f"{len(findings)}.py").write_text(program, encoding="utf-8", errors="surrogatepass")
        if count % 5000 == 0:
            print(
                f"{count} programs, {len(coverage.seen)} pairs of lines, {len(corpus)} kept, {len(findings)} findings",
                flush=True,
            )
    print(f"{count} programs, {len(coverage.seen)} pairs of lines, {len(corpus)} kept, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
