"""What a file that plays by itself carries inside, read without running it."""

import json
import re
from base64 import b85decode
from typing import Any
from zlib import decompress


def unpacked(page: str, name: str) -> Any:
    """The block of this name: `recording` or `player`."""
    found = re.search(rf'id="{name}">([^<>&"\'{{}}\\\s]+)</script>', page)
    assert found is not None
    return json.loads(decompress(b85decode(found[1].encode().translate(bytes.maketrans(b",.:[]/", b"&<>{}`"))), -15))


def letters_left_out(page: str) -> list[str]:
    """The Chinese letters of the recording, of what it tells of its ops, and of the player's texts, for which the file brings no glyph."""
    recording, script = unpacked(page, "recording"), dict(unpacked(page, "player"))["script"]
    ranges = ",".join(re.findall(r"unicode-range:([^}]+)\}", recording.pop("letters")))
    held = {chr(int(code.strip().removeprefix("U+"), 16)) for code in ranges.split(",")}
    return sorted(set(re.findall(r"[\u4e00-\u9fff]", json.dumps(recording, ensure_ascii=False) + script)) - held)
