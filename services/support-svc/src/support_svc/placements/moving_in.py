"""Move In (P7): the household is housed, its history is written, and the first follow-up has a date."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.errors import DomainError, Faults
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.commands import Email, Phone, reach_at
from support_svc.clients.model import ContactKind
from support_svc.clients.queries import names_of
from support_svc.followups.commands import set_follow_up
from support_svc.followups.model import FollowUpSubject, due_date
from support_svc.homes.model import ManagedBy
from support_svc.housing_history.commands import Rent, end_stay, new_record, open_stays, require_free
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import HousingRecord, Stay
from support_svc.lookups.commands import require_values
from support_svc.lookups.model import LookupValue
from support_svc.placements.answers import settle
from support_svc.placements.feature import RECORD_MOVE_IN
from support_svc.placements.model import (
    HouseholdMovedIn,
    Placement,
    PlacementStatus,
    Securing,
    is_declined,
)
from support_svc.placements.problems import (
    ActiveHousing,
    ApplicationWasDeclined,
    MoveAfterHold,
    MoveBeforeTenancy,
    MoveInBeforeSecuring,
    MoveInInTheFuture,
    MoveLongAfterTenancy,
    NotSecured,
    TenancyNotStarted,
)
from support_svc.placements.rows import active_members, current_request, locked_placement, tell_move
from support_svc.placements.securing import MovedIn, SecuringState
from trade.dates import FollowUpDay, PastDay

USUAL_DELAY = timedelta(days=31)
"""How long after the tenancy's start a move-in is nothing unusual."""


class MoveInFields(BaseModel):
    """When a household moved in, and what comes after it.

    `told_by_client` says that the client told of the tenancy's start: the property entity tells it only when
    the tenant agreed to that. `days_confirmed` says that the move-in date is right though it doesn't go with
    the lease or the hold. `end_housing` ends what somebody's housing history still shows as open, on the
    same day.
    """

    moved_in_on: PastDay = Field(title="Move-in date")
    rent: Rent | None = Field(default=None, title="Rent a month")
    phone: Phone | None = Field(default=None, title="New phone number")
    email: Email | None = Field(default=None, title="New e-mail address")
    next_on: FollowUpDay | None = Field(default=None, title="Date of the first follow-up")
    next_months: Annotated[int, Field(ge=1, le=36)] | None = Field(
        default=None, title="Months until the first follow-up"
    )
    days_confirmed: bool = Field(default=False, title="Yes, these days are right")
    told_by_client: bool = Field(default=False, title="The client told me that the tenancy has started")
    end_housing: bool = Field(default=False, title="End the housing history record that is still open")
    end_reason_id: UUID | None = Field(default=None, title="Reason left")


class MoveIn(MoveInFields):
    """The household has moved into the home that is secured."""

    placement_id: UUID


@use_case(RECORD_MOVE_IN)
async def move_in(tx: Tx, command: MoveIn) -> None:
    """Record the move-in: one housing history record a person, status Moved Into Housing, first follow-up
    due.

    Raises NotSecured, ApplicationWasDeclined, TenancyNotStarted, ActiveHousing, HousingOverlap, and what
    `check_day` refuses.
    """
    placement = await locked_placement(tx, command.placement_id)
    request = await current_request(tx, placement)
    if request is None or request.state not in (SecuringState.HELD, SecuringState.LET):
        raise NotSecured
    _check(tx, command, request)
    due_on = due_date(command.moved_in_on, command.next_on, command.next_months)
    await _house(tx, command, placement, request)
    await settle(tx, placement, request, MovedIn(command.moved_in_on))
    placement.status = PlacementStatus.MOVED_IN
    placement.moved_in_on = command.moved_in_on
    set_follow_up(
        tx,
        subject=FollowUpSubject.PLACEMENT,
        subject_id=placement.id,
        client_id=placement.client_id,
        caseworker=placement.caseworker,
        due_on=due_on,
    )
    await _update_contact(tx, command, placement.client_id)
    await tell_move(tx, placement, request, command.moved_in_on, HouseholdMovedIn)
    tx.touched("placement", placement.id, "moved_in", {"moved_in_on": (None, command.moved_in_on)})


def _check(tx: Tx, command: MoveIn, request: Securing) -> None:
    if is_declined(request.state, request.application):
        raise ApplicationWasDeclined
    faults = Faults()
    through_lease = request.managed_by is ManagedBy.PROPERTY_ENTITY
    if through_lease and request.state is not SecuringState.LET and not command.told_by_client:
        faults.note(TenancyNotStarted(field="told_by_client"))
    with faults:
        check_day(tx, command.moved_in_on, request, confirmed=command.days_confirmed)
    faults.refuse()


def check_day(tx: Tx, day: date, request: Securing, *, confirmed: bool) -> None:
    """Refuse a move-in date that can't be, and one that doesn't go with lease or hold until it is confirmed.

    Raises MoveInInTheFuture, MoveInBeforeSecuring, MoveBeforeTenancy, MoveLongAfterTenancy, MoveAfterHold.
    """
    if day > tx.today:
        raise MoveInInTheFuture(field="moved_in_on")
    if day < request.secured_on:
        raise MoveInBeforeSecuring(field="moved_in_on", secured_on=request.secured_on)
    held_until = None
    if request.deadline is not None:
        # A deadline is the first moment that the home isn't held any more.
        held_until = (request.deadline - timedelta.resolution).astimezone(tx.runtime.time_zone).date()
    doubt = doubt_about(day, request.tenancy_start, held_until)
    if doubt is not None and not confirmed:
        raise doubt


def doubt_about(day: date, tenancy_start: date | None, held_until: date | None) -> DomainError | None:
    """Why a move-in date should be looked at again: it doesn't go with the lease, or else with the hold."""
    if tenancy_start is not None:
        if day < tenancy_start:
            return MoveBeforeTenancy(field="days_confirmed", start=tenancy_start)
        if day > tenancy_start + USUAL_DELAY:
            return MoveLongAfterTenancy(field="days_confirmed", start=tenancy_start)
    elif held_until is not None and day > held_until:
        return MoveAfterHold(field="days_confirmed", held_until=held_until)
    return None


async def _house(tx: Tx, command: MoveIn, placement: Placement, request: Securing) -> None:
    """Write the housing history of everybody included, ending what is open before."""
    people = [member.client_id for member in active_members(placement)]
    names = await names_of(tx, people)
    open_before = await open_stays(tx, people)
    if open_before and not command.end_housing:
        raise ActiveHousing(name=names[open_before[0].client_id], field="end_housing")
    await require_values(tx, REASON_LEFT, [command.end_reason_id], "end_reason_id")
    for record in open_before:
        end_stay(tx, record, command.moved_in_on, command.end_reason_id)
    await tx.session.flush()
    kind = await _housing_type(tx, request.housing_type)
    rent = command.rent
    if rent is None and request.tenancy_rent is not None:
        rent = Rent(amount=request.tenancy_rent, currency=request.tenancy_currency or "CAD")
    stay = new_id()
    for person in people:
        await require_free(tx, person, names[person], Stay(command.moved_in_on))
        new_record(
            tx,
            client_id=person,
            stay=stay,
            placement_id=placement.id,
            housing_type_id=kind,
            address=request.address,
            started_on=command.moved_in_on,
            rent=rent,
            other_people=len(people) - 1,
        )


async def _housing_type(tx: Tx, published: str) -> UUID:
    """Our own value for a published housing type; the list's "other" when it has none."""
    found: UUID | None = await tx.scalar(
        select(LookupValue.id)
        .where(LookupValue.list == HOUSING_TYPE, LookupValue.published_as.in_((published, "other")))
        .order_by((LookupValue.published_as == published).desc(), LookupValue.active.desc())
        .limit(1)
    )
    if found is None:
        raise LookupError("the list of housing types has no value published as other")
    return found


async def _update_contact(tx: Tx, command: MoveIn, client_id: UUID) -> None:
    if command.phone is not None:
        await reach_at(tx, client_id, ContactKind.PHONE, command.phone)
    if command.email is not None:
        await reach_at(tx, client_id, ContactKind.EMAIL, command.email)


async def stay_of_placement(tx: Tx, placement_id: UUID, client_id: UUID) -> HousingRecord | None:
    """The open housing history record that the move-in wrote for a person."""
    return (
        await tx.execute(
            select(HousingRecord).where(
                HousingRecord.placement_id == placement_id,
                HousingRecord.client_id == client_id,
                HousingRecord.ended_on.is_(None),
            )
        )
    ).scalar_one_or_none()
