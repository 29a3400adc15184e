"""Problem documents (RFC 9457): refusals as answers over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from chassis.errors import DomainError, EditedMeanwhile, InvalidInput, Kind, SeveralFaults
from chassis.http.moved import moved_to
from chassis.runtime import Runtime
from chassis.values import without_echoes

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
LANGUAGES = ("en", "fr")
USUAL_WAIT = 5


def N_(text: str) -> str:  # noqa: N802 - the usual mark of a text that is translated where it's shown
    """Mark a text for translation."""
    return text


_TITLES = {
    400: N_("Bad request"),
    401: N_("Sign-in needed"),
    403: N_("Not permitted"),
    404: N_("Not found"),
    405: N_("Method not allowed"),
    409: N_("Conflict"),
    410: N_("Gone"),
    413: N_("Too large"),
    415: N_("Unsupported media type"),
    422: N_("Invalid input"),
    429: N_("Too many requests"),
    500: N_("Error"),
    503: N_("Unavailable"),
}


FAILURE = N_("Something went wrong on our side. Check whether it was done before you try again.")
WRONG_VALUES = N_("Some values can't be accepted.")


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
        "title": _TITLES.get(status, _TITLES[500]),
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
    detail = runtime.in_words(error, locale)
    status = STATUS[error.kind]
    several = error.errors if isinstance(error, SeveralFaults) else (error,)
    errors = [
        {
            "field": one.field,
            "rule": one.rule if isinstance(one, InvalidInput) else one.code,
            "detail": runtime.in_words(one, locale),
        }
        for one in several
        if one.field
    ]
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
    headers |= waiting(error)
    return problem(status, error.code, detail, errors=errors, headers=headers, **more)


def waiting(error: DomainError) -> dict[str, str]:
    """Return the header with the seconds after which to try again: those of the refusal, or a few."""
    if error.kind not in {Kind.too_many, Kind.unavailable}:
        return {}
    return {"Retry-After": str(error.params.get("seconds", USUAL_WAIT))}


def of_input(found: Iterable[Mapping[str, Any]], runtime: Runtime, locale: str) -> Response:
    """Return the problem document of values that break rules, with the field and rule of each."""
    errors = [
        {
            "field": _field_of(each),
            "rule": each["type"],
            "detail": runtime.explain(each, locale),
        }
        for each in without_echoes(found)
    ]
    detail = runtime.translate(WRONG_VALUES, locale)
    return problem(422, "invalid_input", detail, errors=errors)


def _field_of(found: Mapping[str, Any]) -> str:
    """Return the field that breaks a rule; a rule about several fields names one in its context."""
    parts = [str(part) for part in found["loc"] if part not in {"body", "query", "path"}]
    at = found.get("ctx", {}).get("at")
    return ".".join([*parts, str(at)] if at else parts)


def of_http(error: HTTPException, runtime: Runtime, locale: str) -> Response:
    """Return the problem document of what the framework refuses: no such route, wrong method, too large."""
    title = _TITLES.get(error.status_code, _TITLES[500])
    code = title.lower().replace(" ", "_").replace("-", "_")
    return problem(error.status_code, code, runtime.translate(title, locale), headers=error.headers)


def of_failure(runtime: Runtime, locale: str, reference: str) -> Response:
    """Return the problem document of an unexpected failure, with its reference in the log."""
    return problem(500, "error", runtime.translate(FAILURE, locale), reference=reference)


def locale_of(request: HTTPConnection) -> str:
    """Return `fr` or `en`: the actor's language, else what the request accepts."""
    actor = request.scope.get("state", {}).get("actor")
    if actor is not None:
        return str(actor.locale)
    return preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """Return the language that an `Accept-Language` header prefers of ours; English if it has neither."""
    best, weight = "en", 0.0
    for choice in accepted.lower().split(","):
        name, _, quality = choice.strip().partition(";q=")
        try:
            wanted = float(quality or 1)
        except ValueError:
            continue
        if name[:2] in LANGUAGES and wanted > weight:
            best, weight = name[:2], wanted
    return best


def install(app: FastAPI, runtime: Runtime) -> None:
    """Answer every refusal of `app` with a problem document."""

    async def domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)  # noqa: S101 - registered for this class
        actor = request.scope.get("state", {}).get("actor")
        if (address := await moved_to(request, runtime, actor, error)) is not None:
            # Not for ever: the record may stand for itself again.
            return RedirectResponse(address, 307)
        return of_domain(error, runtime, locale_of(request))

    async def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
        return of_input(error.errors(), runtime, locale_of(request))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
        return of_http(error, runtime, locale_of(request))

    app.add_exception_handler(DomainError, domain)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
