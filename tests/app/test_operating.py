"""For whoever operates the server: its health, its numbers, its log."""

import json
import logging
import re

import pytest

from app.logs import lines
from app.metrics import BUCKETS, Metrics
from tests.app.conftest import Serving

pytestmark = pytest.mark.anyio

TOKEN = "a long token"
SAMPLE = re.compile(r'^(\w+)(?:\{(\w+)="([^"\\\n]*)"\})? (-?[\d.e+-]+)$')
SECRET = "correct horse\nbattery\r\n{}"


def samples(text: str) -> dict[str, float]:
    """The samples in Prometheus' text format, each of a metric that was described before."""
    found: dict[str, float] = {}
    described = set(re.findall(r"^# TYPE (\w+) (?:counter|gauge|histogram)$", text, re.M))
    for line in text.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.match(line)
            assert match, line
            assert match[1] in described or re.sub(r"_(bucket|sum|count)$", "", match[1]) in described, line
            found[match[1] + (f" {match[3]}" if match[3] else "")] = float(match[4])
    return found


async def test_numbers_are_for_those_who_have_the_token(serving: Serving):
    async with serving(metrics_token=TOKEN) as service:
        await service.run("x = 1\n")
        await service.run("lose\n")
        for given in ({}, {"Authorization": "Bearer another"}, {"Authorization": f"Basic {TOKEN}"}):
            assert (await service.http.get("/metrics", headers=given)).status_code == 403
        answer = await service.http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = samples(answer.text)
        assert found["gradlight_runs_total finished"] == found["gradlight_runs_total failed"] == 1
        assert found["gradlight_posts_total accepted"] == found["gradlight_streams_total done"] == 2
        assert found["gradlight_wait_seconds_count"] == 2 and 0 <= found["gradlight_wait_seconds_sum"] < 60
        assert found["gradlight_waiting"] == found["gradlight_streams_open"] == found["gradlight_store_fails"] == 0


async def test_without_a_token_there_are_no_numbers(serving: Serving):
    async with serving() as service:
        answer = await service.http.get("/metrics", headers={"Authorization": "Bearer "})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")


async def test_how_late_the_loop_was_is_told_in_buckets():
    metrics = Metrics()
    for late in (0.004, 0.005, 0.3, 100.0):
        metrics.late(late)
    found = samples(metrics.text({}).decode())
    buckets = [found[f"gradlight_loop_lag_seconds_bucket {bound}"] for bound in (*BUCKETS, "+Inf")]
    assert buckets == [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0, 4.0]
    assert found["gradlight_loop_lag_seconds_count"] == 4
    assert found["gradlight_loop_lag_seconds_sum"] == pytest.approx(100.309)


async def test_health_names_what_is_wrong(serving: Serving):
    async with serving() as service:
        assert (await service.http.get("/healthz")).json()["status"] == "ok"
        service.runs.drain()
        answer = await service.http.get("/healthz")
        assert (answer.status_code, answer.json()["code"]) == (503, "draining")


@pytest.mark.parametrize("form", ["json", "text"])
async def test_a_record_is_one_line_whatever_is_in_it(form: str):
    record = logging.makeLogRecord(
        {"name": "gradlight", "levelname": "ERROR", "msg": SECRET, "run": "\x1b[2J\u2028\x85"}
    )
    assert lines(form).format(record).isprintable()


async def test_a_record_is_one_json_object_and_its_values_are_bounded():
    record = logging.makeLogRecord(
        {"name": "gradlight", "levelname": "ERROR", "msg": SECRET * 50, "run": SECRET * 50, "ms": 1.5}
    )
    line = lines("json").format(record)
    said = json.loads(line)
    assert "\n" not in line and line.isascii()
    assert (said["level"], said["ms"], len(said["message"]), len(said["run"])) == ("error", 1.5, 200, 200)


async def test_at_info_a_request_is_logged_by_its_route_and_without_what_the_user_wrote(
    serving: Serving, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "gradlight")
    async with serving() as service:
        done = await service.run("canary = 'canary'\nprint(canary)\ncanary()\n")
        await service.http.get("/canary", params={"canary": "canary"}, headers={"X-Canary": "canary"})
        await service.http.post("/api/runs", content="canary", headers={"Content-Type": "application/json"})
    told = [lines("json").format(record) for record in caplog.records if record.name == "gradlight"]
    routes = [json.loads(line).get("route") for line in told]
    assert {"/api/runs", "/api/runs/{run}", "/api/runs/{run}/events", "none"} <= set(routes)
    assert not any("canary" in line or done.id in line for line in told)
