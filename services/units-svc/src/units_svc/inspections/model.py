"""Inspections of homes, area by area (U10)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from units_svc.inventory.model import Unit
from units_svc.tables import Base


class InspectionKind(StrEnum):
    """Why a home is inspected."""

    MOVE_IN = "move_in"
    MOVE_OUT = "move_out"
    PERIODIC = "periodic"


class Grade(StrEnum):
    """How an area was found."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNSAFE = "unsafe"
    NOT_CHECKED = "not_checked"


FINDINGS: frozenset[Grade] = frozenset({Grade.FAIR, Grade.POOR, Grade.UNSAFE})
"""Grades that can open maintenance work."""


class Inspection(Base):
    """One visit to a home."""

    __tablename__ = "inspection"
    __table_args__ = (Index("ix_inspection_unit", "unit_id", "inspected_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(Unit.id))
    kind: Mapped[InspectionKind] = mapped_column(words(InspectionKind, "kind"))
    inspected_on: Mapped[date]
    summary: Mapped[str | None] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class InspectedArea(Base):
    """How one area of the home was found."""

    __tablename__ = "inspected_area"
    __table_args__ = (Index("ix_inspected_area_inspection", "inspection_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey(Inspection.id, ondelete="CASCADE"))
    area: Mapped[str] = mapped_column(String(60))
    grade: Mapped[Grade] = mapped_column(words(Grade, "grade"))
    remark: Mapped[str | None] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer)
