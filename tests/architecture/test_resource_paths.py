"""One way of addressing in every API: the record is in the path, collections are plural, the body repeats
neither.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI

from partywall.runtimes import definition_of, settings_of
from partywall.stack import Stack

# Words without a plural, and the one household that a client has.
UNCOUNTED = {"maintenance", "housing-history", "staff"}
# Signing in and out isn't about a record.
SESSIONS = {"POST /sign-in", "POST /token", "POST /sign-out"}


def lapses(app: FastAPI) -> list[str]:
    """Return a sentence for each route that isn't addressed by the rules."""
    document = app.openapi()
    found: list[str] = []
    for path, item in document["paths"].items():
        below = re.match(r"/api/\w+/v1(/.*)$", path)
        if below is None:
            continue
        parts = below.group(1).strip("/").split("/")
        for method in set(item) & {"get", "post", "put", "patch", "delete"}:
            route = f"{method.upper()} {below.group(1)}"
            if route not in SESSIONS:
                found += [f"{route}: {lapse}" for lapse in _lapses(method, parts, item[method], document)]
    return found


def _lapses(method: str, parts: list[str], operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    found = []
    named = [part.strip("{}") for part in parts if part.startswith("{")]
    if method == "post" and not named and len(parts) > 1:
        found.append("acts on a record that its path doesn't name")
    if method in {"put", "patch", "delete"} and not named:
        found.append("changes a record that its path doesn't name")
    for collection, record in pairwise(parts):
        if record.startswith("{") and not collection.startswith("{") and not _plural(collection):
            found.append(f"{collection} isn't plural")
    repeated = sorted(set(named) & _fields(operation, document))
    if repeated:
        found.append(f"its body repeats {', '.join(repeated)}")
    return found


def _plural(word: str) -> bool:
    return word.endswith("s") or word in UNCOUNTED


def _fields(operation: dict[str, Any], document: dict[str, Any]) -> set[str]:
    contents = operation.get("requestBody", {}).get("content", {}).values()
    schemas = [content.get("schema", {}) for content in contents]
    names = [schema["$ref"].rsplit("/", 1)[1] for schema in schemas if "$ref" in schema]
    return {
        field for name in names for field in document["components"]["schemas"][name].get("properties", ())
    }


@pytest.mark.parametrize("name", ["units", "support", "tenancy", "support/gateway"])
def test_every_api_addresses_records_by_their_paths(name, tmp_path):
    stack = Stack.open(tmp_path, environment={})
    definition = definition_of(stack.layout.part(name))
    app = definition.create_app(
        definition.build_runtime(settings_of(stack.programs, stack.layout.part(name)))
    )
    assert lapses(app) == []


def test_what_is_addressed_otherwise_is_seen():
    app = FastAPI()

    @app.post("/api/planted/v1/placements/attempts")
    def attempt() -> None:
        """Name the record in the body."""

    @app.put("/api/planted/v1/placements")
    def change() -> None:
        """Name it there as well."""

    @app.post("/api/planted/v1/placement/{placement_id}/ends")
    def end(placement_id: str) -> None:
        """Use the singular where there are many."""

    assert len(lapses(app)) == 3
