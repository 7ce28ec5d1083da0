"""The command line, as a person at a terminal uses it."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from app.server import listening
from app.telling import terminal_language

ROOT = Path(__file__).resolve().parents[2]
GOOD = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\nprint('梯度', x.grad)\n"
BAD = "import torch\na = torch.ones(2, 3)\n梯 = a @ a\n"


def command(*arguments: str | Path, text: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
    )


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.py"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.py"
    path.write_text(BAD, encoding="utf-8")
    return path


def test_run_prints_the_trace_and_what_the_program_printed(good: Path):
    done = command("run", good)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert events[-1]["kind"] == "run-finished"
    assert done.stderr == "梯度 tensor(6.)\n"


def test_run_tells_a_failure_with_its_line_and_a_caret(bad: Path):
    done = command("run", bad)
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["kind"] == "run-failed"
    told = done.stderr.splitlines()
    assert told[:3] == ["line 3:", "    梯 = a @ a", "         ^^^^^"]
    assert told[3].startswith("RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")


def test_run_reads_the_standard_input_and_saves(tmp_path: Path):
    done = command("run", "-", "-o", tmp_path / "trace.jsonl", "--seed", "3", text="import torch\nprint(1)\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "1\n")
    first = json.loads((tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (first["kind"], first["seed"]) == ("run-started", 3)


def test_export_draws_a_program_or_its_saved_trace_alike(good: Path, tmp_path: Path):
    trace, first, second, early = (tmp_path / name for name in ("trace.jsonl", "a.dot", "b.dot", "c.dot"))
    done = command("export", good, "-o", first)
    assert done.returncode == 0, done.stderr
    drawn = first.read_text(encoding="utf-8")
    assert "grad 6.0" in drawn
    for arguments in (
        ("run", good, "-o", trace),
        ("export", trace, "-o", second),
        ("export", good, "-o", early, "--at", "2"),
    ):
        assert main(list(map(str, arguments))) == 0
    assert second.read_text(encoding="utf-8") == drawn != early.read_text(encoding="utf-8")


def test_export_draws_a_program_that_fails_and_says_so(bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["export", str(bad), "-o", str(tmp_path / "A.DOT")]) == 1
    assert "t0 [" in (tmp_path / "A.DOT").read_text(encoding="utf-8")
    assert "mat1 and mat2 shapes cannot be multiplied" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.py"], "nowhere.py cannot be read"),
        (["run", "."], "cannot be read"),
        (["export", "GOOD", "-o", "x.bmp"], "no figure ends in .bmp"),
        (["export", "GOOD", "-o", "x.gif"], "a figure as .gif is made by the page, from its export menu; here there"),
        (["export", "GOOD", "-o", "x."], "the figure's name should end in one of .csv"),
        (
            ["export", "GOOD", "-o", "x.dot", "--fold", "t"],
            "nothing here folds by the name t; there is nothing to fold",
        ),
        (["export", "LOOP.py", "-o", "x.dot", "--fold", "t"], "nothing here folds by the name t; there are all, i."),
        (["export", "GOOD", "-o", "x.dot", "--at", "100000"], "--at should be first, last or between 0 and"),
        (["export", "BROKEN.jsonl", "-o", "x.dot"], "line 2 of the trace is no event"),
        (["export", "GAP.jsonl", "-o", "x.dot"], "has seq 5 where 1 follows"),
        (["run", "LATIN.py"], "is not UTF-8"),
        (["run", "GOOD", "-o", "nowhere/x.jsonl"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], said: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    started = '{"seq": %d, "kind": "run-started", "line": null, "schema": 1, "seed": 0}\n'
    (tmp_path / "broken.jsonl").write_text(started % 0 + "{\n")
    (tmp_path / "gap.jsonl").write_text(started % 0 + started % 5)
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    loop = "import torch\nx = torch.ones(2, requires_grad=True)\nfor i in range(2):\n    x = (x * 2).sin()\n"
    (tmp_path / "loop.py").write_text(loop)
    files = {
        "GOOD": good,
        "LOOP.py": tmp_path / "loop.py",
        "BROKEN.jsonl": tmp_path / "broken.jsonl",
        "GAP.jsonl": tmp_path / "gap.jsonl",
        "LATIN.py": tmp_path / "latin.py",
    }
    named = [files.get(part, tmp_path / part if part.startswith(("x.", "nowhere/")) else part) for part in arguments]
    status = main(list(map(str, named)))
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err.startswith("gradlight: ") and said in told.err
    assert len(told.err.splitlines()) == 1


HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh-CN"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh-CN"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh-CN"),
    ],
)
def test_the_terminal_says_which_language_it_wants(environment: dict[str, str], language: str):
    assert terminal_language(environment) == language


def test_every_help_is_in_chinese_too(capsys: pytest.CaptureFixture[str]):
    for name in ([], ["serve"], ["worker"], ["run"], ["export"]):
        texts = {}
        for language in ("en", "zh-CN"):
            with pytest.raises(SystemExit) as ended:
                main([*name, "--help"] if not name else [*name, "--language", language, "--help"])
            assert ended.value.code == 0
            texts[language] = capsys.readouterr().out
        if name:
            described = re.findall(r"^  (-\S.*|\S.*)(?:\n {10,}.*)*", texts["zh-CN"], re.M)
            assert not HAN.search(texts["en"])
            assert len(described) > 2 and texts["zh-CN"].startswith("用法：")
            assert not re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", texts["zh-CN"].split("选项：")[1])


ENDINGS = {
    "REFUSED": "import torch, os\n",
    "SLIP": "x = 1\ny = (x + 1\n",
    "ENDLESS": "while True:\n    pass\n",
}
"""Programs that never start, and one that a limit ends."""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.py"], "gradlight: 无法读取 nowhere.py：没有这个文件或目录。\n"),
        (["export", "GOOD", "-o", "x.bmp"], "gradlight: 没有 .bmp 格式的图"),
        (
            ["export", "GOOD", "-o", "x.dot", "--fold", "t"],
            "gradlight: 这里没有名为 t 的可折叠部分；没有可折叠的部分。",
        ),
        (["export", "GOOD", "-o", "x.dot", "--at", "100000"], "gradlight: --at 应为 first、last 或 0 到 "),
        (["export", "GOOD", "-o", "x.dot", "--show", "colours"], "gradlight: show 可取 values, "),
        (["export", "GOOD"], "缺少参数：-o/--output"),
        (["export", "GOOD", "-o", "x.dot", "--theme", "pink"], "--theme 不能是 'pink'，可选的有 "),
        (["run", "GOOD", "--seed", "one"], "--seed 应为整数，不是 'one'"),
        (["run", "GOOD", "--colour"], "无法识别的参数：--colour\n"),
        (["export", "GOOD", "-o", "x.dot", "--thme", "dark"], "无法识别的参数：--thme dark。是不是想写 --theme？\n"),
        (
            ["run", "BAD"],
            "第 3 行：\n    梯 = a @ a\n         ^^^^^\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)\n2×3 乘 2×3：中间的 3 和 2 必须相等",
        ),
        (
            ["run", "REFUSED"],
            "第 1 行：\n    import torch, os\n                ^^^^\nNotSupported: 这里没有这个模块。\n这里的程序没有文件",
        ),
        (["run", "SLIP"], "第 2 行：\n    y = (x + 1\n        ^^^^^^\nSyntaxError: '(' was never closed\n"),
        (["run", "ENDLESS"], "Limit: "),
        (["serve", "--host", "0.0.0.0", "--port", "TAKEN"], ""),
    ],
)
def test_messages_follow_the_language_of_the_terminal(
    arguments: list[str],
    said: str,
    good: Path,
    bad: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    files = {"GOOD": str(good), "BAD": str(bad)}
    for name, text in ENDINGS.items():
        (tmp_path / f"{name}.py").write_text(text)
        files[name] = f"{name}.py"
    with socket.create_server(("0.0.0.0", 0)) as taken:
        named = [files.get(part, str(taken.getsockname()[1]) if part == "TAKEN" else part) for part in arguments]
        try:
            assert main(named) > 0
        except SystemExit as ended:
            assert ended.code == 2
    told = capsys.readouterr().err
    assert said in told and HAN.search(told)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["expor", "p.py"], "Did you mean export?"),
        (["p.py"], "Did you mean gradlight run p.py?"),
        (["export", "p.py", "-o", "x.tex", "--thme=dark"], "Did you mean --theme?"),
        (["export", "p.py", "-o", "x.tex", "--theme", "darc"], "Did you mean dark?"),
        (["run", "p.py", "--outptu", "x.jsonl"], "Did you mean --output?"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    """And with the usage of the command, not of all."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--language", "en"])
    told = capsys.readouterr().err
    assert ended.value.code == 2 and told.rstrip().endswith(said)
    assert (f"usage: gradlight {arguments[0]}" in told) == (arguments[0] in {"run", "export"})


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, "gradlight 0.1.0\n")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root is refused")
def test_root_does_not_serve_the_network(capsys: pytest.CaptureFixture[str]):
    assert main(["serve", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "root may serve on 127.0.0.1 only" in capsys.readouterr().err


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = command("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken" in done.stderr and "--port" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_slip_in_the_environment_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "GRADLIGHT_PORT": "eight"},
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (2, "gradlight: GRADLIGHT_PORT should be a whole number, not 'eight'.\n")


def test_small_messages_are_sent_at_once():
    with listening("127.0.0.1", 0) as bound:
        assert bound.proto == socket.IPPROTO_TCP, "asyncio sets TCP_NODELAY only on such sockets"


def test_a_figure_of_too_many_nodes_says_how_to_fold_its_loop(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    program = tmp_path / "long.py"
    program.write_text(
        "import torch\nw = torch.tensor(1.1, requires_grad=True)\nh = w\nfor t in range(20):\n    h = torch.tanh(h * w)\nh.backward()\n"
    )
    figure = ["export", str(program), "-o", str(tmp_path / "long.mmd")]
    assert main(figure) == 0
    assert "--fold turns:t draws a whole loop as one" in capsys.readouterr().err
    assert main([*figure, "--fold", "turns:t"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["export", str(program), "-o", str(tmp_path / "long.csv")]) == 0
    assert capsys.readouterr().err == "", "a table has no loop to fold"
    assert main([*figure, "--language", "zh-CN"]) == 0
    assert "--fold turns:t 可把整个循环画成一个节点" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", r"The store \S+ cannot be opened: .+ Name another place in GRADLIGHT_STORE\."),
        ("zh-CN", "无法打开存储（.+）。请在 GRADLIGHT_STORE 中另指一处。"),
    ],
)
def test_a_store_that_cannot_be_opened_is_told_in_both_languages(tmp_path: Path, language: str, said: str):
    (tmp_path / "file").write_text("no folder")
    done = command(
        "serve", "--port", "0", "--language", language, GRADLIGHT_STORE=str(tmp_path / "file" / "runs.sqlite3")
    )
    assert done.returncode == 2 and re.search(f"gradlight: {said}$", done.stderr.strip()), done.stderr
