"""For whoever operates the server: is it well, and its numbers."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from app.api import runs_of
from app.errors import Problem

router = APIRouter(include_in_schema=False)
NEVER_KEPT = {"Cache-Control": "no-store"}


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def health(request: Request) -> Response:
    """200 while runs can be served, 503 while they cannot, with the reason."""
    said = await runs_of(request).health()
    return JSONResponse(said, 503 if said["status"] == "down" else 200, NEVER_KEPT)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The numbers of this process for Prometheus; whoever has no token is told that there is nothing for them."""
    runs = runs_of(request)
    token = runs.settings.metrics_token.get_secret_value()
    if not token:
        raise Problem(404, "not-found", "There is nothing at this address.")
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(403, "not-allowed", "This is for those who have the token.")
    _, load = await runs.trouble()
    gauges = {
        "waiting": load.waiting,
        "running": load.running,
        "streams_open": request.app.state.places.taken.total(),
        "tasks": len(asyncio.all_tasks()),
        "workers": runs.host.pool.ready if runs.host else 0,
        "store_fails": runs.store.trouble is not None,
    }
    return Response(runs.metrics.text(gauges), headers={**NEVER_KEPT, "Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
