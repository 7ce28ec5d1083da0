"""Every answer carries its headers, errors and streams included, and foreign callers are turned away."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.headers import Callers, host_name
from app.main import callers, create_app
from app.settings import Settings
from tests.app.conftest import Serving
from tests.app.reading import run

ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/healthz", 200),
    ("GET", "/static/js/main.js", 200),
    ("GET", "/static/css/index.css", 200),
    ("GET", "/static/nothing.js", 404),
    ("GET", "/static/..%2f..%2fapp/main.py", 404),
    ("GET", "/static/%00", 404),
    ("GET", "/nothing", 404),
    ("POST", "/healthz", 405),
    ("GET", "/docs", 404),
    ("GET", "/openapi.json", 404),
    ("POST", "/api/runs", 422),
    ("GET", "/api/lessons", 200),
    ("GET", "/api/ops", 200),
    ("GET", "/api/runs/none/events", 404),
]
EXACT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def check(answer: httpx.Response) -> None:
    assert {name: answer.headers.get(name) for name in EXACT} == EXACT
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers(server: httpx.Client, method: str, path: str, status: int):
    answer = server.request(method, path)
    assert answer.status_code == status
    check(answer)


def test_streams_and_downloads_carry_the_headers(server: httpx.Client):
    done = run(server, "x = 1\n")
    for path in ("", "/events", "/trace.jsonl", "/figure.dot"):
        answer = server.get(f"/api/runs/{done.id}{path}")
        assert answer.status_code == 200
        check(answer)
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def routes_of(router: Any) -> Iterator[tuple[str, str]]:
    """Path and method of every route below a router, however it was included."""
    for route in router.routes:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included)
        else:
            for method in getattr(route, "methods", None) or {"GET"}:
                yield route.path, method


def test_every_route_there_is_carries_the_headers_whatever_it_answers(server: httpx.Client):
    values = {"{run}": run(server, "x = 1\n").id, "{lesson}": "nothing", "{format}": "dot"}
    routes = list(routes_of(create_app(Settings())))
    assert {"/", "/healthz", "/metrics", "/static", "/api/class"} <= {path for path, _ in routes}
    for path, method in routes:
        for name, value in values.items():
            path = path.replace(name, value)
        for address in (path, path + "/nothing"):
            check(server.request(method, address))
            foreign = server.request(method, address, headers={"Host": "evil.example"})
            assert foreign.status_code == 400
            check(foreign)


def test_the_page_allows_its_own_code_and_the_editors_style_only(server: httpx.Client):
    policies = [server.get("/").headers["content-security-policy"] for _ in range(2)]
    nonces = {re.search(r"style-src 'self' 'nonce-([\w-]{16,})'", policy)[1] for policy in policies}  # type: ignore[index]
    assert len(nonces) == 2
    for part in (
        "default-src 'self'",
        "script-src 'self';",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types gradlight",
    ):
        assert part in policies[0]
    assert nonces & set(re.findall(r'nonce="([^"]+)"', server.get("/").text)) == set()


def test_the_page_is_given_the_nonce_of_its_own_answer(server: httpx.Client):
    answer = server.get("/")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert nonce is not None and f'"{nonce[1]}"' in answer.text


def test_only_the_layout_workers_script_may_compile_webassembly(server: httpx.Client):
    worker = server.get("/static/js/stage/layout-worker.js")
    assert worker.status_code == 200
    assert "script-src 'self' 'wasm-unsafe-eval'" in worker.headers["content-security-policy"]
    for path in ("/", "/static/js/main.js", "/static/js/stage/layout.js", "/healthz"):
        assert "wasm-unsafe-eval" not in server.get(path).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/static/js/main.js", "text/javascript"),
        ("/static/css/index.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/static/vendor/editor.js", "text/javascript"),
        ("/static/vendor/inter-latin.woff2", "font/woff2"),
    ],
)
def test_files_say_what_they_are_and_are_sent_once(server: httpx.Client, path: str, media_type: str):
    first = server.get(path)
    assert first.headers["content-type"].partition(";")[0] == media_type
    assert first.headers["cache-control"] == "no-cache"
    again = server.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    check(again)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "localhost.", "10.0.0.1"]
)
def test_a_foreign_name_is_not_answered(server: httpx.Client, host: str):
    answer = server.get("/healthz", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_a_page_of_another_origin_may_not_run_programs(server: httpx.Client, origin: str):
    answer = server.post("/api/runs", json={"source": "x = 1"}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign-origin")


def test_our_own_page_may_run_programs(server: httpx.Client):
    origin = f"{server.base_url.scheme}://{server.base_url.netloc.decode()}"
    assert server.post("/api/runs", json={"source": "x = 1"}, headers={"Origin": origin}).status_code == 201


def test_a_form_of_another_page_cannot_run_programs(server: httpx.Client):
    answer = server.post("/api/runs", content='{"source": "x = 1"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("host", "name"),
    [("a:80", "a"), ("A.B", "a.b"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("::1", ":"), ("a:b", "a:b"), ("", "")],
)
def test_the_name_in_a_host_header(host: str, name: str):
    assert host_name(host) == name


def test_on_every_interface_an_address_is_enough_but_a_name_must_be_known():
    on_all = callers(Settings(host="0.0.0.0", hosts=("class.example",)))
    assert [
        on_all.allow(host) for host in ("192.168.0.7:8000", "[fe80::1]:8000", "class.example", "other.example")
    ] == [
        True,
        True,
        True,
        False,
    ]
    assert not Callers(frozenset({"localhost"})).allow("192.168.0.7")


@pytest.mark.anyio
async def test_a_page_that_may_embed_is_named(serving: Serving):
    async with serving(embed_origins=("https://school.example",)) as service:
        policy = (await service.http.get("/")).headers["content-security-policy"]
        assert "frame-ancestors https://school.example;" in policy


@pytest.mark.anyio
async def test_a_fault_of_ours_leaves_as_a_plain_error_with_all_headers(
    serving: Serving, caplog: pytest.LogCaptureFixture
):
    def fail() -> None:
        raise RuntimeError(f"a secret of {__file__}")

    async with serving() as service:
        service.runs.health = fail  # type: ignore[method-assign, assignment]
        answer = await service.http.get("/healthz")
        check(answer)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
        assert "secret" not in answer.text
        assert "secret" in caplog.text
