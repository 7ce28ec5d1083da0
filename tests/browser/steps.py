"""What a person does on the page, in a word each."""

from typing import Any

from playwright.sync_api import Page

State = dict[str, Any]


RUN_ENDS = """() => {
  let begun = false;
  window.runEnds = new Promise((resolve) => new MutationObserver(() => {
    const running = document.documentElement.dataset.run === 'running';
    if (begun && !running) resolve();
    begun ||= running;
  }).observe(document.documentElement, { attributeFilter: ['data-run'] }));
}"""


def open_page(page: Page, path: str = "/") -> None:
    """The page stands and its first lesson is drawn."""
    page.goto(path)
    page.evaluate("() => gradlight.ready")


def type_program(page: Page, text: str) -> None:
    """Replaces the program as a person does, and waits until its own run is drawn."""
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+A")
    page.wait_for_function("() => document.documentElement.dataset.run !== 'running'")
    page.evaluate(RUN_ENDS)
    page.keyboard.insert_text(text)
    page.evaluate("() => window.runEnds")


def state(page: Page) -> State:
    """What the stage shows at the cursor."""
    found: State = page.evaluate("() => gradlight.state()")
    return found


def tensor(page: Page, name: str) -> State:
    """The state of the tensor that a variable names."""
    return next(one for one in state(page)["tensors"] if one["name"] == name)


def card_text(page: Page, name: str) -> str:
    """All text on the drawn card of a variable."""
    return page.locator(f'[data-tensor="{tensor(page, name)["tensor"]}"]').first.text_content() or ""


def at_step(page: Page) -> int:
    """The cursor, as the timeline says it."""
    return int(page.locator("input[type=range][data-timeline]").input_value())
