"""What a program calls things, prints and fails with is text, never markup or script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</code></pre><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} %s",
    "<style>*{display:none}</style>",
    "\u202e\u0000\u2028<b>bold</b>".replace("\u0000", ""),
]


@pytest.fixture
def watched(page: Page) -> Page:
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    return page


def test_printed_text_and_errors_are_shown_as_they_are(watched: Page) -> None:
    open_page(watched)
    before = watched.evaluate("() => document.querySelectorAll('script, img, style, iframe').length")
    for payload in PAYLOADS:
        watched.evaluate(
            "(text) => gradlight.run(text)", f"import torch\nprint({payload!r})\nraise ValueError({payload!r})\n"
        )
        expect(watched.locator("[data-output]")).to_contain_text(payload[-12:])
        assert watched.evaluate("() => document.querySelectorAll('script, img, style, iframe').length") == before
        assert watched.locator("[data-output] b, [data-output] svg[onload]").count() == 0


def test_a_name_in_another_script_is_drawn_as_text(watched: Page) -> None:
    open_page(watched)
    type_program(
        watched, "import torch\n权重 = torch.tensor(1.0, requires_grad=True)\n损失 = 权重 * 3\n损失.backward()\n"
    )
    expect(watched.locator("#stage")).to_contain_text("权重")
    expect(watched.locator("[data-track]")).to_contain_text("权重")


def test_a_link_never_runs_its_program_by_itself(new_page: Callable[..., Page]) -> None:
    first = new_page()
    open_page(first)
    type_program(first, "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 3\ny.backward()\n")
    first.evaluate("() => gradlight.seek(6)")
    first.locator("[data-action=share]").click()
    first.wait_for_function("() => location.hash.startsWith('#v=1&p=')")
    address = first.evaluate("() => location.hash")

    second = new_page()
    posted = []
    second.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    open_page(second, f"/{address}")
    expect(second.locator("[data-editor]")).to_contain_text("x ** 3")
    assert posted == []
    second.locator("[data-action=run]").click()
    second.wait_for_function("() => gradlight.state().cursor === 6 && gradlight.state().last > 6")
    assert len(posted) == 1


def test_a_damaged_link_says_so_and_opens_the_page(page: Page) -> None:
    open_page(page, "/#v=1&p=AAAA____")
    expect(page.locator("[data-notes]")).to_contain_text("damaged")
