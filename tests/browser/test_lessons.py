"""Every lesson's notes stand at their steps, in both languages, where the server's own rule puts them."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LANGUAGES, lessons, place
from engine.events import encode
from engine.run import run
from tests.browser.steps import RUN_ENDS, open_page

PLACED = """async ([steps, events]) => {
  const from = (path) => import(new URL(path, document.querySelector('script[type=module]').src));
  const [{ placeNotes }, { Recorded }] = await Promise.all([from('page/anchors.js'), from('state/recorded.js')]);
  events ??= (await (await gradlight.export('jsonl')).text()).trim().split('\\n').map((line) => JSON.parse(line));
  const recorded = new Recorded();
  for (const event of events) recorded.push(event);
  return steps.map((step) => placeNotes({ steps: [step] }, recorded, 'en')[0]?.seq ?? null);
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_of_every_lesson_are_shown_at_their_steps(new_page: Callable[..., Page], language: str) -> None:
    page = new_page(locale=language)
    open_page(page)
    for lesson in lessons().values():
        page.locator("[data-action=lessons]").click()
        page.locator(f"[data-lesson={lesson.id}]").click()
        page.wait_for_function(
            "title => document.documentElement.dataset.run !== 'running' && document.querySelector('.lesson-open-text').textContent === title",
            arg=lesson.title[language],
        )
        assert page.evaluate("() => gradlight.state().error") is None or "error" in lesson.id or "second" in lesson.id
        assert lesson.steps, lesson.id
        for note, step in zip(lesson.steps, lesson.as_json()["steps"], strict=True):
            (seq,) = page.evaluate(PLACED, [[step], None])
            assert seq is not None, (lesson.id, note.at)
            page.evaluate("seq => gradlight.seek(seq)", seq)
            assert note.texts[language] in (page.locator("[role=status]").text_content() or ""), (lesson.id, note.at)


def test_the_page_places_a_note_where_the_server_does(page: Page) -> None:
    open_page(page)
    for lesson in lessons().values():
        events = [json.loads(json.dumps(encode(event))) for event in run(lesson.program)]
        expected = [place(note.at, events) for note in lesson.steps]
        found = page.evaluate(PLACED, [lesson.as_json()["steps"], events])
        assert found == expected, lesson.id
        assert None not in expected, lesson.id


def test_a_lesson_says_that_pytorch_gives_the_same(page: Page) -> None:
    open_page(page)
    mark = page.locator(".same-mark")
    expect(mark).to_contain_text("✓ same as PyTorch")
    mark.click()
    expect(page.locator("[data-notes]")).to_contain_text("writes the same into .grad")
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+End")
    page.evaluate(RUN_ENDS)
    page.keyboard.insert_text("\n# mine\n")
    page.evaluate("() => window.runEnds")
    expect(mark).to_be_hidden()
