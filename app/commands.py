"""The commands that make files: `run FILE` and `export FILE -o OUT`."""

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path

from app import exports, traces
from app.exports.figure import foldable, loops
from app.telling import Language, Refused

REASONS = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EACCES: "没有权限",
    errno.ENOSPC: "磁盘已满",
}
CROWDED: dict[Language, str] = {
    "en": "The figure has more nodes than can be read; {fold} draws a whole loop as one, and as .tex it stands in rows.\n",
    "zh-CN": "图中节点太多，难以看清；加上 {fold} 可把整个循环画成一个节点，存为 .tex 则自动分行。\n",
}


def run(options: argparse.Namespace, terminal: Language) -> int:
    """The program has run and its trace is printed or saved; 1 where it failed."""
    source = read(options.file)
    lines = traces.of_program(source, seed=options.seed)
    content = b"".join(line + b"\n" for line in lines)
    if options.output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write(options.output, content)
    report = traces.report(lines, source, terminal)
    sys.stderr.write(report.text)
    return 1 if report.failed else 0


def export(options: argparse.Namespace, terminal: Language) -> int:
    """The figure is saved; 1 where its program failed."""
    name = options.output.suffix.removeprefix(".").lower()
    chosen = exports.found().get(name)
    if chosen is None:
        known = ", ".join(f".{one}" for one in exports.found())
        if not name:
            raise Refused(f"the figure's name should end in one of {known}.", f"图的文件名应以其中之一结尾：{known}。")
        if name in exports.of_page():
            raise Refused(
                f"a figure as .{name} is made by the page, from its export menu; here there are {known}.",
                f".{name} 格式由网页的导出菜单生成；这里可用的有 {known}。",
            )
        raise Refused(f"no figure ends in .{name}; there are {known}.", f"没有 .{name} 格式的图；可用的有 {known}。")
    text = read(options.file)
    saved = options.file.endswith(".jsonl")
    lines = traces.of_file(text) if saved else traces.of_program(text, seed=options.seed)
    given = {name: value for name in exports.CHOICES if (value := vars(options)[name]) is not None}
    given["fold"] = tuple(options.fold)
    show = "shapes,gradients" if options.shapes else options.show
    if show is not None:
        given["show"] = exports.shown(show)
    title = options.title or Path(options.file).stem.strip("-") or "Gradlight"
    moment = exports.Moment(lines, step(options.at, len(lines)), "" if saved else text, title, options.seed)
    refuse_folds(options.fold, moment)
    asked = exports.Options(**given)
    content = chosen.render(moment, asked)
    write(options.output, content)
    if "direction" in chosen.takes and (names := loops(moment, asked)):
        sys.stderr.write(CROWDED[terminal].format(fold=f"--fold {names[0]}"))
    report = traces.report(lines, text, terminal)
    if saved or not report.failed:
        return 0
    sys.stderr.write(report.text)
    return 1


def refuse_folds(names: Sequence[str], moment: exports.Moment) -> None:
    """Raises Refused at a name that nothing is folded by."""
    known = foldable(moment) if names else frozenset()
    for name in names:
        if name not in known:
            short = ", ".join(sorted(one for one in known if one.isidentifier()))
            raise Refused(
                f"nothing here folds by the name {name}; "
                + (f"there are {short}." if short else "there is nothing to fold."),
                f"这里没有名为 {name} 的可折叠部分；" + (f"可用的有 {short}。" if short else "没有可折叠的部分。"),
            )


def step(text: str, count: int) -> int:
    """The event that `--at` names; raises Refused at what is none of `count` events."""
    named = {"first": 0, "last": count - 1}
    at = named.get(text, int(text) if text.isascii() and text.isdigit() else -1)
    if not 0 <= at < count:
        raise Refused(
            f"--at should be first, last or between 0 and {count - 1}, not {text}.",
            f"--at 应为 first、last 或 0 到 {count - 1} 之间的数，不能是 {text}。",
        )
    return at


def read(name: str) -> str:
    """The text of a file, or of the standard input for `-`."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.", f"无法读取 {name}：{reason(error)}。") from None
    except UnicodeDecodeError as error:
        raise Refused(
            f"{name} is not UTF-8 text: byte {error.start} does not belong there. Save it as UTF-8.",
            f"{name} 不是 UTF-8 文本：第 {error.start} 个字节（从 0 数起）不合编码。请另存为 UTF-8。",
        ) from None


def write(path: Path, content: bytes) -> None:
    """The file holds this content."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", f"无法写入 {path}：{reason(error)}。") from None


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese where it is one of the usual reasons."""
    return REASONS.get(error.errno or 0) or str(error.strerror)
