"""Text on the page and in the picture stands out from what is painted under it: 4.5 to 1, for the projector 7 to 1."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.steps import open_page

MEASURE = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
LEAST = {"light": 4.5, "dark": 4.5, "projector": 7.0}
ARRAYS = """import torch
x = torch.tensor([[1.0, -2.0], [0.5, -0.1]])
w = torch.tensor([[0.3, -0.7], [2.0, float("nan")]], requires_grad=True)
with torch.no_grad():
    shift = x * 2
h = torch.relu(x @ w) + shift
d = h.detach()
loss = (h * d).sum()
loss.backward()
"""
FREED = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x * x
y.retain_grad()
y.backward()
print(x.grad)
y.backward()
"""
STOREYS = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = torch.relu(-x) + x ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
g.backward()
"""


@pytest.mark.parametrize("theme", LEAST)
def test_every_text_stands_out(new_page: Callable[..., Page], theme: str) -> None:
    page = new_page(viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
    open_page(page)
    page.evaluate("(theme) => gradlight.set('theme', theme)", theme)
    for source in (None, ARRAYS, FREED, STOREYS):
        if source is not None:
            page.evaluate("(source) => gradlight.run(source)", source)
        page.locator('#stage .card[data-kind="leaf"]').first.click()  # its expression is marked in the program
        last = page.evaluate("() => gradlight.state().last")
        for share in (0, 0.5, 0.8, 1):
            page.evaluate("(seq) => gradlight.seek(seq)", round(last * share))
            page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
            assert page.evaluate(f"({MEASURE})({LEAST[theme]})") == [], (source or "the first lesson", share)


def test_the_measure_finds_what_falls_short(new_page: Callable[..., Page]) -> None:
    page = new_page(bypass_csp=True, viewport={"width": 1440, "height": 800})
    open_page(page)
    page.add_style_tag(
        content=".card-value { fill: #888 !important } .bar-lesson { color: rgb(0 0 0 / 40%) !important }"
    )
    found = page.evaluate(f"({MEASURE})(4.5)")
    assert any("card-value" in fault for fault in found) and any("bar-lesson" in fault for fault in found), found
