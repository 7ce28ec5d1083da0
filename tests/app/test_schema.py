"""Our own OpenAPI description, asked for everything it allows and much it does not: nothing is answered with a fault of ours."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app.main import create_app
from app.settings import Settings
from tests.app.reading import run

BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def described() -> OpenApiSchema:
    schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema


schema = described()


@pytest.fixture(scope="module")
def known(server: httpx.Client) -> str:
    return run(server, "x = 1\n").id


def check_answer(server: httpx.Client, case: schemathesis.Case) -> None:
    answer = case.call(base_url=str(server.base_url), timeout=30)
    if answer.status_code == 501:  # a format that cannot be made on this machine, and says what is missing
        assert answer.json()["error"]["code"] == "format-unavailable"
        return
    assert answer.status_code < 500, f"{case.method} {case.formatted_path}: {answer.text}"
    assert "Traceback" not in answer.text and "site-packages" not in answer.text
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"code", "message"}


@schema.parametrize()
@BOUNDED
def test_nothing_that_is_asked_is_a_fault_of_ours(case: schemathesis.Case, server: httpx.Client):
    check_answer(server, case)


@schema.include(path_regex=r"^/api/runs/\{run\}").parametrize()
@BOUNDED
def test_nothing_that_is_asked_of_a_run_is_a_fault_of_ours(case: schemathesis.Case, server: httpx.Client, known: str):
    case.path_parameters["run"] = known
    check_answer(server, case)


def test_the_description_names_every_route_of_the_api():
    assert {operation.ok().label for operation in schema.get_all_operations()} >= {
        "POST /api/runs",
        "GET /api/runs/{run}",
        "DELETE /api/runs/{run}",
        "GET /api/runs/{run}/events",
        "GET /api/runs/{run}/trace.jsonl",
        "GET /api/runs/{run}/figure.{format}",
        "GET /api/ops",
        "GET /api/lessons",
        "POST /api/class",
    }
