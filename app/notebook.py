"""What a recorded trace becomes outside the server: files by format, and the player inside a notebook's page."""

import html
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from app.exports import Export, Moment, Options, found, shown
from app.exports.alt import alternative
from app.exports.sketch import drawn

HEIGHT = 560
# The picture lies under the player, so that a viewer that drops frames or scripts still shows the graph.
FRAME = (
    '<div style="position:relative;min-height:{height}px">'
    '<img alt="{alt}" src="data:image/svg+xml;base64,{picture}" style="max-width:100%;max-height:{height}px">'
    '<iframe title="Gradlight: {alt}" sandbox="allow-scripts" loading="lazy" srcdoc="{page}" '
    'style="position:absolute;inset:0;width:100%;height:{height}px;border:0"></iframe></div>'
)

WORDS = re.compile('<p class="noscript">[^<]*</p>')  # what a file says without scripts; here the picture says it


def file(lines: Sequence[bytes], format: str, *, at: int | None = None, title: str = "", **options: Any) -> bytes:
    """The bytes of a file of this format after event `at` (default: the last).

    Options are those of `Options`; `show` may be a list with commas. ValueError at a format or event that is not there.
    """
    export = found().get(format)
    if export is None:
        raise ValueError(f"expected one of {', '.join(found())}, got {format!r}.")
    if isinstance(options.get("show"), str):
        options["show"] = shown(options["show"])
    return export.render(moment(lines, at, title), Options(**options))


def moment(lines: Sequence[bytes], at: int | None = None, title: str = "") -> Moment:
    last = len(lines) - 1
    if at is not None and not -len(lines) <= at <= last:
        raise ValueError(f"at should be between 0 and {last}, not {at}.")
    return Moment(lines, last if at is None else at % len(lines), title=title or "Gradlight")


def display(lines: Sequence[bytes]) -> dict[str, str]:
    """The MIME bundle of a notebook's cell: the player in a frame of its own over a picture, and the picture in words."""
    player: Export = found()["html"]
    here, options = moment(lines), Options()
    words, picture = alternative(here, options), drawn(here, options)
    page = WORDS.sub("", player.render(here, options).decode(), count=1)
    texts = {"alt": words, "page": page, "picture": b64encode(picture).decode()}
    return {
        "text/html": FRAME.format(height=HEIGHT, **{name: html.escape(text) for name, text in texts.items()}),
        "image/svg+xml": picture.decode(),
        "text/plain": words,
    }
