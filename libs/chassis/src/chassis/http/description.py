"""The OpenAPI document, with the problem documents that every route of the API may answer with."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). `code` is stable; `detail` is in the reader's language.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "urn:partywall:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "reference": {"type": "string", "description": "The reference of a failure in the service's log"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Nested names are joined by points"},
                    "rule": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_EVERYWHERE = {
    "401": "No valid access token",
    "403": "No role of the caller permits this",
    "422": "A value or a parameter breaks a rule; `errors` names each",
    "503": "Something that is needed can't be reached; nothing was changed",
}
_OF_A_RECORD = {
    "307": "The record is a part of another one now; `Location` is the same address with its id",
    "404": "There is no such record, or the caller may not know of it",
    "409": "This doesn't apply to the record in its present state",
}
_OF_A_CHANGE = {
    "400": "The body isn't of the type that the request declares",
    "404": "There is no such record, in the path or in the body, or the caller may not know of it",
    "409": "The request contradicts what is recorded, or the record was changed meanwhile",
    "413": "The request is too large",
}
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def describe(app: FastAPI) -> None:
    """Have `app` describe problem documents in place of FastAPI's own error format."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(title=app.title, version=app.version, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _with_problems(found: dict[str, Any]) -> dict[str, Any]:
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    schemas["Problem"] = _PROBLEM
    for path, item in found.get("paths", {}).items():
        for method in _METHODS & item.keys():
            refusals = dict(_EVERYWHERE)
            if "{" in path:
                refusals |= _OF_A_RECORD
            if method != "get":
                refusals |= _OF_A_CHANGE
            responses = item[method].setdefault("responses", {})
            for status, description in refusals.items():
                if status == "307":
                    responses[status] = {"description": description}
                    continue
                responses[status] = {
                    "description": description,
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
    return found
