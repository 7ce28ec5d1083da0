"""The HTTP API of what there is to learn from: the ops and the lessons."""

import json
from functools import cache

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app import exports, operations
from app.compression import Kept
from app.errors import Problem
from app.lessons import lessons

router = APIRouter()


@router.get("/api/ops")
async def ops(request: Request) -> Response:
    return every_op().response(request.headers)


@router.get("/api/formats")
async def formats() -> Response:
    """What files can be had: the server's formats, and the names of the page's own modules for others."""
    rows = [
        {"name": row.name, "kind": row.kind, "label": row.label, "media_type": row.media_type, "takes": row.takes}
        for row in exports.found().values()
    ]
    return JSONResponse({"formats": rows, "modules": exports.of_page()}, headers={"Cache-Control": "no-cache"})


@router.get("/api/lessons")
async def all_lessons(request: Request) -> Response:
    return every_lesson().response(request.headers)


@router.get("/api/lessons/{lesson}")
async def one_lesson(lesson: str) -> Response:
    found = lessons().get(lesson)
    if found is None:
        raise Problem(404, "no-such-lesson", "There is no lesson of this name.")
    return JSONResponse(found.as_json(), headers={"Cache-Control": "no-cache"})


@cache
def every_op() -> Kept:
    return kept({"ops": operations.rows()})


@cache
def every_lesson() -> Kept:
    return kept({"lessons": [lesson.as_json() for lesson in lessons().values()]})


def kept(content: object) -> Kept:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Kept(body, "application/json")
