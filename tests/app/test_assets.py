"""Our own files, each at an address that names its edition: kept for good there, asked for again elsewhere; and the page asks at once for what it will need."""

import asyncio
import os
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.assets import LASTING, MOUNT, STATIC, Assets, edition_of
from app.modules import closure, first_modules, later_modules

FILES = ["js/main.js", "css/tokens.css", "icon.svg", "locales/en/page.json", "vendor/inter-latin.woff2"]


def base(server: httpx.Client) -> str:
    """What stands before every file's path in the page."""
    bases = set(re.findall(r'(?:src|href)="(/static/~[0-9a-f]{12})/', server.get("/").text))
    assert len(bases) == 1
    return bases.pop()


@pytest.mark.parametrize("page", ["/", "/?embed=1", "/presenter", "/handout"])
def test_a_page_names_the_edition_of_every_file(server: httpx.Client, page: str):
    text = server.get(page).text
    found = re.findall(r'(?:src|href)="(/static/[^"]*)"', text)
    assert found and all(address.startswith(base(server) + "/") for address in found)
    assert {server.get(address).status_code for address in found} == {200}


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_for_keeps_only_at_the_address_of_its_edition(server: httpx.Client, path: str):
    here, plain, other = (server.get(f"{start}/{path}") for start in (base(server), "/static", "/static/~0123456789ab"))
    assert here.content == plain.content == other.content == (STATIC / path).read_bytes()
    assert here.headers["content-type"] == plain.headers["content-type"]
    assert here.headers["cache-control"] == LASTING
    assert plain.headers["cache-control"] == other.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "~",
        "~/js/main.js",
        "~XYZ/js/main.js",
        "{base}",
        "{base}/",
        "{base}/nothing.js",
        "{base}/../main.py",
        "{base}/..%2f..%2fapp/main.py",
    ],
)
def test_an_edition_opens_nothing_else(server: httpx.Client, path: str):
    assert server.get(f"/static/{path.format(base=base(server).rpartition('/')[2])}").status_code == 404


def test_only_the_layout_worker_may_compile(server: httpx.Client):
    policies = {
        path: server.get(f"{base(server)}/{path}").headers["content-security-policy"]
        for path in ("js/stage/layout-worker.js", "js/stage/layout.js", "js/main.js")
    }
    assert ["wasm-unsafe-eval" in policy for policy in policies.values()] == [True, False, False]


@pytest.mark.parametrize("asked", ["a.js", "b.css"])
def test_a_file_that_changed_is_asked_for_again_until_a_page_names_the_new_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
):
    (tmp_path / "b.css").write_text('@import url("a.css");\n')
    file = tmp_path / asked.replace("b.", "a.")
    file.write_text("one")
    monkeypatch.setattr("app.assets.STATIC", tmp_path)
    assets = Assets()
    application = Starlette(routes=[Mount(MOUNT, assets)])

    def get(address: str) -> httpx.Response:
        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.get(address)

        return asyncio.run(answered())

    first = assets.base()
    assert get(f"{first}/{asked}").headers["cache-control"] == LASTING
    file.write_text("two!")
    changed = get(f"{first}/{asked}")
    assert (changed.text.strip(), changed.headers["cache-control"]) == ("two!", "no-cache")
    second = assets.base()
    assert second != first
    assert get(f"{second}/{asked}").headers["cache-control"] == LASTING
    assert get(f"{first}/{asked}").headers["cache-control"] == "no-cache"


def test_a_style_sheet_comes_with_those_that_it_imports(server: httpx.Client):
    text = (STATIC / "css" / "index.css").read_text(encoding="utf-8")
    names = re.findall(r'@import url\("([\w-]+\.css)"\);\n', text)
    assert len(names) > 40 and text.endswith("".join(f'@import url("{name}");\n' for name in names))
    sheets = [(STATIC / "css" / name).read_text(encoding="utf-8") for name in names]
    whole = server.get(f"{base(server)}/css/index.css")
    assert [whole.text.index(sheet) for sheet in sheets] == sorted(whole.text.index(sheet) for sheet in sheets)
    assert "@import" not in whole.text and whole.headers["cache-control"] == LASTING
    assert server.get("/static/css/index.css").headers["cache-control"] == "no-cache"


def test_an_edition_s_name_follows_from_its_files_alone(tmp_path: Path):
    names = []
    for room in ("one", "two"):
        (tmp_path / room / "js").mkdir(parents=True)
        for path in ("js/a.js", "b.css"):
            (tmp_path / room / path).write_text("same")
            os.utime(tmp_path / room / path, ns=(5, 5))
        names.append(edition_of(tmp_path / room).name)
    assert names[0] == names[1]
    (tmp_path / "two" / "js" / "a.js").rename(tmp_path / "two" / "a.js")
    assert edition_of(tmp_path / "two").name != names[0]


def test_the_page_asks_for_the_editor_s_modules_first_and_for_no_module_twice(server: httpx.Client):
    asked = re.findall(
        rf'<link rel="modulepreload"( fetchpriority="low")? href="{base(server)}/([^"]+)">', server.get("/").text
    )
    assert [module for low, module in asked if not low] == first_modules()
    assert [module for low, module in asked if low] == later_modules()
    paths = [module for _, module in asked]
    assert len(paths) == len(set(paths))
    assert all((STATIC / path).is_file() for path in paths)


def test_the_editor_needs_neither_the_stage_nor_the_state():
    rooms = {path.split("/")[1] for path in first_modules() if path.startswith("js/")}
    assert rooms == {"page", "main.js", "i18n.js"}


def test_a_closure_holds_what_static_imports_name_and_nothing_that_comes_later():
    studio = closure("js/page/studio.js")
    assert studio[0] == "js/page/studio.js"
    assert {"js/stage/stage.js", "js/state/trace.js", "vendor/zoom.js"} <= set(studio)
    assert not {
        "js/page/gallery.js",
        "js/page/help.js",
        "js/stage/layout-worker.js",
        "vendor/viz.js",
    } & set(studio)
