"""Whether the present schemas are compatible with the released ones.

Within a version one thing may change: one more optional field. Anything else, a new value of an enumeration
included, is a new version beside the old one, because somebody listens to the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_PROSE = frozenset({"description", "title", "examples", "$id", "$schema", "$comment"})
_TERMS = "x-partywall"


def broken_promises(released: Schema, current: Schema) -> list[str]:
    """Return what a listener to the released schema could no longer rely on; empty when it is compatible."""
    return _terms(released.get(_TERMS, {}), current.get(_TERMS, {})) + _compare(
        _Resolved(released), _Resolved(current), released, current, "event"
    )


class _Resolved:
    """Resolves the references within one document."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def __call__(self, schema: Any) -> Any:
        while isinstance(schema, Mapping) and "$ref" in schema:
            target: Any = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema


def _terms(released: Schema, current: Schema) -> list[str]:
    found = [
        f"terms: {name} was {released.get(name)!r} and is {current.get(name)!r}"
        for name in ("type", "addressed", "publisher", "aggregate", "basis", "purpose", "carries")
        if released.get(name) != current.get(name)
    ]
    lost = set(released.get("listeners", ())) - set(current.get("listeners", ()))
    return found + [f"terms: {listener} no longer receives it" for listener in sorted(lost)]


def _compare(was: _Resolved, now: _Resolved, before: Any, after: Any, where: str) -> list[str]:
    before, after = was(before), now(after)
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return [] if before == after else [f"{where}: was {before!r} and is {after!r}"]
    found: list[str] = []
    properties = before.get("properties", {})
    for name, schema in properties.items():
        if name in after.get("properties", {}):
            found += _compare(was, now, schema, after["properties"][name], f"{where}.{name}")
        else:
            found.append(f"{where}.{name}: is gone")
    required, requires = set(before.get("required", ())), set(after.get("required", ()))
    found += [f"{where}.{name}: is now required" for name in sorted(requires - required)]
    found += [f"{where}.{name}: is no longer required" for name in sorted(required - requires)]
    ignored = _PROSE | {"properties", "required", "$defs", _TERMS}
    for key in sorted((set(before) | set(after)) - ignored):
        found += _part(was, now, before.get(key), after.get(key), f"{where}/{key}")
    return found


def _part(was: _Resolved, now: _Resolved, before: Any, after: Any, where: str) -> list[str]:
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for index, (one, other) in enumerate(zip(before, after, strict=True))
            for found in _compare(was, now, one, other, f"{where}[{index}]")
        ]
    return _compare(was, now, before, after, where)
