"""What a process says of itself: one line a record. At INFO and above no text of a user is in it."""

import json
import logging
import sys
import time
from typing import Any

LONGEST = 200
KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the record's `extra` fields, and an exception's text. Other values than numbers
    are cut at 200 characters and escaped, so that no text can look like a line of ours."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        for name, value in vars(record).items():
            if name not in KNOWN:
                said[name] = value if isinstance(value, int | float | None) else str(value)[:LONGEST]
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)


class TextLines(logging.Formatter):
    """The same for a person."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(
            f"{name}={str(value)[:LONGEST]!r}" for name, value in vars(record).items() if name not in KNOWN
        )
        text = f"{record.levelname} {record.name}: {record.getMessage()}" + (f" ({extra})" if extra else "")
        return text + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def start(level: str, form: str) -> None:
    """Records of this level and above are written to the standard error, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=LEVELS[level], handlers=[handler], force=True)
