"""The words in which PyTorch refuses the arguments of a call.

Nothing here is needed for a right answer: a call that failed is read again, as PyTorch's parser would have read it, and where that would have
refused its arguments its words are told. Only functions that would take what PyTorch refuses have their arguments read before.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine import accepted, bindings, glance, outputs, strangers
from engine.application import refuse_stale
from engine.glance import plain, wide
from engine.signatures import Given, Named, Signature, known, signatures, type_name
from engine.tensor import Tensor

STRICT = frozenset(accepted.STRICT.split())


def fault(name: str, given: Given, named: Named) -> Exception | None:
    """PyTorch's error for the arguments of a call; None where it takes them. Of a method the tensor itself is not among them."""
    options = signatures(name)
    if not options:
        return None
    bare = name.startswith("Tensor.") and len(options) == 1 and not options[0].parameters
    if bare and (given or named):
        return TypeError(f"{name}() takes no {'keyword arguments' if named else f'arguments ({len(given)} given)'}")
    try:
        refusals = [each.refusal(given, named) for each in options]
        told = options[refusals.index(None)].unpacked(given, named) if None in refusals else None
    except (TypeError, ValueError, OverflowError) as error:
        return error
    if None in refusals:
        return None if told is None else TypeError(told)
    count = len(given) + len(named)
    plausible = [at for at, each in enumerate(options) if each.least <= count <= len(each.parameters) and each.shown]
    if len(options) == 1 or len(plausible) == 1:
        return TypeError(refusals[plausible[0] if len(options) > 1 else 0])
    return TypeError(_combination([each for each in options if each.shown], given, named))


def _combination(options: list[Signature], given: Given, named: Named) -> str:
    keys = list(reversed(named))
    parts = [type_name(each) for each in given] + [f"{key}={type_name(named[key])}" for key in keys]
    got = f"({', '.join(parts)}{', ' if named and not given else ''})"
    head = f"{options[0].called}() received an invalid combination of arguments -"
    if len(options) == 1:
        pieces = _pieces(options[0])
        strange = _strange(pieces, named)
        if strange:
            return f"{head} got unrecognized keyword arguments: {strange}"
        got = _compared(pieces, given, named) if len(pieces) == len(given) + len(named) else got
        return f"{head} got {got}, but expected {options[0]}"
    lines = [f"{head} got {got}, but expected one of:"]
    for each in options:
        lines.append(f" * {each}")
        pieces = _pieces(each)
        if len(pieces) == len(given) + len(named):
            strange = _strange(pieces, named)
            why = f"keywords were incorrect: {strange}" if strange else f"arguments have invalid types: {_compared(pieces, given, named)}"  # fmt: skip
            lines.append(f"      didn't match because some of the {why}")
    return "\n".join([*lines, ""])


def _pieces(signature: Signature) -> list[str]:
    """The text of a signature, cut at its commas, which is all that PyTorch looks at from here on."""
    return str(signature)[1:-1].split(", ")


def _strange(pieces: list[str], named: Named) -> str:
    """The keywords that are not among the last words of the signature."""
    names = [piece.rpartition(" ")[2] for piece in pieces[max(len(pieces) - len(named), 0) :]]
    return ", ".join(key for key in reversed(named) if key not in names)


def _compared(pieces: list[str], given: Given, named: Named) -> str:
    """The types of the arguments, between exclamation marks where they are not the words of the signature."""
    told = []
    for at, piece in enumerate(pieces):
        kind, _, name = piece.rpartition(" ")
        value = given[at] if at < len(given) else named[name]
        word = type_name(value)
        fits = word == kind or (kind == "float" and word == "int")
        prefix = "" if at < len(given) else f"{name}="
        told.append(f"{prefix}{_deep_name(value)}" if fits else f"!{prefix}{_deep_name(value)}!")
    return f"({', '.join(told)}{', ' if named and not given else ''})"


def _deep_name(value: Any) -> str:
    if type(value) in (list, tuple):
        inner = ", ".join(map(_deep_name, value))
        return f"list of [{inner}]" if isinstance(value, list) else f"tuple of ({inner}{',' * (len(value) == 1)})"
    return type_name(value)


def guarded(name: str, front: Any) -> Any:
    """The function, whose errors are PyTorch's where its arguments are to blame; what PyTorch reads otherwise stays as it is."""
    if name in bindings.parameters():
        return bindings.bound(name, front)
    if isinstance(front, type):
        return front
    if not known(name):
        return front if name.startswith("Tensor.") or name.endswith("manual_seed") else _unread(name, front)
    bare = name.removeprefix("Tensor.")
    return _guard(name, front, int(bare is not name), bare in STRICT)


def _unread(name: str, front: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which reads its arguments itself; no word of NumPy's or of the engine's inside leaves it."""

    @functools.wraps(front)
    def call(*given: Any, **named: Any) -> Any:
        try:
            return front(*given, **named)
        except Exception as error:
            told = strangers.told(name.rpartition(".")[2], error, given, named)
            if told is None:
                raise
            raise told from None

    return call


COMPOSED = frozenset(
    (
        "bilinear",
        "chunk",
        "cosine_similarity",
        "flatten",
        "l1_loss",
        "linear",
        "movedim",
        "mse_loss",
        "one_hot",
        "outer",
        "prelu",
    )
)
"""Functions that PyTorch makes of others: they refuse what does not fit before autograd looks at their operands."""


def _guard(name: str, front: Callable[..., Any], skipped: int, strict: bool) -> Callable[..., Any]:
    """The function with its arguments read before: of Tensors alone only once it has failed, unless it is strict."""
    free = skipped if strict else 1

    def look(given: Given, named: Named, key: Any, taken: set[Any]) -> tuple[Given, Named]:
        if not (strict or named) and all(each.__class__ is Tensor for each in given):
            taken.add(key)
        # Kinds with `out` are kept apart, for such a call is never made as it stands.
        elif "out" not in named or (..., key) not in taken or (strict and not wide(given[skipped:])):
            refused = fault(name, given[skipped:], named)
            if refused is not None:
                raise refused
            if wide(given[free:]) and wide(named.values()) and plain(key):
                taken.add((..., key) if "out" in named else key)
        return given, named

    def written(given: Given, named: Named) -> Any:
        return outputs.written(name, signatures(name)[0].called, front, given, named)

    def failed(given: Given, named: Named, error: Exception) -> Any:
        refused = fault(name, given[skipped:], named)
        if refused is None and not name.endswith("_") and name.rpartition(".")[2] not in COMPOSED:
            refuse_stale(*given, *named.values())
        if refused is None:
            return _again(name, front, skipped, given, named, error)
        raise refused from None

    return glance.checked(front, look, failed, written, strict, skipped)


def _again(
    name: str, front: Callable[..., Any], skipped: int, given: tuple[Any, ...], named: dict[str, Any], error: Exception
) -> Any:
    """The call as the function takes it, where PyTorch takes these arguments: in their places, or plain numbers for tensors that stand for one.

    Raises what is said of the error, where that is no reason to try.
    """
    order = sorted(signatures(name), key=lambda each: not each.shown)
    fitting = next((each for each in order if each.refusal(given[skipped:], named) is None), None)
    if fitting is not None and not fitting.shown and isinstance(error, TypeError):
        shown = "".join(f"\n\t{each.called}{each}" for each in signatures(name) if each.shown)
        told = f"This overload of {fitting.called} is deprecated:\n\t{fitting.called}{fitting}\nConsider using one of the following signatures instead:{shown}"
        warnings.warn(told, UserWarning, stacklevel=2)
        return front(*given[:skipped], **fitting.by_name(given[skipped:], named))
    refused = strangers.told(name.rpartition(".")[2], error, given, named)
    if refused is None:
        raise error
    if fitting is not None:
        other = fitting.with_numbers(given[skipped:], named)
        if isinstance(error, TypeError) and "unexpected keyword" in str(error):
            other = fitting.by_place(*(other or (given[skipped:], named)))
        if other:
            try:
                return front(*given[:skipped], *other[0], **other[1])
            except Exception as again:  # noqa: BLE001 -- told as it is, or as PyTorch says it
                raise (strangers.told(name.rpartition(".")[2], again, given, named) or again) from None
    raise refused from None


_spoken: dict[str, Any] = {}


def spoken(name: str, table: dict[str, Any]) -> Any:
    """The function of this name in a table, as a library offers it: guarded, and the same object each time."""
    if name not in _spoken:
        _spoken[name] = guarded(name, table[name])
    return _spoken[name]


def speak(kind: type, guards: dict[str, Any], methods: dict[str, Any]) -> None:
    """Put the guards of methods in their place, but for the fronts that are made for speed and look at their one operand themselves."""
    for name, guard in guards.items():
        if name not in methods or methods[name].__module__ != "engine.fronts":
            type.__setattr__(kind, name, guard)
