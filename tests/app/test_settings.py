"""Settings come from the environment, and a slip is told in a sentence."""

import pytest

from app.settings import Settings, from_environment


def test_each_field_has_its_variable_and_the_command_line_wins():
    environ = {
        "GRADLIGHT_PORT": "9",
        "GRADLIGHT_DEADLINE": "0.5",
        "GRADLIGHT_HOSTS": "a.example, b.example,",
        "GRADLIGHT_HOST": "::",
        "OTHER": "x",
    }
    assert from_environment(environ, host="127.0.0.1", port=None) == Settings(
        host="127.0.0.1", port=9, deadline=0.5, hosts=("a.example", "b.example")
    )


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [("GRADLIGHT_PORT", "eight", "a whole number"), ("GRADLIGHT_DEADLINE", "2 s", "a number")],
)
def test_what_cannot_be_read_is_named(variable: str, text: str, said: str):
    with pytest.raises(ValueError, match=f"{variable} should be {said}"):
        from_environment({variable: text})


def test_each_port_has_a_store_of_its_own():
    assert Settings(port=8001).store_path != Settings(port=8002).store_path
    assert str(Settings(store="here.sqlite3").store_path) == "here.sqlite3"
