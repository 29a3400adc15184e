"""Carries what was typed into a form whose session ended through sign-in, back to the form's page."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

MOST_BYTES = 400_000
Pairs = list[tuple[str, str]]
_PAIRS = TypeAdapter(Pairs)


async def typed_fields(request: Request) -> Pairs:
    """Return the text fields of a form that was sent here instead of to its desk; files are lost."""
    data = await request.form(max_fields=2000)
    pairs = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    return pairs if sum(len(name) + len(value) for name, value in pairs) <= MOST_BYTES else []


def packed(pairs: Pairs) -> str:
    """Return the pairs as the value of one hidden field; empty when there are none."""
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def unpacked(text: str) -> Pairs:
    """Return the pairs in a hidden field; none when `packed` didn't write it."""
    if not text or len(text) > 2 * MOST_BYTES:
        return []
    try:
        return _PAIRS.validate_json(text)
    except ValidationError:
        return []
