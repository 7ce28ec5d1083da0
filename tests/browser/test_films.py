"""Films of a range of steps, read by their own tools."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page
from tests.browser.taken import export


def gif_frames(film: bytes) -> list[int]:
    """The delay of every frame, in hundredths of a second. Source: the GIF89a specification."""
    assert film.startswith(b"GIF89a") and film.endswith(b"\x3b")
    return [int.from_bytes(found[1], "little") for found in re.finditer(rb"\x21\xf9\x04.(..).\x00\x2c", film, re.S)]


def test_an_animation_shows_the_steps_that_were_asked_for(page: Page) -> None:
    open_page(page)
    short, slow = (export(page, "gif", **{"from": 2, "to": 4, "width": 400, "speed": speed}) for speed in (4, 2))
    assert len(gif_frames(short)) >= 3
    assert sum(gif_frames(slow)) == pytest.approx(2 * sum(gif_frames(short)), rel=0.35)
    assert int.from_bytes(short[6:8], "little") == 400
    assert short == export(page, "gif", **{"from": 2, "to": 4, "width": 400, "speed": 4})
    captions = export(page, "vtt", **{"from": 2, "to": 4, "speed": 4}).decode()
    assert re.findall(r"^Step \d+", captions, re.M) == ["Step 2", "Step 3", "Step 4"]
    minutes, seconds = re.findall(r"--> 00:(\d\d):(\d\d\.\d{3})", captions)[-1]
    assert int(minutes) * 60 + float(seconds) == pytest.approx(sum(gif_frames(short)) / 100, rel=0.1)


COLOURS = """async (bytes) => {
  const decoder = new ImageDecoder({ data: new Uint8Array(bytes), type: 'image/gif' });
  const { image } = await decoder.decode({ frameIndex: 0 });
  const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return new Set(new Uint32Array(canvas.getImageData(0, 0, image.displayWidth, image.displayHeight).data.buffer)).size;
}"""


def test_a_film_begins_with_the_first_picture(page: Page) -> None:
    open_page(page)
    asked = {"from": 0, "to": 2, "width": 320, "speed": 4}
    assert page.evaluate(COLOURS, list(export(page, "gif", **asked))) > 8
    assert re.findall(r"^Step (\d+)", export(page, "vtt", **asked).decode(), re.M)[0] != "0"


SAID = {
    "en": "Steps 3 to 5 of 23. The last one: Step 5 of 23, forward: ",
    "zh-CN": "第 3 到 5 步，共 23 步。最后一步：第 5 步，共 23 步，前向：",
}


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_film_says_to_who_cannot_see_it_what_it_plays(page: Page, tmp_path: Path, language: str) -> None:
    """In its title and description, and a GIF in its comment; the last step's sentence, then the numbers on show."""
    open_page(page, f"/?lang={language}")
    title = page.evaluate(
        "async (language) => (await (await fetch('/api/lessons')).json()).lessons[0].title[language]", language
    )
    for format in ("gif", "webm", "mp4"):
        path = tmp_path / f"film.{format}"
        path.write_bytes(export(page, format, **{"from": 3, "to": 5, "width": 320, "speed": 4}))
        command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)]
        read = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        tags = {name.rpartition("/")[2].lower(): text for name, text in read["format"].get("tags", {}).items()}
        if format == "gif":
            film = path.read_bytes()
            blocks, words = film[film.rindex(b"\x21\xfe") + 2 : -1], b""
            while blocks[0]:
                words, blocks = words + blocks[1 : blocks[0] + 1], blocks[blocks[0] + 1 :]
            assert blocks == b"\0"
            told, _, said = words.decode().partition(". ")
        else:
            told, said = tags["title"], tags["comment"]
        assert told == title and said.startswith(SAID[language]), (format, told, said)
        assert " x = 2.0" in said.replace("。", " ") and said.endswith("." if language == "en" else "。")


def test_steps_that_a_run_has_not_are_told(page: Page) -> None:
    open_page(page)
    captions = export(page, "vtt", **{"from": 21, "to": 90, "speed": 4}).decode()
    assert re.findall(r"^Step (\d+)", captions, re.M) == ["21", "22", "23"]
    expect(page.locator("[data-notes]")).to_contain_text("The run has steps 0 to 23, so this shows 21 to 23.")
    page.goto("about:blank")
    open_page(page)
    export(page, "txt", **{"from": 3, "to": 23})
    expect(page.locator("[data-notes]")).not_to_contain_text("The run has steps")


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize(
    ("format", "codecs"), [("webm", {"vp9", "vp8", "av1"}), ("mp4", {"h264", "vp9", "av1", "hevc"}), ("gif", {"gif"})]
)
@pytest.mark.parametrize("encoders", [True, False], ids=["encoded", "recorded"])
def test_ffprobe_reads_the_film(page: Page, tmp_path: Path, format: str, codecs: set[str], encoders: bool) -> None:
    """Also of a browser that has no encoders of its own, such as older ones of Mozilla and Apple: there a canvas is recorded while it plays."""
    if not encoders:
        page.add_init_script("delete window.VideoEncoder")
    open_page(page)
    path = tmp_path / f"film.{format}"
    path.write_bytes(export(page, format, **{"from": 3, "to": 5, "width": 480, "speed": 4}))
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", str(path)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    stream = told["streams"][0]
    assert stream["codec_name"] in codecs and stream["width"] == 480
    assert int(stream["nb_read_frames"]) >= 3
    assert float(told["format"]["duration"]) > 0.2
