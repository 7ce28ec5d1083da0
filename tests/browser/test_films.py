"""Films of a range of steps, read by their own tools."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

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
