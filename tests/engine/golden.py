"""Golden traces: programs beside the events they cause. `python -m tests.engine.golden` writes the traces anew."""

from pathlib import Path

from engine.run import execute

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "traces"
PROGRAMS = sorted(FOLDER.glob("*.txt"))


def trace_of(program: Path) -> bytes:
    """The trace of a program, one event a line."""
    lines: list[bytes] = []
    execute(program.read_text("utf-8"), write=lambda _first, more: lines.extend(more))
    return b"".join(line + b"\n" for line in lines)


if __name__ == "__main__":
    for program in PROGRAMS:
        program.with_suffix(".jsonl").write_bytes(trace_of(program))
