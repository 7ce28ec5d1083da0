"""A command line that is read and explained in English or in Chinese."""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from app.telling import Language

# argparse's own words; those between brackets stay.
SAID = (
    (re.compile(r"the following arguments are required: (.{0,5000})", re.DOTALL), "缺少参数：{}"),
    (re.compile(r"unrecognized arguments: (.{0,5000})", re.DOTALL), "无法识别的参数：{}"),
    (re.compile(r"argument (\S{1,200}): expected one argument", re.DOTALL), "{} 需要一个值"),
    (
        re.compile(r"argument (\S{1,200}): invalid choice: (.{0,5000}) \(choose from (.{0,5000})\)", re.DOTALL),
        "{} 不能是 {}，可选的有 {}",
    ),
    (re.compile(r"argument (\S{1,200}): invalid int value: (.{0,5000})", re.DOTALL), "{} 应为整数，不是 {}"),
    (re.compile(r"ambiguous option: (.{0,5000}) could match (.{0,5000})", re.DOTALL), "{} 不够明确，可能是 {}"),
)
# What is not known, and what was chosen among what.
UNKNOWN = re.compile(r"unrecognized arguments: (--[^\s=]{1,100})")
CHOSEN = re.compile(r"argument (\S{1,200}): invalid choice: '([^']{1,200})' \(choose from (.{0,5000})\)", re.DOTALL)
HEADINGS = {
    "usage:": "用法：",
    "positional arguments:": "参数：",
    "options:": "选项：",
    "show this help message and exit": "显示这段说明",
}


class Parser(argparse.ArgumentParser):
    """argparse's parser, whose usage, headings and errors are in `language` too."""

    def __init__(self, *given: Any, language: Language = "en", **named: Any) -> None:
        super().__init__(*given, **named)
        self.language = language

    def format_help(self) -> str:
        return self.translated(super().format_help())

    def format_usage(self) -> str:
        return self.translated(super().format_usage())

    def translated(self, text: str) -> str:
        for words, chinese in HEADINGS.items() if self.language == "zh-CN" else ():
            text = text.replace(words, chinese)
        return text

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """A command refuses itself what it does not know, with its own usage."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        meant = self.meant(message)
        if self.language == "en":
            super().error(f"{message}. Did you mean {meant}?" if meant else message)
        for pattern, chinese in SAID:
            if found := pattern.fullmatch(message):
                message = chinese.format(*found.groups())
                break
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：{message}" + (f"。是不是想写 {meant}？\n" if meant else "\n"))

    def meant(self, message: str) -> str | None:
        """What was nearly written: an option of this command, one of the choices, or how a program's file is run."""
        if unknown := UNKNOWN.match(message):
            return next(iter(get_close_matches(unknown[1], self._option_string_actions, n=1)), None)
        if not (chosen := CHOSEN.match(message)):
            return None
        if chosen[2].endswith((".py", ".jsonl")):
            return f"{self.prog} {'run' if chosen[2].endswith('.py') else 'export'} {chosen[2]}"
        return next(iter(get_close_matches(chosen[2], re.findall(r"[\w.-]+", chosen[3]), n=1)), None)


def asked_language(arguments: Sequence[str]) -> str | None:
    """What `--language` is followed by, before anything else is read."""
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--language":
            return value if equals else next(iter(arguments[at + 1 :]), None)
    return None
