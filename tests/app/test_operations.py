"""The ops as the API tells them."""

from xml.etree import ElementTree

import httpx
import pytest


@pytest.fixture(scope="module")
def ops(server: httpx.Client) -> dict[str, dict]:
    return {row["name"]: row for row in server.get("/api/ops").json()["ops"]}


def test_the_ops_of_a_first_lesson_are_there(ops: dict[str, dict]):
    assert {"add", "mul", "pow", "mm", "tanh", "relu", "sum", "mean"} <= set(ops)


def test_every_op_says_what_it_computes_and_sends_back_in_both_languages(ops: dict[str, dict]):
    for name, row in ops.items():
        assert row["signature"].startswith(name + "("), name
        assert row["spellings"] or row["node"], name
        assert all(row["note"][language].strip() for language in ("en", "zh-CN")), name
        for faces in (row["formula"], *row["derivatives"].values()):
            assert faces["text"] and faces["plain"] and faces["latex"], name
            assert ElementTree.fromstring(faces["mathml"]).tag.endswith("math"), name


def test_a_derivative_is_the_one_that_runs(ops: dict[str, dict]):
    assert ops["mul"]["derivatives"]["self"]["text"] == "g * other"
