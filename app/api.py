"""The HTTP API of runs: made, looked at, followed, stopped."""

import ipaddress
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.errors import Problem
from app.runs import Runs, has_ended
from app.store import StoredRun, StoreUnavailable
from app.stream import HEARTBEAT, RETRY, Following, Places, message
from app.turns import Full

SOURCE_BYTES = 20 * 1024
EVENT_STREAM = "text/event-stream"
LARGEST_SEQ = 1 << 40

router = APIRouter()


class NewRun(BaseModel):
    """A program to run and the seed of its random numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: str
    seed: int = Field(default=0, ge=0, lt=1 << 63)

    @field_validator("source")
    @classmethod
    def encodable(cls, source: str) -> str:
        if any("\ud800" <= character <= "\udfff" for character in source):
            raise ValueError("the text holds half a character (a lone surrogate)")
        return source


FIELDS = frozenset(NewRun.model_fields)


def runs_of(request: Request) -> Runs:
    runs = request.app.state.runs
    assert isinstance(runs, Runs)
    return runs


def client_of(request: Request) -> str:
    """Who asks, as the limits count: an address, of IPv6 the first 64 bits."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


async def known(request: Request, run: str) -> StoredRun:
    """The run of this id; 404 where there is none."""
    try:
        found = await runs_of(request).get(run)
    except StoreUnavailable:
        raise unavailable() from None
    if found is None:
        raise Problem(404, "no-such-run", "There is no run of this id. It may have been given up after some weeks.")
    return found


def unavailable() -> Problem:
    return Problem(503, "store-unavailable", "Runs cannot be kept just now. Try again in a moment.", retry_after=5)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def health(request: Request) -> Response:
    said = runs_of(request).health()
    return JSONResponse(said, 503 if said["status"] == "down" else 200, {"Cache-Control": "no-store"})


@router.post("/api/runs", status_code=201)
async def create(request: Request, new: NewRun) -> Response:
    """A run is under way: answered with its addresses, or at once with its events where the caller asks for a stream and one is free."""
    if len(new.source.encode()) > SOURCE_BYTES:
        raise Problem(
            413, "source-too-large", "The program is larger than 20 KB. Take out what the picture does not need."
        )
    try:
        run = await runs_of(request).create(new.source, new.seed, client_of(request))
    except Full as full:
        if full.everyone:
            raise Problem(
                503, "busy", "Very many programs are waiting. Try again in a moment.", retry_after=2
            ) from None
        raise Problem(
            429, "too-many-runs", "Several of your programs are still waiting. Try again in a moment.", retry_after=1
        ) from None
    except StoreUnavailable:
        raise unavailable() from None
    url = f"/api/runs/{run}"
    if EVENT_STREAM in request.headers.get("accept", ""):
        following = stream(request, run, -1, {"Location": url}, status=201)
        if following is not None:
            return following
    return JSONResponse({"id": run, "events": f"{url}/events", "url": url}, 201, {"Location": url})


def described(run: StoredRun) -> dict[str, Any]:
    return {"id": run.id, "status": run.status, "source": run.source, "seed": run.seed, "events": run.events}


@router.get("/api/runs/{run}")
async def describe(request: Request, run: str) -> Response:
    return JSONResponse(described(await known(request, run)), headers={"Cache-Control": "no-store"})


@router.delete("/api/runs/{run}")
async def stop(request: Request, run: str) -> Response:
    await known(request, run)
    try:
        await runs_of(request).stop(run)
    except StoreUnavailable:
        raise unavailable() from None
    return JSONResponse(described(await known(request, run)))


@router.get("/api/runs/{run}/events")
async def events(
    request: Request, run: str, after: str | None = None, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    found = await known(request, run)
    seen = cursor(last_event_id if last_event_id is not None else after)
    if seen >= 0 and has_ended(found) and seen >= found.events - 1:
        return Response(status_code=204)
    following = stream(request, run, seen, {})
    if following is None:
        raise Problem(429, "too-many-streams", "Too many streams are open from your address.", retry_after=2)
    return following


def stream(request: Request, run: str, seen: int, headers: dict[str, str], status: int = 200) -> Response | None:
    """The events of a run after `seen`, as they are made; None where no place for a stream is left."""
    client, places = client_of(request), request.app.state.places
    assert isinstance(places, Places)
    if not places.take(client):
        return None
    runs = runs_of(request)
    settings = runs.settings
    return Streaming(
        Following(
            runs.follow(run, seen, pulse=settings.heartbeat),
            message,
            headers={
                "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                **headers,
            },
            status=status,
            timeout=settings.send_timeout,
            opening=RETRY,
            pulse=HEARTBEAT,
            left=lambda: places.leave(client),
        )
    )


def cursor(text: str | None) -> int:
    """The seq after which a stream goes on; -1 is the beginning. Raises Problem at what is no seq."""
    if text is None or text == "":
        return -1
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 20:
        seq = int(text)
        if seq >= -1:
            return min(seq, LARGEST_SEQ)
    raise Problem(400, "bad-cursor", "Last-Event-ID and after take the number of an event.")


class Streaming(Response):
    """A framework response that leaves everything to an ASGI application of ours."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.background = None
        self.status_code = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.following(scope, receive, send)
