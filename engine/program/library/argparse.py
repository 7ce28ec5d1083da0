"""`argparse`: settings that a script would take from its command line, which a program here has none of, so that they are what it says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.failures import ProgramError
from engine.program.library.sampling import described
from engine.program.values import Builtin, Instance, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

CONSTANTS: dict[Value, Value] = {"store_true": True, "store_false": False}
MEMBER = "_arguments"


def _told(run: Machine, owner: Instance) -> str:
    return f"Namespace({', '.join(f'{name}={run.repr(value, 10_000)}' for name, value in owner.fields.items())})"


def _filled(run: Machine, owner: Instance, **values: Value) -> None:
    owner.fields.update(values)


NAMESPACE = described("Namespace", None, None, __init__=_filled, __repr__=_told)


def _started(run: Machine, owner: Instance) -> None:
    owner.fields[MEMBER], owner.fields["_defaults"] = [], {}


def _add(run: Machine, owner: Instance, *names: Value, **told: Value) -> Value:
    """Notes an argument under the name by which it will be read."""
    if not names or not all(type(name) is str and name for name in names):
        raise ProgramError("TypeError", "add_argument() takes the names of an argument", code="argument")
    longest = next((name for name in names if name.startswith("--")), names[0])
    name = told.get("dest") or longest.lstrip("-").replace("-", "_")
    owner.fields[MEMBER].append((name, names, told))
    return None


def _defaults(run: Machine, owner: Instance, **values: Value) -> None:
    owner.fields["_defaults"].update(values)


def _default(run: Machine, told: dict[str, Value]) -> Value:
    """What an argument is that was not given; a text is read as one that was."""
    action = told.get("action")
    value = told.get("default", not CONSTANTS[action] if action in CONSTANTS else None)
    return run.call(told["type"], [value], {}) if type(value) is str and "type" in told else value


def _parse(run: Machine, owner: Instance, args: Value = None, namespace: Value = None) -> Value:
    """Every argument's value: of those given, else as the program says."""
    made = Instance(NAMESPACE) if namespace is None else namespace
    known = owner.fields[MEMBER]
    for name, _, told in known:
        made.fields[name] = _default(run, told)
    made.fields.update(owner.fields["_defaults"])
    waiting = (
        [each if type(each) is str else run.repr(each, 1000) for each in run.iterate(args)] if args is not None else []
    )
    places = [entry for entry in known if not entry[1][0].startswith("-")]
    missing = {name for name, names, told in known if told.get("required") or _asked(names, told)}
    while waiting:
        word = waiting.pop(0)
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        entry = next((each for each in known if option in each[1]), None)
        if entry is None and places and not word.startswith("-"):
            entry, value, equals = places.pop(0), word, "="
        if entry is None:
            raise _refused(f"unrecognized arguments: {word}")
        name, _, told = entry
        missing.discard(name)
        if told.get("action") in CONSTANTS:
            made.fields[name] = CONSTANTS[told["action"]]
            continue
        many = told.get("nargs") in ("+", "*") or type(told.get("nargs")) is int
        given = [value] if equals else []
        while waiting and not waiting[0].startswith("-") and (many or not given):
            given.append(waiting.pop(0))
        if not given:
            raise _refused(f"argument {'/'.join(entry[1])}: expected one argument")
        read = [run.call(told["type"], [each], {}) if "type" in told else each for each in given]
        made.fields[name] = read if many else read[0]
    if missing:
        raise _refused(f"the following arguments are required: {', '.join('/'.join(names) for name, names, _ in known if name in missing)}")  # fmt: skip
    return made


def _asked(names: tuple[str, ...], told: dict[str, Value]) -> bool:
    return not names[0].startswith("-") and told.get("nargs") not in ("?", "*")


def _refused(text: str) -> ProgramError:
    hint = "A program here has no command line: give the argument a default, or write parse_args(['--name', 'value'])."
    return ProgramError("SystemExit", text, code="command-line", hint=hint)


def _known(run: Machine, owner: Instance, args: Value = None) -> Value:
    return _parse(run, owner, args), []


PARSER = described(
    "ArgumentParser", None,
    {
        "prog": None, "usage": None, "description": None, "epilog": None, "parents": [], "formatter_class": None, "prefix_chars": "-",
        "fromfile_prefix_chars": None, "argument_default": None, "conflict_handler": "error", "add_help": True, "allow_abbrev": True,
        "exit_on_error": True,
    },
    check=_started, add_argument=_add, set_defaults=_defaults, parse_args=_parse, parse_known_args=_known,
    add_argument_group=lambda run, owner, *_, **__: owner, add_mutually_exclusive_group=lambda run, owner, **_: owner,
)  # fmt: skip
MEMBERS: dict[str, Value] = {
    "ArgumentParser": PARSER,
    "Namespace": NAMESPACE,
    "ArgumentDefaultsHelpFormatter": Builtin("ArgumentDefaultsHelpFormatter", lambda run, given, keywords: None),
    "RawTextHelpFormatter": Builtin("RawTextHelpFormatter", lambda run, given, keywords: None),
}
