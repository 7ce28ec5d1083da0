"""Text that is compressed once and kept: our own files, and what the catalogue answers."""

import gzip
import re
from functools import lru_cache
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.responses import Response

LEVEL = 9
KEPT_FILES = 512


def accepts_gzip(request: Headers) -> bool:
    """Whether the client of these request headers names gzip, and not with the weight 0."""
    for part in request.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


@lru_cache(maxsize=KEPT_FILES)
def compressed_file(path: str, modified: int, size: int) -> bytes:
    """The file at `path`, compressed anew only where its time (nanoseconds) or size changed."""
    with open(path, "rb") as file:
        return gzip.compress(file.read(), LEVEL, mtime=0)


class Kept:
    """One answer that stays the same while the server runs, and is then only told to be the same."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self.body = body
        self.compressed = gzip.compress(body, LEVEL, mtime=0)
        self.media_type = media_type
        self.tag = sha256(body).hexdigest()[:32]

    def response(self, request: Headers) -> Response:
        """The whole answer, compressed where the client takes that; 304 where it has it already."""
        small = accepts_gzip(request)
        tag = f'"{self.tag}-gzip"' if small else f'"{self.tag}"'
        headers = {"Cache-Control": "no-cache", "ETag": tag, "Vary": "Accept-Encoding"}
        if tag in [known.strip().removeprefix("W/") for known in request.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        if small:
            headers["Content-Encoding"] = "gzip"
        return Response(self.compressed if small else self.body, headers=headers, media_type=self.media_type)
