"""Recording which homes a household was shown, and what followed (P12)."""

from dataclasses import asdict
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import NEVER_MANDATORY, ConfigurableForm, declared
from support_svc.homes.model import Home, UnknownHome
from support_svc.lookups.commands import require_values
from support_svc.lookups.model import LookupValue
from support_svc.placements.commands import locked_placement
from support_svc.placements.feature import EDIT_PLACEMENT
from support_svc.placements.model import ACTIVE, Placement, PlacementEnded, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.viewings.feature import REASON_REFUSED
from support_svc.viewings.model import MOST, STEPS, Days, TooManyShown, Viewing, require_days
from trade.dates import PastDay


class ViewingFields(BaseModel):
    """When a home was shown, viewed, offered, and refused by the client for which reason (P12).

    `version` is the one that was shown, 0 while nothing is recorded (X4).
    """

    shown_on: PastDay = Field(title="Shown on")
    viewed_on: PastDay | None = Field(default=None, title="Viewed on", json_schema_extra=NEVER_MANDATORY)
    offered_on: PastDay | None = Field(default=None, title="Offered on", json_schema_extra=NEVER_MANDATORY)
    refused_on: PastDay | None = Field(default=None, title="Refused by the client on")
    reason_id: UUID | None = Field(default=None, title="Reason the client gave")
    version: int = Field(default=0, ge=0)


VIEWING_FORM = ConfigurableForm("viewing", N_("Viewing"), ViewingFields, Viewing.shown_on)
FORMS = declared(VIEWING_FORM)


class RecordViewing(ViewingFields):
    """Record how a household looked at a home, or correct what is recorded."""

    placement_id: UUID
    unit: UUID


class RemoveViewing(BaseModel):
    """Remove what was recorded of a home by mistake."""

    placement_id: UUID
    unit: UUID


@use_case(EDIT_PLACEMENT)
async def record_viewing(tx: Tx, command: RecordViewing) -> int:
    """Record or correct how a household looked at a home, and return the record's version (P12).

    A refusal changes nothing else: no attempt is recorded, and the home can be secured as before. Raises
    EditedMeanwhile, PlacementEnded, UnknownHome, TooManyShown, NotOnTheList, and what `require_days` raises.
    """
    placement = await _open_placement(tx, command.placement_id)
    viewing = await tx.session.get(Viewing, (placement.id, command.unit))
    command = await follow_field_rules(tx, VIEWING_FORM, command, before=viewing)
    days = Days(**{name: getattr(command, name) for name in STEPS})
    require_days(days, reason_id=command.reason_id, today=tx.today)
    after = {**asdict(days), "reason_id": command.reason_id}
    before = {name: getattr(viewing, name, None) for name in after}
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    if command.version != (viewing.version if viewing else 0):
        raise EditedMeanwhile(current=viewing.version if viewing else 0, difference=changes)
    if "reason_id" in changes:
        await require_values(tx, REASON_REFUSED, [command.reason_id], "reason_id")
    if viewing is None:
        viewing = await _new(tx, placement, command.unit)
        tx.session.add(viewing)
    for name, value in after.items():
        setattr(viewing, name, value)
    if changes:
        viewing.recorded_at, viewing.recorded_by_name = tx.now, tx.actor.name
        await _put_on_timeline(tx, viewing, before)
        tx.touched("placement", placement.id, "viewing_recorded", {"unit": (None, command.unit), **changes})
    await tx.session.flush()
    return viewing.version


@use_case(EDIT_PLACEMENT)
async def remove_viewing(tx: Tx, command: RemoveViewing) -> None:
    """Remove what was recorded of a home by mistake; the timeline says so.

    Raises NotFound, PlacementEnded.
    """
    placement = await _open_placement(tx, command.placement_id)
    viewing = await tx.session.get(Viewing, (placement.id, command.unit))
    if viewing is None:
        raise NotFound(what="viewing")
    add_to_timeline(tx, placement.id, TimelineKind.VIEWING_REMOVED, {"address": viewing.address})
    tx.touched("placement", placement.id, "viewing_removed", {"unit": (command.unit, None)})
    await tx.session.delete(viewing)


async def _open_placement(tx: Tx, placement_id: UUID) -> Placement:
    placement = await locked_placement(tx, placement_id)
    if placement.status not in ACTIVE:
        raise PlacementEnded
    return placement


async def _new(tx: Tx, placement: Placement, unit: UUID) -> Viewing:
    home = await tx.session.get(Home, unit)
    if home is None:
        raise UnknownHome(field="unit")
    mine = Viewing.placement_id == placement.id
    if (await tx.scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise TooManyShown(most=MOST)
    return Viewing(placement_id=placement.id, unit=unit, address=home.address_line)


async def _put_on_timeline(tx: Tx, viewing: Viewing, before: dict[str, object]) -> None:
    """Add a line for each step that is new, and one for all that is corrected."""
    new = [name for name in STEPS if getattr(viewing, name) and not before[name]]
    for name in new:
        details: dict[str, object] = {"address": viewing.address, "on": getattr(viewing, name)}
        if name == "refused_on" and viewing.reason_id is not None:
            reason = await tx.session.get_one(LookupValue, viewing.reason_id)
            details |= {"reason_en": reason.label_en, "reason_fr": reason.label_fr}
        add_to_timeline(tx, viewing.placement_id, STEPS[name], details)
    covered = {*new, *(["reason_id"] if "refused_on" in new else [])}
    if any(getattr(viewing, name) != value for name, value in before.items() if name not in covered):
        add_to_timeline(
            tx, viewing.placement_id, TimelineKind.VIEWING_CORRECTED, {"address": viewing.address}
        )
