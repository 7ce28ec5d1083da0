"""A stream to a real Chromium against one single JSON of the same events.

A program makes as many events as one run may. A page of the app reads their stream with the page's own reader; a page of a plain file server reads
the same events as one JSON array. Prints both rates, their ratio, and when the first event came as a part of the stream's whole time.

    .venv/bin/python benchmarks/stream.py [--rounds 5] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.first_frame import FLAGS
from benchmarks.processes import Process, running
from benchmarks.visitor import Visitor

PROGRAM = "n = 0\nwhile True:\n    n = n + 1\n    m = n\n"

STREAM = """
async (id) => {
  const { readEvents } = await import('/static/js/page/runs.js');
  const began = performance.now();
  let first = 0;
  let count = 0;
  for await (const events of readEvents({ id, events: `/api/runs/${id}/events`, url: '' })) {
    first ||= performance.now() - began;
    count += events.length;
  }
  return { first, whole: performance.now() - began, count };
}
"""

SINGLE = """
async () => {
  const began = performance.now();
  const events = await (await fetch('/events.json')).json();
  return { first: 0, whole: performance.now() - began, count: events.length };
}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


async def made(address: str) -> tuple[str, list[bytes]]:
    """A run of as many events as there may be, and their lines."""
    async with Visitor(address) as visitor:
        seen = await visitor.run(PROGRAM)
        return seen.run, (await visitor.ask("GET", f"/api/runs/{seen.run}/trace.jsonl")).body.splitlines()


def median(page: Page, script: str, value: object, rounds: int, count: int) -> tuple[float, float]:
    """Median milliseconds to the first and to the last of `count` events."""
    measured = [page.evaluate(script, value) for _ in range(rounds + 1)][1:]
    if any(one["count"] != count for one in measured):
        raise ValueError(f"{count} events were to come, not {measured}")
    return statistics.median(one["first"] for one in measured), statistics.median(one["whole"] for one in measured)


def in_chromium(
    server: Process, files: http.server.HTTPServer, run: str, count: int, options: argparse.Namespace
) -> tuple[float, float, float]:
    """Milliseconds to the stream's first event and to its last, and to the whole of the single JSON."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{server.address}/static/icon.svg")
        first, streamed = median(page, STREAM, run, options.rounds, count)
        page.goto(f"http://127.0.0.1:{files.server_port}/index.html")
        _, single = median(page, SINGLE, None, options.rounds, count)
        browser.close()
    return first, streamed, single


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Process("serve", folder, deadline=60)
        files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=name))
        threading.Thread(target=files.serve_forever, daemon=True).start()
        with running(server):
            run, lines = asyncio.run(made(server.address))
            (folder / "events.json").write_bytes(b"[" + b",".join(lines) + b"]")
            (folder / "index.html").write_text("<!doctype html><title>events</title>")
            first, streamed, single = in_chromium(server, files, run, len(lines), options)
        files.shutdown()
    size = sum(map(len, lines)) / 1e6
    print(f"{len(lines)} events, {size:.1f} MB, {options.rounds} rounds")
    print(
        f"stream      {streamed:7.0f} ms   {len(lines) / streamed * 1000:9.0f} events/s   first event after {first:.0f} ms"
    )
    print(f"single JSON {single:7.0f} ms   {len(lines) / single * 1000:9.0f} events/s")
    print(f"rate of the stream {single / streamed:.2f} of the single JSON's   goal 0.5")
    print(f"first event after {first / streamed:.3f} of the stream's time   goal 0.05")


if __name__ == "__main__":
    main()
