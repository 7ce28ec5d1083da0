"""The HTTP API of what there is to learn from: the ops and the lessons."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from app import operations
from app.errors import Problem
from app.lessons import lessons

router = APIRouter()


@router.get("/api/ops")
async def ops() -> Response:
    return JSONResponse({"ops": operations.rows()}, headers={"Cache-Control": "no-cache"})


@router.get("/api/lessons")
async def all_lessons() -> Response:
    return JSONResponse(
        {"lessons": [lesson.as_json() for lesson in lessons().values()]}, headers={"Cache-Control": "no-cache"}
    )


@router.get("/api/lessons/{lesson}")
async def one_lesson(lesson: str) -> Response:
    found = lessons().get(lesson)
    if found is None:
        raise Problem(404, "no-such-lesson", "There is no lesson of this name.")
    return JSONResponse(found.as_json(), headers={"Cache-Control": "no-cache"})
