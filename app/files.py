"""What can be taken away from a run: its trace and figures of it, each a download."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from app import exports
from app.api import Streaming, client_of, cursor, known, runs_of
from app.errors import Problem
from app.headers import DATA_POLICY
from app.rendering import rendered
from app.stream import Following, Places, json_lines

AT_ONCE = 2
WAITING = 24
WAITING_EACH = 6

BUSY: dict[exports.Language, str] = {
    "en": "Several files are being made already. Try again in a moment.",
    "zh-CN": "已有几个文件正在生成，请稍后再试。",
}

router = APIRouter()


class Desk:
    """Where files are made: so many at once, so many wait, of one client as of all."""

    def __init__(self) -> None:
        self.places = Places(total=WAITING, each=WAITING_EACH)
        self.turns = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def turn(self, client: str, language: exports.Language) -> AsyncIterator[None]:
        """It is this client's turn; raises Problem where too many wait."""
        if not self.places.take(client):
            raise Problem(429, "too-many-files", BUSY[language], retry_after=2)
        try:
            async with self.turns:
                yield
        finally:
            self.places.leave(client)


class Asked(BaseModel):
    """What an address may ask of a file; `show` is a list with commas, `values=false` is short for shapes instead of numbers."""

    at: str | None = None
    title: str = Field(default="Gradlight", max_length=120)
    show: str | None = Field(default=None, max_length=80)
    values: bool = True
    theme: exports.Theme = "light"
    direction: exports.Direction = "right"
    paper: exports.Paper = "fit"
    rows: exports.Rows = "auto"
    language: exports.Language = "en"
    fold: list[Annotated[str, Field(max_length=300)]] = Field(default=[], max_length=300)

    def options(self) -> exports.Options:
        """The options of the file; raises Problem at a name that nothing shows."""
        plain = frozenset[exports.Shown](["values", "gradients"] if self.values else ["shapes", "gradients"])
        try:
            show = plain if self.show is None else exports.shown(self.show)
        except exports.BadOption as error:
            raise Problem(422, "bad-option", error.told(self.language)) from None
        return exports.Options(show, self.theme, self.direction, self.paper, self.language, tuple(self.fold), self.rows)


@router.get("/api/runs/{run}/trace.jsonl")
async def trace(request: Request, run: str) -> Response:
    found = await known(request, run)
    runs = runs_of(request)
    headers = {"Content-Type": "application/x-ndjson; charset=utf-8", **download(run, "jsonl")}
    follow = runs.follow(found, -1, pulse=runs.settings.heartbeat)
    return Streaming(Following(follow, json_lines, headers=headers, timeout=runs.settings.send_timeout))


def download(run: str, suffix: str) -> dict[str, str]:
    """Headers of an answer that is a file; an id is made by us and safe in a file's name, and anything else is 404 before."""
    return {
        "Content-Disposition": f'attachment; filename="gradlight-{run[:8]}.{suffix}"',
        "Content-Security-Policy": DATA_POLICY,
        "Cache-Control": "no-store",
    }


@router.get("/api/runs/{run}/figure.{format}")
async def figure(
    request: Request,
    run: str,
    format: str,
    asked: Annotated[Asked, Query()],
) -> Response:
    export = exports.found().get(format)
    if export is None:
        names = ", ".join(exports.found())
        said = f"图的格式有 {names}。" if asked.language == "zh-CN" else f"Figures come as {names}."
        raise Problem(404, "no-such-format", said)
    found = await known(request, run)
    runs, desk = runs_of(request), request.app.state.desk
    assert isinstance(desk, Desk)
    async for _ in runs.follow(found, found.events - 1, pulse=runs.settings.heartbeat):
        pass  # a run that goes on is waited for before it is anyone's turn
    async with desk.turn(client_of(request), asked.language):
        lines: list[bytes] = []
        async for batches in runs.follow(found, -1, pulse=runs.settings.heartbeat):
            lines.extend(line for batch in batches for line in batch.lines.split(b"\n"))
        seq = cursor(asked.at) if asked.at else len(lines) - 1
        if not 0 <= seq < len(lines):
            last = len(lines) - 1
            said = f"at 应在 0 到 {last} 之间。" if asked.language == "zh-CN" else f"at should be between 0 and {last}."
            raise Problem(422, "no-such-event", said)
        moment = exports.Moment(lines, seq, found.program.source, asked.title, found.program.seed)
        try:
            content = await asyncio.to_thread(
                rendered, export.name, moment, asked.options(), memory=runs.settings.memory
            )
        except exports.Unavailable as error:
            raise Problem(501, "format-unavailable", error.told(asked.language)) from None
        except exports.TooLarge as error:
            raise Problem(422, "figure-too-large", error.told(asked.language)) from None
    return Response(content, media_type=export.media_type, headers=download(run, export.name))
