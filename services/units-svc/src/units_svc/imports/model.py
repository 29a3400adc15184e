"""Imports (U8): a file is stored, read into a staging table, compared, and written building by building.

The worker does that in steps. Each commits what it did together with the position it reached, so the next one
does nothing twice and leaves nothing out, even after a crash. A wrong row is recorded with its line, column
and rule, and nothing of it is written. A row that hasn't changed since the last file is left alone, so
staff's corrections outlive a second import of the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from trade.csv_import.problems import TableUnreadable
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
"""Kind of the timer of an import's next step; its key is the import's id."""

_HALTED = (
    ("53100", N_("The database has no room left.")),
    ("57014", N_("A step took longer than the database allows.")),
    ("55P03", N_("Somebody else was changing the same homes for too long.")),
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
    return next(known, N_("A step failed for an unexpected reason. The system’s log has the details."))


class UnitImport(Base):
    """One file, what was found in it, and what became of it. Counts are of homes, `wrong_rows` of lines.

    `position` is how many of the `size` bytes that are stored were read, `line` the lines up to there;
    `reached` the last address that was compared or written, `compared` the staged rows up to there. While
    contradictions are looked for, `reached` is the last key or, once `keys_checked`, the last address. A
    stopped import resumes there, unless it's `finished_at`. `reading` holds where its rows begin, the
    notation of its columns, and about which of them a person is asked; `missing` how many homes of its source
    it no longer names.
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
    reached: Mapped[str] = mapped_column(Text, default="")
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
    """One thing that is wrong with one cell. `message` is a msgid, to be filled in with `params`."""

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
    """A wrong line as it is in the file, so that it can be downloaded, corrected and sent again."""

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
    """The fingerprint of a row of a source when it was last written; an equal one leaves nothing to do."""

    __tablename__ = "import_mark"

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_ref: Mapped[str] = mapped_column(String(140), primary_key=True)
    fingerprint: Mapped[UUID]


class ImportBatch(Base):
    """How many homes were found in the addresses behind `after`, until they're added to the import's counts.

    It's committed with what was written of them, so that no home is written twice.
    """

    __tablename__ = "import_batch"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    after: Mapped[str] = mapped_column(Text, primary_key=True)
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
        Index("ix_import_row_address", "import_id", "address_key", "line"),
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
    party: Mapped[str | None]
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

CELL_END = "\x1f"


class UnknownMapping(DomainError):
    """There is no mapping of that name."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "unknown_mapping"
    message: ClassVar[str] = "There is no mapping called {name}."


class FileUnreadable(DomainError):
    """The file isn't a table that this mapping can read; `reason` is a msgid of its own."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "file_unreadable"
    message: ClassVar[str] = TableUnreadable.message

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(**params)
        self.message = reason  # type: ignore[misc]


@contextmanager
def readable() -> Iterator[None]:
    """Refuse a file that can't be read within the block. Raises FileUnreadable."""
    try:
        yield
    except TableUnreadable as found:
        raise FileUnreadable(found.message, **found.params) from found


class NotReady(DomainError):
    """The import is in another state by now: written, stopped or discarded, or still being read."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "import_not_ready"
    message: ClassVar[str] = "This can't be done with the import in its present state."
