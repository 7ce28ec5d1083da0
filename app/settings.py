"""Settings of one server or worker host: read once from the environment, before that from a file, before that as they stand here."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.telling import Refused

PREFIX = "GRADLIGHT_"
Names = Annotated[tuple[str, ...], NoDecode]
ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")


class Unreadable(Refused, ValueError):
    """A setting cannot be read."""


class Settings(BaseSettings):
    """What one server was told.

    Every field can be set by the environment variable `GRADLIGHT_` + its name in capitals, or by such a line in the file that
    `GRADLIGHT_SETTINGS` names; lists are separated by commas, or JSON.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    store: str = Field(
        "",
        description="Path of the SQLite file, or the address of a Redis (`redis://host:6379/0`). Empty: a file for this port in the user's state directory.",
    )
    hosts: Names = Field((), description="Further names under which the server may be called (`Host`).")
    embed_origins: Names = Field((), description="Origins whose pages may embed the workbench.")
    proxies: Names = Field((), description="Addresses of proxies whose forwarded headers are believed.")
    classes: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Class tokens: who has one is counted for themselves and not with their address."
    )
    execute: bool = Field(
        True, description="Whether the server runs programs itself. With Redis, `false` leaves them to worker hosts."
    )
    workers: int = Field(0, ge=0, le=256, description="Programs run at the same time; 0 means one for each processor.")
    spares: int = Field(-1, ge=-1, le=256, description="Warm workers beyond that; -1 means as many again.")
    runs_per_worker: int = Field(200, ge=1, description="After so many runs a worker process is replaced.")
    deadline: float = Field(2.0, gt=0, description="Seconds that one run may last.")
    memory: int = Field(1 << 30, ge=1 << 27, description="Bytes of address space of one worker.")
    seccomp: Literal["auto", "required", "off"] = Field(
        "auto",
        description="The kernel's list of what a worker may ask of it: where the system has one, always, or never.",
    )
    running_per_client: int = Field(2, ge=1, description="Programs of one client that run at the same time.")
    waiting_per_client: int = Field(4, ge=0, description="Programs of one client that may wait.")
    waiting: int = Field(600, ge=0, description="Programs that may wait in all.")
    rate: float = Field(30.0, gt=0, description="Programs a second that one client may bring in the long run.")
    burst: int = Field(150, ge=1, description="Programs that one client may bring at once.")
    share: bool = Field(True, description="Whether runs of the same program and seed share one trace.")
    streams: int = Field(2000, ge=0, description="Streams that may be open in all.")
    streams_per_client: int = Field(6, ge=0, description="Streams that one client may have open.")
    connections: int = Field(4000, ge=1, description="Connections that may be open in all.")
    heartbeat: float = Field(15.0, gt=0, description="Seconds after which a quiet stream sends a comment.")
    send_timeout: float = Field(10.0, gt=0, description="Seconds after which a reader who does not read is let go.")
    keep_days: float = Field(30.0, gt=0, description="Days for which runs are kept.")
    keep_bytes: int = Field(
        1 << 30, ge=0, description="Bytes of traces that are kept (SQLite; Redis has its own bound)."
    )
    orphan_seconds: float = Field(
        5.0, gt=0, description="A worker host silent for so long has lost its jobs to others."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Who brings it as a bearer token may read `/metrics`. Empty: there are no metrics."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="What is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How: for a person, or one JSON object a line.")

    @field_validator("hosts", "embed_origins", "proxies", "classes", mode="before")
    @classmethod
    def parted(cls, value: object) -> object:
        """The parts of a list in one text."""
        if not isinstance(value, str):
            return value
        if not value.lstrip().startswith("["):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        try:
            parts = json.loads(value)
        except ValueError:
            parts = None
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise PydanticCustomError("list", "a list")
        return tuple(parts)

    @field_validator("embed_origins")
    @classmethod
    def origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """As browsers write them: a policy with anything else is one that they do not read."""
        written = tuple(one.rstrip("/").lower() for one in value)
        if not all(ORIGIN.fullmatch(one) for one in written):
            raise PydanticCustomError("origin", "origins")
        return written

    @property
    def class_tokens(self) -> tuple[str, ...]:
        """The class tokens in plain text."""
        return tuple(token.get_secret_value() for token in self.classes)

    @property
    def store_path(self) -> Path:
        """The file of the store."""
        return Path(self.store) if self.store else state_directory() / f"runs-{self.port}.sqlite3"

    @property
    def shared(self) -> bool:
        """Whether the store is one that several servers and worker hosts share."""
        return self.store.startswith(("redis://", "rediss://", "unix://"))

    @property
    def size(self) -> int:
        """How many programs run at the same time."""
        return self.workers or os.cpu_count() or 1

    @property
    def spare(self) -> int:
        """How many worker processes are kept warm besides."""
        return self.size if self.spares < 0 else self.spares


def from_environment(**given: object) -> Settings:
    """The settings of the file that `GRADLIGHT_SETTINGS` names, overridden by the `GRADLIGHT_*` variables, overridden by those `given` that
    are not None.

    Raises Unreadable when one cannot be read.
    """
    file = os.environ.get(f"{PREFIX}SETTINGS")
    if file and not Path(file).is_file():
        raise Unreadable(
            f"{PREFIX}SETTINGS names {file}, which is no file.", f"{PREFIX}SETTINGS 指向 {file}，但它不是文件。"
        )
    try:
        return Settings(_env_file=file, **{name: value for name, value in given.items() if value is not None})  # type: ignore[call-arg, arg-type]
    except ValidationError as error:
        sentences = zip(*(told(row) for row in error.errors()), strict=True)
        raise Unreadable(*(" ".join(each) for each in sentences)) from None


WANTED = {
    "int_parsing": ("a whole number", "整数"),
    "float_parsing": ("a number", "数"),
    "bool_parsing": ("true or false", "true 或 false"),
    "greater_than": ("greater than {gt}", "大于 {gt} 的数"),
    "greater_than_equal": ("at least {ge}", "不小于 {ge} 的数"),
    "less_than_equal": ("at most {le}", "不大于 {le} 的数"),
    "literal_error": ("{expected}", "{expected} 之一"),
    "list": ("names separated by commas, or a JSON list of texts", "以逗号分隔的名称，或 JSON 的字符串列表"),
    "origin": ("origins such as https://school.example", "形如 https://school.example 的来源"),
}


def told(row: Any) -> tuple[str, str]:
    """A setting that cannot be read, in a sentence of each language."""
    name = PREFIX + str(row["loc"][0]).upper()
    known = {
        key: f"{value:g}" if isinstance(value, float) else str(value).replace("'", "")
        for key, value in row.get("ctx", {}).items()
    }
    wanted = WANTED.get(row["type"])
    en, zh = (text.format(**known) for text in wanted) if wanted else (row["msg"], row["msg"])
    if row["loc"][0] == "classes":  # a list of secrets
        return f"{name} should be {en}.", f"{name} 应为{zh}。"
    return f"{name} should be {en}, not {row['input']!r}.", f"{name} 应为{zh}，不能是 {row['input']!r}。"


def state_directory() -> Path:
    """The directory in which this platform keeps a program's state for the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "gradlight"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "gradlight"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "gradlight"
