"""One file that plays the run in any browser, with no server: the player of static/bundle with the run inside.

Nothing of the program becomes markup: the run stands deflated and in base 85 in a block that no browser executes, and the file's own policy
lets one script run, named by its hash.
"""

import html
import json
import re
import zlib
from base64 import b85encode
from functools import cache
from typing import get_args

from app import operations, traces
from app.exports import Export, Language, Moment, Options, Unavailable
from app.exports.alt import alternative
from app.exports.glyphs import OURS, faces
from app.exports.texts import clean

FAMILY = "Noto Sans SC"
OWN_NAME = "简体中文"  # what the button says that turns the language
ESCAPED = re.compile(rb"\\u(?:d[89ab][0-9a-f]{2}\\u)?[0-9a-f]{4}")
# Of Python's digits those that markup or a template would read, and what static/js/page/packing.js has in their stead.
DIGITS = bytes.maketrans(b"&<>{}`", b",.:[]/")
BEYOND_LATIN = re.compile(r"[^\x00-\u024f]")


def render(moment: Moment, options: Options) -> bytes:
    """The player with this run, opening at the moment's step."""
    events = b"[" + b",".join(moment.lines) + b"]"
    used = {row["op"] for row in map(json.loads, moment.lines) if row["kind"] == "function-applied"}
    view = next((one for one in ("shapes", "gradients", "values") if one in options.show), "gradients")
    ops = [row for row in operations.rows() if row["name"] in used]
    said = {language: sayings(moment, language) for language in get_args(Language)}
    told = json.dumps([ops, said["zh-CN"]], ensure_ascii=False)
    about = {
        "edition": 1,
        "title": clean(moment.title),
        "language": options.language,
        "theme": options.theme,
        "view": view,
        "cursor": None if moment.at == len(moment.lines) - 1 else moment.at,
        "source": moment.source,
        "ops": ops,
        "places": [],
        "folds": [[], []],
        "said": said,
        "letters": letters(moment, told, options.language),
    }
    head = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    recording = pack.compress(head[:-1] + b',"events":' + events + b"}") + pack.flush()
    return filled(
        {
            "language": options.language,
            "title": html.escape(clean(moment.title)),
            "description": html.escape(alternative(moment, options)),
            "recording": b85encode(recording).translate(DIGITS).decode(),
        }
    ).encode()


def sayings(moment: Moment, language: Language) -> dict[str, str]:
    """The texts of the run's own errors and notices."""
    codes = set()
    for line in moment.lines:
        if b'"noticed"' in line or b'"run-failed"' in line:
            event = json.loads(line)
            codes |= {row["code"] for row in [event, *(event.get("refusals") or ())] if "code" in row}
    return {key: text for key, text in traces.catalogue(language).items() if key.split(".")[1] in codes}


def letters(moment: Moment, told: str, language: Language) -> str:
    """Style rules with the glyphs of what the run is written in beyond Latin, and where the player speaks Chinese of its own texts and what is `told` of ops and errors."""
    escaped = [json.loads(b'"%b"' % code) for code in set().union(*map(ESCAPED.findall, moment.lines))]
    chinese = language == "zh-CN"
    written = "".join([OWN_NAME, moment.title, moment.source, told if chinese else "", *escaped])
    held = file("player-letters.txt") if chinese else ""
    rules, _ = faces("".join(set(BEYOND_LATIN.findall(written)) - set(held)), FAMILY)
    return file("player-chinese.css") + rules if chinese else rules


def filled(texts: dict[str, str]) -> str:
    """The template with these texts in their places; each has been made safe for its place."""
    parts = file("player.html").split("{{")
    whole = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}}")
        whole += [texts[name], rest] if name in texts else ["{{", part]
    return "".join(whole)


@cache
def file(name: str) -> str:
    """A file that was made at install."""
    try:
        return (OURS / name).read_text(encoding="utf-8")
    except OSError:
        raise Unavailable(
            "The player is not built. Run `python3 dev.py setup`, which makes it once.",
            "播放器尚未生成。请运行一次 `python3 dev.py setup`。",
        ) from None


EXPORT = Export(
    "html",
    "page",
    {"en": "One file that plays by itself", "zh-CN": "可独立播放的单个文件"},
    "text/html; charset=utf-8",
    render,
    takes=("show", "theme", "language"),
)
