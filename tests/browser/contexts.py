"""The contexts of the tests' browser, each used by one test after another: a page costs Chromium half as much again where its context is new."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext

WAITING = 4
"""How many contexts are kept for the next test that asks for their like; each holds a window."""


class Contexts:
    """Lends a context to one test at a time, always without a page but a blank one, which keeps its window open, and with nothing stored."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._lent: dict[BrowserContext, dict[str, object]] = {}
        self._waiting: list[tuple[BrowserContext, dict[str, object]]] = []

    def lend(self, **options: object) -> BrowserContext:
        """A context with these options, those of Playwright's `new_context`."""
        waiting = next((pair for pair in self._waiting if pair[1] == options), None)
        if waiting is None:
            context = self._browser.new_context(**options)
            context.new_page()
        else:
            self._waiting.remove(waiting)
            context = waiting[0]
        self._lent[context] = options
        return context

    def take_back(self, context: BrowserContext) -> None:
        """Closes its pages and clears what they stored. One whose pages came from files is closed, as these have no origin to clear."""
        options = self._lent.pop(context)
        blank, *pages = context.pages
        seen = [urlsplit(frame.url) for page in pages for frame in page.frames] + [urlsplit(str(options["base_url"]))]
        for page in pages:
            page.close()
        if any(address.scheme == "file" for address in seen):
            context.close()
            return
        session = context.new_cdp_session(blank)
        for origin in {f"{address.scheme}://{address.netloc}" for address in seen if address.netloc}:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.detach()
        self._waiting.append((context, options))
        if len(self._waiting) > WAITING:
            self._waiting.pop(0)[0].close()
