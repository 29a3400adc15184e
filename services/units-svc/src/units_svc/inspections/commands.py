"""Recording inspections (U10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.dates import PastDay
from units_svc.inspections.feature import INSPECTION_AREA
from units_svc.inspections.model import Grade, InspectedArea, Inspection, InspectionKind
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.model import DayInFuture, Unit
from units_svc.lookups.queries import require_listed
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Area(BaseModel):
    """How one area was found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    area: Annotated[str, Field(title="Room or area", min_length=1, max_length=60)]
    grade: Annotated[Grade, Field(title="Grade")]
    remark: Annotated[Text | None, Field(title="Remark")] = None


class InspectionDetails(BaseModel):
    """What an inspection found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Annotated[InspectionKind, Field(title="Kind of inspection")]
    inspected_on: Annotated[PastDay, Field(title="Inspected on")]
    summary: Annotated[Text | None, Field(title="Summary")] = None
    areas: Annotated[list[Area], Field(title="Rooms and areas", min_length=1, max_length=60)]


class RecordInspection(InspectionDetails):
    """An inspection of a home."""

    unit_id: UUID


class EditInspection(InspectionDetails):
    """A correction of an inspection."""

    inspection_id: UUID
    version: Annotated[int, Field(ge=1)]


@use_case(EDIT_UNITS)
async def record_inspection(tx: Tx, command: RecordInspection) -> UUID:
    """Record an inspection and return its id. Raises DayInFuture, NotOnTheList, MonitoringRefused,
    NotFound."""
    await _check(tx, command, command.unit_id)
    if await tx.session.get(Unit, command.unit_id) is None:
        raise NotFound(what="unit")
    inspection = Inspection(
        id=new_id(),
        unit_id=command.unit_id,
        kind=command.kind,
        inspected_on=command.inspected_on,
        summary=command.summary or None,
        noted_at=tx.now,
        noted_by=tx.actor.name,
    )
    tx.session.add(inspection)
    await tx.session.flush()
    _add_areas(tx, inspection.id, command.areas, {})
    tx.touched("inspection", inspection.id, "recorded")
    tx.touched("unit", command.unit_id, "inspected")
    return inspection.id


@use_case(EDIT_UNITS)
async def edit_inspection(tx: Tx, command: EditInspection) -> None:
    """Correct an inspection; an area keeps its photos and the work that it opened. Raises EditedMeanwhile,
    NotFound."""
    await _check(tx, command, None)
    inspection = await tx.session.get(Inspection, command.inspection_id, with_for_update=True)
    if inspection is None:
        raise NotFound(what="inspection")
    if inspection.version != command.version:
        sent = {name: getattr(command, name) for name in ("kind", "inspected_on", "summary")}
        differs = {n: (getattr(inspection, n), v) for n, v in sent.items() if getattr(inspection, n) != v}
        raise EditedMeanwhile(current=inspection.version, difference=differs)
    found = await tx.execute(select(InspectedArea).where(InspectedArea.inspection_id == inspection.id))
    known = {area.area: area for area in found.scalars()}
    inspection.kind, inspection.inspected_on = command.kind, command.inspected_on
    inspection.summary = command.summary or None
    # The areas are part of the record: correcting one is a change of the inspection.
    inspection.noted_at, inspection.noted_by = tx.now, tx.actor.name
    _add_areas(tx, inspection.id, command.areas, known)
    for gone in known.keys() - {area.area for area in command.areas}:
        await tx.session.delete(known[gone])
    tx.touched("inspection", inspection.id, "edited")


def _add_areas(tx: Tx, inspection_id: UUID, areas: list[Area], known: dict[str, InspectedArea]) -> None:
    for place, given in enumerate(areas):
        area = known.get(given.area)
        if area is None:
            area = InspectedArea(id=new_id(), inspection_id=inspection_id, area=given.area)
            tx.session.add(area)
        area.grade, area.remark, area.place = given.grade, given.remark or None, place


async def _check(tx: Tx, details: InspectionDetails, unit_id: UUID | None) -> None:
    texts = [
        ("summary", details.summary),
        *((f"areas-{n}-remark", a.remark) for n, a in enumerate(details.areas)),
    ]
    faults = Faults()
    with faults:
        await require_private(tx, Place.INSPECTION, texts, unit_id=unit_id)
    if details.inspected_on > tx.today:
        faults.add(DayInFuture(field="inspected_on"))
    names = [area.area for area in details.areas]
    if len(set(names)) < len(names):
        faults.add(InvalidInput(field="areas", rule="Each area can be listed once."))
    with faults:
        await require_listed(tx, [(INSPECTION_AREA, name, f"areas-{n}-area") for n, name in enumerate(names)])
    faults.refuse()
