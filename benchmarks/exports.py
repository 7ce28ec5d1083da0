"""What taking away costs: a picture, the one file and an animation, made by the page of a program of some hundred nodes.

    .venv/bin/python benchmarks/exports.py [--rounds N]

Prints for each format the median and the worst of its rounds, its bytes, and the ratio to the goal in seconds.
"""

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.workbench import workbench

PROGRAM = """import torch
xs = [torch.tensor(0.1 * i, requires_grad=True) for i in range(10)]
total = torch.tensor(0.0)
for x in xs:
    total = total + torch.tanh(x * x + 0.5 * x) ** 2
total.backward()
"""
MAKE = """async ([format, options]) => {
  const start = performance.now();
  const blob = await gradlight.export(format, options);
  return [performance.now() - start, blob.size];
}"""
FRAMES = 60
# Format, options, the goal in seconds.
CASES = [
    ("svg", {}, 0.3),
    ("png", {"scale": 2}, 0.3),
    ("html", {}, 1.0),
    ("gif", {"width": 800, "from": 40, "to": 52}, 3.0),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with workbench() as page:
        page.evaluate("(text) => gradlight.run(text)", PROGRAM)
        cards = page.locator("#stage .card").count() + page.locator("#stage .badge").count()
        print(f"{cards} drawn nodes, {rounds} rounds")
        for format, options, goal in CASES:
            report(page, format, options, goal, rounds)
    return 0


def report(page: Page, format: str, options: dict[str, object], goal: float, rounds: int) -> None:
    share = FRAMES / frames(page, options) if format == "gif" else 1.0
    made = [page.evaluate(MAKE, [format, options]) for _ in range(rounds)]
    times = [share * milliseconds / 1000 for milliseconds, _ in made]
    middle = statistics.median(times)
    what = f"{format} of {FRAMES} frames" if format == "gif" else format
    print(
        f"{what:18} median {middle:6.3f} s  worst {max(times):6.3f} s  {made[0][1] / 1000:8.0f} kB  ratio to goal {middle / goal:5.2f}"
    )


def frames(page: Page, options: dict[str, object]) -> int:
    """How many frames the film of these steps has: its graphic control extensions, each before an image."""
    count: int = page.evaluate(
        """async (options) => {
          const bytes = new Uint8Array(await (await gradlight.export('gif', options)).arrayBuffer());
          let count = 0;
          for (let at = 0; at < bytes.length - 8; at += 1) if (bytes[at] === 0x21 && bytes[at + 1] === 0xf9 && bytes[at + 2] === 4 && bytes[at + 7] === 0 && bytes[at + 8] === 0x2c) count += 1;
          return count;
        }""",
        options,
    )
    return count


if __name__ == "__main__":
    sys.exit(main())
