"""Trees: dicts, lists and tuples of leaves, as `torch.func` takes and gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def mapped(tree: Any, make: Callable[[Any], Any]) -> Any:
    """The tree with what `make` makes of each of its leaves."""
    if isinstance(tree, dict):
        return type(tree)((key, mapped(each, make)) for key, each in tree.items())
    return type(tree)([mapped(each, make) for each in tree]) if isinstance(tree, (list, tuple)) else make(tree)


def leaves(tree: Any) -> list[Any]:
    """What stands in the places of the tree, in order."""
    found: list[Any] = []
    mapped(tree, found.append)
    return found


def rebuilt(tree: Any, made: Iterator[Any]) -> Any:
    """A tree of this form whose leaves are the next of `made`."""
    return mapped(tree, lambda _: next(made))


def form(tree: Any) -> str:
    """How the tree branches, a star for each leaf: `(*, [*, *])`."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {form(each)}" for key, each in tree.items()) + "}"
    if isinstance(tree, list):
        return f"[{', '.join(map(form, tree))}]"
    if isinstance(tree, tuple):
        return f"({', '.join(map(form, tree))}{',' * (len(tree) == 1)})"
    return "*"


def structure(tree: Any, indent: int = 2) -> str:
    """The same as PyTorch prints a `TreeSpec`, branch under branch."""
    if not isinstance(tree, (dict, list, tuple)):
        return "*"
    parts = [structure(each, indent + 2) for each in (tree.values() if isinstance(tree, dict) else tree)]
    keys, between = list(tree) if isinstance(tree, dict) else None, ",\n" + " " * indent
    return f"TreeSpec({type(tree).__name__}, {keys}, [{between.join(parts)}])"
