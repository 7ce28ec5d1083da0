"""PNG, drawn by Graphviz, with its alternative text inside. Source: the PNG specification, chunk iTXt."""

import struct
import zlib

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.drawing import DRAWN, picture
from app.exports.texts import clean

HEADER_END = 33


def render(moment: Moment, options: Options) -> bytes:
    drawn = picture(moment, options, "png")
    texts = {"Title": clean(moment.title), "Description": alternative(moment, options), "Software": "Gradlight"}
    chunks = b"".join(chunk(name, text) for name, text in texts.items())
    return drawn[:HEADER_END] + chunks + drawn[HEADER_END:]


def chunk(name: str, text: str) -> bytes:
    """A text under a name, as a part of the file."""
    body = b"iTXt" + name.encode() + bytes(5) + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


EXPORT = Export("png", "picture", {"en": "Picture, PNG", "zh-CN": "PNG 图片"}, "image/png", render, takes=DRAWN)
