"""Settings of one server, read once from the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What one server was told.

    Every field can be set by the environment variable `GRADLIGHT_` + its name in capitals; lists are separated by commas.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    store: str = ""
    """Path of the SQLite file; empty means a file for this port in the user's state directory."""
    hosts: tuple[str, ...] = ()
    """Further names under which the server may be called (`Host`)."""
    embed_origins: tuple[str, ...] = ()
    """Origins whose pages may embed the workbench."""
    proxies: tuple[str, ...] = ()
    """Addresses of proxies whose forwarded headers are believed."""
    workers: int = 0
    """Programs run at the same time; 0 means one for each processor."""
    spares: int = -1
    """Warm workers beyond that; -1 means as many again."""
    runs_per_worker: int = 200
    deadline: float = 2.0
    """Wall-clock seconds of one run."""
    memory: int = 1 << 30
    """Bytes of address space of one worker."""
    seccomp: str = "auto"
    """The kernel's list of what a worker may ask of it: `auto` where the system has one, `required`, or `off`."""
    running_per_client: int = 2
    waiting_per_client: int = 4
    waiting: int = 300
    streams: int = 2000
    streams_per_client: int = 6
    heartbeat: float = 15.0
    send_timeout: float = 10.0
    keep_days: float = 30.0
    keep_bytes: int = 1 << 30

    @property
    def store_path(self) -> Path:
        """The file of the store."""
        return Path(self.store) if self.store else state_directory() / f"runs-{self.port}.sqlite3"

    @property
    def size(self) -> int:
        """How many programs run at the same time."""
        return self.workers or os.cpu_count() or 1

    @property
    def pool(self) -> int:
        """How many worker processes are kept warm in all."""
        return self.size + (self.size if self.spares < 0 else self.spares)


def from_environment(environ: Mapping[str, str], **given: object) -> Settings:
    """The settings named by the `GRADLIGHT_*` variables, overridden by those `given` that are not None.

    Raises ValueError with a sentence when a variable cannot be read.
    """
    read: dict[str, object] = {}
    for field in fields(Settings):
        variable = f"GRADLIGHT_{field.name.upper()}"
        text = environ.get(variable)
        if text is not None:
            read[field.name] = _parse(variable, text, field.default)
    if read.get("seccomp", "auto") not in ("auto", "required", "off"):
        raise ValueError(f"GRADLIGHT_SECCOMP should be auto, required or off, not {read['seccomp']!r}.")
    read.update({name: value for name, value in given.items() if value is not None})
    return replace(Settings(), **read)  # type: ignore[arg-type]


def _parse(variable: str, text: str, default: object) -> object:
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, str):
        return text
    kind = int if isinstance(default, int) else float
    try:
        return kind(text)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise ValueError(f"{variable} should be {wanted}, not {text!r}.") from None


def state_directory() -> Path:
    """The directory in which this platform keeps a program's state for the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "gradlight"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "gradlight"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "gradlight"
