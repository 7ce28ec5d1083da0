"""The page: the workbench, in the visitor's language."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from app.modules import first_modules, later_modules

DEFAULT = "en"

root = Path(__file__).resolve().parent.parent
templates = Jinja2Templates(directory=root / "templates")
router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def workbench(request: Request, lang: str = "", embed: str | None = None) -> Response:
    """The workbench; `lang` chooses the language, `embed` leaves out what a frame in another page does not need."""
    embedded = embed is not None and embed != "0"
    origins = " ".join(request.app.state.runs.settings.embed_origins)
    modules = {"first": first_modules(), "then": later_modules()}
    return _page(request, "index.html", lang, embed=embedded, origins=origins, **modules)


@router.api_route("/presenter", methods=["GET", "HEAD"])
async def presenter(request: Request, lang: str = "") -> Response:
    """The presenter's own window: notes and the next step; the workbench beside it tells it what to show."""
    return _page(request, "presenter.html", lang)


@router.api_route("/handout", methods=["GET", "HEAD"])
async def handout(request: Request, lang: str = "") -> Response:
    """A sheet to print of the run that `run` names, which the page itself asks for."""
    return _page(request, "handout.html", lang)


def _page(request: Request, template: str, lang: str, **values: object) -> Response:
    language = language_of(lang) or preferred(request.headers.get("accept-language", ""))
    values |= {"nonce": request.state.nonce, "language": language, "static": request.app.state.assets.base()}
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    return templates.TemplateResponse(request, template, values, headers=headers)


def language_of(tag: str) -> str | None:
    """The language of ours that a tag asks for: any Chinese is `zh-CN`, any English `en`."""
    return {"zh": "zh-CN", "en": "en"}.get(tag.strip().lower().partition("-")[0])


def preferred(header: str) -> str:
    """The language of ours that an `Accept-Language` header likes best."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, quality = part.partition(";")
        language = language_of(tag)
        weight = _weight(quality)
        if language and weight > 0:
            wishes.append((-weight, position, language))
    return min(wishes)[2] if wishes else DEFAULT


def _weight(quality: str) -> float:
    name, _, number = quality.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(number), 0.0), 1.0)
    except ValueError:
        return 0.0
