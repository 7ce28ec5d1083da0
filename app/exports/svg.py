"""SVG, drawn by Graphviz, with its title, its alternative text and the glyphs that it is written in."""

import re
from collections.abc import Iterable
from html import unescape
from xml.sax.saxutils import escape

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.dot import FONT
from app.exports.drawing import DRAWN, picture
from app.exports.figure import Node, of_moment
from app.exports.glyphs import FAMILIES, faces, told
from app.exports.texts import clean

TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")
ROOT = re.compile(r"<svg ([^>]*)>")
TITLE = re.compile(r"<title>([^<]*)</title>\n")


def render(moment: Moment, options: Options) -> bytes:
    # PowerPoint takes CSS's word for no colour as black.
    drawn = picture(moment, options, "svg").decode().replace('"transparent"', '"none"')
    rules, missing = faces(unescape("".join(TEXT.findall(drawn))))
    lost = f" {told(missing, options.language)}" if missing else ""
    title, words = escape(clean(moment.title)), escape(alternative(moment, options) + lost)
    drawn = drawn.replace(f'font-family="{FONT}"', f'font-family="{FAMILIES}"')
    drawn = titled(drawn, of_moment(moment, options).nodes)
    head = f"<title>{title}</title>\n<desc>{words}</desc>\n<style>{rules}</style>"
    return ROOT.sub(lambda found: f'<svg role="img" {found[1]}>\n{head}', drawn, count=1).encode()


def titled(drawn: str, nodes: Iterable[Node]) -> str:
    """A picture of Graphviz's whose parts have the names that a reader knows: these show beside the pointer. What has none, as an edge, has no title."""
    names = {node.id: node.title for node in nodes if node.title}

    def named(found: re.Match[str]) -> str:
        name = names.get(unescape(found[1]))
        return f"<title>{escape(name)}</title>\n" if name else ""

    return TITLE.sub(named, drawn)


EXPORT = Export("svg", "picture", {"en": "Picture, SVG", "zh-CN": "SVG 图片"}, "image/svg+xml", render, takes=DRAWN)
