"""Fingers on the stage of a phone: one pans, two zoom, a tap chooses and tells, and the page itself stays where it is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, tensor

Point = tuple[float, float]


class Fingers:
    """Touches of a real page, as the browser's own input has them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def put(self, kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def move(self, starts: list[Point], ends: list[Point], steps: int = 8) -> None:
        self.put("touchStart", *starts)
        for step in range(1, steps + 1):
            share = step / steps
            pairs = zip(starts, ends, strict=True)
            self.put("touchMove", *[(x + (to_x - x) * share, y + (to_y - y) * share) for (x, y), (to_x, to_y) in pairs])
        self.put("touchEnd")

    def tap(self, place: Point) -> None:
        self.put("touchStart", place)
        self.put("touchEnd")

    def view(self) -> tuple[float, float, float]:
        """How far the picture is moved, across and down, and its scale."""
        x, y, scale = self.page.evaluate(
            "() => { const { e, f, a } = document.querySelector('#stage .scene').getCTM(); return [e, f, a]; }"
        )
        return x, y, scale


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page on a phone, its first lesson drawn and its greeting gone."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2)
    open_page(page)
    # A tap of Playwright's would scroll what still moves into view.
    page.locator(".welcome button").evaluate("(button) => button.click()")
    return page


@pytest.fixture
def fingers(phone: Page) -> Iterator[Fingers]:
    assert phone.evaluate("() => scrollY") == 0
    yield Fingers(phone)
    assert phone.evaluate("() => [scrollX, scrollY, visualViewport.scale]") == [0, 0, 1]


def test_one_finger_pans_and_two_zoom_about_the_place_between_them(fingers: Fingers) -> None:
    x, y, scale = fingers.view()
    fingers.move([(300, 330)], [(180, 300)])
    panned_x, panned_y, same = fingers.view()
    assert (panned_x - x, panned_y - y, same) == pytest.approx((-120, -30, scale), abs=0.5)
    fingers.move([(180, 300), (220, 300)], [(160, 300), (240, 300)])
    zoomed_x, zoomed_y, doubled = fingers.view()
    assert doubled == pytest.approx(same * 2, rel=0.01)
    left, top = fingers.page.evaluate(
        "() => { const { left, top } = document.querySelector('#stage svg').getBoundingClientRect(); return [left, top]; }"
    )
    held = [(200 - left - zoomed_x) / doubled, (300 - top - zoomed_y) / doubled]
    assert held == pytest.approx([(200 - left - panned_x) / same, (300 - top - panned_y) / same], abs=1)
    fingers.move([(160, 300), (240, 300)], [(180, 300), (220, 300)])
    assert fingers.view()[2] == pytest.approx(same, rel=0.01)


def test_two_taps_zoom_and_a_long_press_selects_no_text(fingers: Fingers) -> None:
    *_, scale = fingers.view()
    fingers.tap((200, 200))
    fingers.tap((200, 200))
    fingers.page.wait_for_function(
        "(scale) => Math.abs(document.querySelector('#stage .scene').getCTM().a / scale - 2) < 0.01", arg=scale
    )
    fingers.put("touchStart", (200, 300))
    fingers.page.wait_for_timeout(900)
    fingers.put("touchEnd")
    assert fingers.page.evaluate("() => String(getSelection())") == ""


def test_a_tap_on_a_card_tells_of_it_where_the_program_stood(fingers: Fingers, phone: Page) -> None:
    expect(phone.locator("#tab-program")).to_have_attribute("aria-selected", "true")
    card = phone.locator(f'#stage [data-tensor="{tensor(phone, "b")["tensor"]}"] .card-frame')
    box = card.bounding_box()
    assert box is not None
    fingers.tap((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    expect(phone.locator("[data-inspector] .inspector-name")).to_have_text("b")
    expect(phone.locator("[data-inspector]")).to_be_visible()
    expect(phone.locator("#tab-inspector")).to_have_attribute("aria-selected", "true")
