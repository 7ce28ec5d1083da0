"""SVG, drawn by Graphviz, with its alternative text as its title and the glyphs that it is written in."""

import re
from html import unescape
from xml.sax.saxutils import escape

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.dot import FONT, NAME
from app.exports.drawing import DRAWN, picture
from app.exports.glyphs import FAMILIES, faces, told

TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


def render(moment: Moment, options: Options) -> bytes:
    # PowerPoint takes CSS's word for no colour as black.
    drawn = picture(moment, options, "svg").decode().replace('"transparent"', '"none"')
    rules, missing = faces(unescape("".join(TEXT.findall(drawn))))
    head = [f"<title>{escape(alternative(moment, options))}</title>"]
    if missing:
        head.append(f"<desc>{escape(told(missing, options.language))}</desc>")
    head.append(f"<style>{rules}</style>")
    drawn = drawn.replace(f'font-family="{FONT}"', f'font-family="{FAMILIES}"')
    return drawn.replace(f"<title>{NAME}</title>", "\n".join(head), 1).encode()


EXPORT = Export("svg", "picture", {"en": "Picture, SVG", "zh-CN": "SVG 图片"}, "image/svg+xml", render, takes=DRAWN)
