"""What helps to hand an address on: a QR code, for in a classroom scanning beats typing."""

import io
from typing import Annotated
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter, Query, Request, Response

from app.errors import Problem

LONGEST = 1200

router = APIRouter()


@router.get("/api/qr.svg")
async def qr(request: Request, address: Annotated[str, Query(max_length=LONGEST)]) -> Response:
    """The QR code of an address of this server; no other, so that nobody's link looks like ours."""
    try:
        parts = urlsplit(address)
        own = parts.scheme in {"http", "https"} and parts.netloc == request.headers["host"]
    except ValueError:
        own = False
    if not own:
        raise Problem(422, "foreign-address", "A QR code is made of this server's own addresses.")
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return Response(picture.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
