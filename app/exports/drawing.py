"""Pictures by Graphviz's own program `dot`, where this machine has it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.exports import Moment, Options, Unavailable, dot, fonts

SECONDS = 5
PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "FONTCONFIG_FILE")
DRAWN = dot.EXPORT.takes
POINTS = 72
EXTENT = re.compile(rb'\bbb="0,0,([\d.]+),([\d.]+)"')


def picture(moment: Moment, options: Options, suffix: str) -> bytes:
    """The figure drawn by `dot`: text in, picture out, in an empty directory, ended after `SECONDS`.

    Raises Unavailable where there is no `dot` or it fails.
    """
    program = shutil.which("dot")
    if program is None:
        raise Unavailable(
            f"Figures as {suffix} are drawn by Graphviz, and this machine has no dot program. "
            "Install Graphviz, or take the figure as dot, mmd or tex, or the picture from the page's export menu.",
            f"{suffix} 图由 Graphviz 绘制，而这台机器上没有 dot 程序。"
            "请安装 Graphviz，或改用 dot、mmd、tex 格式，也可从网页的导出菜单取得图片。",
        )
    text = dot.source(moment, replace(options, paper="fit")).encode()
    with tempfile.TemporaryDirectory() as notes, tempfile.TemporaryDirectory() as empty:
        given = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment = given if os.name == "nt" else fonts.environment(Path(notes), given)
        if suffix != "svg" and (lost := fonts.missing(text.decode(), environment)):
            raise Unavailable(
                f"No font here has {' '.join(lost)}, so the figure as {suffix} would show empty boxes. "
                "Install a font that has, or take the figure as svg, where the text stays text.",
                f"这里没有字体含有 {' '.join(lost)}，{suffix} 图中会显示为空框。"
                "请安装含有它们的字体，或改用 svg：其中文字仍是文字。",
            )
        try:
            paper = dot.sheet(options)
            placed = [] if paper is None else on_sheet(paper, drawn([program, "-Tdot"], text, empty, environment))
            return drawn([program, f"-T{suffix}", *placed], text, empty, environment)
        except subprocess.TimeoutExpired:
            raise Unavailable(
                f"Graphviz did not draw this figure as {suffix} within {SECONDS} seconds: it is large, or this machine is busy. "
                "Fold its loops, try again later, or take it as dot, mmd or tex.",
                f"Graphviz 没有在 {SECONDS} 秒内画完这张 {suffix} 图：图太大，或这台机器正忙。"
                "请折叠循环、稍后再试，或改用 dot、mmd、tex 格式。",
            ) from None
        except (subprocess.SubprocessError, OSError):
            raise Unavailable(
                f"Graphviz could not draw this figure as {suffix}: its dot program ended with an error. Take it as dot, mmd or tex.",
                f"Graphviz 画不出这张 {suffix} 图：dot 程序出错退出。请改用 dot、mmd、tex 格式。",
            ) from None


def drawn(command: list[str], text: bytes, folder: str, environment: Mapping[str, str]) -> bytes:
    done = subprocess.run(
        command, input=text, capture_output=True, timeout=SECONDS, cwd=folder, env=dict(environment), check=True
    )
    return done.stdout


def on_sheet(paper: tuple[float, float], measured: bytes) -> list[str]:
    """The arguments that centre a figure on a sheet, as large as its margins allow; no larger than three times its size."""
    extent = EXTENT.search(measured)
    assert extent is not None, "dot says how large a figure is"
    width, height = (max(1.0, float(side)) for side in extent.groups())
    room = [(side - 2 * dot.MARGIN) * POINTS for side in paper]
    scale = min(room[0] / width, room[1] / height, 3.0)
    return [f"-Gviewport={paper[0] * POINTS:.0f},{paper[1] * POINTS:.0f},{scale:.4f}", "-Gmargin=0"]
