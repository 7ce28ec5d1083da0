"""The server process: uvicorn around the application, a line that tells the address, and an orderly end."""

import contextlib
import errno
import logging
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from app import logs
from app.connections import bounded
from app.main import create_app
from app.runs import Runs
from app.settings import Settings
from app.store import StoreUnavailable
from app.telling import Refused

GRACE_SECONDS = 5

log = logging.getLogger("gradlight")


class Server(uvicorn.Server):
    """Says where it listens when it does, and closes streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, *, open_page: bool) -> None:
        super().__init__(config)
        self.open_page = open_page

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        host = self.config.host if ":" not in self.config.host else f"[{self.config.host}]"
        port = self.servers[0].sockets[0].getsockname()[1]
        address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '[::]'} else host}:{port}/"
        print(f"Gradlight: {address}", flush=True)
        if self.open_page:
            webbrowser.open(address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        runs = getattr(self.config.app.state, "runs", None)  # type: ignore[union-attr]
        if isinstance(runs, Runs):
            runs.drain()
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to this address; raises OSError where it cannot be had.

    Its protocol is named, for only then does asyncio send small messages at once (TCP_NODELAY).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let another program take the same port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


def allow_files() -> None:
    """This process may have as many connections open as the system lets it."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def serve(settings: Settings, create: Callable[[Settings], FastAPI] = create_app, *, open_page: bool = False) -> int:
    """The application has been served until the process was told to end; the exit status. Raises Refused where its port or its store cannot be had."""
    try:
        bound = listening(settings.host, settings.port)
    except OSError as error:
        port, host = settings.port, settings.host
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise Refused(
                f"port {port} of {host} is taken or not allowed. Choose another with --port.",
                f"{host} 的端口 {port} 已被占用或不许使用。请用 --port 另选一个。",
            ) from None
        raise Refused(
            f"port {port} of {host} cannot be used: {error.strerror}.",
            f"{host} 的端口 {port} 无法使用：{error.strerror}。",
        ) from None
    logs.start(settings.log_level, settings.log_format)
    allow_files()
    app = create(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        ws="none",
        http=bounded(settings.connections),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again after an orderly end
    try:
        Server(config, open_page=open_page).run(sockets=[bound])
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        refused = getattr(app.state, "refused", None)
        if not isinstance(refused, StoreUnavailable):
            raise
        raise Refused(
            f"{refused.reason.rstrip('.')}. Name another place in GRADLIGHT_STORE.",
            f"无法打开存储（{refused.__cause__ or refused.reason}）。请在 GRADLIGHT_STORE 中另指一处。",
        ) from None
    return 0
