"""The page against its goals: ratios measured in one run, in the real page, app and Chromium.

A frame is 1/60 s. `seek` moves the timeline's slider to random events: the work until the picture stands and is laid out in its frame; `leap` goes there at once with all panels beside it;
`floor` is what an empty page takes from one moved element to the end of its frame, so what no page can be quicker than here; `key` types one digit of a program of 30 tensors and waits for the
frame that shows it; `pan` and `play` count frames a second, `many` both with 5,000 cards; `moved` counts cards that change their place while time moves; `layout` asks the Worker and `dot` for the
same places; `script` is what comes over the wire before a person can type into the program, against CodeMirror alone, both compressed. `--slow 4` makes the
processor look four times slower to the page: how a cheap laptop fares. What is done in the page is in front.js.

    .venv/bin/python benchmarks/front.py [--rounds 30] [--slow 4] [--only key,seek] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, Page

from app.modules import later_modules
from benchmarks.workbench import workbench

FRAME = 1000 / 60
CODEMIRROR = 144
"""The kB of CodeMirror alone with Python, history, completion and marks of errors: one bundle, compressed."""
PEER_FILE = 2.9e6
"""The bytes of the peer's one-file lesson of 100 nodes."""
PATIENCE = 30
"""Seconds that a layout without twins is given."""
SETTLED = 3000
"""Milliseconds after which all that follows the drawing of a large graph is done."""
DEADLINE = 60
"""Seconds that a program is given, so that all of its 100,000 events come on a slow machine, too."""

LARGE = """import torch
w = torch.tensor(0.9, requires_grad=True)
h = torch.tensor(1.0)
for i in range({turns}):
    h = torch.tanh(h * w + 0.1)
h.backward()
"""
LOOP = """import torch
w = torch.tensor(0.9, requires_grad=True)
for i in range({turns}):
    loss = (w - 2) ** 2
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
"""
STACK = ".badge[data-fold]"
SCRIPT = (Path(__file__).parent / "front.js").read_text(encoding="utf-8")

Boxes = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--slow", type=float, default=1)
    parser.add_argument("--only", default="", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--chromium", help="its path (default: the one that the browser tests find)")
    options = parser.parse_args()
    with workbench(options.chromium, deadline=DEADLINE) as page:
        prepare(page, options.slow)
        if options.slow != 1:
            print(f"the processor looks {options.slow:g} times slower to the page")
        for name in options.only.split(",") if options.only else MEASURES:
            MEASURES[name](page, options.slow if name == "block" else options.rounds)


def prepare(page: Page, slow: float) -> None:
    """The page has what measures it, and a processor so many times slower."""
    page.evaluate(f"() => {{ window.measure = {SCRIPT.strip().rstrip(';')}; }}")
    if slow != 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})


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


def run(page: Page, source: str) -> int:
    """The program has run and its picture stands, all turns of the large one beside one another; the number of cards."""
    page.evaluate("source => gradlight.run(source)", source)
    if source.startswith(LARGE.partition("{")[0]) and page.locator(STACK).count() == 1:
        page.locator(STACK).dispatch_event("click")
        page.wait_for_function("stack => document.querySelectorAll(stack).length > 1", arg=STACK)
    return page.locator(".card").count()


def key(page: Page, rounds: int) -> None:
    """From a digit typed at the end of the leaf's number to the frame that shows it."""
    times = []
    for turn in range(rounds + 3):
        text = f"1.{turn % 10}"
        run(page, program(0).replace("tensor(0,", f"tensor({text},"))
        line = page.locator(".cm-line", has_text="requires_grad").first
        line.click(position={"x": 30, "y": 8})
        page.keyboard.press("Home")
        for _ in range(len(f"w = torch.tensor({text}")):
            page.keyboard.press("ArrowRight")
        page.evaluate("number => { window.shown = measure.shown(number); }", text + "7")
        page.keyboard.press("7")
        times.append(page.evaluate("() => window.shown"))
    spread("key to picture, 30 tensors", times[3:], 100, "1; aim .5")


def seek(page: Page, rounds: int) -> None:
    for name, source in (
        ("loop of 27,000 events", LOOP.format(turns=1000)),
        ("loop of 100,000 events", LOOP.format(turns=3710)),
        ("large", LARGE.format(turns=240)),
    ):
        cards = run(page, source)
        spread(f"seek, {name}, {cards} cards", page.evaluate("rounds => measure.seek(rounds)", rounds), FRAME, "1")
        spread(f"leap, {name}, {cards} cards", page.evaluate("rounds => measure.leap(rounds)", rounds), FRAME, "none")


def floor(page: Page, rounds: int) -> None:
    browser = page.context.browser
    assert browser is not None
    empty = browser.new_page()
    empty.evaluate(f"() => {{ window.measure = {SCRIPT.strip().rstrip(';')}; }}")
    spread("floor, an empty page's frame", empty.evaluate("rounds => measure.floor(rounds)", rounds), FRAME, "none")
    empty.close()


def moved(page: Page, _: int) -> None:
    run(page, LARGE.format(turns=240))
    count, drawn = page.evaluate("() => measure.moved()")
    print(f"moved while time moves: {count} of {drawn} cards (goal 0)")


def pan(page: Page, _: int) -> None:
    for turns in (125, 240):
        cards = run(page, LARGE.format(turns=turns))
        frames = page.evaluate("() => measure.pan()")
        print(f"pan, {cards} cards: {frames:.0f} frames/s, ratio {frames / 60:.2f} (goal .95 at 500)")


def play(page: Page, _: int) -> None:
    for turns in (125, 240):
        cards = run(page, LARGE.format(turns=turns))
        frames = page.evaluate("() => measure.play()")
        print(f"playing, {cards} cards: {frames:.0f} frames/s, ratio {frames / 60:.2f} (goal .75 at 500)")


def many(page: Page, _: int) -> None:
    """All turns of a loop beside one another, of which the view holds some twenty cards."""
    cards = run(page, LARGE.format(turns=2498))
    for name, goal in (("pan", ".6"), ("play", ".95")):
        page.wait_for_timeout(SETTLED)
        frames = page.evaluate(f"() => measure.{name}()")
        print(f"{name}, {cards} cards: {frames:.0f} frames/s, ratio {frames / 60:.2f} (goal {goal} at 5000)")


def stream(page: Page, _: int) -> None:
    bare, cut, parse, read, push, count = page.evaluate("source => measure.stream(source)", LOOP.format(turns=3710))
    print(
        f"stream of {count} events, cut into messages: {cut:.0f} ms, bare bytes {bare:.0f} ms, ratio {bare / cut:.2f} (goal .8); "
        f"what follows: parsed {bare / parse:.2f}, parsed and reduced {bare / read:.2f}, longest batch {push:.1f} ms"
    )


def block(page: Page, slow: float) -> None:
    """Each run in a page of its own, where no run before it leaves memory to collect."""
    browser = page.context.browser
    assert browser is not None
    for name, source in (
        ("loop of 27,000 events", LOOP.format(turns=1000)),
        ("loop of 100,000 events", LOOP.format(turns=3710)),
        ("large", LARGE.format(turns=240)),
    ):
        found = []
        for _ in range(5):
            own = browser.new_page()
            own.goto(page.url)
            own.evaluate("() => gradlight.ready")
            prepare(own, slow)
            run(own, program(1))
            longest, count = own.evaluate("source => measure.block(source)", source)
            found.append(longest)
            own.close()
        middle, worst = statistics.median(found), max(found)
        print(
            f"longest block of a run, {name}, {count} events, drawing included: median {middle:.0f} ms, worst of five {worst:.0f} ms; "
            f"ratio {middle / FRAME:.1f}, {worst / FRAME:.1f} (goal 3; 0 is below 3)"
        )


def layout(page: Page, _: int) -> None:
    """Places by the Worker, warm, against `dot` as a process; and a weight that is used at each step, with a twin at each use and without."""
    if shutil.which("dot") is None:
        print("layout: `dot` is not installed")
    for name, (boxes, links) in {"layers": layers(50, 20), "steps with twins": steps(500, twins=True)}.items():
        taken = statistics.median(asked(page, widened(boxes, turn), links, PATIENCE) or PATIENCE for turn in range(3))
        native = dot(boxes, links)
        print(
            f"layout, {len(boxes)} nodes, {name}: {taken:.3f} s, dot {native:.3f} s, ratio {taken / native:.2f} (goal 1.0)"
        )
    twins = asked(page, *steps(500, twins=True), PATIENCE) or PATIENCE
    shared = asked(page, *steps(1000, twins=False), PATIENCE)
    beyond = "over " if shared is None else ""
    print(
        f"shared weight, 1000 nodes: with twins {twins:.2f} s, without {beyond}{shared or PATIENCE:.0f} s, ratio {twins / (shared or PATIENCE):.4f} (goal .01)"
    )


def asked(page: Page, boxes: Boxes, links: Boxes, seconds: float) -> float | None:
    taken: float | None = page.evaluate(
        "([boxes, links, deadline]) => measure.layout(boxes, links, deadline)", [boxes, links, seconds * 1000]
    )
    return taken


def layers(count: int, width: int) -> tuple[Boxes, Boxes]:
    """A network of `count` layers, each node fed by three of the layer before."""
    ids = [f"n{layer}.{node}" for layer in range(count) for node in range(width)]
    pairs = [
        (f"n{layer}.{(node + step) % width}", f"n{layer + 1}.{node}")
        for layer in range(count - 1)
        for node in range(width)
        for step in range(3)
    ]
    return graph(ids, pairs)


def steps(count: int, *, twins: bool) -> tuple[Boxes, Boxes]:
    """A chain of `count` steps that use one weight each time: the weight itself, or a twin of it for each."""
    chain = [f"h{step}" for step in range(count)]
    weights = [f"w{step}" for step in range(count)] if twins else ["w"] * count
    return graph(
        list(dict.fromkeys([*chain, *weights])),
        [*pairwise(chain), *zip(weights, chain, strict=True)],
    )


def graph(ids: list[str], pairs: list[tuple[str, str]]) -> tuple[Boxes, Boxes]:
    boxes = [{"id": id, "width": 90, "height": 52} for id in ids]
    links = [
        {"id": f"e{index}", "from": tail, "to": head, "weight": 1, "span": 1}
        for index, (tail, head) in enumerate(pairs)
    ]
    return boxes, links


def widened(boxes: Boxes, turn: int) -> Boxes:
    """The same boxes to the eye, and others to a layout that remembers."""
    return [{**box, "width": box["width"] + turn / 1000} for box in boxes]


def dot(boxes: Boxes, links: Boxes) -> float:
    """The median of three runs of the native program on the same graph, in seconds."""
    lines = [
        "digraph {",
        "rankdir=LR; nodesep=0.61; ranksep=0.26; splines=false; nslimit=2; nslimit1=2; mclimit=0.1;",
        'node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none, tailport=e, headport=w];',
        *(f'"{box["id"]}" [width={box["width"] / 72}, height={box["height"] / 72}];' for box in boxes),
        *(f'"{link["from"]}" -> "{link["to"]}";' for link in links),
        "}",
    ]
    text = "\n".join(lines)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(["dot", "-Tjson"], input=text, text=True, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def file(page: Page, _: int) -> None:
    cards = run(page, LARGE.format(turns=25))
    size = page.evaluate("() => measure.file()")
    print(f"one-file lesson of {cards} cards: {size / 1000:.0f} kB, ratio {size / PEER_FILE:.3f} (goal .1)")


def script(page: Page, _: int) -> None:
    """Script as it comes over the wire: with all that is not needed refused, until a person types into the program; and with all of it."""
    browser = page.context.browser
    assert browser is not None
    address = page.url.rstrip("/")
    early = transferred(browser, address, refused=["**/" + module for module in later_modules()])
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


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def spread(name: str, times: Sequence[float], against: float, goal: str) -> None:
    """Median and 95th percentile of some times, in ms and against a time."""
    middle, high = percentile(times, 0.5), percentile(times, 0.95)
    print(
        f"{name}: p50 {middle:.1f} ms, p95 {high:.1f} ms; ratio to {against:.1f} ms: {middle / against:.2f}, {high / against:.2f} (goal {goal})"
    )


MEASURES: dict[str, Callable[[Page, int], None]] = {
    measure.__name__: measure
    for measure in (script, key, floor, seek, moved, pan, play, many, stream, block, layout, file)
}


if __name__ == "__main__":
    main()
