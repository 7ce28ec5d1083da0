"""Hostile names, prints and titles in every format of the server: each file is read by a parser of its language, and holds text alone."""

import ast
import contextlib
import csv
import io
import json
import re
import shutil
import zlib
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

import hatch_build
from app import exports, traces
from app.exports import Moment, Options, Unavailable
from tests.app.test_exports import HOSTILE, graphviz_reads
from tests.app.test_formats import check_balanced

PAYLOADS = [
    *HOSTILE,
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</text><script>alert(1)</script>",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>",
    '=HYPERLINK("http://example.org")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\\write18{touch x}\\input x",
    '"""\nimport os\n"""',
    "half \ud83d of a pair, and no character \ufffe\uffff",
]


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    """The player's template is that of the modules as they are."""
    hatch_build.make_player()


def program(text: str) -> str:
    """A program whose parameters, texts and prints are called by the payload."""
    name = text.replace(".", "․")  # PyTorch allows no dot in a module's name
    return (
        "import torch\nfrom torch import nn\n"
        f"net = nn.ModuleDict({{{name!r}: nn.Linear(2, 1)}})\n"
        f"words = {text!r}\nprint(words)\n"
        f"loss = net[{name!r}](torch.ones(2)).sum()\nloss.backward()\n"
    )


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def elements(svg: str) -> set[tuple[str, str]]:
    return {
        (element.tag.rpartition("}")[2], name)
        for element in ElementTree.fromstring(svg).iter()
        for name in ("", *element.attrib)
    }


def inert_svg(data: bytes, plain: bytes) -> None:
    # A text may be set in parts, and a letter that no font of ours has is told of in a description.
    assert elements(data.decode()) <= elements(plain.decode()) | {("tspan", ""), ("desc", "")}


def inert_html(data: bytes, plain: bytes) -> None:
    assert Elements(data.decode()).found == Elements(plain.decode()).found


dot_read = cache(graphviz_reads)


def inert_dot(data: bytes, plain: bytes) -> None:
    read, alike = dot_read(data.decode()), dot_read(plain.decode())
    assert [set(node) for node in read["nodes"]] == [set(node) for node in alike["nodes"]]
    assert elements(read["svg"]) <= elements(alike["svg"])


def inert_mmd(data: bytes, plain: bytes) -> None:
    def outside(text: str) -> list[str]:
        said = re.findall(r"^  acc(?:Title|Descr): (.*)$", text, re.M)
        assert len(said) == 2 and not set("".join(said)) & set('<>{}"`%;')
        return re.sub(r'"[^"]*"', '""', re.sub(r"^  acc.*$", "", text, flags=re.M)).splitlines()

    assert outside(data.decode()) == outside(plain.decode())


def inert_tex(data: bytes, plain: bytes) -> None:
    def commands(text: str) -> set[str]:
        drawn = re.sub(r"(?<!\\)%.*", "", text).partition("\\begin{document}")[2]
        return set(re.findall(r"\\[a-zA-Z]+", drawn))

    check_balanced(data.decode())
    signs = {
        "textbackslash",
        "textasciitilde",
        "textasciicircum",
        "textless",
        "textgreater",
        "textbar",
        "textquotedbl",
        "langle",
        "rangle",
        "partial",
    }
    assert commands(data.decode()) - commands(plain.decode()) <= {f"\\{sign}" for sign in signs}


def inert_csv(data: bytes, plain: bytes) -> None:
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        for cell in row:
            assert cell[:1] not in {"=", "+", "@", "\t", "＝", "＋", "－", "＠"} and (
                cell[:1] != "-" or re.fullmatch(r"-[\d.e+-]+", cell)
            ), cell


def inert_jsonl(data: bytes, plain: bytes) -> None:
    kinds = [[json.loads(line)["kind"] for line in file.splitlines()] for file in (data, plain)]
    assert kinds[0] == kinds[1]


def inert_py(data: bytes, plain: bytes) -> None:
    def shape(file: bytes) -> str:
        return re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "text", ast.dump(ast.parse(file)))

    assert shape(data) == shape(plain)


STREAM = re.compile(rb"(<<[^<>]*>>)\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def inert_pdf(data: bytes, plain: bytes) -> None:
    # Packed drawings and fonts may hold any bytes; what acts stands outside of them, or in a stream of objects.
    packed = [zlib.decompress(body) for head, body in STREAM.findall(data) if b"/ObjStm" in head]
    assert packed or b"/ObjStm" not in data
    for objects in (STREAM.sub(b"", data), *packed):
        assert not re.search(rb"/(?:JS|JavaScript|URI|Launch|OpenAction|EmbeddedFile|AA)\b", objects)


def inert_png(data: bytes, plain: bytes) -> None:
    assert data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82")


READERS = {name.removeprefix("inert_"): reader for name, reader in list(globals().items()) if name.startswith("inert_")}


def test_every_format_is_read():
    assert READERS.keys() == exports.found().keys()


def made(words: str) -> dict[str, bytes]:
    """The program with these words in every format that this machine can make."""
    source = program(words)
    lines = traces.of_program(source)
    assert json.loads(lines[-1])["kind"] == "run-finished", lines[-1]
    moment, options = Moment(lines, len(lines) - 1, source, words), Options(show=frozenset(exports.SHOWN))
    files = {}
    for name, export in exports.found().items():
        with contextlib.suppress(Unavailable):
            files[name] = export.render(moment, options)
    return files


@pytest.fixture(scope="module")
def plain(player: None) -> dict[str, bytes]:
    """The files of harmless words."""
    return made("words")


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_hostile_text_is_inert_in_every_format(text: str, plain: dict[str, bytes]):
    files = made(text)
    drawn = {"svg"} if shutil.which("dot") else set()
    assert files.keys() >= drawn | {"html", "dot", "mmd", "tex", "csv", "jsonl", "py"}
    for name in files.keys() & plain.keys():
        READERS[name](files[name], plain[name])
