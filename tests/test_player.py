"""When the one-file player is made anew."""

import os
from pathlib import Path

import pytest

import dev


@pytest.mark.parametrize("changed", ["js/page/text.js", "css/a.css", "locales/en/page.json", "bundle/player.js"])
def test_the_player_is_old_once_what_it_is_made_of_is_younger(tmp_path: Path, changed: str):
    for name in ("js/page/text.js", "css/a.css", "locales/en/page.json", "bundle/player.js", "icon.svg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (100, 100))
    assert dev.player_is_old(tmp_path), "it was never made"
    (tmp_path / "vendor").mkdir()
    made = tmp_path / "vendor" / ".player"
    made.touch()
    os.utime(made, (200, 200))
    os.utime(tmp_path / "icon.svg", (300, 300))
    assert not dev.player_is_old(tmp_path)
    os.utime(tmp_path / changed, (300, 300))
    assert dev.player_is_old(tmp_path)
