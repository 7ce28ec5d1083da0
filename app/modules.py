"""Which of our own modules the page will load, so that a browser asks for all of them at once instead of one import after the other."""

import re
from functools import cache
from pathlib import Path

from app.assets import STATIC

EDITOR = ("js/page/code-editor.js", "js/main.js")
STUDIO = "js/page/studio.js"
IMPORT = re.compile(r"""^(?:import|export)\b[^'"]*?\bfrom\s*['"](\.[^'"]+)['"]""", re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


@cache
def first_modules() -> list[str]:
    """The paths in static/ of what runs before the editor works."""
    return list(dict.fromkeys(path for entry in EDITOR for path in closure(entry)))


@cache
def later_modules() -> list[str]:
    """The paths in static/ of what is put around the editor then."""
    return [path for path in closure(STUDIO) if path not in first_modules()]


def closure(entry: str) -> list[str]:
    """A module of static/ and all that must be there before it runs, nearest first; what it imports later, by `import()`, is not in it."""
    found = [STATIC / entry]
    for path in found:
        found.extend(target for target in dict.fromkeys(imports(path)) if target not in found)
    return [path.relative_to(STATIC).as_posix() for path in found]


def imports(path: Path) -> list[Path]:
    """The modules that one of our own imports; those that are not there, as static/vendor before its set-up, are left out."""
    if path.is_relative_to(STATIC / "vendor"):
        return []
    code = COMMENT.sub("", path.read_text(encoding="utf-8"))
    targets = [(path.parent / match[1]).resolve() for match in IMPORT.finditer(code)]
    return [target for target in targets if target.is_file()]
