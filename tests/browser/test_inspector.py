"""The inspector tells a node's mathematics in the program's own names and numbers."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.browser.steps import open_page, tensor, type_program

PROGRAM = """import torch
x = torch.tensor(2.0)
w = torch.tensor(-3.0, requires_grad=True)
b = torch.tensor(6.88, requires_grad=True)
a = x * w + b
y = torch.tanh(a)
d = w * w
loss = (y - 1) ** 2
loss.backward()
"""
DERIVED = [
    ("y", ["∂y∂a=1−y2=0.5010"], ["∂loss∂a=∂loss∂y·∂y∂a", "=−0.5872×0.5010=−0.2942"]),
    ("d", ["∂d∂w1=w2", "∂d∂w2=w1"], []),
    ("loss", ["∂loss∂(y−1)=2×(y−1)=−0.5872"], ["∂loss∂(y−1)=∂loss∂loss·∂loss∂(y−1)", "=1.0×(−0.5872)=−0.5872"]),
]


LONG_CHAIN = """import torch
x = torch.tensor(1.0, requires_grad=True)
link = x * 1.01 + 1
y = link
for i in range(24):
    y = y * 1.01
y.backward()
"""


def select(page: Page, name: str) -> None:
    """Selects a variable's card."""
    page.locator(f'[data-tensor="{tensor(page, name)["tensor"]}"]').first.click(force=True)


LINES = """(element, number) => {
    const range = document.createRange();
    const tops = new Set();
    for (const text of [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
        const at = text.data.indexOf(number);
        for (let k = at; at >= 0 && k < at + number.length; k++) {
            range.setStart(text, k);
            range.setEnd(text, k + 1);
            tops.add(Math.round(range.getBoundingClientRect().top));
        }
    }
    return tops.size;
}"""
"""In how many lines a part of a text stands."""
LONG = "import torch\nh = 0.0001\nx = torch.tensor(1.0, dtype=torch.float64)\n-torch.exp((x + h) - (x - h)) / 30000 + 0.0002"


def test_a_number_is_never_broken_over_two_lines(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page(page)
    type_program(page, LONG)
    inspector = page.locator("[data-inspector]")
    expect(inspector.locator(".inspector-name")).to_contain_text("0.0002")
    number = inspector.locator(".value-number").first
    shown = number.inner_text()
    assert len(shown) > 15
    assert number.evaluate(LINES, shown) == 1
    assert inspector.locator(".inspector-name").evaluate(LINES, "0.0002") == 1


def test_a_heading_is_not_broken_before_its_last_brackets(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page(page)
    type_program(page, "import torch\ny = torch.tensor([1.0, 2.0], requires_grad=True)\ny.clamp(min=0.1).sum()\n")
    heading = page.locator("[data-inspector] .inspector-name")
    expect(heading).to_have_text("sum(clamp(y))")
    assert heading.evaluate(LINES, "y))") == 1


def test_a_long_expression_breaks_behind_an_underscore(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page(page)
    names = "rate_of_the_second_layer", "regularisation_strength_coefficient"
    type_program(
        page,
        f"import torch\n{names[0]} = torch.tensor(0.125)\n{names[1]} = torch.tensor(3.0)\n{names[0]} * {names[1]}\n",
    )
    expression = page.locator(".inspector-expression code")
    expect(expression).to_have_text(f"= {names[0]} * {names[1]}")
    for word in (*names[0].split("_"), *names[1].split("_")):
        assert expression.evaluate(LINES, word) == 1, word


def test_derivatives_are_told_with_names_and_numbers(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    inspector = page.locator("[data-inspector]")
    for name, local, chain in DERIVED:
        select(page, name)
        expect(inspector.locator(".inspector-name")).to_have_text(name)
        shown = ["".join(text.split()) for text in inspector.locator(".derivation math").all_text_contents()]
        assert shown == [*local, *chain]
        page.evaluate(
            "() => document.fonts.ready"
        )  # a formula is measured in its own letters, and fitted before the next frame
        whole = "() => [...document.querySelectorAll('[data-inspector] .formula-scroll')].every((one) => one.scrollWidth <= one.clientWidth)"
        page.wait_for_function(whole)


def test_the_path_from_the_loss_multiplies_local_derivatives(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    select(page, "a")
    path = page.locator(".product")
    expect(path).to_have_count(1)
    expect(path.locator(".product-stop")).to_have_text(["loss", "y − 1", "y", "a"])
    expect(path.locator(".product-sum")).to_have_text("1.0 × (−0.5872) × 1.0 × 0.5010 = −0.2942")
    page.locator(".path-from").select_option(label="y")
    expect(path.locator(".product-stop")).to_have_text(["y", "a"])
    expect(path.locator(".product-sum")).to_have_text("0.5010 = 0.5010")
    page.locator(".path-from").select_option(label="loss")
    path.focus()
    expect(page.locator(".edge-group[data-lit]")).to_have_count(3)
    path.locator(".product-stop").nth(2).click()
    expect(page.locator(".inspector-name")).to_have_text("y")
    type_program(page, LONG_CHAIN)
    select(page, "x")
    expect(path.locator(".product-stop")).to_have_count(4 + 7)
    page.locator(".path-from").focus()
    page.locator(".path-from").select_option(label="link")
    expect(path.locator(".product-stop")).to_have_text(["link", "x × 1.01", "x"])


def test_a_rule_that_is_no_factor_is_called_a_rule_and_nothing_is_cut(page: Page) -> None:
    open_page(page)
    type_program(
        page,
        "import torch\nx = torch.ones(2, 3)\nweights = torch.ones(3, 2, requires_grad=True)\nbias = torch.zeros(2, requires_grad=True)\n"
        "s = torch.softmax(x @ weights + bias, 1)\nm = x @ weights\n(s * m).sum().backward()\n",
    )
    inspector = page.locator("[data-inspector]")
    select(page, "s")
    expect(inspector).to_contain_text("Gradient rule")
    expect(inspector).to_contain_text("u = (x @ weights) + bias")
    select(page, "m")
    expect(inspector).to_contain_text("Gradient rule")
    widths = inspector.locator(".formula-scroll").evaluate_all(
        "all => all.map((one) => one.scrollWidth - one.clientWidth)"
    )
    assert max(widths) <= 0


def test_what_clears_a_grad_strikes_it_out_in_the_ledger_that_is_on_show(page: Page) -> None:
    open_page(page)
    twice = "".join(["import torch\n", "w = torch.tensor(1.0, requires_grad=True)\n", *["(2 * w).backward()\n"] * 2])
    type_program(page, twice + "w.grad.zero_()\n")
    page.evaluate("() => gradlight.seek(gradlight.state().last)")
    inspector = page.locator("[data-inspector]")
    expect(inspector.locator(".inspector-name")).to_have_text("w")
    expect(inspector.locator('.ledger-row[data-kind="accumulate"] td:last-child')).to_have_text(["2.0", "4.0"])
    cleared = inspector.locator('.ledger-row[data-kind="clear"] td')
    expect(cleared).to_have_text(["4.0", "", "0.0"])
    expect(cleared.first).to_have_css("text-decoration-line", "line-through")


def test_an_array_of_one_element_keeps_its_sign_in_the_ledger(page: Page) -> None:
    open_page(page)
    type_program(page, "import torch\nw = torch.tensor([2.0], requires_grad=True)\n(-3 * w).backward()\n")
    page.locator('.scene .card[data-kind="leaf"]').click()
    expect(page.locator('.ledger-row[data-kind="accumulate"] td')).to_have_text(["None", "−3.0", "−3.0"])


def test_the_ledger_fits_its_panel_at_every_width(new_page: Callable[..., Page]) -> None:
    program = lessons()["training-loop"].program
    for width, height in ((1280, 720), (1600, 900)):
        page = new_page(viewport={"width": width, "height": height})
        open_page(page)
        type_program(page, program)
        select(page, "w")
        ledger = page.locator(".ledger-scroll")
        expect(ledger.locator("tbody tr")).to_have_count(24)
        assert ledger.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
        assert page.locator(".stage-region").evaluate("one => one.clientWidth") >= 680


def test_a_side_panel_is_as_wide_as_one_drags_it_and_stays_so(page: Page) -> None:
    open_page(page)
    divider = page.locator("[data-divider=left]")
    before = page.locator(".program").evaluate("one => one.offsetWidth")
    divider.focus()
    page.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", str(before + 16))
    box = divider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + 200)
    page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", str(before + 76))
    open_page(page)
    expect(divider).to_have_attribute("aria-valuenow", str(before + 76))
    divider.dblclick()
    expect(divider).to_have_attribute("aria-valuenow", str(before))


def test_a_matrix_is_a_heat_map_or_a_picture_in_greys(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True)
    open_page(page)
    type_program(page, "import torch\nm = torch.tensor([[0.0, 1.0], [2.0, float('nan')]])\n")
    inspector = page.locator("[data-inspector]")
    inspector.get_by_role("button", name="Image").click()
    picture = inspector.get_by_role("img", name="2 × 2, black 0.0, white 2.0")
    shades = "(cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor)"
    assert picture.locator("i").evaluate_all(shades)[:3] == ["rgb(0, 0, 0)", "rgb(128, 128, 128)", "rgb(255, 255, 255)"]
    expect(picture.locator("i[data-broken]")).to_have_count(1)
    assert accessibility_faults(page) == []
    inspector.get_by_role("button", name="Heat map").click()
    expect(inspector.locator("table.heat td")).to_have_count(4)
