"""What a person is told where no page of ours is: at a terminal, in a file, in a notebook; in English or in Chinese."""

import locale
from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "zh-CN"]


class Refused(Exception):
    """Something cannot be done, and why is told in both languages; as a text it is English."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.texts: Mapping[Language, str] = {"en": en, "zh-CN": zh}

    def told(self, language: Language) -> str:
        return self.texts[language]


def terminal_language(environment: Mapping[str, str]) -> Language:
    """The language of messages that the environment asks for, as POSIX and gettext read it; elsewhere, the system's."""
    set_to = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), None)
    name = set_to or locale.getlocale()[0] or ""
    if name.partition(".")[0] not in {"C", "POSIX"}:
        name = environment.get("LANGUAGE", "").partition(":")[0] or name
    return "zh-CN" if name.lower().startswith(("zh", "chinese")) else "en"
