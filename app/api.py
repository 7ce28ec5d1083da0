"""The HTTP API of runs: made, looked at, followed, stopped."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from app import clients
from app.errors import Problem
from app.runs import OtherRun, Runs
from app.store import StoredRun, StoreUnavailable
from app.stream import BYE, HEARTBEAT, RETRY, Following, Places, message
from app.turns import Full

SOURCE_BYTES = 20 * 1024
EVENT_STREAM = "text/event-stream"
LARGEST_SEQ = 1 << 40

KEY = Header(
    pattern=r"^[A-Za-z0-9_-]{22,64}$",
    description="A random text of at least 128 bits that names this request, for when it is sent again.",
)

router = APIRouter()


class NewRun(BaseModel):
    """A program to run and the seed of its random numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: str
    seed: int = Field(default=0, ge=0, lt=1 << 63)

    @field_validator("source")
    @classmethod
    def encodable(cls, source: str) -> str:
        try:
            source.encode()
        except UnicodeEncodeError:
            raise ValueError("the text holds half a character (a lone surrogate)") from None
        return source


class Membership(BaseModel):
    """The token of a class."""

    model_config = ConfigDict(extra="forbid", strict=True)

    token: str = Field(min_length=1, max_length=200)


FIELDS = frozenset(NewRun.model_fields) | frozenset(Membership.model_fields)


def runs_of(request: Request) -> Runs:
    runs = request.app.state.runs
    assert isinstance(runs, Runs)
    return runs


def client_of(request: Request) -> str:
    """Who asks, as the limits count."""
    if tokens := runs_of(request).settings.class_tokens:
        student = clients.of_cookie(request.cookies.get(clients.COOKIE, ""), tokens)
        if student is not None:
            return student
    return clients.of_address(request.client.host if request.client else "")


async def known(request: Request, run: str) -> StoredRun:
    """The run of this id; 404 where there is none."""
    try:
        found = await runs_of(request).get(run)
    except StoreUnavailable as error:
        raise unavailable(error) from None
    if found is None:
        raise Problem(404, "no-such-run", "There is no run of this id. It may have been given up after some weeks.")
    return found


def unavailable(error: StoreUnavailable) -> Problem:
    sentence = f"Runs cannot be kept just now: {error.reason}. Try again in a moment."
    return Problem(503, "store-unavailable", sentence, retry_after=5)


@router.post("/api/class", status_code=204)
async def join(request: Request, member: Membership) -> Response:
    """Whoever has a class's token is counted for themselves from now on, and no longer with everyone at their address."""
    cookie = clients.admitted(member.token, runs_of(request).settings.class_tokens)
    if cookie is None:
        raise Problem(403, "no-such-class", "There is no class of this token. Ask your teacher for the link.")
    response = Response(status_code=204)
    secure = request.url.scheme == "https"
    response.set_cookie(clients.COOKIE, cookie, max_age=86400, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/api/runs", status_code=201)
async def create(request: Request, new: NewRun, idempotency_key: Annotated[str, KEY] = "") -> Response:
    """A run is under way: answered with its addresses, or at once with its events where the caller asks for a stream and one is free.

    Whoever heard no answer asks again with the same `Idempotency-Key`, and it is the same run.
    """
    if len(new.source.encode()) > SOURCE_BYTES:
        raise Problem(
            413, "source-too-large", "The program is larger than 20 KB. Take out what the picture does not need."
        )
    runs = runs_of(request)
    try:
        run = await runs.create(new.source, new.seed, client_of(request), idempotency_key)
    except OtherRun:
        raise Problem(422, "key-used", "This Idempotency-Key belongs to a run of another program.") from None
    except Full as full:
        wait = math.ceil(full.wait)
        runs.metrics.count("posts", "busy" if full.everyone else "too-many")
        if full.everyone:
            raise Problem(
                503, "busy", "Very many programs are waiting. Try again in a moment.", retry_after=wait
            ) from None
        sentence = "Several of your programs are still waiting. Try again in a moment."
        raise Problem(429, "too-many-runs", sentence, retry_after=wait) from None
    except StoreUnavailable as error:
        runs.metrics.count("posts", "unavailable")
        raise unavailable(error) from None
    runs.metrics.count("posts", "accepted")
    url = f"/api/runs/{run.id}"
    if EVENT_STREAM in request.headers.get("accept", ""):
        following = stream(request, run, -1, {"Location": url}, status=201)
        if following is not None:
            return following
    return JSONResponse({"id": run.id, "events": f"{url}/events", "url": url}, 201, {"Location": url})


def described(run: StoredRun) -> dict[str, Any]:
    program = run.program
    return {"id": run.id, "status": run.status, "source": program.source, "seed": program.seed, "events": run.events}


@router.get("/api/runs/{run}")
async def describe(request: Request, run: str) -> Response:
    return JSONResponse(described(await known(request, run)), headers={"Cache-Control": "no-store"})


@router.delete("/api/runs/{run}")
async def stop(request: Request, run: str) -> Response:
    try:
        await runs_of(request).stop(await known(request, run))
    except StoreUnavailable as error:
        raise unavailable(error) from None
    return JSONResponse(described(await known(request, run)))


@router.get("/api/runs/{run}/events")
async def events(
    request: Request, run: str, after: str | None = None, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    found = await known(request, run)
    seen = cursor(last_event_id if last_event_id is not None else after)
    if seen >= 0 and found.ended and seen >= found.events - 1:
        return Response(status_code=204)
    following = stream(request, found, seen, {})
    if following is None:
        raise Problem(429, "too-many-streams", "Too many streams are open from your address.", retry_after=2)
    return following


def stream(request: Request, run: StoredRun, seen: int, headers: dict[str, str], status: int = 200) -> Response | None:
    """The events of a run after `seen`, as they are made; None where no place for a stream is left."""
    client, places = client_of(request), request.app.state.places
    assert isinstance(places, Places)
    if not places.take(client):
        runs_of(request).metrics.count("streams", "refused")
        return None
    runs = runs_of(request)
    settings = runs.settings

    def leave(end: str) -> None:
        places.leave(client)
        runs.metrics.count("streams", end)

    return Streaming(
        Following(
            runs.follow(run, seen, pulse=settings.heartbeat),
            message,
            farewell=lambda: BYE if runs.draining else b"",
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
            left=leave,
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
