"""What can be taken away from a run: its trace and figures of it, each a download."""

import asyncio
import json

from fastapi import APIRouter, Request, Response

from app import exports
from app.api import Streaming, cursor, known, runs_of
from app.errors import Problem
from app.stream import Following, json_lines
from engine import replay
from engine.events import decode

router = APIRouter()


@router.get("/api/runs/{run}/trace.jsonl")
async def trace(request: Request, run: str) -> Response:
    await known(request, run)
    runs = runs_of(request)
    headers = {"Content-Type": "application/x-ndjson; charset=utf-8", **download(run, "jsonl")}
    follow = runs.follow(run, -1, pulse=runs.settings.heartbeat)
    return Streaming(Following(follow, json_lines, headers=headers, timeout=runs.settings.send_timeout))


def download(run: str, suffix: str) -> dict[str, str]:
    """Headers of an answer that is a file; an id is made by us and safe in a file's name, and anything else is 404 before."""
    return {"Content-Disposition": f'attachment; filename="gradlight-{run[:8]}.{suffix}"', "Cache-Control": "no-store"}


@router.get("/api/runs/{run}/figure.{format}")
async def figure(request: Request, run: str, format: str, at: str | None = None, values: bool = True) -> Response:
    export = exports.found().get(format)
    if export is None:
        raise Problem(404, "no-such-format", f"Figures come as {', '.join(exports.found())}.")
    await known(request, run)
    runs = runs_of(request)
    lines: list[bytes] = []
    async for batches in runs.follow(run, -1, pulse=runs.settings.heartbeat):
        lines.extend(line for batch in batches for line in batch.lines.split(b"\n"))
    seq = cursor(at) if at else len(lines) - 1
    if not 0 <= seq < len(lines):
        raise Problem(422, "no-such-event", f"at should be between 0 and {len(lines) - 1}.")
    drawing = request.app.state.drawing
    assert isinstance(drawing, asyncio.Semaphore)
    try:
        async with drawing:
            content = await asyncio.to_thread(draw, export, lines, seq, exports.Options(values=values))
    except exports.Unavailable as error:
        raise Problem(501, "format-unavailable", str(error)) from None
    except exports.TooLarge as error:
        raise Problem(422, "figure-too-large", str(error)) from None
    return Response(content, media_type=export.media_type, headers=download(run, export.name))


def draw(export: exports.Export, lines: list[bytes], at: int, options: exports.Options) -> bytes:
    """The figure after event `at` of the trace."""
    return export.render(replay.fold([decode(json.loads(line)) for line in lines], at=at), options)
