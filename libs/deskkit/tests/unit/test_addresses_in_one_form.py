"""The door of a home in one form."""

from __future__ import annotations

import pytest

from deskkit.addresses import door


@pytest.mark.row("U2")
@pytest.mark.parametrize(
    ("parts", "written"),
    [
        (("12 Elm St", "304"), "304 – 12 Elm St"),
        (("12 Elm St", None), "12 Elm St"),
        (("12 Elm St", "R-2", "Toronto", "ON"), "R-2 – 12 Elm St, Toronto, ON"),
        (("12 Elm St", "", None, "ON"), "12 Elm St, ON"),
        ((None, None, "Toronto"), "Toronto"),
        ((None,), ""),
    ],
)
def test_what_is_known_of_an_address(parts: tuple[str | None, ...], written: str) -> None:
    assert door(*parts) == written
