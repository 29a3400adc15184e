"""Names, telephone numbers and e-mail addresses are entered in one way at all services (C1, T1)."""

import pytest
from pydantic import TypeAdapter, ValidationError

from trade.contact import Email, InternationalPhone, Name, OptionalName, Phone


@pytest.mark.row("C1", "T1")
@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (Name, "  王 小明 ", "王 小明"),
        (Name, "N" * 120, "N" * 120),
        (OptionalName, "  ", ""),
        (Phone, " 416-555-0142 x5 ", "416-555-0142 x5"),
        (InternationalPhone, "(416) 555 0123", "+1 416-555-0123"),
        (InternationalPhone, "+33 1 99 00 12 34", "+33 1 99 00 12 34"),
        (Email, " robin@mail.example ", "robin@mail.example"),
    ],
)
def test_what_is_entered_is_stored_without_spaces_around_it(kind: object, typed: str, stored: str) -> None:
    assert TypeAdapter(kind).validate_python(typed) == stored


@pytest.mark.row("C1", "T1")
@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Name, " "),
        (Name, "N" * 121),
        (Name, "<b>Robin</b>"),
        (OptionalName, "Robin\x07"),
        (Phone, "ask Jo"),
        (Phone, "1" * 41),
        (InternationalPhone, "ask Jo"),
        (InternationalPhone, "555 01"),
        (Email, "robin"),
        (Email, "robin@mail@example"),
        (Email, f"{'r' * 64}@{'m' * 190}"),
    ],
)
def test_what_cannot_be_one_is_refused(kind: object, typed: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(typed)
