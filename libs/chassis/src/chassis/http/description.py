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
        "reference": {"type": "string", "description": "Where the log has a failure of the service"},
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
    "403": "No role of the asker permits this",
    "422": "A value or a parameter breaks a rule; `errors` names each",
    "503": "Something needed can't be reached; nothing was changed",
}
_OF_A_RECORD = {
    "404": "There is no such record, or the asker may not know of it",
    "409": "What is asked for doesn't apply to the record as it stands",
}
_OF_A_CHANGE = {
    "400": "The body can't be read as what the request says it is",
    "404": "There is no such record, in the path or in the body, or the asker may not know of it",
    "409": "It contradicts what is recorded, or the record was changed meanwhile",
    "413": "The request is larger than is taken",
}
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def describe(app: FastAPI) -> None:
    """Let `app` describe itself with problem documents, in place of FastAPI's own form of them."""

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
                responses[status] = {
                    "description": description,
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
    return found
