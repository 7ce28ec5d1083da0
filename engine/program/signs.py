"""The signs of a text that are code: outside strings and comments, also where the text is no Python."""

from __future__ import annotations

from collections.abc import Iterator


class Signs:
    """Goes over the signs of a text one by one; each stands at `at`, in `line` and `column`. Who takes several sets `at` to the last of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.start = 0

    @property
    def column(self) -> int:
        return self.at - self.start

    def __iter__(self) -> Iterator[str]:
        text, quote = self.text, ""
        while self.at < len(text):
            sign = text[self.at]
            if sign == "\n":
                quote = "" if len(quote) == 1 else quote
                self._next_line()
            elif quote:
                if sign == "\\":
                    self.at += 1
                    if text[self.at : self.at + 1] == "\n":
                        self._next_line()
                elif text.startswith(quote, self.at):
                    self.at += len(quote) - 1
                    quote = ""
            elif sign == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
                continue
            elif sign in "\"'":
                quote = sign * 3 if text.startswith(sign * 3, self.at) else sign
                self.at += len(quote) - 1
            else:
                yield sign
            self.at += 1

    def _next_line(self) -> None:
        self.line, self.start = self.line + 1, self.at + 1
