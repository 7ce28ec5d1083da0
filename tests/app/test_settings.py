"""Settings come from the environment, and a slip is told in a sentence."""

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings, from_environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRADLIGHT_"):
            monkeypatch.delenv(name)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "settings"
    file.write_text("GRADLIGHT_PORT=7\nGRADLIGHT_DEADLINE=3\n# a note\nGRADLIGHT_WAITING=11\n")
    for name, value in {
        "SETTINGS": str(file),
        "PORT": "9",
        "DEADLINE": "0.5",
        "HOSTS": "a.example, b.example,",
        "HOST": "::",
        "CLASSES": "secret one,secret two",
    }.items():
        monkeypatch.setenv(f"GRADLIGHT_{name}", value)
    settings = from_environment(host="127.0.0.1", port=None)
    assert (settings.host, settings.port, settings.deadline, settings.waiting) == ("127.0.0.1", 9, 0.5, 11)
    assert settings.hosts == ("a.example", "b.example")
    assert settings.class_tokens == ("secret one", "secret two")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("PORT", "eight", "PORT should be a whole number, not 'eight'."),
        ("DEADLINE", "2 s", "DEADLINE should be a number, not '2 s'."),
        ("EXECUTE", "perhaps", "EXECUTE should be true or false, not 'perhaps'."),
        ("SECCOMP", "maybe", "SECCOMP should be auto, required or off, not 'maybe'."),
        ("DEADLINE", "0", "DEADLINE should be greater than 0, not '0'."),
        ("SETTINGS", "/nowhere", "SETTINGS names /nowhere, which is no file."),
        (
            "HOSTS",
            '["a.example"',
            "HOSTS should be names separated by commas, or a JSON list of texts, not '[\"a.example\"'.",
        ),
        ("CLASSES", "[1]", "CLASSES should be names separated by commas, or a JSON list of texts."),
        *(
            ("EMBED_ORIGINS", text, f"EMBED_ORIGINS should be origins such as https://school.example, not {text!r}.")
            for text in ("school.example", "https://school.example/a", "*", "https://a.example; script-src *")
        ),
    ],
)
def test_what_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str):
    monkeypatch.setenv(f"GRADLIGHT_{name}", text)
    with pytest.raises(ValueError) as refused:
        from_environment()
    assert str(refused.value) == f"GRADLIGHT_{said}"


@pytest.mark.parametrize(
    "text", ["https://a.example,http://localhost:8080", '["https://A.example/", "http://localhost:8080"]']
)
def test_a_list_is_written_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("GRADLIGHT_EMBED_ORIGINS", text)
    assert from_environment().embed_origins == ("https://a.example", "http://localhost:8080")


def test_every_setting_stands_in_the_table_with_what_it_is_without_being_set():
    rows = re.findall(r"^\| `GRADLIGHT_(\w+)` \| (.*?) \| (.*?) \|$", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert {name.lower(): (default, meaning) for name, default, meaning in rows if name != "SETTINGS"} == {
        name: (shown(field.default), field.description) for name, field in Settings.model_fields.items()
    }


def shown(default: object) -> str:
    if isinstance(default, SecretStr) or default in ("", ()):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_each_port_has_a_store_of_its_own():
    assert Settings(port=8001).store_path != Settings(port=8002).store_path
    assert str(Settings(store="here.sqlite3").store_path) == "here.sqlite3"
