"""PNG, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import DRAWN, picture

EXPORT = Export(
    "png",
    "picture",
    {"en": "Picture, PNG", "zh-CN": "图片 PNG"},
    "image/png",
    lambda moment, options: picture(moment, options, "png"),
    takes=DRAWN,
)
