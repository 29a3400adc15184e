"""Problem documents (RFC 9457): how a refusal is told over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.errors import DomainError, EditedMeanwhile, InvalidInput, Kind, fill
from chassis.runtime import Runtime

STATUS: Mapping[Kind, int] = {
    Kind.invalid: 422,
    Kind.not_found: 404,
    Kind.conflict: 409,
    Kind.forbidden: 403,
    Kind.unauthenticated: 401,
    Kind.gone: 410,
    Kind.unavailable: 503,
    Kind.too_many: 429,
}
_TITLES = {
    400: "Bad request",
    401: "Sign-in needed",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Error",
    503: "Unavailable",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return a problem document; `errors` lists {field, rule, detail} for each value that was refused."""
    body: dict[str, Any] = {
        "type": f"urn:partywall:problem:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = list(errors)
    body.update(more)
    return Response(to_json(body), status, headers=dict(headers or {}), media_type="application/problem+json")


def of_domain(error: DomainError, runtime: Runtime, locale: str) -> Response:
    """Return the problem document of a refusal, in the reader's language."""
    detail = fill(runtime.translate(error.message, locale), error.params)
    status = STATUS[error.kind]
    errors = []
    if error.field:
        rule = error.rule if isinstance(error, InvalidInput) else error.code
        errors.append({"field": error.field, "rule": rule, "detail": detail})
    more: dict[str, Any] = {}
    if isinstance(error, EditedMeanwhile):
        if error.current is not None:
            more["current"] = error.current
        if error.difference:
            more["difference"] = {
                name: {"stands": stands, "sent": sent} for name, (stands, sent) in error.difference.items()
            }
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in {429, 503}:
        headers["Retry-After"] = "5"
    return problem(status, error.code, detail, errors=errors, headers=headers, **more)


def of_input(found: Iterable[Mapping[str, Any]], runtime: Runtime, locale: str) -> Response:
    """Return the problem document of values that break rules; names field and rule of each."""
    errors = [
        {
            "field": ".".join(str(part) for part in each["loc"] if part not in {"body", "query", "path"}),
            "rule": each["type"],
            "detail": each["msg"],
        }
        for each in found
    ]
    detail = runtime.translate("Some values can't be accepted.", locale)
    return problem(422, "invalid_input", detail, errors=errors)


def of_http(error: HTTPException) -> Response:
    """Return the problem document of what the framework refuses: no such route, wrong method, too large."""
    title = _TITLES.get(error.status_code, "Error")
    code = title.lower().replace(" ", "_").replace("-", "_")
    return problem(error.status_code, code, title, headers=error.headers)


def locale_of(request: Request) -> str:
    """Return `fr` or `en`: the actor's language, else what the request accepts."""
    actor = request.scope.get("state", {}).get("actor")
    if actor is not None:
        return str(actor.locale)
    accepted = request.headers.get("accept-language", "")
    return "fr" if accepted.lower().lstrip().startswith("fr") else "en"


def install(app: FastAPI, runtime: Runtime) -> None:
    """Answer every refusal of `app` with a problem document."""

    async def domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)  # noqa: S101 - registered for this class
        return of_domain(error, runtime, locale_of(request))

    async def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
        return of_input(error.errors(), runtime, locale_of(request))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
        return of_http(error)

    app.add_exception_handler(DomainError, domain)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
