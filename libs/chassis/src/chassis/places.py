"""Places in an order as text, for the address of a page: they name values and an id, not a count of rows, so
that they stay good when rows come, change and go."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter
from pydantic_core import to_json

from chassis.errors import InvalidInput

Key = tuple[Any, ...]
"""A row's place in an order, by its values: it stays good when rows change or a process starts again."""
Whole = Annotated[int, Field(ge=0, lt=1 << 62)]
"""A number of a place."""
Words = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""A text of a place; no database holds the character zero."""
Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""A moment of a place."""
KINDS: dict[type, Any] = {UUID: UUID, str: Words, datetime: Moment}
"""What a value of a table's column is in a place."""

MOST_SPELT = 2_000
"""Letters of the longest place."""


def spelt(key: Iterable[Any]) -> str:
    """Return a text that names a place in an order."""
    return urlsafe_b64encode(to_json(tuple(key))).decode().rstrip("=")


def read_place(text: str | None, kinds: Iterable[Any]) -> Key | None:
    """Return the place that a text names: a value of each kind, which is a type that pydantic can read.

    Raises InvalidInput when it isn't one: mistyped, of another list, or of an earlier release.
    """
    if text is None:
        return None
    try:
        spelling = urlsafe_b64decode(text[:MOST_SPELT] + "=" * (-len(text[:MOST_SPELT]) % 4))
        return _form(tuple(kinds)).validate_json(spelling, strict=True)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field="after", rule="This isn't a place in the list.") from error


@cache
def _form(kinds: tuple[Any, ...]) -> TypeAdapter[Key]:
    return TypeAdapter(tuple[kinds])  # type: ignore[valid-type]
