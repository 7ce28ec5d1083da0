"""The page is served in the visitor's language."""

import httpx
import pytest

from app.pages import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh-CN"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,de;q=0.9", "en"),
        ("fr, zh;q=0.3, en;q=0.2", "zh-CN"),
        ("zh;q=0.3,en;q=0.8", "en"),
        ("zh;q=0,en;q=0", "en"),
        ("zh;q=nonsense", "en"),
        ("zh;q=nan", "en"),
        (";;;,,,=q", "en"),
    ],
)
def test_the_language_is_the_one_the_browser_likes_best(header: str, language: str):
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [("zh-CN", "en", "zh-CN"), ("en", "zh", "en"), ("zh", "", "zh-CN"), ("<b>", "zh", "zh-CN"), ("", "zh", "zh-CN")],
)
def test_the_address_may_choose_the_language(server: httpx.Client, asked: str, header: str, language: str):
    answer = server.get("/", params={"lang": asked}, headers={"Accept-Language": header})
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    assert "<b>" not in answer.text


def test_a_page_in_a_frame_knows_it(server: httpx.Client):
    assert [" data-embed" in server.get("/", params=asked).text for asked in ({}, {"embed": "1"}, {"embed": "0"})] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("path", ["/presenter", "/handout"])
def test_the_other_pages_speak_the_asked_language(server: httpx.Client, path: str):
    for asked, language in (("zh-CN", "zh-CN"), ("en", "en"), ("<b>", "en")):
        answer = server.get(path, params={"lang": asked}, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
        assert "<b>" not in answer.text
