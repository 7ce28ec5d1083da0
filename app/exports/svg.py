"""SVG, drawn by Graphviz, with its alternative text as its title."""

from xml.sax.saxutils import escape

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.dot import NAME
from app.exports.drawing import DRAWN, picture


def render(moment: Moment, options: Options) -> bytes:
    title = f"<title>{escape(alternative(moment, options))}</title>"
    return picture(moment, options, "svg").replace(f"<title>{NAME}</title>".encode(), title.encode(), 1)


EXPORT = Export("svg", "picture", {"en": "Picture, SVG", "zh-CN": "图片 SVG"}, "image/svg+xml", render, takes=DRAWN)
