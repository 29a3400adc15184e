"""The figures and yes-or-no facts of a home, each declared once: forms, pages, files and events follow (U3).

A fact is written in three lists of this file: as somebody enters it, as a column, and as it's read. Where a
fact has a rule of its own (a filter of the search, a limit that depends on another fact), that rule names it.
A test holds the lists together and names those other files; CONTRIBUTING says how to add a fact.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, cast

from annotated_types import Ge, Le
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from deskkit.i18n import N_
from trade.dates import FIRST_YEAR_OF_BUILDING

FactName = Literal[
    "accessible", "shareable", "area_square_feet", "year_built", "bedrooms", "building_floors", "floor",
]  # fmt: skip
"""The names of all facts, in the order of the template of an import."""
_ALL_HOMES = N_("Applies to all homes of the building")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a fact is shown and where it's stored.

    `label` is its name on the record where that isn't the title of its field; `suffix` stands behind the
    field; `words` (with `n`) and `zero` put a value into words. `building` is its column of the building, for
    what is true of all homes there. What isn't `published` stays in the inventory.

    A file may have what `sums` in several columns that are added up. The template of an import shows
    `example`, and `in_files` says what may be entered where that isn't just a number, or yes or no.
    """

    label: str | None = None
    hint: str | None = None
    suffix: str | None = None
    words: str | None = None
    zero: str | None = None
    building: str | None = None
    published: bool = True
    sums: bool = False
    example: str = ""
    in_files: str | None = None


class EnteredFacts(BaseModel):
    """The facts as somebody enters them, in the order of forms and pages."""

    bedrooms: Annotated[
        int | None,
        Field(title="Bedrooms", ge=0, le=50),
        Shown(hint=N_("0 for a studio"), zero=N_("studio"), sums=True, example="2"),
    ] = None
    area_square_feet: Annotated[
        int | None,
        Field(title="Area in square feet", ge=1, le=10_000),
        Shown(label=N_("Area"), suffix=N_("sq ft"), words=N_("%(n)s sq ft"), sums=True, example="640"),
    ] = None
    floor: Annotated[
        int | None,
        Field(title="Floor", ge=0, le=200),
        Shown(
            hint=N_("0 for below ground"),
            example="3",
            in_files=N_("A whole number, at most the building's floors"),
        ),
    ] = None
    building_floors: Annotated[
        int | None,
        Field(title="Floors of the building", ge=1, le=200),
        Shown(hint=_ALL_HOMES, building="floors", sums=True, example="12"),
    ] = None
    year_built: Annotated[
        int | None,
        Field(title="Year built", ge=FIRST_YEAR_OF_BUILDING, le=9999),
        Shown(hint=_ALL_HOMES, building="year_built", example="1974"),
    ] = None
    accessible: Annotated[bool | None, Field(title="Accessible with a wheelchair"), Shown(example="yes")] = (
        None
    )
    shareable: Annotated[bool, Field(title="Can be shared"), Shown(example="no")] = False


class UnitFacts:
    """The columns of the facts of one home."""

    bedrooms: Mapped[int | None] = mapped_column(
        SmallInteger, CheckConstraint("bedrooms BETWEEN 0 AND 50", name="bedrooms")
    )
    area_square_feet: Mapped[int | None] = mapped_column(
        SmallInteger, CheckConstraint("area_square_feet BETWEEN 1 AND 10000", name="area")
    )
    floor: Mapped[int | None] = mapped_column(
        SmallInteger, CheckConstraint("floor BETWEEN 0 AND 200", name="floor")
    )
    accessible: Mapped[bool | None]
    shareable: Mapped[bool] = mapped_column(default=False)


class BuildingFacts:
    """The columns of the facts that all homes of a building have in common."""

    year_built: Mapped[int | None] = mapped_column(
        SmallInteger, CheckConstraint("year_built BETWEEN 1600 AND 2200", name="year_built")
    )
    floors: Mapped[int | None] = mapped_column(
        SmallInteger, CheckConstraint("floors BETWEEN 0 AND 200", name="floors")
    )


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """The facts in the list of homes and its CSV file, in the order of the file."""

    bedrooms: int | None
    area_square_feet: int | None
    floor: int | None


@dataclass(frozen=True, slots=True)
class KnownFacts(ListedFacts):
    """All facts, as they're read from the tables and published."""

    year_built: int | None
    building_floors: int | None
    accessible: bool | None
    shareable: bool


# ------------------------------------------------------------------ what follows from the lists above
@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name everywhere, its type and bounds, and how it's shown."""

    name: FactName
    title: str
    type: type[int] | type[bool]
    optional: bool
    least: int
    most: int
    shown: Shown

    @property
    def label(self) -> str:
        """Its name on the record (a msgid)."""
        return self.shown.label or self.title

    @property
    def is_figure(self) -> bool:
        """Whether it's a whole number; else it's yes or no."""
        return self.type is int

    @property
    def column(self) -> str:
        """Its column in the table that has it, of the home or of the building."""
        return self.shown.building or self.name


def _fact(name: str, field: FieldInfo) -> Fact:
    (shown,) = (mark for mark in field.metadata if isinstance(mark, Shown))
    bounds = [mark for mark in field.metadata if isinstance(mark, Ge | Le)]
    return Fact(
        cast("FactName", name),
        field.title or name,
        bool if field.annotation in (bool, bool | None) else int,
        field.annotation is not bool,
        next((int(str(mark.ge)) for mark in bounds if isinstance(mark, Ge)), 0),
        next((int(str(mark.le)) for mark in bounds if isinstance(mark, Le)), 1),
        shown,
    )


FACTS: tuple[Fact, ...] = tuple(_fact(name, field) for name, field in EnteredFacts.model_fields.items())
FIGURES = tuple(fact for fact in FACTS if fact.type is int)
FLAGS = tuple(fact for fact in FACTS if fact.type is bool)
PUBLISHED = tuple(fact for fact in FACTS if fact.shown.published)
OF_BUILDING = tuple(fact for fact in FACTS if fact.shown.building)
OF_UNIT = tuple(fact for fact in FACTS if not fact.shown.building)
LISTED = tuple(field.name for field in fields(ListedFacts))


def known_facts(unit: UnitFacts, building: BuildingFacts) -> KnownFacts:
    """Return all facts of a home from its two rows."""
    return KnownFacts(
        **{fact.name: getattr(building if fact.shown.building else unit, fact.column) for fact in FACTS}
    )


def building_facts(entered: EnteredFacts) -> dict[str, int | bool | None]:
    """Return what was entered of the building as its columns."""
    return {fact.column: getattr(entered, fact.name) for fact in OF_BUILDING}


def published_facts(known: KnownFacts) -> dict[str, Any]:
    """Return what others may know; a flag that isn't known is no."""
    values = {fact.name: (getattr(known, fact.name), fact.type) for fact in PUBLISHED}
    return {name: bool(value) if kind is bool else value for name, (value, kind) in values.items()}
