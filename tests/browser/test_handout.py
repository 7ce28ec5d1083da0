"""A teacher prints a worksheet of the run on the screen: blanks to fill in, and the answers on a page of their own."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

THRICE = """import torch
w = torch.tensor(1.0, requires_grad=True)
for i in range(3):
    loss = (2 * w) ** 2
    loss.backward()
print("<b>" + str(w.grad))
"""


MET = """import torch
x = torch.tensor([[0.5, 1.0]], requires_grad=True)
y = (4 * x + x * x).sum()
y.backward()
y.backward()
"""


def handout(page: Page, program: str | None = None) -> Page:
    """The sheet that the print key opens."""
    open_page(page)
    if program is not None:
        type_program(page, program)
    page.locator("#stage svg").first.focus()
    with page.expect_popup() as opened:
        page.keyboard.press("Control+p")
    sheet = opened.value
    sheet.locator("html[data-ready]").wait_for()
    return sheet


RNN = """import torch
W = torch.randn(2, 2, requires_grad=True)
U = torch.randn(2, 2, requires_grad=True)
h = torch.zeros(2)
for x in torch.randn(10, 2):
    h = torch.tanh(W @ h + U @ x)
h.sum().backward()
"""


def test_a_figure_takes_the_page_where_its_letters_could_not_be_read_otherwise(page: Page) -> None:
    """In rows a loop of ten turns is high; a small graph is no higher than its place among the answers."""
    for program, whole in ((RNN, True), (MET, False)):
        sheet = handout(page, program)
        sheet.set_viewport_size({"width": 673, "height": 1000})
        sheet.emulate_media(media="print")
        heights = sheet.locator(".handout-answers .handout-picture").evaluate_all(
            "(pictures) => pictures.map((picture) => (picture.getBoundingClientRect().height * 25.4) / 96)"
        )
        assert len(heights) > 1 and all(150 < height < 196 if whole else height < 89 for height in heights)
        sheet.close()


def test_a_worksheet_asks_first_and_answers_on_a_page_of_its_own(page: Page) -> None:
    sheet = handout(page, THRICE)
    answers = sheet.locator(".handout-answers")
    expect(sheet.locator(".handout-program li")).to_have_count(6)
    questions = sheet.locator(".handout-part:not(.handout-answers *)")
    expect(questions.locator(".handout-blank")).to_have_count(5 + 3)
    expect(questions.locator(".handout-number")).to_have_text(["1.0"])
    expect(answers.locator(".handout-blank")).to_have_count(0)
    expect(answers.locator(".handout-table").last.locator("td")).to_have_text(["8.0", "16.0", "24.0"])
    expect(answers.locator("pre")).to_have_text("<b>tensor(24.)\n")
    expect(answers.locator("h2")).to_have_text(
        ["Answers", "Printed", "After the first backward pass", "After the last backward pass"]
    )
    expect(sheet.locator(".handout-picture")).to_have_count(3)
    sheet.get_by_label("Figures of steps").fill("8, 5-6")
    sheet.get_by_label("Figures of steps").press("Enter")
    expect(sheet.locator(".handout-chosen figcaption")).to_contain_text(["Step 5:", "Step 6:", "Step 8:"])
    assert answers.evaluate("(element) => getComputedStyle(element).breakBefore") == "page"
    sheet.get_by_label("Answers on the last page").uncheck()
    expect(answers).to_be_hidden()


def test_gradients_that_meet_are_asked_for_and_shown_where_they_do(page: Page) -> None:
    sheet = handout(page, MET)
    question, answer = sheet.locator("tr:has(.handout-terms)"), sheet.locator(".handout-answers tr", has_text="] + [")
    expect(question.locator(".handout-line")).to_have_count(3)
    expect(question.locator(".handout-blank")).to_have_text("")
    expect(answer.locator("td")).to_have_text(["[[0.5, 1.0]] + [[0.5, 1.0]] + [[4.0, 4.0]]", "[[5.0, 6.0]]"])
    expect(sheet.locator(".handout-answers h2")).to_have_text(
        [
            "Answers",
            "Where gradients first meet",
            "After the first backward pass",
            "Where the program fails",
            "RuntimeError",
        ]
    )


LARGE = """import torch
x = torch.ones(2, 3)
w = torch.full((3, 4), 0.5, requires_grad=True)
y = (x @ w).sum()
y.backward()
"""


def test_a_large_array_is_asked_for_by_its_norm_and_a_column_without_answers_is_left_out(page: Page) -> None:
    sheet = handout(page, LARGE)
    questions = sheet.locator(".handout-part:not(.handout-answers *)")
    expect(questions.locator("th", has_text="local derivative")).to_have_count(0)
    expect(questions.locator(".handout-asked")).to_have_text(["2×4 norm", "2×4 norm", "3×4 norm"])
    expect(sheet.locator(".handout-answers .handout-backward")).to_contain_text("3×4\nnorm 6.928")


def test_a_sheet_explains_each_sign_once(page: Page) -> None:
    sheet = handout(page, THRICE)
    signs = sheet.locator(".handout-sheet .legend li").all_inner_texts()
    assert len(signs) == len(set(signs)) > 3


def test_a_program_that_fails_is_asked_about_and_not_given_away(page: Page) -> None:
    sheet = handout(page, "import torch\nw = torch.ones(2, 3, requires_grad=True)\nh = torch.relu(w)\ny = h @ h\n")
    questions = sheet.locator(".handout-part:not(.handout-answers *)")
    expect(questions.locator("h2")).to_have_text(
        ["Program", "The graph before the program fails", "Fill in: what goes wrong"]
    )
    expect(questions.locator(".handout-picture text").first).to_be_visible()
    expect(questions.filter(has_text="multiplied")).to_have_count(0)
    expect(sheet.locator(".handout-answers h2")).to_have_text(["Answers", "Where the program fails", "RuntimeError"])
    expect(sheet.locator(".handout-answers")).to_contain_text("cannot be multiplied")


def test_the_sheet_is_black_and_speaks_chinese_and_axe_finds_nothing(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True, locale="zh-CN", color_scheme="dark")
    sheet = handout(page)
    expect(sheet.locator("h1")).to_have_text("一个带权重衰减的神经元")
    expect(sheet.locator(".handout-answers h2").first).to_have_text("答案")
    assert accessibility_faults(sheet) == []
    colours = "(all) => [...new Set(all.map((one) => getComputedStyle(one).stroke))]"
    assert sheet.locator(".handout-picture .lane-line").evaluate_all(colours) == ["rgb(0, 0, 0)"]


def test_a_run_that_is_gone_is_said_to_be_gone(page: Page, faults: list[str]) -> None:
    page.goto("/handout?run=none&lang=en")
    expect(page.locator("[data-sheet]")).to_contain_text("no longer kept")
    faults.clear()


WIDE = """import torch
a = torch.ones(2, 2, requires_grad=True)
b = torch.ones(2, 2, requires_grad=True)
c = torch.ones(2, 2, requires_grad=True)
optimizer = torch.optim.SGD([a, b, c], lr=0.123)
for i in range(2):
    (a * b * c).sin().sum().backward()
    optimizer.step()
"""


def test_no_table_of_the_answers_leaves_the_sheet(page: Page) -> None:
    sheet = handout(page, WIDE)
    sheet.set_viewport_size({"width": 643, "height": 900})
    sheet.emulate_media(media="print")
    beyond = """() => {
      const edge = document.querySelector('[data-sheet]').getBoundingClientRect().right;
      return [...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > edge + 1).length;
    }"""
    assert sheet.locator(".handout-ledger").count() == 3
    assert sheet.evaluate(beyond) == 0
    texts = sheet.locator(".handout-answers td.handout-number").all_inner_texts()
    assert any("],\n[" in text for text in texts), "a matrix stands row by row"


MANY = """import torch
w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(1.0)
for i in range(20):
    h = torch.tanh(w * h)
h.backward()
"""


def test_what_a_table_leaves_out_stands_on_the_sheet_of_its_last_node(page: Page) -> None:
    tables = handout(page, MANY).locator(".handout-backward")
    expect(tables).to_have_count(2)
    for table in tables.all():
        nodes = table.locator("tbody")
        assert {node.evaluate("(one) => getComputedStyle(one).breakInside") for node in nodes.all()} == {"avoid"}
        expect(nodes.last.locator("tr").last).to_have_text("and 16 more nodes")
        expect(nodes.last.locator("th")).to_have_count(1)
