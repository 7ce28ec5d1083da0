"""The page against its goals: ratios measured in one run, in the real page, app and Chromium.

A frame is 1/60 s. `seek` goes from a painted picture to random events, until the new one stands and is laid out; `key` types one digit of a program of 30 tensors and waits for the
frame that shows it; `pan` counts frames a second while the camera moves; `moved` counts cards that change their place while time moves; `script`
is what comes over the wire before a person can type into the program, against CodeMirror alone, both compressed.

    .venv/bin/python benchmarks/front.py [--rounds 30] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from first_frame import FLAGS, percentile, program, wait_for
from playwright.sync_api import Browser, Page, sync_playwright

from app.modules import later_modules

FRAME = 1000 / 60
CODEMIRROR = 144
"""The kB of CodeMirror alone with Python, history, completion and marks of errors: one bundle, compressed."""

LARGE = """import torch
w = torch.tensor(0.9, requires_grad=True)
h = torch.tensor(1.0)
for i in range({turns}):
    h = torch.tanh(h * w + 0.1)
h.backward()
"""
LOOP = """import torch
w = torch.tensor(0.9, requires_grad=True)
for i in range(1000):
    loss = (w - 2) ** 2
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
"""

SEEK = """async (rounds) => {
  const { last } = gradlight.state();
  const times = [];
  let random = 7;
  for (let i = 0; i < rounds; i += 1) {
    random = (random * 1103515245 + 12345) % 2147483648;
    for (let frame = 0; frame < 2; frame += 1) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    const from = performance.now();
    await gradlight.seek(Math.floor((random / 2147483648) * last));
    document.querySelector('.stage-picture').getBoundingClientRect();
    times.push(performance.now() - from);
  }
  return times;
}"""

MOVED = """async () => {
  const shown = (card) => card.style.display !== 'none' && card.getAttribute('display') !== 'none';
  const places = () => new Map([...document.querySelectorAll('.card')].filter(shown).map((card) => [card.dataset.card, card.getAttribute('transform')]));
  const { last } = gradlight.state();
  await gradlight.seek(last);
  const end = places();
  let moved = 0;
  for (let at = 0; at < last; at += Math.ceil(last / 40)) {
    await gradlight.seek(at);
    for (const [id, place] of places()) if (end.has(id) && place !== end.get(id)) moved += 1;
  }
  return [moved, end.size];
}"""

PAN = """async () => {
  const picture = document.querySelector('.stage-picture');
  const box = picture.getBoundingClientRect();
  const at = (kind, x) => picture.dispatchEvent(new MouseEvent(kind, { clientX: box.x + x, clientY: box.y + 300, view: window, bubbles: true }));
  at('mousedown', 400);
  const from = performance.now();
  let frames = 0;
  while (performance.now() - from < 1000) {
    window.dispatchEvent(new MouseEvent('mousemove', { clientX: box.x + 400 + (frames % 60) * 4, clientY: box.y + 300, view: window }));
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  window.dispatchEvent(new MouseEvent('mouseup', { view: window }));
  return frames;
}"""

PLAY = """async () => {
  await gradlight.seek(0);
  await gradlight.set('speed', 4);
  void gradlight.play();
  const from = performance.now();
  let frames = 0;
  while (performance.now() - from < 3000) {
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  await gradlight.pause();
  await gradlight.set('speed', 1);
  return frames / 3;
}"""

STREAM = """async (source) => {
  const { startRun, readEvents } = await import('/static/js/page/runs.js');
  const { Trace } = await import('/static/js/state/trace.js');
  const started = await startRun(source);
  for await (const events of readEvents(started)) void events;
  const follow = async () => {
    const from = performance.now();
    const trace = new Trace();
    let longest = 0;
    let last = from;
    for await (const events of readEvents({ ...started, stream: null })) {
      const begun = performance.now();
      trace.push(events);
      longest = Math.max(longest, performance.now() - begun);
      last = performance.now();
    }
    return [last - from, longest, trace.events.length];
  };
  const bare = async () => {
    const from = performance.now();
    await (await fetch(started.events, { cache: 'no-store' })).arrayBuffer();
    return performance.now() - from;
  };
  await bare();
  const rounds = [];
  for (let round = 0; round < 3; round += 1) rounds.push([await bare(), ...(await follow())]);
  return rounds.sort((a, b) => a[1] - b[1])[1];
}"""

BLOCK = """async (source) => {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
  });
  observer.observe({ type: 'longtask' });
  await gradlight.run(source);
  await new Promise((done) => setTimeout(done, 200));
  observer.disconnect();
  return [longest, gradlight.state().last + 1];
}"""

SHOWN = """(number) => new Promise((resolve) => {
  const from = performance.now();
  const look = () => (document.querySelector('[data-tensor="0"]')?.textContent.includes(number) ? resolve(performance.now() - from) : requestAnimationFrame(look));
  look();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
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
            weigh(browser, address)
            page.goto(address)
            page.evaluate("() => window.gradlight.ready")
            keys(page, options.rounds)
            for name, source in (("loop of 1000", LOOP), ("large", LARGE.format(turns=240))):
                page.evaluate("(source) => gradlight.run(source)", source)
                cards = page.locator(".card").count()
                times = page.evaluate(SEEK, options.rounds)
                report(
                    f"seek, {name}, {cards} cards", percentile(times, 0.5), percentile(times, 0.95), "ms", FRAME, "1"
                )
            moved, drawn = page.evaluate(MOVED)
            print(f"moved while time moves: {moved} of {drawn} cards (goal 0)")
            frames = page.evaluate(PAN)
            print(f"pan, {page.locator('.card').count()} cards: {frames} frames/s, ratio {frames / 60:.2f} (goal .95)")
            page.evaluate("(source) => gradlight.run(source)", LARGE.format(turns=125))
            frames = page.evaluate(PLAY)
            cards = page.locator(".card").count()
            print(f"playing, {cards} cards: {frames:.0f} frames/s, ratio {frames / 60:.2f} (goal .75)")
            bare, read, push, count = page.evaluate(STREAM, LOOP.replace("1000", "5000"))
            print(
                f"{count} events read and reduced: {read:.0f} ms, bare bytes {bare:.0f} ms, ratio {bare / read:.2f} (goal .8); longest batch {push:.1f} ms"
            )
            longest, count = page.evaluate(BLOCK, LOOP)
            print(
                f"longest block of a run of {count} events, drawing included: {longest:.0f} ms, ratio {longest / FRAME:.1f} (goal 3; 0 is below 3)"
            )
            browser.close()
    finally:
        server.terminate()
        server.wait()


def keys(page: Page, rounds: int) -> None:
    """From a digit typed at the end of the leaf's number to the frame that shows it."""
    times = []
    for turn in range(rounds + 3):
        text = f"1.{turn % 10}"
        page.evaluate("(source) => gradlight.run(source)", program(0).replace("tensor(0,", f"tensor({text},"))
        line = page.locator(".cm-line", has_text="requires_grad").first
        line.click(position={"x": 30, "y": 8})
        page.keyboard.press("Home")
        for _ in range(len(f"w = torch.tensor({text}")):
            page.keyboard.press("ArrowRight")
        wanted = json.dumps(text + "7")
        page.evaluate(f"() => {{ window.shown = ({SHOWN})({wanted}); }}")
        page.evaluate(
            "() => { window.typedAt = 0; addEventListener('keydown', () => { window.typedAt = performance.now(); }, { once: true, capture: true }); }"
        )
        page.keyboard.press("7")
        times.append(page.evaluate("async () => { await window.shown; return performance.now() - window.typedAt; }"))
    report("key to picture, 30 tensors", percentile(times[3:], 0.5), percentile(times[3:], 0.95), "ms", 100, "1")


def weigh(browser: Browser, address: str) -> None:
    """Script as it comes over the wire: with all that is not needed refused, until a person types into the program; and with all of it."""
    early = transferred(browser, address, refused=[address + module for module in later_modules()])
    whole = transferred(browser, address, refused=[])
    print(
        f"script before the editor: {early:.0f} kB on the wire, ratio to CodeMirror {early / CODEMIRROR:.2f} (goal 1.6)"
    )
    print(f"script of the whole page: {whole:.0f} kB on the wire, ratio to CodeMirror {whole / CODEMIRROR:.2f}")


def transferred(browser: Browser, address: str, *, refused: list[str]) -> float:
    """The kB of script, headers included, that a first visit fetched when its editor took a key (or, with nothing refused, when its picture stood)."""
    page = browser.new_page()
    for module in refused:
        page.route(module, lambda route: route.abort())
    scripts: set[str] = set()
    sizes: dict[str, float] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.responseReceived", lambda told: scripts.add(told["requestId"]) if told["type"] == "Script" else None
    )
    network.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(address)
    if not refused:
        page.evaluate("() => window.gradlight.ready")
    page.locator(".cm-line", has_text="import torch").click()
    page.keyboard.type("# typed")
    page.locator(".cm-line", has_text="# typed").wait_for()
    page.close()
    return sum(size for request, size in sizes.items() if request in scripts) / 1000


def report(name: str, middle: float, high: float, unit: str, against: float, goal: str) -> None:
    print(
        f"{name}: p50 {middle:.1f} {unit}, p95 {high:.1f} {unit}; ratio to {against:.1f} {unit}: {middle / against:.2f}, {high / against:.2f} (goal {goal})"
    )


if __name__ == "__main__":
    main()
