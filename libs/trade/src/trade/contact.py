"""What is entered of a person or an organisation: the name, a telephone number and an e-mail address."""

from __future__ import annotations

import re
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

PHONE = "Enter a telephone number with its area code, like 416 555 0123."
REGION = "CA"
"""The country of a telephone number that names none."""


_TEN_DIGITS = re.compile(r"\(?([2-9]\d\d)\)?[ .-]?([2-9]\d\d)[ .-]?(\d{4})")


def international(phone: str) -> str | None:
    """Return a possible telephone number in its international form, or None.

    >>> international("(250) 318-2594"), international("999")
    ('+1 250-318-2594', None)
    """
    # Most are written so, and a list has hundreds of thousands of them.
    if usual := _TEN_DIGITS.fullmatch(phone):
        return f"+1 {usual[1]}-{usual[2]}-{usual[3]}"
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _international(phone: str) -> str:
    found = international(phone)
    if found is None:
        raise PydanticCustomError("phone_number", PHONE)
    return found


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]+$"),
]
"""The name of a person or an organisation, one line."""
OptionalName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]*$")
]
"""A name, or nothing."""
Phone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^\+?[0-9 ().x-]{5,40}$")
]
"""A telephone number as it was written: no published one is refused."""
InternationalPhone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_international)
]
"""A possible telephone number in its international form, by which people are found."""
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s<>]{1,64}@[^@\s<>]{1,190}$")
]
"""An e-mail address."""
