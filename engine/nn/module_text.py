"""The nested text of modules, as PyTorch prints it."""

from __future__ import annotations


def indented(text: str) -> str:
    """The text with every line but the first moved in."""
    return text.replace("\n", "\n  ")


def block(name: str, extra: str, lines: list[str]) -> str:
    """`name(extra)` on one line where there is nothing below, else one line for every child."""
    own = extra.split("\n") if extra else []
    if not lines and len(own) <= 1:
        return f"{name}({extra})"
    return f"{name}(\n  " + "\n  ".join([*own, *lines]) + "\n)"


def listed(texts: list[str]) -> list[str]:
    """The lines of a list, with a run of equal texts told once."""
    runs: list[tuple[int, int, str]] = []
    for place, text in enumerate(texts):
        if runs and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], place, text)
        else:
            runs.append((place, place, text))
    return [
        f"({first}): {indented(text)}" if first == last else f"({first}-{last}): {last - first + 1} x {indented(text)}"
        for first, last, text in runs
    ]
