"""The command line: `serve` (the default), `worker`, `run FILE`, `export FILE -o OUT`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from app.arguments import Parser, asked_language
from app.exports import CHOICES
from app.telling import Language, Refused, terminal_language

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command: 0 done, 1 the program failed, 2 the command could not be carried out."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in {"-h", "--help", "--version"}):
        given.insert(0, "serve")
    asked = asked_language(given)
    language: Language = asked if asked in get_args(Language) else terminal_language(os.environ)  # type: ignore[assignment]
    options = parser(language).parse_args(given)
    try:
        return int(options.command(options, language))
    except Refused as error:
        print(f"gradlight: {error.told(language)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser(language: Language) -> Parser:
    """The commands and their options, explained in this language."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh-CN" else en

    top = Parser(
        prog="gradlight",
        description=say(
            "Watch a PyTorch program build its graph and send its gradients back.",
            "看 PyTorch 程序如何建起计算图，梯度又如何沿图传回。",
        ),
        language=language,
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {version('gradlight')}",
        help=say("show the version and exit", "显示版本"),
    )
    commands = top.add_subparsers(required=True, metavar=say("COMMAND", "命令"))

    def command(name: str, en: str, zh: str, carry_out: Callable[..., int]) -> Parser:
        one: Parser = commands.add_parser(name, help=say(en, zh), language=language)
        one.set_defaults(command=carry_out)
        return one

    one = command("serve", "start the app (the default)", "启动服务（默认）", serve)
    one.add_argument("--host", help=say("address to listen on (default 127.0.0.1)", "监听的地址（默认 127.0.0.1）"))
    one.add_argument("--port", type=int, help=say("port to listen on (default 8000)", "监听的端口（默认 8000）"))
    one.add_argument("--open", action="store_true", help=say("open the page in the browser", "在浏览器中打开页面"))
    add_language(one, say)
    one = command(
        "worker",
        "run the programs that servers leave in a Redis (GRADLIGHT_STORE)",
        "运行各服务器放在 Redis 中的程序（GRADLIGHT_STORE）",
        worker,
    )
    one.add_argument(
        "--host",
        help=say("address at which it tells how it is (default 127.0.0.1)", "报告自身状况的地址（默认 127.0.0.1）"),
    )
    one.add_argument(
        "--port",
        type=int,
        help=say(
            "port for that: /healthz and /metrics (default: a free one)",
            "其端口：/healthz 和 /metrics（默认任选一个空闲的）",
        ),
    )
    add_language(one, say)
    one = command("run", "run a program and print or save its trace", "运行程序，打印或保存其记录", run)
    one.add_argument("file", help=say("the program, or - for the standard input", "程序文件；- 表示标准输入"))
    one.add_argument(
        "-o",
        "--output",
        type=Path,
        help=say(
            "file for the trace, one event a line (default: print it)", "保存记录的文件，每行一个事件（默认打印）"
        ),
    )
    one.add_argument(
        "--seed", type=int, default=0, help=say("seed of the random numbers (default 0)", "随机数种子（默认 0）")
    )
    add_language(one, say)
    one = command(
        "export", "make a figure of a program or of a saved trace (.jsonl)", "为程序或已存的记录（.jsonl）作图", export
    )
    one.add_argument("file", help=say("the program or the trace", "程序或记录文件"))
    one.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help=say("file for the figure; its suffix names the format", "图的文件名；后缀决定格式"),
    )
    one.add_argument(
        "--at",
        default="last",
        metavar="SEQ",
        help=say(
            "the event after which the graph is shown: its number, first or last",
            "画哪个事件之后的图：事件编号、first 或 last",
        ),
    )
    one.add_argument(
        "--show",
        metavar="LIST",
        help=say(
            "of values, gradients, shapes, formulas, versions: those to show",
            "显示哪些：values（数值）、gradients（梯度）、shapes（形状）、formulas（公式）、versions（版本），以逗号分隔",
        ),
    )
    one.add_argument(
        "--shapes",
        action="store_true",
        help=say("short for --show shapes,gradients", "等同于 --show shapes,gradients"),
    )
    one.add_argument(
        "--fold",
        action="append",
        default=[],
        metavar="NAME",
        help=say(
            "draw what ran in a function, a module or the turns of a loop (by its variable) as one; all: each of them",
            "把一个函数、一个模块或循环的各轮（以循环变量为名）画成一个；all 表示全部",
        ),
    )
    for name, choices in CHOICES.items():
        if name != "language":
            one.add_argument(f"--{name}", choices=choices, help=say("(where the format has one)", "（仅部分格式）"))
    one.add_argument(
        "--title",
        default="",
        help=say("what the file calls itself (default: the program's file name)", "文件中的标题（默认用程序文件名）"),
    )
    one.add_argument(
        "--seed", type=int, default=0, help=say("seed of the random numbers (default 0)", "随机数种子（默认 0）")
    )
    add_language(one, say)
    return top


def add_language(one: Parser, say: Callable[[str, str], str]) -> None:
    one.add_argument(
        "--language",
        choices=get_args(Language),
        help=say(
            "of messages (default: the terminal's) and of the figure", "消息的语言（默认随终端）；作图时也是图的语言"
        ),
    )


def run(options: argparse.Namespace, language: Language) -> int:
    from app import commands

    return commands.run(options, language)


def export(options: argparse.Namespace, language: Language) -> int:
    from app import commands

    return commands.export(options, language)


def serve(options: argparse.Namespace, _: Language) -> int:
    from app import server
    from app.settings import from_environment

    settings = from_environment(host=options.host, port=options.port)
    if not settings.execute and not settings.shared:
        raise Refused(
            "GRADLIGHT_EXECUTE=false leaves programs to worker hosts; that needs a Redis in GRADLIGHT_STORE.",
            "GRADLIGHT_EXECUTE=false 把程序交给工作主机运行，这需要在 GRADLIGHT_STORE 中给出 Redis。",
        )
    refuse_root(settings.host)
    return server.serve(settings, open_page=options.open)


def worker(options: argparse.Namespace, _: Language) -> int:
    from urllib.parse import urlsplit

    from app import server
    from app.main import create_worker
    from app.settings import from_environment

    settings = from_environment(host=options.host or "127.0.0.1", port=options.port or 0)
    if not settings.shared:
        raise Refused(
            "a worker host needs the Redis that its servers use: GRADLIGHT_STORE=redis://host:6379/0",
            "工作主机要用各服务器所用的 Redis：GRADLIGHT_STORE=redis://host:6379/0",
        )
    refuse_root(urlsplit(settings.store).hostname or "localhost")
    refuse_root(settings.host)
    return server.serve(settings, create_worker)


def refuse_root(host: str) -> None:
    """Raises Refused where root would serve the network: the kernel's limits on a worker do not bind root."""
    if host not in LOOPBACK_HOSTS and sys.platform != "win32" and os.geteuid() == 0:
        raise Refused(
            f"root may serve on 127.0.0.1 only, not on {host}. Start it as another user.",
            f"root 只能在 127.0.0.1 上提供服务，不能在 {host} 上。请以其他用户启动。",
        )


if __name__ == "__main__":
    sys.exit(main())
