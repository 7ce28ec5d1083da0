"""An author pastes a drawing, and reads what the run contradicts; Mermaid's own parser reads what ours does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """import torch
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
h = x * w
h.backward()
"""
CHARTS = [
    "graph TD\n a[x = 2.0] --> b((mul))\n b -->|1.0| c[\"h = 6.0<br/>grad 1\"]\n c --- d\n",
    "flowchart LR\n A-->B-->C\n A & D ==> E\n E -.-> F\n F -- two words --> G([Round])\n G <--> H{{hex}}\n",
    "flowchart TB\n subgraph one\n  I:::cls --o J\n end\n style I fill:#fff\n classDef cls fill:#f9f\n I --x y1; y1 ----> n0(\"x#40;1#41;\")\n",
    "%% a comment\nflowchart LR\n n0[(base)] -.->|\"lab\"| n1[/par/]\n q -. dotted .-> r == thick ==> s\n k@{ shape: rect, label: \"hello\" } --> s\n",
    "graph RL; a>flag] --> b{{no}}; b --> c{yes}; c --> d[[sub]] & e(((three)))",
]  # fmt: skip
THEIRS = """async (text) => {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const plain = (label) => (label ?? '').replace(/<br\\s*\\/?>/g, '\\n').replace(/ﬂ°°(\\d+)¶ß/g, (_, code) => String.fromCodePoint(code)).trim();
  return { nodes: [...db.getVertices().values()].map(({ id, text }) => [id, plain(text) || id]).sort(), edges: db.getEdges().map(({ start, end, text }) => [start, end, plain(text)]).sort() };
}"""
OURS = """async (text) => {
  const { isMermaid, readMermaid } = await import(new URL('state/mermaid.js', document.querySelector('script[type=module]').src));
  const { nodes, edges } = readMermaid(text);
  if (!isMermaid(text)) throw new Error('not taken for a flow chart');
  return { nodes: nodes.map(({ id, label }) => [id, label]).sort(), edges: edges.map(({ from, to, label }) => [from, to, label]).sort() };
}"""


def open_lint(page: Page) -> None:
    """The dialog stands over a run."""
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("#")


def test_what_the_run_contradicts_is_listed_walked_and_marked(page: Page) -> None:
    open_lint(page)
    text = page.locator(".lint-text")
    text.fill('digraph {\n  x [label="x = 2.5"]\n  x -> MultBackward0 -> h\n  h -> w\n}')
    told = page.locator(".lint-told")
    expect(told).to_have_text("4 contradictions")
    items = page.locator(".lint .difference")
    expect(items).to_contain_text(
        [
            "x is 2, not 2.5.",
            "MultBackward0: the run calls it MulBackward0.",
            "h → w points the wrong way.",
            "w → MultBackward0 is missing.",
        ]
    )
    items.first.focus()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    selection = "(area) => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert text.evaluate(selection) == "MultBackward0"
    text.fill("graph LR\n x --> m((×))\n w --> m --> h")
    expect(told).to_have_text("Nothing contradicts the run: 4 nodes, 3 edges.")
    text.fill("digraph { x -> ")
    expect(told).to_contain_text("This cannot be read: syntax error")


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "javascript:alert(1)", "</textarea><script>alert(1)</script>"]
)
def test_a_hostile_drawing_is_text(page: Page, name: str) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_lint(page)
    page.locator(".lint-text").fill(f'digraph {{ x -> "{name}" [label="{name}"]; "{name}" [label="{name} ="] }}')
    expect(page.locator(".lint .difference").first).to_be_visible()
    assert dialogs == []
    assert page.locator(".lint :is(img, script, iframe, a)").count() == 0


def test_our_reader_reads_flow_charts_as_mermaid_does(page: Page) -> None:
    host = page.context.browser.new_context().new_page()
    host.goto("about:blank")
    host.add_script_tag(path=str(ROOT / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"))
    host.evaluate("() => mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
    host.evaluate("() => mermaid.parse('graph TD\\n a --> b')")
    page.goto("/")
    for chart in CHARTS:
        assert page.evaluate(OURS, chart) == host.evaluate(THEIRS, chart), chart
    host.context.close()


def test_axe_finds_nothing_in_the_dialog(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_lint(page)
        page.locator(".lint-text").fill("digraph { x -> h }")
        expect(page.locator(".lint .difference")).not_to_have_count(0)
        assert accessibility_faults(page) == []
