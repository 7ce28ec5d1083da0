"""Arguments put to parameters, for the program's own functions and for those of the language."""

from __future__ import annotations

from engine.program.failures import ProgramError
from engine.program.values import UserFunction, Value, type_name


def bind(function: UserFunction, given: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
    """The names a call gives to a function's parameters; TypeError in Python's words where they do not fit."""
    spec = function.node.args
    name = function.name
    positional = [*spec.posonlyargs, *spec.args]
    bound: dict[str, Value] = {}
    for parameter, value in zip(positional, given, strict=False):
        bound[parameter.arg] = value
    surplus = given[len(positional) :]
    if spec.vararg:
        bound[spec.vararg.arg] = tuple(surplus)
    elif surplus:
        least = len(positional) - len(function.defaults)
        takes = f"from {least} to {len(positional)}" if function.defaults else str(len(positional))
        noun = "argument" if takes == "1" else "arguments"
        were = "was" if len(given) == 1 else "were"
        text = f"{name}() takes {takes} positional {noun} but {len(given)} {were} given"
        if "." in name and len(surplus) == 1 and positional[:1] and positional[0].arg not in ("self", "cls"):
            hint = f"Write self as the first parameter of {name.rpartition('.')[2]}."
            raise ProgramError("TypeError", text, code="no-self", hint=hint, name=name)
        raise ProgramError("TypeError", text, code="arguments")
    only_positional = {parameter.arg for parameter in spec.posonlyargs}
    known = {parameter.arg for parameter in (*spec.args, *spec.kwonlyargs)}
    rest: dict[str, Value] = {}
    for key, value in keywords.items():
        if key in known:
            if key in bound:
                raise ProgramError("TypeError", f"{name}() got multiple values for argument '{key}'", code="arguments")
            bound[key] = value
        elif spec.kwarg:
            rest[key] = value
        else:
            kind = "some positional-only arguments passed as keyword arguments" if key in only_positional else ""
            text = f"{name}() got {kind}: '{key}'" if kind else f"{name}() got an unexpected keyword argument '{key}'"
            raise ProgramError("TypeError", text, code="arguments")
    if spec.kwarg:
        bound[spec.kwarg.arg] = rest
    first = len(positional) - len(function.defaults)
    absent = []
    for place, parameter in enumerate(positional):
        if parameter.arg not in bound:
            if place >= first:
                bound[parameter.arg] = function.defaults[place - first]
            else:
                absent.append(parameter.arg)
    missing(name, absent, "positional")
    absent = []
    for parameter, default in zip(spec.kwonlyargs, function.keyword_defaults, strict=True):
        if parameter.arg not in bound:
            if default is ...:
                absent.append(parameter.arg)
            else:
                bound[parameter.arg] = default
    missing(name, absent, "keyword-only")
    return bound


def missing(name: str, parameters: list[str], kind: str) -> None:
    """Raises TypeError in Python's words where parameters got nothing."""
    if not parameters:
        return
    quoted = [f"'{item}'" for item in parameters]
    listed = quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f"{',' * (len(quoted) > 2)} and {quoted[-1]}"
    noun = "argument" if len(parameters) == 1 else "arguments"
    raise ProgramError(
        "TypeError", f"{name}() missing {len(parameters)} required {kind} {noun}: {listed}", code="arguments"
    )


def take(
    name: str,
    given: list[Value],
    keywords: dict[str, Value],
    least: int,
    most: int | None,
    allowed: tuple[str, ...] = (),
) -> None:
    """Checks the arguments of a function of the language: their count, and the names of the keyword ones."""
    for key in keywords:
        if key not in allowed:
            raise ProgramError("TypeError", f"{name}() got an unexpected keyword argument '{key}'", code="arguments")
    if len(given) < least or (most is not None and len(given) > most):
        expected = str(least) if least == most else f"at least {least}" if most is None else f"{least} to {most}"
        noun = "argument" if expected == "1" else "arguments"
        raise ProgramError("TypeError", f"{name}() takes {expected} {noun} ({len(given)} given)", code="arguments")


def fitted(name: str, parameters: dict[str, Value], given: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
    """The arguments of a function of the language by name; a parameter that is `...` must be given. Raises TypeError in Python's words."""
    names = list(parameters)
    if len(given) > len(names):
        noun = "argument" if len(names) == 1 else "arguments"
        text = f"{name}() takes {len(names)} positional {noun} but {len(given)} were given"
        raise ProgramError("TypeError", text, code="arguments")
    bound = dict(zip(names, given, strict=False))
    for key, value in keywords.items():
        if key in bound:
            raise ProgramError("TypeError", f"{name}() got multiple values for argument '{key}'", code="arguments")
        if key not in parameters:
            raise ProgramError("TypeError", f"{name}() got an unexpected keyword argument '{key}'", code="arguments")
        bound[key] = value
    missing(name, [key for key, usual in parameters.items() if usual is ... and key not in bound], "positional")
    return {**parameters, **bound}


def integer(value: Value, what: str) -> int:
    """The value, a whole number. Raises TypeError in Python's words, with the code `what`."""
    if type(value) not in (int, bool):
        raise ProgramError("TypeError", f"'{type_name(value)}' object cannot be interpreted as an integer", code=what)
    return int(value)
