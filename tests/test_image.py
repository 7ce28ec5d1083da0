"""The container's image: what its set-up needs is there when it starts."""

import re
import tomllib
from pathlib import Path

import hatch_build

ROOT = hatch_build.ROOT


def copied() -> set[Path]:
    """What the Dockerfile has copied before it sets up."""
    before = (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("RUN python3 dev.py")[0]
    lines = re.findall(r"^COPY (.+) \S+$", before, re.M)
    return {ROOT / name for line in lines for name in line.split()}


def test_the_image_has_all_that_its_set_up_reads():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [ROOT / "dev.py", ROOT / "hatch_build.py", ROOT / "pyproject.toml", ROOT / ".npmrc", ROOT / told["readme"]]
    needed += [*hatch_build.LOCKED, *hatch_build.OWN, *(ROOT / "requirements").iterdir(), *ROOT.glob("LICENSE*")]
    have = copied()
    assert [path for path in needed if not have & {path, *path.parents}] == []
    assert all(path.exists() for path in have)
