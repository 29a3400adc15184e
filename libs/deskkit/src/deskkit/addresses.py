"""The one way in which the door of a home is written, on every desk and in both languages."""

from __future__ import annotations


def door(street: str | None, unit_number: str | None = None, *places: str | None) -> str:
    """'304 – 12 Elm St, Toronto': the number of the unit before the street, as on an envelope.

    Parts that aren't known are left out; no word of it needs a translation.
    """
    number_and_street = " – ".join(part for part in (unit_number, street) if part)
    return ", ".join(part for part in (number_and_street, *places) if part)
