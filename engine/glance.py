"""The look at the arguments of a call before it is made: once for each kind of them, and for what was seen before at the least cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine import dtypes
from engine.size import Size
from engine.tensor import Tensor

Given = tuple[Any, ...]
Named = dict[str, Any]

LISTS = frozenset({list, tuple, Size})


class _Unsaid:
    """What stands for an argument that is not given."""


UNSAID: Any = _Unsaid()
# Of these nothing but their type decides whether they are taken; of a tensor, whether it has dimensions. Lists are such within another.
PLAIN = frozenset({bool, int, float, str, type(None), dtypes.dtype, _Unsaid, *LISTS})


def wide(values: Iterable[Any]) -> bool:
    """Whether all tensors among them have dimensions: one without may stand for a number."""
    for each in values:  # noqa: SIM110 -- for every call of a strict function
        if isinstance(each, Tensor) and not each._data.ndim:
            return False
    return True


def held(values: Any) -> Any:
    """The kind of a list: a tuple of the one type of what it holds, a set where there is another number of them."""
    if not values:
        return frozenset()
    kind = values[0].__class__
    for each in values:
        if each.__class__ is not kind:
            return frozenset(map(type, values))
    return (kind,)


def plain(kind: Any) -> bool:
    """Whether nothing but this kind, or these, decides."""
    if isinstance(kind, (tuple, frozenset)):
        return all(map(plain, kind))
    return isinstance(kind, str) or kind in PLAIN or issubclass(kind, Tensor)


def checked(
    front: Callable[..., Any],
    look: Callable[[Given, Named, Any, set[Any]], tuple[Given, Named]],
    failed: Callable[[Given, Named, Exception], Any],
    written: Callable[[Given, Named], Any] | None = None,
    strict: bool = False,
    own: int = 0,
) -> Callable[..., Any]:
    """The function with its arguments looked at before.

    `look` is handed those whose kinds are not among the ones taken so far. It raises, or tells the arguments to go on with and adds their kinds where
    these alone decide. `failed` tells what a call comes to whose function raised, `written` one with `out`. Of a `strict` function all
    arguments but the first `own`, a method's tensor, are looked at where one is a tensor without dimensions.
    """
    taken: set[Any] = set()
    alone = strict and not own

    # Every right call pays for what stands here, so all is written out. The key is what decides: the kinds of up to three arguments by place, then
    # around it one kind after the other, each with its name where it has one.
    def call(first: Any = UNSAID, second: Any = UNSAID, third: Any = UNSAID, /, *rest: Any, **named: Any) -> Any:
        key: Any = first.__class__
        if key in LISTS:
            key = held(first)
        try:
            if second is not UNSAID:
                other = second.__class__
                if other in LISTS:
                    other = held(second)
                if third is UNSAID:
                    key = key, other
                    if not named and key in taken and (not strict or wide((first, second)[own:])):
                        return front(first, second)
                else:
                    key = key, other, held(third) if third.__class__ in LISTS else third.__class__
                    if not (named or rest) and key in taken and (not strict or wide((first, second, third)[own:])):
                        return front(first, second, third)
            elif not named and key in taken and (not alone or wide((first,))):
                return front() if first is UNSAID else front(first)
            for each in rest:
                key = key, held(each) if each.__class__ in LISTS else each.__class__
            for name, each in named.items():
                key = key, name, held(each) if each.__class__ in LISTS else each.__class__
            if key in taken and (not strict or wide((first, second, third, *rest)[own:])):
                return front(*_given(first, second, third, rest), **named)
        except Exception as error:  # noqa: BLE001 -- told as it is, or as PyTorch says it
            return failed(_given(first, second, third, rest), named, error)
        given, named = look(_given(first, second, third, rest), named, key, taken)
        try:
            if written is not None and "out" in named:
                return written(given, named)
            return front(*given, **named)
        except Exception as error:  # noqa: BLE001 -- told as it is, or as PyTorch says it
            return failed(given, named, error)

    return call


def _given(first: Any, second: Any, third: Any, rest: Given) -> Given:
    if third is not UNSAID:
        return (first, second, third, *rest)
    return (first, second) if second is not UNSAID else (first,) if first is not UNSAID else ()
