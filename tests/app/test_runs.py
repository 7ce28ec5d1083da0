"""Runs through the HTTP API of a server of its own."""

import json
import socket

import httpx
import pytest

from tests.app.reading import Run, events_of, messages_of, run, seqs

FAN_IN = """import torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x + x
y.backward()
print(x.grad)
"""
LONG = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range(25):\n    x = x * 1.01\nx.backward()\n"


@pytest.fixture(scope="module")
def long(server: httpx.Client) -> Run:
    return run(server, LONG)


def test_a_program_runs_and_its_events_tell_the_gradient(server: httpx.Client):
    done = run(server, FAN_IN)
    assert done.status == "finished"
    assert [done.events[0]["kind"], done.last["kind"]] == ["run-started", "run-finished"]
    assert seqs(done.events) == list(range(len(done.events)))
    assert done.of("gradient-accumulated")[0]["after"]["data"] == 7.0
    assert "".join(event["text"] for event in done.of("printed")) == "tensor(7.)\n"


def test_a_run_can_be_looked_at(server: httpx.Client):
    made = server.post("/api/runs", json={"source": FAN_IN, "seed": 7}).json()
    assert set(made) >= {"id", "events", "url"}
    events = events_of(server.get(made["events"]).text)
    found = server.get(made["url"]).json()
    assert found == {"id": made["id"], "status": "finished", "source": FAN_IN, "seed": 7, "events": len(events)}


def test_asked_again_with_the_same_key_it_is_the_same_run(server: httpx.Client):
    key = {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}
    asked = {"source": FAN_IN, "seed": 11}
    first, again = (server.post("/api/runs", json=asked, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    events = events_of(server.get(first.json()["events"]).text)
    streamed = server.post("/api/runs", json=asked, headers={**key, "Accept": "text/event-stream"})
    assert (streamed.status_code, events_of(streamed.text)) == (201, events)
    other = server.post("/api/runs", json={**asked, "seed": 12}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key-used")
    assert server.post("/api/runs", json=asked).json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"source": 3}, "source: Input should be a valid string."),
        ({"source": "x = 1", "seed": "a"}, "seed: Input should be a valid integer."),
        ({"source": "x = 1", "seed": -1}, "seed: Input should be greater than or equal to 0."),
        ({}, "source: Field required."),
        ({"source": "x = 1", "secret": 1}, "Unknown field."),
        ([], "the request: Input should be a valid dictionary or object to extract fields from."),
    ],
)
def test_a_request_of_another_shape_is_told_which_field_and_why(server: httpx.Client, asked: object, told: str):
    answer = server.post("/api/runs", json=asked)
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, told)


@pytest.mark.parametrize("key", ["short", "a" * 65, "spaces are not for keys, either", "梯" * 30])
def test_a_key_that_could_be_guessed_or_is_no_key_is_refused(server: httpx.Client, key: str):
    answer = server.post("/api/runs", json={"source": "x = 1\n"}, headers=[(b"Idempotency-Key", key.encode())])
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong-shape")
    assert key not in answer.text


@pytest.mark.parametrize(
    ("source", "status", "error"),
    [
        ("import torch\nx = torch.ones(2, 3)\ny = x @ x\n", "failed", "RuntimeError"),
        ("import os\n", "failed", None),
        ("x = (1\n", "failed", "SyntaxError"),
        ("while True:\n    pass\n", "limited", None),
        ("print(lose)\n", "failed", "NameError"),
    ],
)
def test_a_program_that_cannot_go_on_is_still_a_run(server: httpx.Client, source: str, status: str, error: str | None):
    done = run(server, source)
    assert (done.status, done.last["kind"], done.last["status"]) == (status, "run-failed", status)
    assert error is None or done.last["error"] == error
    assert done.events[0]["kind"] == "run-started"
    assert done.last["message"]


def test_the_same_program_and_seed_give_the_same_bytes(server: httpx.Client):
    source = "import torch\nx = torch.randn(3, requires_grad=True)\n(x * x).sum().backward()\n"
    traces = [server.get(f"/api/runs/{run(server, source, seed=seed).id}/trace.jsonl").content for seed in (5, 5, 6)]
    assert traces[0] == traces[1] != traces[2]


def test_the_trace_holds_one_event_a_line(server: httpx.Client, long: Run):
    answer = server.get(f"/api/runs/{long.id}/trace.jsonl")
    assert [json.loads(line) for line in answer.text.splitlines()] == long.events
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_messages_hold_at_most_fifty_events_and_are_named_by_their_last(server: httpx.Client, long: Run):
    messages = messages_of(server.get(f"/api/runs/{long.id}/events").text)
    assert len(messages) > 3
    for message in messages:
        assert 1 <= len(message.events) <= 50
        assert message.id == message.events[-1]["seq"]


@pytest.mark.parametrize("by", ["header", "query"])
def test_resumed_after_any_event_the_parts_joined_are_the_whole(server: httpx.Client, long: Run, by: str):
    address = f"/api/runs/{long.id}/events"
    for seen in range(long.last["seq"]):
        asked = {"headers": {"Last-Event-ID": str(seen)}} if by == "header" else {"params": {"after": seen}}
        answer = server.get(address, **asked)  # type: ignore[arg-type]
        assert long.events[: seen + 1] + events_of(answer.text) == long.events


def test_asked_again_after_the_last_event_there_is_nothing_more(server: httpx.Client, long: Run):
    for seen in (long.last["seq"], long.last["seq"] + 1, 10**18):
        answer = server.get(f"/api/runs/{long.id}/events", headers={"Last-Event-ID": str(seen)})
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("cursor", ["x", "1.5", "-2", "9" * 30, "１", "0x1", "null"])
def test_a_cursor_that_is_no_number_is_refused(server: httpx.Client, long: Run, cursor: str):
    answer = server.get(f"/api/runs/{long.id}/events", params={"after": cursor})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize("rest", ["", "/events", "/trace.jsonl", "/figure.dot"])
@pytest.mark.parametrize("id", ["0" * 32, "nothing", "..%2f..%2fetc", "%00", "' OR 1=1 --"])
def test_a_run_that_is_not_there_is_not_found(server: httpx.Client, id: str, rest: str):
    answer = server.get(f"/api/runs/{id}{rest}")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"code", "message"}


SECRET = "correct horse battery staple"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[",
        "[" * 60_000,
        "null",
        '"text"',
        "{}",
        json.dumps({"source": 5, "note": SECRET}),
        json.dumps({"source": [SECRET]}),
        json.dumps({"source": "x = 1", SECRET: 1}),
        json.dumps({"source": "x = 1", "seed": SECRET}),
        json.dumps({"source": "x = 1", "seed": "5"}),
        json.dumps({"source": "x = 1", "seed": -1}),
        json.dumps({"source": "x = 1", "seed": 10**30}),
        json.dumps({"source": "x = 1", "seed": 1.5}),
        '{"source": "\\ud800 ' + SECRET + '"}',
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_and_never_repeated(server: httpx.Client, body: str):
    answer = server.post("/api/runs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}
    assert SECRET not in answer.text and "Traceback" not in answer.text


def test_a_large_body_is_refused_while_it_comes(server: httpx.Client):
    def endless():
        for _ in range(40):
            yield b" " * 4096

    for content in (b" " * 70_000, endless()):
        answer = server.post("/api/runs", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too-large"


@pytest.mark.parametrize(
    ("length", "status"),
    [("100000", 413), ("9" * 18, 413), ("9" * 200, 400), ("\xb2", 400), ("-1", 400), ("1_0", 400), ("0x10", 400)],
)
def test_a_body_that_says_it_is_large_or_nonsense_is_refused_before_it_comes(
    server: httpx.Client, length: str, status: int
):
    address = server.base_url
    head = f"POST /api/runs HTTP/1.1\r\nHost: {address.netloc.decode()}\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection((address.host, address.port), timeout=30) as connection:
        connection.sendall(head.encode("latin-1"))
        assert connection.recv(100).startswith(b"HTTP/1.1 %d " % status)


def test_a_long_program_is_refused_by_its_bytes(server: httpx.Client):
    fits, too_long = "#" + "字" * 6800, "#" + "字" * 6900
    assert server.post("/api/runs", json={"source": fits}).status_code == 201
    answer = server.post("/api/runs", json={"source": too_long})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "source-too-large")
