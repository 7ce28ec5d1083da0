"""What a process says of itself: one line a record. At INFO and above no text of a user is in it.

Every record takes this way, also those of uvicorn and other libraries: they log with the standard library, structlog writes the line.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

LONGEST = 200
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def bounded(logger: Any, method: str, said: EventDict) -> EventDict:
    """No value is longer than `LONGEST` characters, but for an exception."""
    whole = {"exception", "exc_info"}
    return {
        name: value if name in whole or isinstance(value, int | float | None) else str(value)[:LONGEST]
        for name, value in said.items()
    }


def lines(form: str) -> logging.Formatter:
    """What makes a record a line: `json` one object, `text` for a person. Both escape every value, so that no text can look like a line of ours.

    A record's `extra` fields become fields of the line; an exception's text is one too, or for a person the lines that follow.
    """
    console = structlog.dev.ConsoleRenderer(
        colors=False,
        repr_native_str=True,
        sort_keys=False,
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
    )
    json = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", key="time"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.EventRenamer("message"),
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            bounded,
            *(json if form == "json" else [console]),
        ],
    )


def start(level: str, form: str) -> None:
    """Records of this level and above are written to the standard error, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines(form))
    logging.basicConfig(level=LEVELS[level], handlers=[handler], force=True)
