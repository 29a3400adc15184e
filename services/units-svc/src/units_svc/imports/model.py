"""Imports (U8): a file is kept, read into a staging table, compared, and written building by building.

The worker does that in steps. Each commits what it did together with the place it reached, so whoever goes
on after a crash does nothing twice and leaves nothing out. A wrong row is recorded with its line, column and
rule, and nothing of it is written. A row that says what it said last time is left alone, so staff's
corrections outlive a second import of the same file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from deskkit.i18n import N_
from units_svc.inventory.facts import FACTS
from units_svc.tables import Base


class ImportState(StrEnum):
    """How far an import is."""

    READING = "reading"
    COMPARING = "comparing"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    DISCARDED = "discarded"
    FAILED = "failed"
    STOPPED = "stopped"


WORKING = frozenset({ImportState.READING, ImportState.COMPARING, ImportState.APPLYING})
"""States in which the worker has something to do."""
STEP = "import_step"
"""Kind of the timer that carries an import on; its key is the import's id."""

_HALTED = (
    ("53100", N_("The database has no room left.")),
    ("57014", N_("A step took longer than the database allows.")),
    ("55P03", N_("Somebody else was at the same homes for too long.")),
)
"""What database codes in the reason of a failed step mean to people."""


def may_be_discarded(state: ImportState, counted: int, finished_at: datetime | None) -> bool:
    """Return whether what isn't written of an import can be forgotten: not while it's being written.

    Homes that are `counted` while the file is read are written: it's only read again to go on.
    """
    being_written = state is ImportState.APPLYING or (state is ImportState.READING and counted > 0)
    return finished_at is None and not being_written


def why_halted(reason: str) -> str:
    """Return in plain words, as a msgid, why the worker gave an import up."""
    known = (words for code, words in _HALTED if code in reason)
    return next(known, N_("A step failed in a way nobody expected. The system’s log says more."))


class UnitImport(Base):
    """One file, what was found in it, and what became of it. Counts are of homes, `wrong_rows` of lines.

    `position` is how many bytes of the `size` kept were read, `line` the lines up to there; `place` the last
    address that was compared or written, `compared` the staged rows up to there; before that, the last key
    or, when the `keys_checked`, address that was looked at for contradictions. One that was stopped goes on
    from that place, until it's `finished_at`. `reading` says where its rows begin, the habits of its columns,
    and about which of them somebody is asked; `missing` how many homes of its source it no longer names.
    """

    __tablename__ = "unit_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mapping: Mapped[str] = mapped_column(String(60))
    definition: Mapped[dict[str, Any]]
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ImportState] = mapped_column(words(ImportState, "state"))
    header: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    delimiter: Mapped[str] = mapped_column(String(1), default=",")
    row_limit: Mapped[int | None]
    at_once: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    line: Mapped[int] = mapped_column(Integer, default=0)
    place: Mapped[str] = mapped_column(Text, default="")
    compared: Mapped[int] = mapped_column(Integer, default=0)
    keys_checked: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    wrong_rows: Mapped[int] = mapped_column(Integer, default=0)
    new: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[int | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(String(200))
    failure: Mapped[str | None] = mapped_column(Text)
    failure_params: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration


class ImportPart(Base):
    """A piece of the file, as UTF-8 with plain line ends; `PART` bytes each, the last one fewer."""

    __tablename__ = "import_part"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("unit_import.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ImportProblem(Base):
    """One thing that is wrong with one cell. `message` is a msgid, filled in with `params` when it's
    shown."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_import", "import_id", "line", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("unit_import.id", ondelete="CASCADE"))
    line: Mapped[int]
    column: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(60))
    value: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]]


class WrongRow(Base):
    """A wrong line as it stood in the file, so that it can be downloaded, mended and sent again."""

    __tablename__ = "import_wrong_row"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("unit_import.id", ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source_ref: Mapped[str | None] = mapped_column(Text)


class MissingUnit(Base):
    """A home that an earlier list of the same source named and this one doesn't."""

    __tablename__ = "import_missing"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("unit_import.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


class ImportMark(Base):
    """What a row of a source said when it was last written; an equal fingerprint means there's nothing to
    do."""

    __tablename__ = "import_mark"

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_ref: Mapped[str] = mapped_column(String(140), primary_key=True)
    fingerprint: Mapped[UUID]


class ImportStretch(Base):
    """What was found in the addresses after `place`, in homes, until it's added to its import's counts.

    It's committed with what was written of them, so that nobody writes them twice.
    """

    __tablename__ = "import_stretch"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]


class ImportRow(Base):
    """A right row, waiting to be compared and written; its cells are joined by `CELL_END`.

    Unlogged: after a crash of the database server the rows are gone, and the file is read again.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        # In the database the address is in byte order there (COLLATE "C"). Comparing models with the database
        # looks at columns alone.
        Index("ix_import_row_place", "import_id", "address_key", "line"),
        Index("ix_import_row_ref", "import_id", "source_ref", "line"),
        {"prefixes": ["UNLOGGED"]},
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    source_ref: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[UUID]
    building_name: Mapped[str | None]
    street: Mapped[str]
    city: Mapped[str]
    province: Mapped[str]
    country: Mapped[str]
    postal_code: Mapped[str | None]
    postal_area: Mapped[str | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    region: Mapped[str | None]
    address_key: Mapped[str]
    search_text: Mapped[str]
    street_order: Mapped[str]
    city_key: Mapped[str]
    units: Mapped[int | None] = mapped_column(Integer)
    unit_number: Mapped[str | None]
    unit_key: Mapped[str]
    unit_order: Mapped[str]
    housing_type: Mapped[str]
    status: Mapped[str]
    status_observed_on: Mapped[date | None]
    landlord: Mapped[str | None]
    landlord_key: Mapped[str | None]
    landlord_kind: Mapped[str | None]
    relation: Mapped[str | None]
    service_provider: Mapped[str | None]
    features: Mapped[list[str]]
    rent_amount: Mapped[Decimal | None]
    rent_currency: Mapped[str | None]
    rent_from: Mapped[date | None]
    comments: Mapped[str | None]
    occupancy: Mapped[str]
    available_from: Mapped[date | None]
    cells: Mapped[str]


for _fact in FACTS:
    setattr(ImportRow, _fact.name, mapped_column(SmallInteger if _fact.is_figure else Boolean, nullable=True))

STAGED: tuple[str, ...] = tuple(column.name for column in ImportRow.__table__.columns)
"""Columns of the staging table in the order in which rows are copied."""

PART = 1 << 18
CELL_END = "\x1f"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one cell of a file. `line` counts from 1, the header included."""

    line: int
    column: str | None
    rule: str
    message: str
    value: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


class UnknownMapping(DomainError):
    """There is no mapping of that name."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "unknown_mapping"
    message: ClassVar[str] = "There is no mapping called {name}."


class FileUnreadable(DomainError):
    """The file isn't a table that this mapping can read; `rule` says why."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "file_unreadable"
    message: ClassVar[str] = "The file can't be read: {rule}"


class FileEmpty(FileUnreadable):
    """There is nothing in the file."""

    message: ClassVar[str] = "The file is empty."


class NoRows(FileUnreadable):
    """The file names its columns and says nothing of any home."""

    message: ClassVar[str] = "The file has no line below the names of its columns."


class NotText(FileUnreadable):
    """The file is a workbook, an archive, a picture or anything else that isn't text."""

    message: ClassVar[str] = "The file isn't a text file; save the table as CSV."


class ColumnMissing(FileUnreadable):
    """The file hasn't the columns that the mapping needs."""

    message: ClassVar[str] = "The file has no column {columns}."


class ColumnDoubled(FileUnreadable):
    """The file has a column twice that the mapping reads."""

    message: ClassVar[str] = "The file has more than one column {columns}. Rename or remove all but one."


class TooManyColumns(FileUnreadable):
    """No table of homes has so many columns."""

    message: ClassVar[str] = "The file has more than {most} columns."


class RowUnending(FileUnreadable):
    """A quotation mark is never closed, or the row is larger than any home."""

    message: ClassVar[str] = "Line {line}: the row doesn't end, or a cell of it is too long."


class NotReady(DomainError):
    """The import went on meanwhile: it was written, stopped or discarded, or is still being read."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "import_not_ready"
    message: ClassVar[str] = "This can't be done with the import as it stands now."
