"""Imports (U8): a file is stored, read into a staging table, compared, and written building by building.

The worker does that in steps. Each commits what it did together with the position it reached, so the next one
does nothing twice and leaves nothing out, even after a crash. A wrong row is recorded with its line, column
and rule, and nothing of it is written. A row that hasn't changed since the last file is left alone, so
staff's corrections outlive a second import of the same file.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from importing.model import (
    BatchColumns,
    MarkColumns,
    PartColumns,
    ProblemColumns,
    RecordColumns,
    StagedColumns,
    WrongRowColumns,
)
from units_svc.inventory.facts import FACTS
from units_svc.tables import Base


class UnitImport(RecordColumns, Base):
    """One file of homes; `missing` is how many homes of its source it no longer names."""

    __tablename__ = "unit_import"

    missing: Mapped[int | None]


class ImportPart(PartColumns, Base):
    """A piece of the file."""

    __tablename__ = "import_part"
    record_table: ClassVar[str] = "unit_import"


class ImportProblem(ProblemColumns, Base):
    """One thing that is wrong with one cell."""

    __tablename__ = "import_problem"
    record_table: ClassVar[str] = "unit_import"


class WrongRow(WrongRowColumns, Base):
    """A wrong line as it is in the file."""

    __tablename__ = "import_wrong_row"
    record_table: ClassVar[str] = "unit_import"


class MissingUnit(Base):
    """A home that an earlier list of the same source named and this one doesn't."""

    __tablename__ = "import_missing"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("unit_import.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


class ImportMark(MarkColumns, Base):
    """The fingerprint of a row of a source when it was last written."""

    __tablename__ = "import_mark"


class ImportBatch(BatchColumns, Base):
    """What was found in a batch of addresses, until it's added to the import's counts."""

    __tablename__ = "import_batch"


class ImportRow(StagedColumns, Base):
    """A right row, waiting to be compared and written.

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


for _fact in FACTS:
    setattr(ImportRow, _fact.name, mapped_column(SmallInteger if _fact.is_figure else Boolean, nullable=True))

STAGED: tuple[str, ...] = tuple(column.name for column in ImportRow.__table__.columns)
"""Columns of the staging table."""
