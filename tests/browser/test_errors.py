"""A program that is refused or fails says what, where and what to try."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.browser.steps import open_page, state, type_program

FAILING = [
    ("import torch\nx = torch.ones(2, 3)\ny = x @ torch.ones(4, 5)\n", 3, "mat1 and mat2 shapes cannot be multiplied"),
    ("import torch\nloss = torch.tensor(1.0)\nprint(lose)\n", 3, "name 'lose' is not defined"),
    (
        "import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x * x\ny.backward()\ny.backward()\n",
        5,
        "backward through the graph a second time",
    ),
    ("import torch\nx = torch.tensor(1.0\n", 2, ""),
]


def test_a_failure_is_shown_at_its_line_with_its_words(page: Page) -> None:
    open_page(page)
    for program, line, words in FAILING:
        type_program(page, program)
        assert state(page)["error"]["line"] == line
        fault = page.locator("[data-output] [role=alert]")
        expect(fault).to_contain_text(words)
        expect(fault).to_contain_text(f"line {line}")
        mark = page.locator("[data-editor] .cm-lintRange-error, [data-editor] .cm-lintPoint-error")
        expect(mark.first).to_be_attached()


def test_the_error_goes_away_when_the_program_is_mended(page: Page) -> None:
    open_page(page)
    type_program(page, "import torch\nprint(lose)\n")
    expect(page.locator("[role=alert]")).to_be_visible()
    type_program(page, "import torch\nx = torch.tensor(2.0)\n")
    expect(page.locator("[role=alert]")).to_have_count(0)
    expect(page.locator("[data-editor] .cm-lintRange-error")).to_have_count(0)


def test_a_hint_stands_right_after_the_first_sentence_in_the_person_s_language(new_page: Callable[..., Page]) -> None:
    again = FAILING[2][0]
    wide = "import torch\nx = torch.tensor（1.0）\n"
    for locale, hint, sign in (
        ("en-US", "Write backward(retain_graph=True) in the first call", "Write ( instead."),
        ("zh-CN", "第一次写成 backward(retain_graph=True)", "请用半角的 ( 代替。"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        type_program(page, again)
        parts = page.locator("[role=alert] > *")
        expect(parts.nth(1)).to_have_text(
            re.compile(r"^Trying to backward through the graph a second time .*freed\)\.$")
        )
        expect(parts.nth(2)).to_contain_text(hint)
        more = page.locator("[role=alert] .fault-more")
        rest = more.locator("p")
        expect(rest).not_to_be_visible()
        more.locator("summary").click()
        expect(rest).to_contain_text("Specify retain_graph=True")
        type_program(page, wide)
        expect(page.locator("[role=alert] .fault-hint")).to_have_text(sign)
        expect(page.locator("[data-editor] .cm-lintRange-error")).to_have_count(2)


WIDE = "import torch\nx = torch.tensor（3.0， requires_grad=True）\n(x * x).backward()\n"


def text_of(page: Page) -> str:
    """The text in the editor."""
    return "\n".join(page.locator("[data-editor] .cm-line").all_text_contents())


def failed(page: Page) -> None:
    """The newest run has failed, and no other is under way."""
    expect(page.locator("html")).to_have_attribute("data-run", "failed")


def test_one_press_mends_the_program_and_one_undo_takes_it_back(new_page: Callable[..., Page]) -> None:
    again, retained = FAILING[2][0], FAILING[2][0].replace("backward()", "backward(retain_graph=True)", 1)
    plain = WIDE.replace("（", "(").replace("，", ",").replace("）", ")")
    for locale, one, every in (
        ("en-US", "Apply the fix", "Apply all 3 fixes"),
        ("zh-CN", "应用修改", "应用全部 3 处修改"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        for program, name, wanted in ((again, one, retained), (WIDE, every, plain)):
            for key in (None, "Control+Shift+Enter", "Tab"):
                type_program(page, program)
                button = page.locator("[role=alert]").get_by_role("button", name=name, exact=True)
                expect(button).to_be_visible()
                if key is None:
                    button.click()
                elif key == "Tab":
                    button.focus()
                    page.keyboard.press("Enter")
                else:
                    page.keyboard.press(key)
                expect(page.locator("[role=alert]")).to_have_count(0)
                assert text_of(page) == wanted
                assert state(page)["error"] is None
                expect(page.locator("[data-editor] .cm-content")).to_be_focused()
                page.keyboard.press("Control+z")
                assert text_of(page) == program
                expect(button).to_be_visible()
                failed(page)


def test_the_fix_is_shown_and_goes_when_the_text_is_another(page: Page) -> None:
    open_page(page)
    type_program(page, FAILING[2][0])
    mend = page.locator("[data-mend]")
    expect(mend.locator("pre")).to_have_text("y.backward(retain_graph=True)")
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# ")
    expect(page.locator("[data-mend] >> visible=true")).to_have_count(0)
    failed(page)
    type_program(page, FAILING[0][0])
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(mend).to_have_count(0)


FORGOTTEN = """import torch
w = torch.tensor(3.0, requires_grad=True)
for step in range(2):
    y = w * 2.0
    loss = (y - 1.0) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
print(y.grad)
"""


def test_what_a_finished_run_leaves_to_notice_is_told_and_mended_one_after_another(
    new_page: Callable[..., Page],
) -> None:
    for locale, first, second in (
        ("en-US", "The gradient of w goes on growing", "y.grad is None"),
        ("zh-CN", "w 的梯度越积越多", "y.grad 是 None"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        type_program(page, FORGOTTEN)
        notices = page.locator("[data-output] [data-notice]")
        expect(notices).to_have_count(2)
        expect(notices.nth(0)).to_contain_text(first)
        expect(notices.nth(1)).to_contain_text(second)
        mend = page.locator("[data-output] [data-mend]")
        expect(mend).to_have_count(1)
        expect(mend.locator("pre")).to_have_text("w.grad = None")
        mend.locator("button").click()
        expect(notices).to_have_count(1)
        page.keyboard.press("Control+Shift+Enter")
        expect(notices).to_have_count(0)
        assert "    y = w * 2.0\n    y.retain_grad()\n" in text_of(page)
        assert "    w.grad = None\n    loss.backward()\n" in text_of(page)


def test_an_error_is_told_once_and_the_picture_says_why(new_page: Callable[..., Page]) -> None:
    words = "Trying to backward through the graph a second time"
    for locale, why in (("en-US", "saved x: already freed"), ("zh-CN", "保存的 x 已被释放")):
        page = new_page(locale=locale)
        open_page(page)
        type_program(page, FAILING[2][0])
        expect(page.locator("#stage .note")).to_have_text(why)
        assert page.locator("body").inner_text().count(words) == 1
        page.locator("#stage svg").first.focus()
        page.keyboard.press("p")
        expect(page.locator("#stage .note")).to_contain_text(words)
        expect(page.locator("[data-sentence]")).to_contain_text("retain_graph=True")
        assert page.locator("[data-sentence]").inner_text().count(words) == 0


def test_a_refused_program_is_told_once_beside_itself(page: Page) -> None:
    open_page(page)
    type_program(page, FAILING[3][0])
    message = page.locator("[role=alert] > *").nth(1).inner_text()
    assert page.locator("body").inner_text().count(message) == 1


FAILED_FAR_DOWN = """import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
y = w.exp()
z = y * 2
y += 1
print(w)
z.sum().backward()
print(w.grad)
"""
CUT = """() => {
  const box = (one) => one.getBoundingClientRect();
  const within = (selector, room) => [...document.querySelectorAll(selector)].map(box).map((one) => one.height > 0 && one.top >= box(room).top - 1 && one.bottom <= Math.min(box(room).bottom, box(document.querySelector('.timeline')).top) + 1);
  const output = document.querySelector('.output');
  const parts = [['.fault > .fault-message', output], ['.fault-hint', output], ['.fault-mend .button', output], ['.cm-place[data-phase=failed]', document.querySelector('.cm-scroller')]];
  return parts.filter(([selector, room]) => within(selector, room).join() !== 'true').map(([selector]) => selector);
}"""


def test_beside_a_projected_picture_the_message_the_remedy_and_the_line_are_read_at_once(
    new_page: Callable[..., Page],
) -> None:
    programs = [FAILED_FAR_DOWN, lessons()["second-backward"].program, lessons()["in-place-error"].program]
    for locale in ("en-US", "zh-CN"):
        for program in programs:
            page = new_page(viewport={"width": 1280, "height": 720}, locale=locale)
            open_page(page)
            page.evaluate("() => gradlight.set('theme', 'projector')")
            page.locator(".welcome button").click()
            page.evaluate("(source) => gradlight.run(source)", program)
            page.locator("#stage svg").first.focus()
            page.keyboard.press("End")
            page.wait_for_function(f"() => ({CUT})().length === 0")


COVERED = """() => {
  const box = (one) => one.getBoundingClientRect();
  const note = box(document.querySelector('#stage .note[data-tone=fault] rect'));
  const over = [...document.querySelectorAll('#stage .card-frame')].map(box).filter((card) => card.left < note.right && note.left < card.right && card.top < note.bottom && note.top < card.bottom);
  return [over.length, note.top >= box(document.querySelector('.sentence')).bottom];
}"""


def test_while_presenting_an_error_s_words_cover_no_card(new_page: Callable[..., Page]) -> None:
    programs = [FAILED_FAR_DOWN, lessons()["second-backward"].program, lessons()["in-place-error"].program]
    for locale in ("en-US", "zh-CN"):
        page = new_page(viewport={"width": 1280, "height": 720}, locale=locale)
        open_page(page)
        page.evaluate("() => gradlight.set('theme', 'projector')")
        for program in programs:
            page.evaluate("(source) => gradlight.run(source)", program)
            page.locator("#stage svg").first.focus()
            page.keyboard.press("p")
            page.keyboard.press("End")
            page.wait_for_timeout(500)
            assert page.evaluate(COVERED) == [0, True]
            page.keyboard.press("p")


CARRIED = (
    "import torch\nrnn = torch.nn.RNN(1, 2)\nh = torch.zeros(1, 1, 2)\nfor t in range(2):\n"
    "    out, h = rnn(torch.ones(2, 1, 1), h)\n    out.sum().backward()"
)


def test_the_nearer_reason_of_an_error_is_told_in_the_person_s_language(new_page: Callable[..., Page]) -> None:
    for locale, reason in (
        ("en-US", "the turn before, which backward() has freed"),
        ("zh-CN", "h 还连着上一轮的计算图"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        type_program(page, CARRIED)
        expect(page.locator(".fault-hint")).to_contain_text(reason)
        expect(page.locator(".fault-preview")).to_contain_text("h = h.detach()")


NAMED = "import torch\nw = torch.tensor(2.0, requires_grad=True)\ny = w * 3\ny.backward()\n"


def test_the_picture_is_that_of_the_program_where_the_error_is_no_slip_of_the_pen(page: Page) -> None:
    open_page(page)
    type_program(page, NAMED)
    type_program(page, NAMED + "print(lose)\n")
    expect(page.locator("[role=alert]")).to_contain_text("lose")
    note = page.locator("[data-stale-note]")
    expect(note).to_be_visible()  # a slip of the pen keeps the picture
    type_program(page, NAMED + "y.grad.zero_()\n")
    expect(page.locator("[role=alert]")).to_contain_text("zero_")
    expect(note).to_be_hidden()
    type_program(page, "import torch\nother = torch.ones(3)\nprint(other.shap)\n")
    expect(page.locator("[role=alert]")).to_contain_text("shap")
    assert [one["name"] for one in state(page)["tensors"]] == ["other"]
