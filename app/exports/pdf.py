"""PDF, drawn by Graphviz."""

import re

from app.exports import Export, Moment, Options
from app.exports.drawing import DRAWN, picture

CLOCK = re.compile(rb"/CreationDate \([^)]*\)")


def render(moment: Moment, options: Options) -> bytes:
    """The picture without the time it was made at, so that its bytes are the same each time; as long as before, for a PDF says where each of its parts begins."""
    return CLOCK.sub(lambda found: b" " * len(found[0]), picture(moment, options, "pdf"))


EXPORT = Export(
    "pdf",
    "picture",
    {"en": "Picture, PDF", "zh-CN": "PDF 图片"},
    "application/pdf",
    render,
    takes=tuple(name for name in DRAWN if name != "language"),
)
