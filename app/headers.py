"""The outermost layer: who may call, and the headers that every answer carries, errors and streams included."""

import asyncio
import ipaddress
import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Problem, of_status

LAYOUT_WORKER = "/js/stage/layout-worker.js"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BODY_BYTES = 64 * 1024
BODY_SECONDS = 15.0
"""So long a whole body may take to come."""
DATA_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

log = logging.getLogger("gradlight")


def page_policy(*, nonce: str = "", ancestors: Iterable[str] = (), wasm: bool = False) -> str:
    """The content policy of the page and of what it loads.

    `nonce` is the editor's, for its style sheet. `wasm` lets a Worker compile WebAssembly: a Worker obeys the policy of
    its own script's response, so only the layout Worker's script is answered with it.
    """
    script = "script-src 'self' 'wasm-unsafe-eval'" if wasm else "script-src 'self'"
    style = f"style-src 'self' 'nonce-{nonce}'" if nonce else "style-src 'self'"
    parts = (
        "default-src 'self'",
        script,
        style,
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors " + (" ".join(ancestors) or "'none'"),
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types gradlight",
    )
    return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Callers:
    """Under which names the server may be called."""

    names: frozenset[str]
    any_address: bool = False
    """Bound to every interface: then a plain IP address is as good as a name, for rebinding needs a name."""

    def allow(self, host: str) -> bool:
        name = host_name(host)
        if name in self.names:
            return True
        if not self.any_address:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def host_name(host: str) -> str:
    """The name in a `Host` header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower()


class Edge:
    """ASGI layer around the whole application.

    Refuses foreign hosts (400), foreign origins of writing requests (403) bodies above `BODY_BYTES` (413, counted while
    they come) and bodies that come too slowly (408), sets the headers of `EVERYWHERE` and a content policy, and answers an error that nothing else caught with a
    plain 500, logging it.
    """

    def __init__(self, app: ASGIApp, *, callers: Callers, embed_origins: tuple[str, ...] = ()) -> None:
        self.app = app
        self.callers = callers
        self.embed_origins = embed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        started = whole = False
        began = time.monotonic()

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                said(scope, message["status"], time.monotonic() - began)
                self.complete(scope, MutableHeaders(scope=message), nonce)
            await send(message)

        received = 0

        async def receive_bounded() -> Message:
            nonlocal received, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout(began + BODY_SECONDS - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > BODY_BYTES:
                raise HTTPException(413)
            return message

        refusal = self.refusal(scope)
        if refusal is not None:
            await refusal.response()(scope, receive, send_with_headers)
            return
        try:
            await self.app(scope, receive_bounded, send_with_headers)
        except Exception:
            log.exception("a request failed")
            if not started:
                await of_status(500).response()(scope, receive, send_with_headers)

    def refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.callers.allow(host):
            return Problem(400, "foreign-host", "This server does not answer to this name.")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > BODY_BYTES:
            return of_status(413)
        origin = headers.get("origin")
        if scope["method"] in {"GET", "HEAD", "OPTIONS"} or origin is None:
            return None
        if origin.partition("://")[2].lower() != host.lower():
            return Problem(403, "foreign-origin", "Pages of other origins may not run programs here.")
        return None

    def complete(self, scope: Scope, headers: MutableHeaders, nonce: str) -> None:
        for name, value in EVERYWHERE.items():
            headers[name] = value
        if scope.get("scheme") == "https":
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if "content-security-policy" not in headers:
            headers["Content-Security-Policy"] = self.policy(scope["path"], headers, nonce)
        del headers["server"]

    def policy(self, path: str, headers: MutableHeaders, nonce: str) -> str:
        if headers.get("content-type", "").startswith("text/html"):
            return page_policy(nonce=nonce, ancestors=self.embed_origins)
        if path.startswith("/static/"):
            return page_policy(wasm=path.endswith(LAYOUT_WORKER))
        return DATA_POLICY


def said(scope: Scope, status: int, seconds: float) -> None:
    """A request is logged by the pattern that its path fits, never by the path."""
    if log.isEnabledFor(logging.INFO):
        route = getattr(scope.get("route"), "path", None) or "none"
        extra = {"method": scope["method"][:10], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("a request was answered", extra=extra)
