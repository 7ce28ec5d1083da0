"""Errors as they leave the server: a status, a stable code, one sentence, and nothing of the inside."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

SENTENCES: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "The request could not be read."),
    401: ("not-allowed", "This is not allowed."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take this method."),
    408: ("too-slow", "The request did not come whole in time."),
    413: ("too-large", "The request is larger than 64 KB."),
    500: ("internal", "Something went wrong on the server. It was not your program."),
}


class Problem(Exception):
    """A request is answered with `status` and `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def response(self) -> JSONResponse:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse({"error": {"code": self.code, "message": self.message}}, self.status, headers)


def of_status(status: int) -> Problem:
    """The problem that a bare status stands for."""
    code, message = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
    return Problem(status, code, message)


def install(app: FastAPI, known_fields: frozenset[str]) -> None:
    """Every error of `app` is answered in the one form; a body's values and unknown keys are never repeated."""

    def problem(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return error.response()

    def status(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == 400:  # what the framework says of a body that no parser can take
            return Problem(422, "wrong-shape", "The request could not be read as JSON.").response()
        response = of_status(error.status_code).response()
        response.headers.update(error.headers or {})
        return response

    def shape(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        said = []
        for row in error.errors():
            place = [str(part) for part in row["loc"] if isinstance(part, str)]
            name = place[-1] if place and place[-1] in known_fields else "the request"
            said.append("Unknown field." if row["type"] == "extra_forbidden" else f"{name}: {row['msg']}.")
        return Problem(422, "wrong-shape", " ".join(dict.fromkeys(said))).response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, status)
    app.add_exception_handler(RequestValidationError, shape)
