"""What was typed into a form whose session ended.

Carried through sign-in, back to the page it was meant for.
"""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

MOST_BYTES = 400_000
Pairs = list[tuple[str, str]]
_PAIRS = TypeAdapter(Pairs)


async def typed_fields(request: Request) -> Pairs:
    """The text fields of a form that was sent here instead of to its desk; files can't be kept."""
    data = await request.form(max_fields=2000)
    pairs = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    return pairs if sum(len(name) + len(value) for name, value in pairs) <= MOST_BYTES else []


def packed(pairs: Pairs) -> str:
    """As one hidden field of the sign-in form; empty for nothing."""
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def unpacked(text: str) -> Pairs:
    """The pairs of a hidden field; nothing when it isn't one of ours."""
    if not text or len(text) > 2 * MOST_BYTES:
        return []
    try:
        return _PAIRS.validate_json(text)
    except ValidationError:
        return []
