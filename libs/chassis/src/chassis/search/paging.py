"""Places in an order as text, for the address of a page: they name values and an id, not a count of rows, so
that they stay good when rows come, change and go."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.errors import InvalidInput
from chassis.search.columns import Key

MOST_SPELT = 1_000
"""Letters of the longest place."""
_LARGEST = 1 << 62


def spelt(key: Key) -> str:
    """Return a text that names a place in an order."""
    parts = [part.hex if isinstance(part, UUID) else part for part in key]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_place(text: str | None, kinds: Sequence[type]) -> Key | None:
    """Return the place that a text names: a value of each kind (int, where None is unknown, str or UUID).

    Raises InvalidInput when it isn't one.
    """
    if text is None:
        return None
    try:
        parts: Any = json.loads(urlsafe_b64decode(text[:MOST_SPELT] + "=" * (-len(text) % 4)))
        if isinstance(parts, list) and len(parts) == len(kinds):
            return tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidInput(field="after", rule="This isn't a place in the list.")


def _part(part: Any, kind: type) -> Any:
    if kind is UUID and isinstance(part, str):
        return UUID(part)
    if kind is str and isinstance(part, str):
        return part
    if kind is int and (part is None or (type(part) is int and 0 <= part < _LARGEST)):
        return part
    raise ValueError(kind)
