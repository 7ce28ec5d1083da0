"""The command line: `serve` (the default), `worker`, `run FILE`, `export FILE -o OUT`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.exports import CHOICES

if TYPE_CHECKING:  # commands that need no settings start without what reads them
    from app.exports import Moment
    from app.settings import Settings


LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command: 0 done, 1 the program failed, 2 the command could not be carried out."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in {"-h", "--help"}):
        given.insert(0, "serve")
    options = parser().parse_args(given)
    try:
        return int(options.command(options))
    except CommandError as error:
        print(f"gradlight: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class CommandError(Exception):
    """The command cannot be carried out, for this reason."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="gradlight", description="Watch a PyTorch program build its graph and send its gradients back."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("serve", help="start the app (the default)")
    one.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    one.add_argument("--port", type=int, help="port to listen on (default 8000)")
    one.add_argument("--open", action="store_true", help="open the page in the browser")
    one.set_defaults(command=serve)
    one = commands.add_parser("worker", help="run the programs that servers leave in a Redis (GRADLIGHT_STORE)")
    one.add_argument("--host", help="address at which it tells how it is (default 127.0.0.1)")
    one.add_argument("--port", type=int, help="port for that: /healthz and /metrics (default: a free one)")
    one.set_defaults(command=worker)
    one = commands.add_parser("run", help="run a program and print or save its trace")
    one.add_argument("file", help="the program, or - for the standard input")
    one.add_argument("-o", "--output", type=Path, help="file for the trace, one event a line (default: print it)")
    one.add_argument("--seed", type=int, default=0, help="seed of the random numbers (default 0)")
    one.set_defaults(command=run)
    one = commands.add_parser("export", help="make a figure of a program or of a saved trace (.jsonl)")
    one.add_argument("file", help="the program or the trace")
    one.add_argument(
        "-o", "--output", type=Path, required=True, help="file for the figure; its suffix names the format"
    )
    one.add_argument(
        "--at",
        default="last",
        metavar="SEQ",
        help="the event after which the graph is shown: its number, first or last",
    )
    one.add_argument("--show", metavar="LIST", help="of values, gradients, shapes, formulas, versions: those to show")
    one.add_argument("--shapes", action="store_true", help="short for --show shapes,gradients")
    one.add_argument(
        "--fold",
        action="append",
        default=[],
        metavar="NAME",
        help="draw what ran in a function, a module or the turns of a loop (by its variable) as one; all: each of them",
    )
    for name, choices in CHOICES.items():
        one.add_argument(f"--{name}", choices=choices, help="(where the format has one)")
    one.add_argument("--title", default="", help="what the file calls itself (default: the program's file name)")
    one.add_argument("--seed", type=int, default=0, help="seed of the random numbers (default 0)")
    one.set_defaults(command=export)
    return top


def serve(options: argparse.Namespace) -> int:
    from app import server

    settings = settings_with(host=options.host, port=options.port)
    if not settings.execute and not settings.shared:
        raise CommandError(
            "GRADLIGHT_EXECUTE=false leaves programs to worker hosts; that needs a Redis in GRADLIGHT_STORE."
        )
    refuse_root(settings.host)
    return server.serve(settings, open_page=options.open)


def worker(options: argparse.Namespace) -> int:
    from urllib.parse import urlsplit

    from app import server
    from app.main import create_worker

    settings = settings_with(host=options.host or "127.0.0.1", port=options.port or 0)
    if not settings.shared:
        raise CommandError("a worker host needs the Redis that its servers use: GRADLIGHT_STORE=redis://host:6379/0")
    refuse_root(urlsplit(settings.store).hostname or "localhost")
    refuse_root(settings.host)
    return server.serve(settings, create_worker)


def settings_with(**given: object) -> "Settings":
    """The settings of the environment; raises CommandError where one cannot be read."""
    from app.settings import from_environment

    try:
        return from_environment(**given)
    except ValueError as error:
        raise CommandError(str(error)) from None


def refuse_root(host: str) -> None:
    """Raises CommandError where root would serve the network: the kernel's limits on a worker do not bind root."""
    if host not in LOOPBACK_HOSTS and sys.platform != "win32" and os.geteuid() == 0:
        raise CommandError(f"root may serve on 127.0.0.1 only, not on {host}. Start it as another user.")


def run(options: argparse.Namespace) -> int:
    from app import traces

    source = read(options.file)
    lines = traces.of_program(source, seed=options.seed)
    content = b"".join(line + b"\n" for line in lines)
    if options.output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write(options.output, content)
    report = traces.report(lines, source)
    sys.stderr.write(report.text)
    return 1 if report.failed else 0


def export(options: argparse.Namespace) -> int:
    from app import exports, traces

    name = options.output.suffix.removeprefix(".").lower()
    chosen = exports.found().get(name)
    if chosen is None:
        known = ", ".join(f".{one}" for one in exports.found())
        raise CommandError(
            f"no figure ends in .{name}; there are {known}."
            if name
            else f"the figure's name should end in one of {known}."
        )
    try:
        text = read(options.file)
        saved = options.file.endswith(".jsonl")
        lines = traces.of_file(text) if saved else traces.of_program(text, seed=options.seed)
        given = {name: value for name in CHOICES if (value := vars(options)[name]) is not None}
        given["fold"] = tuple(options.fold)
        show = "shapes,gradients" if options.shapes else options.show
        if show is not None:
            given["show"] = exports.shown(show)
        title = options.title or Path(options.file).stem.strip("-") or "Gradlight"
        moment = exports.Moment(lines, step(options.at, len(lines)), "" if saved else text, title, options.seed)
        refuse_folds(options.fold, moment)
        content = chosen.render(moment, exports.Options(**given))
    except (ValueError, exports.Unavailable, exports.TooLarge) as error:
        raise CommandError(str(error)) from None
    write(options.output, content)
    report = traces.report(lines, text)
    if saved or not report.failed:
        return 0
    sys.stderr.write(report.text)
    return 1


def refuse_folds(names: Sequence[str], moment: "Moment") -> None:
    """Raises CommandError at a name that nothing is folded by."""
    from app.exports.figure import foldable

    known = foldable(moment) if names else frozenset()
    for name in names:
        if name not in known:
            short = ", ".join(sorted(one for one in known if one.isidentifier()))
            raise CommandError(
                f"nothing here folds by the name {name}; "
                + (f"there are {short}." if short else "there is nothing to fold.")
            )


def step(text: str, count: int) -> int:
    """The event that `--at` names; raises CommandError at what is none of `count` events."""
    named = {"first": 0, "last": count - 1}
    at = named.get(text, int(text) if text.isascii() and text.isdigit() else -1)
    if not 0 <= at < count:
        raise CommandError(f"--at should be first, last or between 0 and {count - 1}, not {text}.")
    return at


def read(name: str) -> str:
    """The text of a file, or of the standard input for `-`."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{name} is not UTF-8 text: byte {error.start} does not belong there. Save it as UTF-8."
        ) from None


def write(path: Path, content: bytes) -> None:
    """The file holds this content."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None


if __name__ == "__main__":
    sys.exit(main())
