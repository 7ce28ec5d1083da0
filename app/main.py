"""The application, put together."""

import mimetypes
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse

from app import api, catalogue, errors, files, operating, pages, sharing
from app.compression import accepts_gzip, compressed_file
from app.headers import LOOPBACK, Callers, Edge, host_name
from app.runs import Runs
from app.settings import Settings
from app.store import StoreUnavailable
from app.stream import Places

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""Named here because a platform's own table may say otherwise: Windows keeps one that any program may change."""


SMALL_ALREADY = {".woff2"}


class Assets(StaticFiles):
    """Our own files, text compressed; a browser asks again each time and mostly hears that nothing has changed."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        request = Headers(scope=scope)
        suffix = Path(full_path).suffix
        if suffix not in SMALL_ALREADY and status_code == 200 and accepts_gzip(request):
            response = self.compressed(str(full_path), stat_result, request, MEDIA_TYPES.get(suffix, "text/plain"))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def compressed(self, path: str, status: os.stat_result, request: Headers, media_type: str) -> Response:
        body = compressed_file(path, status.st_mtime_ns, status.st_size)
        headers = {"Content-Encoding": "gzip", "ETag": f'"{status.st_mtime_ns:x}-{status.st_size:x}-gzip"'}
        response = Response(body, headers=headers, media_type=media_type)
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, request) else response


def create_app(settings: Settings) -> FastAPI:
    """The server's application."""
    for suffix, media_type in MEDIA_TYPES.items():
        mimetypes.add_type(media_type, suffix)
    app = around_runs(
        settings, api, pages, files, catalogue, operating, sharing
    )  # what is asked most is looked for first
    app.mount("/static", Assets(directory=pages.root / "static"), name="static")
    return app


def create_worker(settings: Settings) -> FastAPI:
    """The application of a worker host, which only tells how it is."""
    return around_runs(settings.model_copy(update={"execute": True}), operating)


def around_runs(settings: Settings, *rooms: ModuleType) -> FastAPI:
    """The routes of these modules. The store and the workers live from the application's start to its end."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        try:
            runs = Runs(settings)
        except StoreUnavailable as error:
            app.state.refused = error  # for whoever serves this; uvicorn only says that it did not start
            raise
        app.state.runs = runs
        app.state.places = Places(total=settings.streams, each=settings.streams_per_client)
        app.state.desk = files.Desk()
        try:
            await runs.start()
            yield
        finally:
            await runs.close()

    app = FastAPI(title="Gradlight", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    errors.install(app, api.FIELDS)
    for room in rooms:
        app.include_router(room.router)
    app.add_middleware(Edge, callers=callers(settings), embed_origins=settings.embed_origins)
    return app


def callers(settings: Settings) -> Callers:
    """The names under which a server with these settings answers."""
    every_interface = settings.host in {"", "0.0.0.0", "::"}
    names = LOOPBACK | {host_name(host) for host in settings.hosts}
    return Callers(frozenset(names | {settings.host.lower()}), any_address=every_interface)
