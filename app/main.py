"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from fastapi import FastAPI

from app import api, catalogue, errors, files, operating, pages, sharing
from app.assets import MOUNT, Assets
from app.headers import LOOPBACK, Callers, Edge, host_name
from app.runs import Runs
from app.settings import Settings
from app.store import StoreUnavailable
from app.stream import Places


def create_app(settings: Settings) -> FastAPI:
    """The server's application."""
    app = around_runs(
        settings, api, pages, files, catalogue, operating, sharing
    )  # what is asked most is looked for first
    app.state.assets = Assets()
    app.mount(MOUNT, app.state.assets, name="static")
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
