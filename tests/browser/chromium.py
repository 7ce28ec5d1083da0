"""Finds the Chromium that the browser tests drive. By hand it prints the path; exit status 1 where there is none."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find() -> str | None:
    """The path of a Chromium: the one that GRADLIGHT_CHROMIUM names, else the first on PATH, else one in a usual place."""
    named = os.environ.get("GRADLIGHT_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or next(
        filter(lambda place: Path(place).exists(), PLACES), None
    )


if __name__ == "__main__":
    path = find()
    print(path or "No Chromium was found.")
    sys.exit(path is None)
