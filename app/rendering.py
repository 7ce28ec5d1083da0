"""Files made of a run, each by a process of its own: to read 100,000 events holds a process up for seconds, and that must not be the web's."""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from app import exports, workers

SECONDS = 12.0
"""Longer than a file of any trace within the limits takes; the program that draws pictures has five of them."""
FILE_BYTES = 64 << 20
MADE, UNAVAILABLE, TOO_LARGE, FAILED = b"M", b"U", b"L", b"F"


def rendered(format: str, moment: exports.Moment, options: exports.Options, *, memory: int) -> bytes:
    """The file of this format, made by a process that may have so many bytes of memory and lasts `SECONDS` at most. Waits for it.

    Raises Unavailable and TooLarge as the format does, and Unavailable where the process was ended before it was done.
    """
    workers.preload()
    context = multiprocessing.get_context(workers.METHOD)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=render, args=(theirs, format, moment, options, memory), daemon=True)  # type: ignore[attr-defined]
    with workers.minimal_environment():
        process.start()
    theirs.close()
    deadline = threading.Timer(SECONDS, end, [process])
    deadline.start()
    try:
        said = ours.recv_bytes(FILE_BYTES)
    except (EOFError, OSError):
        raise exports.Unavailable(
            f"This run is too large to be made a {format} of here. Take an earlier step, or a shorter loop.",
            f"这次运行太大，此处无法生成 {format}。请选更早的步骤，或缩短循环。",
        ) from None
    finally:
        deadline.cancel()
        process.kill()
        process.join()
        ours.close()
    answer, content = said[:1], said[1:]
    if answer == UNAVAILABLE:
        raise exports.Unavailable(*json.loads(content))
    if answer == TOO_LARGE:
        raise exports.TooLarge(*json.loads(content))
    if answer != MADE:
        raise RuntimeError(f"a {format} could not be made: {content.decode()}")
    return content


def end(process: BaseProcess) -> None:
    """The process and what it has started are ended at once."""
    if sys.platform != "win32" and process.pid is not None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def render(connection: Connection, format: str, moment: exports.Moment, options: exports.Options, memory: int) -> None:
    """In the process: the file is sent, or why there is none."""
    confine(memory)
    try:
        said = MADE + exports.found()[format].render(moment, options)
    except exports.Unavailable as error:
        said = UNAVAILABLE + json.dumps([*error.texts.values()]).encode()
    except exports.TooLarge as error:
        said = TOO_LARGE + json.dumps([*error.texts.values()]).encode()
    except (MemoryError, SystemError):  # CPython says the second where memory fails it halfway
        return
    except Exception:  # noqa: BLE001  it is raised again on the other side, where a log is
        said = FAILED + traceback.format_exc().encode()
    connection.send_bytes(said)


def confine(memory: int) -> None:
    """This process and those that it starts have bounded memory, time and files, and can be ended together."""
    if sys.platform == "win32":
        return
    import resource

    os.setsid()
    seconds = int(SECONDS)
    for name, bound in (("AS", memory), ("CPU", seconds), ("FSIZE", FILE_BYTES), ("CORE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (bound, bound))
