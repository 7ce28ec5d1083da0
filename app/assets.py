"""Our own files as browsers get them: compressed, a style sheet with those that it imports, and at addresses that name their edition, so that a browser which has them asks for none again."""

import mimetypes
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse

from app.compression import Kept, accepts_gzip, compressed_file

STATIC = Path(__file__).resolve().parent.parent / "static"
MOUNT = "/static"
IMPORT = re.compile(r"""^@import url\("([\w-]+\.css)"\);$""", re.M)
"""How one of our style sheets names another that lies beside it."""
EDITION = re.compile(r"/static/~([0-9a-f]{1,64})/")
LASTING = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""Named here because a platform's own table may say otherwise: Windows keeps one that any program may change."""
SMALL_ALREADY = {".woff2"}


@dataclass(frozen=True)
class Edition:
    """All files of a folder as they were at one time. Its name is in the addresses of `base`."""

    name: str
    files: dict[str, tuple[int, int]]
    """By path: the time of the last change in nanoseconds, and the size in bytes."""

    @property
    def base(self) -> str:
        """What stands before the path of each file, without a last slash. Relative imports and style sheets stay within it."""
        return f"{MOUNT}/~{self.name}"

    def holds(self, path: str, status: os.stat_result) -> bool:
        """Whether the file at `path` is still the one of this edition."""
        return self.files.get(path) == (status.st_mtime_ns, status.st_size)


def edition_of(folder: Path) -> Edition:
    """The edition of the files that are in a folder now."""
    files = {}
    for room, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(room, name)
            with suppress(FileNotFoundError):  # made anew just now
                status = os.stat(path)
                files[path] = (status.st_mtime_ns, status.st_size)
    told = "\n".join(f"{os.path.relpath(path, folder)} {files[path]}" for path in sorted(files))
    return Edition(sha256(told.encode()).hexdigest()[:12], files)


def imported(path: str) -> dict[str, os.stat_result]:
    """The style sheets that the one at `path` imports, in their order, and what the disk says of each."""
    names = IMPORT.findall(Path(path).read_text(encoding="utf-8"))
    return {beside: os.stat(beside) for beside in (os.path.join(os.path.dirname(path), name) for name in names)}


@lru_cache(maxsize=4)
def whole_sheet(path: str, files: tuple[tuple[str, int, int], ...]) -> Kept:
    """The style sheet at `path` with those that it imports in their places, made anew only where the time (nanoseconds) or size of one of its `files` changed."""

    def put(found: re.Match[str]) -> str:
        return Path(path).with_name(found[1]).read_text(encoding="utf-8")

    return Kept(IMPORT.sub(put, Path(path).read_text(encoding="utf-8")).encode(), MEDIA_TYPES[".css"])


class Assets(StaticFiles):
    """The files of `static/`. At an address of the newest edition a file is for keeps; elsewhere a browser asks again each time and mostly hears that nothing has changed."""

    def __init__(self) -> None:
        for suffix, media_type in MEDIA_TYPES.items():
            mimetypes.add_type(media_type, suffix)
        super().__init__(directory=STATIC)
        self.newest = edition_of(STATIC)

    def base(self) -> str:
        """The beginning of the addresses that a new page shall use: `/static/~EDITION`."""
        self.newest = edition_of(STATIC)
        return self.newest.base

    def get_path(self, scope: Any) -> str:
        path = super().get_path(scope)
        return path.partition(os.sep)[2] if EDITION.match(scope["path"]) else path

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        request = Headers(scope=scope)
        suffix = Path(full_path).suffix
        files = {str(full_path): stat_result, **(imported(str(full_path)) if suffix == ".css" else {})}
        if len(files) > 1:
            known = tuple((path, status.st_mtime_ns, status.st_size) for path, status in files.items())
            response = whole_sheet(str(full_path), known).response(request)
        elif suffix not in SMALL_ALREADY and status_code == 200 and accepts_gzip(request):
            response = self.compressed(str(full_path), stat_result, request, MEDIA_TYPES.get(suffix, "text/plain"))
        asked = EDITION.match(scope["path"])
        lasts = asked and asked[1] == self.newest.name and all(self.newest.holds(*file) for file in files.items())
        response.headers["Cache-Control"] = LASTING if lasts else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def compressed(self, path: str, status: os.stat_result, request: Headers, media_type: str) -> Response:
        body = compressed_file(path, status.st_mtime_ns, status.st_size)
        headers = {"Content-Encoding": "gzip", "ETag": f'"{status.st_mtime_ns:x}-{status.st_size:x}-gzip"'}
        response = Response(body, headers=headers, media_type=media_type)
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, request) else response
