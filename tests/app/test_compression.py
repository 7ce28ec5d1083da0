"""Text comes compressed to whoever takes it, once, and is the same text."""

import gzip
import os
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import Headers

from app.compression import accepts_gzip, compressed_file

TEXTS = [
    "/static/js/main.js",
    "/static/css/index.css",
    "/static/icon.svg",
    "/static/locales/en/page.json",
    "/api/ops",
    "/api/lessons",
]


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("deflate, GZIP", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("identity", False),
        ("", False),
        ("gzipped", False),
    ],
)
def test_only_who_names_gzip_gets_it(header: str, taken: bool):
    assert accepts_gzip(Headers({"accept-encoding": header})) is taken


@pytest.mark.parametrize("path", TEXTS)
def test_compressed_and_plain_are_the_same_text(server: httpx.Client, path: str):
    plain = server.get(path, headers={"Accept-Encoding": "identity"})
    with server.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as small:
        raw = b"".join(small.iter_raw())
    assert "content-encoding" not in plain.headers and small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) == int(small.headers["content-length"]) < len(plain.content)
    assert "Accept-Encoding" in small.headers["vary"] and "Accept-Encoding" in plain.headers["vary"]
    assert small.headers["content-type"] == plain.headers["content-type"]
    assert small.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_a_browser_has_is_not_sent_again(server: httpx.Client, path: str, coding: str):
    first = server.get(path, headers={"Accept-Encoding": coding})
    again = server.get(
        path, headers={"Accept-Encoding": coding, "If-None-Match": f'"other", W/{first.headers["etag"]}'}
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_fonts_come_as_they_are(server: httpx.Client):
    answer = server.get("/static/vendor/inter-latin.woff2", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers and answer.content[:4] == b"wOF2"


def test_a_changed_file_is_compressed_anew(tmp_path: Path):
    file = tmp_path / "a.js"
    seen = []
    for text, time in (("one", 1), ("two", 2)):
        file.write_text(text)
        os.utime(file, ns=(time, time))
        status = file.stat()
        seen.append(gzip.decompress(compressed_file(str(file), status.st_mtime_ns, status.st_size)))
    assert seen == [b"one", b"two"]
