"""From Run to the first drawn frame: a program of 30 tensors in the real page, app and Chromium.

A round changes the program, runs it as Ctrl+Enter does, and waits for the first animation frame whose picture shows the new number of the new
run. Two kinds of round: `number` changes one value, so the layout is known; `shape` changes the graph too, so it is laid out anew. Prints the
median and the 95th percentile, beside the time the same page needs for an empty frame, so that machines compare.

    .venv/bin/python benchmarks/first_frame.py [--rounds 40] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def program(number: float, tensors: int = 30) -> str:
    """A chain that shares one leaf and makes `tensors` tensors."""
    lines = ["import torch", f"w = torch.tensor({number}, requires_grad=True)", "v1 = w * 2"]
    count, turn = 2, 2
    while count < tensors:
        lines.append(
            f"v{turn} = torch.tanh(v{turn - 1} + w)"
            if turn % 2 and count + 2 <= tensors
            else f"v{turn} = v{turn - 1} * w"
        )
        count += 2 if "tanh" in lines[-1] else 1
        turn += 1
    return "\n".join([*lines, f"v{turn - 1}.backward()"]) + "\n"


MEASURE = """
async ([source, number]) => {
  const started = performance.now();
  const shown = () => document.querySelector('[data-tensor="0"]')?.textContent.includes(number);
  const first = new Promise((resolve) => {
    const look = () => (shown() ? resolve(performance.now()) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
  const finished = window.gradlight.run(source);
  const drawn = await first;
  const result = await finished;
  return { drawn: drawn - started, stands: performance.now() - started, events: result.events.length ?? result.events, status: result.status };
}
"""

FRAME = "() => new Promise((done) => { const a = performance.now(); requestAnimationFrame(() => done(performance.now() - a)); })"


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "app", "serve", "--port", str(port)])
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address + "/healthz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(address)
            page.evaluate("() => window.gradlight.ready")
            kinds = {
                "number": [measure(page, 1 + i / 1000, 30) for i in range(options.rounds + 3)][3:],
                "shape": [measure(page, 2 + i / 1000, 24 + i % 13) for i in range(options.rounds + 3)][3:],
            }
            frame = statistics.median(page.evaluate(FRAME) for _ in range(20))
            browser.close()
    finally:
        server.terminate()
        server.wait()
    for kind, rounds in kinds.items():
        for name in ("drawn", "stands"):
            values = [measured[name] for measured in rounds]
            print(f"{kind:6} {name:6}  p50 {percentile(values, 0.5):6.1f} ms   p95 {percentile(values, 0.95):6.1f} ms")
    events = kinds["number"][0]["events"]
    print(f"empty frame {frame:.1f} ms; {events} events, {options.rounds} rounds of each kind")


def measure(page: Page, number: float, tensors: int) -> dict[str, float]:
    measured: dict[str, float] = page.evaluate(MEASURE, [program(number, tensors), str(number)])
    return measured


def wait_for(address: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
