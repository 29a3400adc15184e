"""Reading inspections (U10)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.inspections.model import FINDINGS, Grade, InspectedArea, Inspection, InspectionKind
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.maintenance.model import MaintenanceWork
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class AreaView:
    """How one area was found, and the work that its finding opened."""

    id: UUID
    area: str
    grade: Grade
    remark: str | None
    work_id: UUID | None

    @property
    def can_open_work(self) -> bool:
        """Whether the finding asks for work that nobody has recorded yet."""
        return self.grade in FINDINGS and self.work_id is None


@dataclass(frozen=True, slots=True)
class InspectionView:
    """One inspection; areas are filled in only where one is read alone."""

    id: UUID
    unit_id: UUID
    kind: InspectionKind
    inspected_on: date
    summary: str | None
    noted_at: datetime
    noted_by: str
    version: int
    areas: list[AreaView] = field(default_factory=list)


def _inspections() -> Select[*tuple[Any, ...]]:
    return select(
        Inspection.id, Inspection.unit_id, Inspection.kind, Inspection.inspected_on, Inspection.summary,
        Inspection.noted_at, Inspection.noted_by, Inspection.version,
    )  # fmt: skip


@query(VIEW_UNITS)
async def inspections_of(tx: ReadTx, unit_id: UUID) -> list[InspectionView]:
    """Inspections of a home, newest first."""
    statement = _inspections().where(Inspection.unit_id == unit_id).order_by(Inspection.inspected_on.desc())
    return views(InspectionView, await tx.execute(statement.limit(200)))


@query(VIEW_UNITS)
async def inspection_record(tx: ReadTx, inspection_id: UUID) -> InspectionView:
    """One inspection with its areas. Raises NotFound."""
    found = views(InspectionView, await tx.execute(_inspections().where(Inspection.id == inspection_id)))
    if not found:
        raise NotFound(what="inspection")
    work = (
        select(MaintenanceWork.id)
        .where(MaintenanceWork.finding_id == InspectedArea.id)
        .order_by(MaintenanceWork.id)
        .limit(1)
        .scalar_subquery()
    )
    areas = await tx.execute(
        select(InspectedArea.id, InspectedArea.area, InspectedArea.grade, InspectedArea.remark, work)
        .where(InspectedArea.inspection_id == inspection_id)
        .order_by(InspectedArea.place)
    )
    return replace(found[0], areas=views(AreaView, areas))
