"""PDF, drawn by Graphviz, which tells its title, what it shows and in which language. Source: ISO 32000, incremental updates and document information."""

import re

from app.exports import Export, Moment, Options
from app.exports.alt import alternative
from app.exports.drawing import DRAWN, picture
from app.exports.texts import clean

CLOCK = re.compile(rb"/CreationDate \([^)]*\)")
TRAILER = re.compile(
    rb"trailer\s*<<\s*/Size (\d+)\s*/Root (\d+) 0 R\s*/Info (\d+) 0 R\s*>>\s*startxref\s*(\d+)\s*%%EOF\s*$"
)

OBJECT = re.compile(rb"^(\d+) 0 obj\s*<<(.*?)>>\s*endobj", re.M | re.S)


def render(moment: Moment, options: Options) -> bytes:
    """The picture without the time it was made at, so that its bytes are the same each time; as long as before, for a PDF says where each of its parts begins."""
    drawn = CLOCK.sub(lambda found: b" " * len(found[0]), picture(moment, options, "pdf"))
    return told(drawn, {"Title": clean(moment.title), "Subject": alternative(moment, options)}, options.language)


def told(drawn: bytes, texts: dict[str, str], language: str) -> bytes:
    """The file with these texts about it and the language they are in, as an update at its end; unchanged where it ends in another way than cairo's."""
    end = TRAILER.search(drawn)
    if end is None:
        return drawn
    size, root, info, before = (int(number) for number in end.groups())
    wanted = {
        root: b"/Lang (%b) /ViewerPreferences << /DisplayDocTitle true >>" % language.encode(),
        info: b" ".join(b"/%b <%b>" % (name.encode(), hexadecimal(text)) for name, text in texts.items()),
    }
    bodies = {int(number): body for number, body in OBJECT.findall(drawn) if int(number) in wanted}
    if bodies.keys() != wanted.keys():
        return drawn
    made, entries = drawn, b""
    for number, more in sorted(wanted.items()):
        entries += b"%d 1\n%010d 00000 n \n" % (number, len(made))
        made += b"%d 0 obj\n<<%b%b >>\nendobj\n" % (number, bodies[number], more)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return made + b"xref\n" + entries + trailer % (size, root, info, before, len(made))


def hexadecimal(text: str) -> bytes:
    return b"FEFF" + text.encode("utf-16-be").hex().upper().encode()


EXPORT = Export("pdf", "picture", {"en": "Picture, PDF", "zh-CN": "PDF 图片"}, "application/pdf", render, takes=DRAWN)
