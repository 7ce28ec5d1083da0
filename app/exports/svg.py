"""SVG, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import DRAWN, picture

EXPORT = Export(
    "svg",
    {"en": "Picture, SVG", "zh-CN": "图片 SVG"},
    "image/svg+xml",
    lambda moment, options: picture(moment, options, "svg"),
    takes=DRAWN,
)
