"""PDF, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import DRAWN, picture

EXPORT = Export(
    "pdf",
    "picture",
    {"en": "Picture, PDF", "zh-CN": "PDF 图片"},
    "application/pdf",
    lambda moment, options: picture(moment, options, "pdf"),
    takes=tuple(name for name in DRAWN if name != "language"),
)
