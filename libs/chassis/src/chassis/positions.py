"""Positions in an order as text, for the address of a page.

A position names values and an id, not a number of rows, so it stays valid when rows are added, changed and
removed.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter
from pydantic_core import to_json

from chassis.errors import InvalidInput

Key = tuple[Any, ...]
"""A row's position in an order, by its values; valid while rows change and across restarts."""
Whole = Annotated[int, Field(ge=0, lt=1 << 62)]
"""A number in a position."""
Words = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""A text in a position; PostgreSQL can't store the character NUL."""
Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""A moment in a position."""
KINDS: dict[type, Any] = {UUID: UUID, str: Words, date: date, datetime: Moment}
"""The types of values in a position, by the type of their column."""

LONGEST_POSITION = 2_000
"""Characters of the longest text that is read as a position."""


def position_text(key: Iterable[Any]) -> str:
    """Return a position in an order as text."""
    return urlsafe_b64encode(to_json(tuple(key))).decode().rstrip("=")


def read_position(text: str | None, kinds: Iterable[Any]) -> Key | None:
    """Return the position that a text names: a value of each kind, which is a type that pydantic can read.

    Raises InvalidInput for a text that was mistyped, or is of another list or an earlier release.
    """
    if text is None:
        return None
    try:
        spelling = urlsafe_b64decode(text[:LONGEST_POSITION] + "=" * (-len(text[:LONGEST_POSITION]) % 4))
        return _form(tuple(kinds)).validate_json(spelling, strict=True)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field="after", rule="This isn't a place in the list.") from error


@cache
def _form(kinds: tuple[Any, ...]) -> TypeAdapter[Key]:
    return TypeAdapter(tuple[kinds])  # type: ignore[valid-type]
