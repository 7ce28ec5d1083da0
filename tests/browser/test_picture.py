"""The picture on the stage: its words stand where they have room, and it can be taken away whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.browser.steps import open_page, state, type_program

PROGRAMS = {id: lesson.program for id, lesson in lessons().items()}

TYPED = {
    "six parameters in one step": """import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(16, 2)
Y = (X[:, 0] * X[:, 1] > 0).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(1):
    loss = nn.functional.binary_cross_entropy_with_logits(net(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
opt.zero_grad()
""",
    "short vectors": """import torch
from torch import nn
torch.manual_seed(1)
model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss = nn.functional.cross_entropy(model(torch.randn(5, 3)), torch.tensor([0, 1, 0, 1, 1]))
loss.backward()
optimizer.step()
""",
    "a dozen versions": """import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
x, t = torch.randn(8, 2), torch.randn(8, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(12):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), t)
    loss.backward()
    opt.step()
""",
}

COLLISIONS = """() => {
  const found = [];
  const box = (node) => node.getBoundingClientRect();
  const share = (card) => box(card.querySelector('.card-frame')).width / Number(card.querySelector('.card-frame').getAttribute('width'));
  for (const card of document.querySelectorAll('#stage .card')) {
    if (card.getAttribute('display') === 'none') continue;
    const frame = box(card.querySelector('.card-frame'));
    const one = share(card);
    const words = [...card.querySelectorAll(':scope > text, .card-gradient text, .cell-text')].filter((node) => node.textContent.trim() !== '');
    for (const word of words) {
      const at = box(word);
      if (at.left < frame.left + 2 * one || at.right > frame.right - 2 * one) found.push(`${word.textContent} leaves its card`);
    }
    words.forEach((word, index) => {
      for (const other of words.slice(index + 1)) {
        const [a, b] = [box(word), box(other)];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > -1.5 * one && down > 5 * one) found.push(`${word.textContent} runs into ${other.textContent}`);
      }
    });
    for (const cell of card.querySelectorAll('.cell-text')) {
      const [at, ground] = [box(cell), box(cell.previousElementSibling)];
      if (at.left < ground.left + one || at.right > ground.right - one) found.push(`${cell.textContent} fills its cell`);
    }
  }
  const view = box(document.querySelector('#stage'));
  const all = (selector) => [...document.querySelectorAll(`#stage ${selector}`)].filter((node) => !node.closest('[display=none], [data-out]'));
  const words = all('.note-frame, .card-buffer rect, .lane-label rect');
  const things = [...all('.scene :is(.card-frame, .badge-frame:not(.badge-under), .card-tab rect)'), ...all('.legend:not([data-covers])')];
  words.forEach((word, index) => {
    const at = box(word);
    if (word.matches('.note-frame') && (at.left < view.left || at.right > view.right || at.top < view.top || at.bottom > view.bottom)) found.push(`${word.parentElement.textContent} leaves the stage`);
    for (const other of [...things, ...words.slice(index + 1)]) {
      const under = box(other);
      const covered = Math.min(at.right, under.right) - Math.max(at.left, under.left) > 1 && Math.min(at.bottom, under.bottom) - Math.max(at.top, under.top) > 1;
      if (covered && word.closest('.card') !== (other.closest('.card') ?? other)) found.push(`${word.parentElement.textContent} covers ${other.parentElement.textContent}`);
    }
  });
  return found;
}"""
EVERY_STEP = f"""async () => {{
  const collisions = {COLLISIONS};
  const [found, stops] = [{{}}, []];
  for (let before = Infinity; gradlight.state().cursor < before; await gradlight.step(-1)) stops.unshift(before = gradlight.state().cursor);
  for (const stop of stops) {{
    await gradlight.seek(stop);
    const faults = collisions();
    if (faults.length > 0) found[stop] = faults;
  }}
  return found;
}}"""


@pytest.fixture(scope="module")
def still_page(lasting_page: Callable[..., Page]) -> Page:
    """A page on which one program after another is run, where nothing moves."""
    page = lasting_page(viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
    open_page(page)
    return page


@pytest.mark.parametrize("program", [*PROGRAMS, *TYPED])
def test_no_words_of_a_program_run_into_each_other_or_cover_a_card(still_page: Page, program: str):
    still_page.evaluate("source => gradlight.run(source)", PROGRAMS.get(program) or TYPED[program])
    assert still_page.evaluate(EVERY_STEP) == {}


WORDS = """() => [...document.querySelectorAll('text')]
  .filter((node) => node.getBoundingClientRect().width > 0 && !node.closest('.legend'))
  .flatMap((node) => (node.children.length > 0 ? [...node.children] : [node]))
  .map((node) => [node.textContent.trim(), (node.getComputedTextLength() * node.textContent.trim().length) / node.textContent.length])
  .filter(([words]) => words.trim() !== '').sort()"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_exported_svg_stands_for_itself(new_page: Callable[..., Page], tmp_path: Path, theme: str):
    page = new_page(reduced_motion="reduce")
    open_page(page)
    page.evaluate("theme => gradlight.set('theme', theme)", theme)
    page.evaluate("source => gradlight.run(source)", PROGRAMS["one-neuron"])
    page.evaluate("() => gradlight.seek(45)")
    shown = page.locator("#stage svg.stage-picture").evaluate(f"(node) => {{ const words = {WORDS}; return words(); }}")
    file = tmp_path / "picture.svg"
    file.write_text(page.evaluate("async () => (await gradlight.export('svg')).text()"), encoding="utf-8")
    alone = new_page()
    alone.route(lambda address: not address.startswith(("file:", "data:")), lambda route: route.abort())
    alone.goto(file.as_uri())
    alone.evaluate("() => document.fonts.ready")
    carried = alone.evaluate(WORDS)
    assert [words for words, _ in carried] == [words for words, _ in shown]
    assert len(shown) > 20
    # The stage is drawn at another scale, at which glyphs are rounded to other pixels; another font differs by far more.
    assert sum(width for _, width in carried) == pytest.approx(sum(width for _, width in shown), rel=0.01)
    assert "url(" not in file.read_text(encoding="utf-8").replace("url(data:font/ttf;base64,", "")


FITTED = """() => {
  const view = document.querySelector('#stage').getBoundingClientRect();
  const frames = [...document.querySelectorAll('#stage .card-frame')];
  const whole = frames.every((frame) => {
    const at = frame.getBoundingClientRect();
    return at.left >= view.left && at.right <= view.right && at.top >= view.top && at.bottom <= view.bottom;
  });
  return { whole, scale: frames[0].getBoundingClientRect().width / Number(frames[0].getAttribute('width')) };
}"""


@pytest.mark.parametrize(("width", "height", "least"), [(1600, 900, 0.92), (1440, 900, 0.98), (1280, 720, 0.86)])
def test_the_first_lesson_is_seen_whole_and_can_be_read(
    new_page: Callable[..., Page], width: int, height: int, least: float
):
    page = new_page(viewport={"width": width, "height": height})
    open_page(page)
    fitted = page.evaluate(FITTED)
    assert fitted["whole"]
    assert fitted["scale"] >= least


def test_in_another_room_cards_take_the_form_in_which_the_graph_is_larger_and_time_moves_none(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    last = state(page)["last"]
    page.evaluate("(seq) => gradlight.seek(seq)", last // 2)
    heights = "() => [...document.querySelectorAll('#stage .card-frame')].map((frame) => frame.getAttribute('height'))"

    def places() -> set[tuple[int, int, int]]:
        return {(at["tensor"], round(at["x"]), round(at["y"])) for at in state(page)["tensors"] if at["visible"]}

    high = page.evaluate(heights)
    stood = places()
    for seq in range(last // 2, last + 1):
        page.evaluate("(seq) => gradlight.seek(seq)", seq)
        assert stood <= places(), seq
    page.set_viewport_size({"width": 1900, "height": 720})
    page.wait_for_function(f"(before) => ({heights})().join() !== before.join()", arg=high)
    page.wait_for_function(f"() => {{ const {{ whole, scale }} = ({FITTED})(); return whole && scale > 1.1; }}")
    assert state(page)["cursor"] == last
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function(f"(before) => ({heights})().join() === before.join()", arg=high)
    assert page.evaluate(FITTED)["whole"]
    page.evaluate("(seq) => gradlight.seek(seq)", last // 2)
    page.evaluate("() => { void gradlight.step(1); }")
    page.set_viewport_size({"width": 1900, "height": 720})
    page.wait_for_function(f"(before) => ({heights})().join() !== before.join()", arg=high)


HOOKED = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.mul_(2.0)
y.register_hook(lambda g: g * 0.5)
z = y ** 2
z.backward()
x.grad.zero_()
"""


def test_a_hook_taps_the_pulse_and_what_is_changed_in_place_stays_joined(page: Page) -> None:
    open_page(page)
    type_program(page, HOOKED)
    last = state(page)["last"]
    page.evaluate("(seq) => gradlight.seek(seq)", last)
    while "a hook on y" not in page.locator("[data-sentence]").inner_text():
        page.evaluate("() => gradlight.step(-1)")
    expect(page.locator(".scene .note")).to_have_text("hook  24.0 → 12.0")
    expect(page.locator(".scene [data-edge='o0.1']")).to_have_count(1)
    page.evaluate("(seq) => gradlight.seek(seq)", last)
    page.locator('.scene [data-tensor="0"]').click()
    cleared = page.locator(".ledger-row[data-kind=clear] td").first
    expect(cleared).to_have_css("text-decoration-line", "line-through")
    expect(page.locator("[data-inspector]")).to_contain_text("z")


REDRAWN = """async () => {
  const { draw, shape } = await import(new URL('stage/shape.js', document.querySelector('script[type=module]').src));
  let random = 5;
  const below = (count) => Math.floor(((random = (random * 1103515245 + 12345) % 2147483648) / 2147483648) * count);
  const content = (depth) => {
    if (depth > 2 || below(5) === 0) return ['a', '<b>', ''][below(3)];
    const attributes = { class: [null, 'one', 'two'][below(3)], x: [undefined, 1, 2][below(3)], 'data-mark': [null, 'yes'][below(2)] };
    return shape(['g', 'rect', 'text'][below(3)], attributes, Array.from({ length: below(5) }, () => content(depth + 1)));
  };
  const group = () => document.createElementNS('http://www.w3.org/2000/svg', 'g');
  const sorted = (element) => [element.nodeName, element.nodeValue, [...(element.attributes ?? [])].map(({ name, value }) => `${name}=${value}`).sort(), [...element.childNodes].map(sorted)];
  const kept = group();
  const differ = [];
  for (let round = 0; round < 400; round += 1) {
    const contents = Array.from({ length: below(6) }, () => content(0));
    draw(kept, contents);
    const fresh = group();
    draw(fresh, contents);
    if (JSON.stringify(sorted(kept)) !== JSON.stringify(sorted(fresh))) differ.push([kept.outerHTML, fresh.outerHTML]);
  }
  const card = (value) => [shape('rect', { class: 'frame' }), shape('text', { class: 'value' }, [value])];
  draw(kept, card('1'));
  const before = [...kept.children];
  draw(kept, [before.length ? shape('path', { class: 'hatch' }) : '', ...card('2')]);
  return { differ, stayed: before.every((element) => element.parentNode === kept), text: kept.textContent };
}"""


def test_what_is_drawn_over_something_else_is_as_if_drawn_anew(page: Page):
    page.goto("/")
    found = page.evaluate(REDRAWN)
    assert found == {"differ": [], "stayed": True, "text": "2"}
