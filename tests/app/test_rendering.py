"""Files are made apart from the web process, within bounds, and by turns."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from app import exports, files, rendering, traces
from app.exports import Moment, Options
from app.rendering import rendered
from tests.app.conftest import Serving

LONG = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range(400):\n    y = x * 2\n    x = y + 1\n"
MEMORY = 1 << 30


@pytest.fixture(scope="module")
def long() -> Moment:
    lines = traces.of_program(LONG)
    return Moment(lines, len(lines) - 1, LONG)


@pytest.mark.parametrize("format", ["csv", "dot", "py"])
def test_a_file_is_the_same_as_if_it_had_been_made_here(format: str):
    source = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n"
    lines = traces.of_program(source)
    here, options = Moment(lines, len(lines) - 1, source), Options()
    assert rendered(format, here, options, memory=MEMORY) == exports.found()[format].render(here, options)


def test_a_graph_that_is_too_large_says_so(long: Moment):
    with pytest.raises(exports.TooLarge, match="a figure holds 500"):
        rendered("dot", long, Options(), memory=MEMORY)


def out_of_time(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(rendering, "SECONDS", 0.01)
    return MEMORY


def out_of_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    return 1 << 24


@pytest.mark.parametrize("bound", [out_of_time, out_of_memory])
def test_what_takes_too_much_is_ended(
    long: Moment, monkeypatch: pytest.MonkeyPatch, bound: Callable[[pytest.MonkeyPatch], int]
):
    with pytest.raises(exports.Unavailable, match="too large to be made a csv"):
        rendered("csv", long, Options(), memory=bound(monkeypatch))


def test_a_fault_of_ours_is_told_to_the_log_alone():
    with pytest.raises(RuntimeError, match="could not be made: Traceback"):
        rendered("csv", Moment([b"no event"], 0), Options(), memory=MEMORY)


@pytest.mark.anyio
async def test_of_one_client_only_so_many_files_wait(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "WAITING_EACH", 2)
    async with serving() as service:
        done = await service.run("x = 1\n")
        desk = service.http._transport.app.state.desk  # type: ignore[attr-defined]
        async with desk.turns, desk.turns:
            asked = [asyncio.ensure_future(service.http.get(f"/api/runs/{done.id}/figure.csv")) for _ in range(5)]
            async with asyncio.timeout(60):
                for refused in itertools.islice(asyncio.as_completed(asked), 3):
                    assert (await refused).status_code == 429
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["error"]["code"] == "too-many-files" and int(refused.headers["retry-after"]) >= 1
        assert (await service.http.get(f"/api/runs/{done.id}/figure.csv")).status_code == 200
