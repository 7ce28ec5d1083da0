"""Every format of the server by what reads it: its own program where that can be had, else a parser of its language."""

import csv
import html
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

import hatch_build
from app import exports, traces
from app.exports import Moment, Options, dot, drawing, mmd, sketch, svg, tex
from app.exports.alt import MOST_TOLD, alternative
from app.exports.figure import Node, of_moment
from app.exports.palette import PALETTES
from app.exports.texts import clean
from app.lessons import lessons
from tests.app.reading import run
from tests.app.test_exports import HOSTILE, graphviz_reads
from tests.browser.taken import FAILING, png_chunks
from tests.one_file import letters_left_out, unpacked

CHINESE = """import torch
权重 = torch.tensor([1.0, -2.0], requires_grad=True)
a_b = torch.tensor(3.0, requires_grad=True)
损失 = (权重 * a_b).sum() + a_b ** 2
损失.backward()
print("</script><script>alert(1)</script>", 权重.grad)
"""
ASKED = {
    "show": [frozenset(), frozenset({"shapes"}), frozenset(exports.SHOWN)],
    "theme": ["light", "dark", "projector"],
    "direction": ["right", "down"],
    "paper": ["fit", "a4", "letter", "slide"],
    "rows": ["auto", "2", "3"],
    "language": ["en", "zh-CN"],
}
TEXTS = ["dot", "mmd", "tex", "html", "jsonl", "csv", "py"]
DRAWN = ["svg", "png", "pdf"]
# Lessons with values, arrays, several calls, what is not recorded, and a failure.
SPOKEN = ["one-neuron", "accumulate", "leaf-and-nonleaf", "no-grad-and-detach", "tiny-network", "in-place-error"]


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    """The player's template is that of the modules as they are."""
    hatch_build.make_player()


def moment(source: str, at: int | None = None, title: str = "Gradlight") -> Moment:
    lines = traces.of_program(source)
    return Moment(lines, len(lines) - 1 if at is None else at, source, title)


def rendered(format: str, of: Moment, **options: object) -> str:
    return exports.found()[format].render(of, Options(**options)).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("format", TEXTS + DRAWN)
def test_the_same_step_and_options_give_the_same_bytes(format: str):
    if format in DRAWN and shutil.which("dot") is None:
        pytest.skip("no dot")
    export, of, again = exports.found()[format], moment(CHINESE), moment(CHINESE)
    for name, values in ASKED.items():
        if name not in export.takes:
            continue
        made = [export.render(of, Options(**{name: value})) for value in values]
        assert made[-1] == export.render(again, Options(**{name: values[-1]}))
        assert len(set(made)) == len(values), f"{format} says that it takes {name}, and shows no difference"


def spoken(format: str, data: bytes) -> tuple[str, str]:
    """The title of a file, where its format has room for one, and what it says to who cannot see it."""
    if format == "png":
        texts = {
            body.split(b"\0")[0].decode(): body.split(b"\0")[-1].decode()
            for kind, body in png_chunks(data)
            if kind == "iTXt"
        }
        return texts["Title"], texts["Description"]
    if format == "pdf":
        found = dict(re.findall(rb"/(Title|Subject) <FEFF([0-9A-F]*)>", data))
        title, words = (bytes.fromhex(found[name].decode()).decode("utf-16-be") for name in (b"Title", b"Subject"))
        return title, words
    text = data.decode()
    if format == "svg":
        root, space = ElementTree.fromstring(text), "{http://www.w3.org/2000/svg}"
        assert root.get("role") == "img"
        return root.findtext(f"{space}title") or "", root.findtext(f"{space}desc") or ""
    patterns = {
        "mmd": r"^  accTitle: (.*)\n  accDescr: (.*)$",
        "html": r'(?=(?:.|\n)*?<title>(.*?)</title>)(?:.|\n)*?<meta name="description" content="(.*?)">',
        "dot": r"^()// (.*)$",
        "tex": r"^()% (.*)$",
    }
    said = re.search(patterns[format], text, re.M)
    assert said is not None
    return html.unescape(said[1]), html.unescape(said[2])


@pytest.mark.parametrize("source", [CHINESE, *(lessons()[id].program for id in SPOKEN)])
def test_a_part_of_the_server_s_svg_is_called_as_the_program_calls_it_and_an_edge_has_no_name(source: str):
    """Its title is what a browser shows beside the pointer."""
    of, options = moment(source), Options()
    nodes = of_moment(of, options).nodes
    drawn = svg.titled(graphviz_reads(dot.source(of, options))["svg"], nodes)
    space = "{http://www.w3.org/2000/svg}"
    parts = [one for one in ElementTree.fromstring(drawn).iter(f"{space}g") if one.get("class") != "graph"]
    titles = {one.get("class"): set[str | None]() for one in parts}
    for one in parts:
        titles[one.get("class")].add(one.findtext(f"{space}title"))
    assert titles == {"node": {node.title or None for node in nodes}, "edge": {None}}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("format", ["svg", "png", "pdf", "dot", "mmd", "tex", "html"])
def test_a_file_says_to_who_cannot_see_it_what_it_shows(format: str, language: exports.Language):
    """Halfway and at the end: each named tensor of the figure with its value, and its gradient where it has one."""
    if format in DRAWN and shutil.which("dot") is None:
        pytest.skip("no dot")
    for lesson in (lessons()[id] for id in SPOKEN):
        name = lesson.title[language]
        whole = moment(lesson.program, title=name)
        for of in (whole, moment(lesson.program, at=whole.at // 2, title=name)):
            options = Options(language=language)
            title, words = spoken(format, exports.found()[format].render(of, options))
            assert title in ("", name if format != "mmd" else mmd.spoken(name))
            assert words == (mmd.spoken(alternative(of, options)) if format == "mmd" else alternative(of, options))
            assert words.endswith("." if language == "en" else "。") and "  " not in words
            nodes = [node for node in of_moment(of, options).nodes if node.is_tensor and node.title]
            assert nodes, lesson.id
            for node in nodes[:MOST_TOLD]:
                assert f"{node.title} = {node.value}" in words and node.gradient in words
    if format == "pdf":
        assert f"/Lang ({language})".encode() in exports.found()[format].render(whole, options)


def test_an_option_that_nothing_shows_is_refused(server: httpx.Client):
    id = run(server, CHINESE).id
    answer = server.get(f"/api/runs/{id}/figure.dot", params={"show": "values,colour"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad-option")
    assert server.get(f"/api/runs/{id}/figure.dot", params={"theme": "pink"}).status_code == 422


@pytest.mark.parametrize("format", TEXTS)
def test_a_file_is_a_download_that_can_do_nothing_here(server: httpx.Client, format: str):
    id = run(server, CHINESE).id
    answer = server.get(f"/api/runs/{id}/figure.{format}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_list_of_formats_names_what_the_page_can_ask_for(server: httpx.Client):
    told = server.get("/api/formats").json()
    assert {row["name"] for row in told["formats"]} == set(exports.found())
    folder = Path(__file__).resolve().parents[2] / "static" / "js" / "page" / "formats"
    assert told["modules"] == sorted(path.stem for path in folder.glob("*.js"))
    for row in told["formats"]:
        assert set(row["label"]) == {"en", "zh-CN"} and set(row["takes"]) <= set(ASKED)


@pytest.mark.parametrize("lesson", ["one-neuron", "broadcasting", "training-loop"])
def test_graphviz_draws_lessons_downwards_in_the_dark(lesson: str):
    of = moment(lessons()[lesson].program)
    read = graphviz_reads(rendered("dot", of, theme="dark", direction="down"))
    assert len(read["nodes"]) == len(of_moment(of, Options()).nodes)
    assert read["graph"]["rankdir"] == "TB" and read["graph"]["bgcolor"] == f"#{PALETTES['dark'].ground}"


def test_a_leaf_that_a_long_loop_uses_is_drawn(monkeypatch: pytest.MonkeyPatch):
    """Bent edges over 180 layers take `dot` minutes."""
    if shutil.which("dot") is None:
        pytest.skip("no dot")
    monkeypatch.setattr(drawing, "SECONDS", 60)
    loop = "w = torch.tensor(1.1, requires_grad=True)\nh = w\nfor i in range(30):\n    h = torch.tanh(h * w) + 0.1 * w\nh.backward()\n"
    of = moment("import torch\n" + loop)
    drawn = exports.found()["svg"].render(of, Options())
    assert drawn.count(b'class="edge"') == len(of_moment(of, Options()).edges)


@pytest.fixture
def no_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose only fonts are those that Gradlight brings."""
    if shutil.which("dot") is None or shutil.which("fc-list") is None:
        pytest.skip("no dot, or no fontconfig")
    (tmp_path / "fonts").mkdir()
    path = tmp_path / "machine.conf"
    path.write_text(
        f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(path))


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize("format", ["png", "pdf"])
def test_chinese_is_drawn_on_a_machine_without_fonts(format: str, tmp_path: Path):
    """In our own font: the PDF's words can be read back, its fonts are in it, and the picture is not that of empty boxes."""
    drawn = exports.found()[format].render(moment(CHINESE), Options())
    assert drawn != exports.found()[format].render(moment(CHINESE.replace("权重", "输入")), Options())
    if format == "pdf" and shutil.which("pdftotext") is not None:
        (tmp_path / "figure.pdf").write_bytes(drawn)
        words = subprocess.run(["pdftotext", "figure.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout
        assert "权重" in words.decode() and "损失" in words.decode()
        fonts = subprocess.run(["pdffonts", "figure.pdf"], cwd=tmp_path, capture_output=True, check=True).stdout
        assert all(re.search(r" yes yes yes +\d+ +0$", row) for row in fonts.decode().splitlines()[2:])


@pytest.mark.usefixtures("no_fonts")
def test_a_picture_says_which_letters_it_would_lose():
    """Cuneiform is a fine name in Python, and in no font of ours."""
    of = moment(CHINESE.replace("权重", "𒀀"))
    for format in ("png", "pdf"):
        with pytest.raises(exports.Unavailable, match="No font here has 𒀀"):
            exports.found()[format].render(of, Options())
    assert "𒀀" in rendered("svg", of)


def check_balanced(text: str) -> None:
    """Fails where groups, environments or optional arguments of a TeX document are not as they were meant."""
    depth, open_environments = 0, []
    for sign in re.finditer(r"\\(begin|end)\{(\w+)\}|\\.|[{}]|%.*", text):
        if sign[0] in "{}":
            depth += 1 if sign[0] == "{" else -1
            assert depth >= 0
        elif sign[1] == "begin":
            open_environments.append(sign[2])
        elif sign[1] == "end":
            assert open_environments.pop() == sign[2]
    assert depth == 0 and open_environments == []
    assert not re.search(r"\\\\\s*[\[*]", text), "a bracket after a line's end would be read as a distance"


@pytest.mark.parametrize("lesson", lessons())
def test_tikz_of_every_lesson_is_well_formed(lesson: str):
    of = moment(lessons()[lesson].program)
    for paper in ASKED["paper"]:
        text = rendered("tex", of, paper=paper, show=frozenset(exports.SHOWN))
        check_balanced(text)
        known = {"node", "path", "definecolor", "usetikzlibrary", "usepackage", "documentclass", "begin", "end"}
        assert known <= set(re.findall(r"\\([a-zA-Z]+)", text))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_leaves_tikz_well_formed(text: str):
    check_balanced(tex.node_command(Node("t1", "leaf", clean(text) or " "), 0, 0))


# W is used at every turn, so that what flows back to it goes a long way.
FAR = """import torch
W = torch.eye(3, requires_grad=True)
状态 = torch.ones(3)
for t in range(9):
    状态 = torch.tanh(W @ 状态) * 0.5 + 1
状态.sum().backward()
"""


@pytest.mark.skipif(shutil.which("lualatex") is None, reason="lualatex is not installed (some 500 MB)")
@pytest.mark.parametrize(
    ("source", "options"),
    [(FAR, {}), (CHINESE, {"theme": "dark", "paper": "a4", "show": frozenset(exports.SHOWN)})],
    ids=["far", "sheet"],
)
def test_lualatex_sets_the_figure_and_its_chinese_labels(tmp_path: Path, source: str, options: dict[str, object]):
    (tmp_path / "figure.tex").write_text(rendered("tex", moment(source), **options), encoding="utf-8")
    command = ["lualatex", "-interaction=nonstopmode", "-halt-on-error", "figure.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "figure.log").read_text(errors="replace")


@pytest.mark.parametrize(
    ("line", "ringed"),
    [
        ('torch.cat([w, "b"])', {"w"}),
        ('w.undone("b")', {"w"}),
        ("w + b + len('w')", {"w", "b"}),
        ('table["it\'s b"]', set()),
    ],
)
def test_a_failed_line_rings_what_it_names_and_nothing_that_stands_in_a_string(line: str, ringed: set[str]):
    program = "import torch\nw = torch.ones(2, requires_grad=True)\nb = torch.ones(3, requires_grad=True)\ntable = {}\n"
    figure = of_moment(moment(program + line + "\n"), Options())
    assert {node.title for node in figure.nodes if node.failed} == ringed


def test_the_table_of_gradients_holds_every_write_with_its_digits():
    of = moment(CHINESE)
    rows = list(csv.DictReader(io.StringIO(rendered("csv", of).removeprefix("\ufeff"))))
    events = [json.loads(line) for line in of.lines]
    written = [event for event in events if event["kind"] == "gradient-accumulated"]
    told = [row for row in rows if row["event"] == "gradient-accumulated"]
    assert [json.loads(row["value"]) for row in told] == [event["after"]["data"] for event in written]
    assert {row["name"] for row in told} == {"权重", "a_b"}
    assert [float(row["norm"]) for row in told if row["name"] == "权重"] == [pytest.approx(18**0.5)]


def test_the_table_of_gradients_counts_what_is_not_finite():
    program = (
        "import torch\nfor n in (2, 300):\n    x = torch.ones(n, requires_grad=True)\n"
        "    (x * torch.tensor([float('inf')] + [1.0] * (n - 1))).sum().backward()\n"
    )
    rows = list(csv.DictReader(io.StringIO(rendered("csv", moment(program)).removeprefix("\ufeff"))))
    told = [row for row in rows if row["event"] == "gradient-accumulated"]
    assert [(row["shape"], row["nonfinite"], row["max"]) for row in told] == [("2", "1", "1.0"), ("300", "1", "1.0")]


@pytest.mark.parametrize("lesson", lessons())
def test_the_script_prints_the_numbers_of_the_run(lesson: str):
    """Run by our own engine, which prints what PyTorch prints; beside PyTorch itself it was compared when it was written."""
    of = moment(lessons()[lesson].program)
    script = rendered("py", of)
    again = [json.loads(line) for line in traces.of_program(script)]
    printed = "".join(event["text"] for event in again if event["kind"] == "printed")
    first = "".join(json.loads(line)["text"] for line in of.lines if b'"kind":"printed"' in line)
    assert printed.startswith(first)
    named = re.findall(r'^print\("(\w+)\.grad =".*# (.+)$', script, re.M)
    kept = {row.name for row in of.frame.tensors.values() if row.is_leaf and row.grad is not None}
    if json.loads(of.lines[-1])["kind"] == "run-failed":
        assert again[-1]["kind"] == "run-failed" and not named
    else:
        assert {name for name, _ in named} >= kept
    told = dict(re.findall(r"^(\w+)\.grad = tensor\((-?\d+\.?\d*)(?:, [^)]*)?\)$", printed.removeprefix(first), re.M))
    for name, number in named:
        if re.fullmatch(r"−?\d+(\.\d+)?", number):
            assert float(told[name]) == pytest.approx(float(number.replace("−", "-")), rel=2e-3, abs=1e-4)


NETWORK = """import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.层 = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 1)])
        self.scale = nn.Parameter(torch.ones(1))
    def forward(self, x):
        return self.scale * self.层[1](self.层[0](x))
"""
DEEP = "nn.Sequential(*[nn.Linear(1, 1) for _ in range(12)])"


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        (f"{NETWORK}net = Net()\nnet(torch.ones(1, 2)).sum().backward()\n", ["net.scale", "net.层.0.weight", "net.层.0.bias", "net.层.1.weight", "net.层.1.bias"]),
        (f"{NETWORK}net = {DEEP}\nnet(torch.ones(1, 1)).sum().backward()\n", [f"net.{at}.{name}" for at in range(12) for name in ("weight", "bias")]),
        (f"{NETWORK}a = nn.Linear(1, 1)\na = a.train()\nb = nn.Sequential(a, nn.Tanh())\na(torch.ones(1, 1)).sum().backward()\n", ["a.weight", "a.bias"]),
        (f"{NETWORK}head = nn.Linear(1, 1)\nhead(torch.ones(1, 1)).sum().backward()\nhead = None\n", []),
        (f"{NETWORK}net = nn.Linear(1, 1)\nnet.weight.requires_grad_(False)\nnet(torch.ones(1, 1)).sum().backward()\n", ["net.bias"]),
        (f"{NETWORK}net = nn.Linear(1, 1)\nnet(torch.ones(1, 1)).sum().backward()\nnet.zero_grad()\n", []),
        ("import torch\nw = torch.ones(1, requires_grad=True)\nws = [w, torch.ones(1, requires_grad=True)]\n(ws[0] * ws[1]).backward()\n", ["w", "ws[1]"]),
        ("import torch\nw = torch.ones(1, requires_grad=True)\nv = w * 2\nv.backward()\ndel w\n", []),
        ("from __future__ import annotations\nimport torch\nw = torch.ones(1, requires_grad=True)\nw.backward()\n", ["w"]),
    ],
)  # fmt: skip
def test_the_script_prints_each_gradient_that_a_name_or_a_module_reaches(program: str, printed: list[str]):
    script = rendered("py", moment(program))
    compile(script, "script", "exec")
    events = [json.loads(line) for line in traces.of_program(script)]
    assert events[-1]["kind"] == "run-finished", events[-1]
    texts = [event["text"] for event in events if event["kind"] == "printed"]
    assert [text.partition(".grad = ")[0] for text in texts] == printed
    assert all(text.partition(".grad = ")[2].startswith("tensor(") for text in texts)
    assert ("at the end of the run" in script) == bool(printed)


@pytest.mark.parametrize(
    ("program", "promise"),
    [
        ("import torch\n", "prints the same numbers"),
        (FAILING, "stops with the same error"),
        ("x = (\n", "stops with the same error"),
        ("import os\n", "PyTorch may go further"),
        ("while True:\n    pass\n", "PyTorch may go further"),
    ],
)
def test_the_script_promises_no_more_than_the_run_did(program: str, promise: str):
    of = moment(program)
    first = rendered("py", of).splitlines()[0]
    assert promise in first
    assert rendered("py", of, language="zh-CN").splitlines()[0] != first


class Tags(HTMLParser):
    """The elements of a page, and the addresses in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_one_file_holds_no_markup_of_the_programs_and_no_outside_address(text: str):
    source = f"import torch\nx = torch.tensor(1.0, requires_grad=True)\nprint({text!r})\n(x * 2).backward()\n"
    page = rendered("html", moment(source, title=text))
    tags = Tags()
    tags.feed(page)
    plain = Tags()
    plain.feed(rendered("html", moment("import torch\n")))
    assert [tag for tag, _ in tags.found] == [tag for tag, _ in plain.found]
    for tag, attributes in tags.found:
        assert not {"src", "href"} & attributes.keys(), tag
        assert not any(name.startswith("on") for name in attributes)
    carried = unpacked(page, "recording")
    assert carried["source"] == source and carried["title"] == clean(text)
    assert "default-src 'none'" in page and len(page) < 1_000_000


def test_the_one_file_carries_the_licences_of_what_it_is_made_of():
    code = dict(unpacked(rendered("html", moment("import torch\n")), "player"))["script"]
    for text in ("Copyright (c) 2026 The Gradlight authors", "d3-zoom 3", "d3-selection 3", "Mike Bostock"):
        assert text in code


def test_a_chinese_file_brings_every_letter_that_it_shows():
    ops = "import torch\nx = torch.rand(1, 1, 4, 4, requires_grad=True)\n权 = torch.rand(1, 1, 2, 2)\ny = torch.nn.functional.conv2d(x, 权).clamp(0, 1).cumsum(0).norm()\ny.backward()\n"
    for source in (CHINESE, ops, FAILING):
        assert letters_left_out(rendered("html", moment(source), language="zh-CN")) == []


def test_the_one_file_carries_what_is_said_of_its_own_errors_and_of_no_others():
    catalogues = [traces.catalogue(language) for language in ("en", "zh-CN")]
    for source, codes in (
        (CHINESE, set()),
        (FAILING, {"second-backward"}),
        ("import os\nimport sys\n", {"import-files"}),
    ):
        carried = unpacked(rendered("html", moment(source)), "recording")["said"]
        for said, catalogue in zip((carried["en"], carried["zh-CN"]), catalogues, strict=True):
            assert said == {key: text for key, text in catalogue.items() if key.split(".")[1] in codes}
            assert bool(said) == bool(codes)


@pytest.mark.parametrize("lesson", lessons())
def test_the_plain_picture_is_xml_with_its_words(lesson: str):
    of = moment(lessons()[lesson].program)
    options = Options(direction="down")
    root = ElementTree.fromstring(sketch.drawn(of, options))
    drawn = [(element.tag.rpartition("}")[2], element.text) for element in root.iter()]
    figure = of_moment(of, options)
    assert {tag for tag, _ in drawn} <= {"svg", "rect", "path", "text", "style"}
    assert [text for tag, text in drawn if tag == "text"] == [text for node in figure.nodes for text in node.lines]
    assert [tag for tag, _ in drawn].count("path") >= sum(edge.kind != "gradient" for edge in figure.edges)
    assert root.get("aria-label") == alternative(of, options)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_of_the_servers_is_written_in_words_that_office_programs_know(theme: exports.Theme):
    """As those of the page are (tests/browser/test_figures.py): no style of an element, no colour but by its number, no share of a size, nothing that is drawn elsewhere."""
    of, options = moment(CHINESE), Options(theme=theme, paper="a4")
    pictures = [sketch.drawn(of, options)]
    if shutil.which("dot") is not None:
        pictures.append(exports.found()["svg"].render(of, options))
    for picture in pictures:
        for element in ElementTree.fromstring(picture).iter():
            name = element.tag.rpartition("}")[2]
            assert name in {"svg", "title", "desc", "style", "g", "rect", "ellipse", "polygon", "path", "text"}
            assert name != "style" or re.fullmatch(r"(@font-face\s*\{[^{}]*\}\s*)*", element.text or ""), "no selector"
            for colour in (element.get("fill"), element.get("stroke")):
                assert colour is None or re.fullmatch("none|black|#[0-9A-Fa-f]{6}", colour), colour
            assert (
                not {"style", "clip-path", "mask", "filter", "dominant-baseline", "textLength"} & element.attrib.keys()
            )
            assert not any(value.endswith("%") for value in element.attrib.values())
            assert (element.get("font-family") or "sans-serif").endswith("sans-serif"), (
                "a font of the same kind is found"
            )
            assert name != "rect" or element.get("rx") == element.get("ry")


def test_a_qr_code_is_of_this_servers_addresses_only(server: httpx.Client):
    own = f"{server.base_url}/#v=1&r=0"
    answer = server.get("/api/qr.svg", params={"address": own})
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/svg+xml"
    for address in ("http://example.org/", "javascript:alert(1)", "x" * 2000, "http://[::1"):
        assert server.get("/api/qr.svg", params={"address": address}).status_code in {400, 422}, address
