"""The contrast of every theme, computed from the stylesheet that the page loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
TEXT = ["ink", "muted", "forward", "backward", "leaf", "fault", "code-keyword", "code-number", "code-comment"]
GROUNDS = ["panel", "canvas", "forward-tint", "backward-tint", "leaf-tint", "fault-tint"]
LEAST_TEXT = {"light": 4.5, "dark": 4.5, "projector": 7.0}
LEAST_SHAPE = 3.0
HEAT_OPACITY = 0.5


def themes() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, body in re.findall(r':root(?:\[data-theme="(\w+)"\])?,\s*\.backstage\S* \{(.*?)\n  \}', CSS, flags=re.S):
        tokens = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", body))
        if tokens:
            found[name or "light"] = tokens
    return found


THEMES = themes()


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(over: list[float], under: list[float], opacity: float) -> list[float]:
    return [a * opacity + b * (1 - opacity) for a, b in zip(over, under, strict=True)]


def test_the_three_themes_name_the_same_colours() -> None:
    assert set(THEMES) == {"light", "dark", "projector"}
    assert set(THEMES["light"]) == set(THEMES["dark"]) == set(THEMES["projector"])


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_text_is_readable_on_every_ground(theme: str) -> None:
    tokens = THEMES[theme]
    weak = {}
    for text in TEXT:
        for ground in GROUNDS:
            ratio = contrast(channels(tokens[text]), channels(tokens[ground]))
            least = LEAST_TEXT[theme] if ground == "panel" else 4.5
            if ratio < least:
                weak[text, ground] = round(ratio, 2)
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_edges_and_borders_are_seen_on_every_ground(theme: str) -> None:
    tokens = THEMES[theme]
    weak = {
        ground: round(contrast(channels(tokens["shape"]), channels(tokens[ground])), 2)
        for ground in GROUNDS
        if contrast(channels(tokens["shape"]), channels(tokens[ground])) < LEAST_SHAPE
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
@pytest.mark.parametrize("heat", ["heat-negative", "heat-positive"])
def test_digits_stay_readable_in_the_strongest_cell(theme: str, heat: str) -> None:
    tokens = THEMES[theme]
    cell = mixed(channels(tokens[heat]), channels(tokens["panel"]), HEAT_OPACITY)
    assert contrast(channels(tokens["ink"]), cell) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_words_on_an_accent_are_readable(theme: str) -> None:
    tokens = THEMES[theme]
    for accent in ("forward", "backward", "leaf", "fault", "ink"):
        assert contrast(channels(tokens["on-accent"]), channels(tokens[accent])) >= 4.5, accent


def test_no_colour_is_written_outside_the_tokens() -> None:
    stage = (Path(__file__).parent.parent / "static" / "css" / "stage.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgb\(|hsl\(", stage) == []


def test_the_stage_measures_text_in_the_sizes_it_is_drawn_in() -> None:
    script = (Path(__file__).parent.parent / "static" / "js" / "stage" / "text.js").read_text(encoding="utf-8")
    measured = dict(re.findall(r"(\w+): (\d+)", re.search(r"const SIZES = \{(.*?)\}", script)[1]))  # type: ignore[index]
    drawn = dict(re.findall(r"--node-(\w+): (\d+)px", CSS))
    assert {name: drawn[name] for name in ("title", "value", "label")} == {
        name: measured[name] for name in ("title", "value", "label")
    }
