"""Move In (P7): the household is housed, its history is written, and the first follow-up has a date."""

from datetime import date
from typing import Annotated, cast
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import String, literal, select

from chassis.errors import Faults
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.commands import reach_at
from support_svc.clients.finding import require_client
from support_svc.clients.model import Client, ContactKind
from support_svc.clients.queries import names_of
from support_svc.corrections.model import Corrected, Reasoned
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.followups.commands import done_days, set_follow_up_of
from support_svc.followups.model import next_due
from support_svc.housing_history.commands import (
    Rent,
    end_stay,
    join_stay,
    move_start,
    new_record,
    open_stays,
    require_free,
)
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import Stay
from support_svc.lookups.commands import require_values
from support_svc.lookups.model import LookupValue
from support_svc.moving_in.feature import RECORD_MOVE_IN
from support_svc.moving_in.model import (
    ActiveHousing,
    ApplicationWasDeclined,
    HouseholdMovedIn,
    JoinsBeforeBirth,
    JoinsBeforeMoveIn,
    MoveInAfterFollowUp,
    MoveInInTheFuture,
    NotSecured,
    TenancyNotStarted,
    doubt_about,
)
from support_svc.placements.commands import include, locked_placement, record_correction
from support_svc.placements.model import (
    HOLDING,
    InTheFuture,
    NobodyMovedIn,
    Placement,
    PlacementStatus,
    SecuringState,
    TimelineKind,
    active_members,
    is_declined,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.consequences import apply_fact, current_request, publish_move
from support_svc.securing.model import MoveInBeforeSecuring, Securing, last_day_held
from support_svc.securing.process import MovedIn
from trade.contact import Email, InternationalPhone
from trade.dates import FollowUpDay, PastDay


class MoveInFields(BaseModel):
    """When a household moved in, and what comes after it.

    `reported_by_client`: the client reported that the tenancy started; the property entity reports it only if
    the tenant agreed to that. `days_confirmed`: the move-in date is right although the lease or the hold
    contradicts it. `end_housing`: stays that the housing history still shows as open end on the same day.
    """

    moved_in_on: PastDay = Field(title="Move-in date")
    rent: Rent | None = Field(default=None, title="Rent a month", json_schema_extra=CONFIGURABLE)
    phone: InternationalPhone | None = Field(
        default=None, title="New phone number", json_schema_extra=CONFIGURABLE
    )
    email: Email | None = Field(default=None, title="New e-mail address", json_schema_extra=CONFIGURABLE)
    next_on: FollowUpDay | None = Field(default=None, title="Date of the first follow-up")
    next_months: Annotated[int, Field(ge=1, le=36)] | None = Field(
        default=None, title="Months until the first follow-up"
    )
    days_confirmed: bool = Field(default=False, title="Yes, these days are right")
    reported_by_client: bool = Field(default=False, title="The client reports that the tenancy has started")
    end_housing: bool = Field(default=False, title="End the housing history record that is still open")
    end_reason_id: UUID | None = Field(default=None, title="Reason left")


MOVE_IN_FORM = ConfigurableForm("move_in", N_("Move-in"), MoveInFields)
FORMS = declared(MOVE_IN_FORM)


class MoveIn(MoveInFields):
    """Move a household into the home that is secured for it."""

    placement_id: UUID


class MoveInCorrection(Reasoned):
    """The day on which the household really moved in."""

    moved_in_on: PastDay = Field(title="Move-in date")
    days_confirmed: bool = Field(default=False, title="Yes, these days are right")


class CorrectMoveIn(MoveInCorrection):
    """Correct the day on which a household moved in."""

    placement_id: UUID


class Joining(BaseModel):
    """Somebody of the household who lives in the home from a day on, such as a child born after the move-in.

    `end_housing`: a stay that the person's housing history shows as open ends on the same day.
    """

    client_id: UUID = Field(title="Person")
    joined_on: PastDay = Field(title="Lives there since")
    end_housing: bool = Field(default=False, title="End the housing history record that is still open")
    end_reason_id: UUID | None = Field(default=None, title="Reason left")


class JoinHome(Joining):
    """Let somebody join a household in the home into which it has moved."""

    placement_id: UUID


@use_case(RECORD_MOVE_IN, undoable=True)
async def move_in(tx: Tx, command: MoveIn) -> None:
    """Record the move-in: a stay for each person, status Moved Into Housing, and the first follow-up.

    Raises NotSecured, ApplicationWasDeclined, TenancyNotStarted, ActiveHousing, HousingOverlap, and what
    `check_day` refuses.
    """
    command = await follow_field_rules(tx, MOVE_IN_FORM, command)
    placement = await locked_placement(tx, command.placement_id)
    request = await current_request(tx, placement)
    if request is None or request.state not in HOLDING:
        raise NotSecured
    _check(tx, command, request)
    dated = next_due(command.moved_in_on, command.next_on, command.next_months)
    # Nothing below asks for what it has changed before, unless it has written it first.
    with tx.session.no_autoflush:
        await _house(tx, command, placement, request)
        await apply_fact(tx, placement, request, MovedIn(command.moved_in_on))
        placement.status = PlacementStatus.MOVED_IN
        placement.moved_in_on = command.moved_in_on
        set_follow_up_of(tx, placement, dated)
        await _update_contact(tx, command, placement.client_id)
        await publish_move(tx, placement, request, command.moved_in_on, HouseholdMovedIn)
    tx.touched("placement", placement.id, "moved_in", {"moved_in_on": (None, command.moved_in_on)})


@use_case(RECORD_MOVE_IN, undoable=True)
async def correct_move_in(tx: Tx, command: CorrectMoveIn) -> None:
    """Correct the move-in date and the stays that began and ended with it; the inventory is informed again.

    Raises NobodyMovedIn, MoveInAfterFollowUp, what `move_in` refuses about a day, and HousingOverlap.
    """
    placement = await locked_placement(tx, command.placement_id)
    request = await current_request(tx, placement)
    before, after = placement.moved_in_on, command.moved_in_on
    if before is None or request is None:
        raise NobodyMovedIn
    check_day(tx, after, request, confirmed=command.days_confirmed)
    later = [day for day in await done_days(tx, placement.id) if day < after]
    if later:
        raise MoveInAfterFollowUp(field="moved_in_on", done_on=min(later))
    changes = {"moved_in_on": (before, after)}
    record_correction(tx, placement, Corrected.MOVE_IN, changes, reason=command.reason)
    placement.moved_in_on = after
    await publish_move(tx, placement, request, after, HouseholdMovedIn)
    await move_start(tx, placement.id, before, after)


@use_case(RECORD_MOVE_IN, undoable=True)
async def join_home(tx: Tx, command: JoinHome) -> None:
    """Let somebody of the household join its stay and placement from a day on (P7, R1).

    Raises NobodyMovedIn, JoinsBeforeMoveIn, JoinsBeforeBirth, ActiveHousing, HousingOverlap, and what
    `include` refuses.
    """
    placement = await locked_placement(tx, command.placement_id)
    if placement.status is not PlacementStatus.MOVED_IN or placement.moved_in_on is None:
        raise NobodyMovedIn
    if command.joined_on > tx.today:
        raise InTheFuture(field="joined_on")
    if command.joined_on < placement.moved_in_on:
        raise JoinsBeforeMoveIn(field="joined_on", moved_in_on=placement.moved_in_on)
    await require_client(tx, command.client_id)
    person = await tx.session.get_one(Client, command.client_id)
    if person.date_of_birth is not None and command.joined_on < person.date_of_birth:
        raise JoinsBeforeBirth(field="joined_on", name=person.full_name, born=person.date_of_birth)
    await include(tx, placement, person.id)
    open_before = await open_stays(tx, [person.id])
    if open_before and not command.end_housing:
        raise ActiveHousing(name=person.full_name, field="end_housing")
    await require_values(tx, REASON_LEFT, [command.end_reason_id], "end_reason_id")
    for record in open_before:
        end_stay(tx, record, command.joined_on, command.end_reason_id)
    await tx.session.flush()
    if not await join_stay(tx, placement.id, person.id, command.joined_on):
        raise NobodyMovedIn
    add_to_timeline(tx, placement.id, TimelineKind.CHANGED, {"joined": True, "on": command.joined_on})
    tx.touched("placement", placement.id, "joined", {"member": (None, person.id)})


def _check(tx: Tx, command: MoveIn, request: Securing) -> None:
    if is_declined(request.state, request.application):
        raise ApplicationWasDeclined
    faults = Faults()
    through_lease = request.manager is not None
    if through_lease and request.state is not SecuringState.LET and not command.reported_by_client:
        faults.add(TenancyNotStarted(field="reported_by_client"))
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
        held_until = last_day_held(request.deadline, tx.runtime.time_zone)
    doubt = doubt_about(day, request.tenancy_start, held_until)
    if doubt is not None and not confirmed:
        raise doubt


async def _house(tx: Tx, command: MoveIn, placement: Placement, request: Securing) -> None:
    """Write the housing history of everybody included, ending what is open before."""
    people = [member.client_id for member in active_members(placement)]
    open_before = await open_stays(tx, people)
    if open_before and not command.end_housing:
        housed = open_before[0].client_id
        raise ActiveHousing(name=(await names_of(tx, [housed]))[housed], field="end_housing")
    await require_values(tx, REASON_LEFT, [command.end_reason_id], "end_reason_id")
    for record in open_before:
        end_stay(tx, record, command.moved_in_on, command.end_reason_id)
    await tx.session.flush()
    kind = await _housing_type(tx, request.housing_type)
    rent = command.rent
    if rent is None and request.tenancy_rent is not None:
        rent = Rent(amount=request.tenancy_rent, currency=request.tenancy_currency or "CAD")
    stay = new_id()
    await require_free(tx, people, Stay(command.moved_in_on))
    for person in people:
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
    """Our own value for a published housing type, or the list's "other" when there is none."""
    for (found,) in await tx.look(_PUBLISHED_AS, {"published": published}):
        return cast("UUID", found)
    raise LookupError("the list of housing types has no value published as other")


_PUBLISHED = parameter("published", String())
_PUBLISHED_AS = (
    select(LookupValue.id)
    .where(LookupValue.list == HOUSING_TYPE, LookupValue.published_as.in_((_PUBLISHED, literal("other"))))
    .order_by((LookupValue.published_as == _PUBLISHED).desc(), LookupValue.active.desc())
    .limit(1)
)


async def _update_contact(tx: Tx, command: MoveIn, client_id: UUID) -> None:
    if command.phone is not None:
        await reach_at(tx, client_id, ContactKind.PHONE, command.phone)
    if command.email is not None:
        await reach_at(tx, client_id, ContactKind.EMAIL, command.email)
