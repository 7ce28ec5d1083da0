"""A test gets its pages as nobody used them, though their contexts were used."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.contexts import WAITING, Contexts

STORE = """async () => {
  localStorage.setItem('kept', 'yes');
  document.cookie = 'kept=yes; max-age=600';
  await (await caches.open('kept')).put('/kept', new Response('yes'));
}"""
STORED = "async () => [localStorage.length, document.cookie, (await caches.keys()).length]"


@pytest.fixture
def own(browser: Browser) -> Iterator[Contexts]:
    """Contexts that no other test has to do with."""
    before = set(browser.contexts)
    yield Contexts(browser)
    for context in set(browser.contexts) - before:
        context.close()


def test_what_a_page_stored_is_gone_when_its_context_is_lent_again(own: Contexts, site: str) -> None:
    context = own.lend(base_url=site)
    page = context.new_page()
    page.goto("/handout?run=none")
    page.evaluate(STORE)
    assert page.evaluate(STORED) == [1, "kept=yes", 1]
    own.take_back(context)
    again = own.lend(base_url=site)
    assert again is context
    assert len(again.pages) == 1
    page = again.new_page()
    page.goto("/handout?run=none")
    assert page.evaluate(STORED) == [0, "", 0]


def test_contexts_lent_together_are_two_and_one_of_other_options_is_another(own: Contexts, site: str) -> None:
    first, second = own.lend(base_url=site), own.lend(base_url=site)
    assert first is not second
    own.take_back(first)
    assert own.lend(base_url=site, locale="zh-CN") is not first
    assert own.lend(base_url=site) is first


def test_few_contexts_wait_and_none_that_showed_a_file(
    own: Contexts, browser: Browser, site: str, tmp_path: Path
) -> None:
    before = len(browser.contexts)
    for context in [own.lend(base_url=site) for _ in range(WAITING + 2)]:
        own.take_back(context)
    assert len(browser.contexts) == before + WAITING
    (tmp_path / "page.html").write_text("<title>A page</title>")
    context = own.lend(base_url=site)
    context.new_page().goto((tmp_path / "page.html").as_uri())
    own.take_back(context)
    assert context not in browser.contexts
