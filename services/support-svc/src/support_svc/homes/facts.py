"""The figures and yes-or-no facts of a published home, each declared once; copy and pages follow (P5).

A fact is written in three lists of this file: as it's read and published, as a column, and as it's shown.
Where a fact has a rule of its own (a filter, how well a home fits), that rule names it; a test names those
files.
"""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from deskkit.i18n import N_


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """The facts as they are published and read; what the inventory doesn't know is None."""

    bedrooms: int | None
    area_square_feet: int | None
    floor: int | None
    building_floors: int | None
    year_built: int | None
    accessible: bool
    shareable: bool


class FactColumns:
    """The facts as columns of the copy."""

    bedrooms: Mapped[int | None] = mapped_column(SmallInteger)
    area_square_feet: Mapped[int | None] = mapped_column(SmallInteger)
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    building_floors: Mapped[int | None] = mapped_column(SmallInteger)
    year_built: Mapped[int | None] = mapped_column(SmallInteger)
    accessible: Mapped[bool]
    shareable: Mapped[bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """How a number is shown on the page of a home: its title, the word for 0, and what stands behind it.

    It's true of the whole `building` or of the home alone. A figure that is `part_of` another is shown with
    it, in the words of `of` (with `n` and `whole`).
    """

    name: str
    title: str
    building: bool = False
    zero: str | None = None
    suffix: str | None = None
    grouped: bool = True
    part_of: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A feature that a home has or hasn't; `words` are shown for a home that has it."""

    name: str
    words: str


SHOWN_FIGURES = (
    Figure("bedrooms", N_("Bedrooms"), zero=N_("studio")),
    Figure("area_square_feet", N_("Area"), suffix=N_("sq. ft.")),
    Figure("floor", N_("Floor"), part_of="building_floors", of=N_("%(n)s of %(whole)s")),
    Figure("year_built", N_("Year built"), building=True, grouped=False),
)
FLAGS = (Flag("accessible", N_("Wheelchair accessible")), Flag("shareable", N_("Can be shared")))

# ------------------------------------------------------------------ what follows from the lists above
NAMES = tuple(field.name for field in fields(HomeFacts))
FIGURES = tuple(name for name in NAMES if name not in {flag.name for flag in FLAGS})


def facts_of(record: object) -> dict[str, Any]:
    """Return all facts of what has them by these names: a published event, or a row of the copy."""
    return {name: getattr(record, name) for name in NAMES}
