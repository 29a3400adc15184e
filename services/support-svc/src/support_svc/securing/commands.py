"""Securing a home (P6): what the caseworker does, and what the inventory and the property entity answer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import Faults, NotFound
from chassis.ids import new_id
from chassis.parties import require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import sees_archived
from support_svc.consents.model import ConsentMissing, Purpose
from support_svc.consents.standing import consent_in_force, landlords
from support_svc.homes.model import Home, ManagedBy
from support_svc.homes.queries import home_for_request
from support_svc.placements.commands import locked_placement
from support_svc.placements.model import (
    OPEN,
    SEARCHING,
    ApplicationState,
    InTheFuture,
    NotSearching,
    Placement,
    SecuringState,
    TimelineKind,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.ask_statements import ASK, WRITE
from support_svc.securing.consequences import ANSWER_TIMER, apply_fact, open_requests
from support_svc.securing.feature import SECURE_UNIT
from support_svc.securing.model import (
    NO_ONE,
    AlreadyHoldingThisHome,
    AnswerPending,
    HouseholdChanged,
    ManagerNotKnown,
    MoveInBeforeSecuring,
    NothingToGiveUp,
    NothingToRefer,
    Securing,
    TenancyHasStarted,
    UnitRequested,
    addressee_of,
    has_referral,
)
from support_svc.securing.process import Fact, GivenUp, TenancyStarted
from support_svc.securing.queries import count_people
from support_svc.securing.referrals import refer
from trade.dates import MoveDay, PastDay


class UnitToSecure(BaseModel):
    """A home to ask for, and from when.

    `adults`, `children` and `consent` repeat what the page to confirm showed, and `inventory`, where there is
    more than one. With them the request is checked and written in one statement, and what is disclosed is
    exactly what was shown.
    """

    unit: UUID
    secured_on: PastDay = Field(title="Date secured")
    expected_move_in: MoveDay = Field(title="Expected move-in date")
    adults: int | None = Field(default=None, ge=0, le=50)
    children: int | None = Field(default=None, ge=0, le=50)
    consent: UUID | None = None
    inventory: str | None = Field(default=None, max_length=31)
    refer_to: str | None = Field(default=None, max_length=31, title="Who manages this home")
    """The property entity that manages the home and gets a referral, or `NO_ONE`, if the inventory doesn't
    know.
    """


class SecureUnit(UnitToSecure):
    """Ask the inventory for a home."""

    placement_id: UUID


class UnitToGiveUp(BaseModel):
    """Which request to give up when a home is held and another asked for; without it the later one."""

    request: UUID | None = None


class GiveUpUnit(UnitToGiveUp):
    """Give up the home that is asked for or held."""

    placement_id: UUID


class ReferHousehold(BaseModel):
    """Refer a household for the home that is held: one not referred yet, or whose referral was withdrawn."""

    placement_id: UUID


@dataclass(frozen=True, slots=True)
class Referral:
    """Whether the household was referred to a landlord. When the consent has ended, nothing was sent."""

    sent: bool
    landlord: str


@dataclass(frozen=True, slots=True)
class SecuringStarted:
    """The request that was sent; its answer arrives by itself."""

    request: UUID
    placement_id: UUID
    unit: UUID


@use_case(SECURE_UNIT)
async def secure_unit(tx: Tx, command: SecureUnit) -> SecuringStarted:
    """Ask the inventory for a home; the placement shows *securing* until the answer comes (P6).

    Another home that is held stays so until this one is secured. Raises NotSearching, AnswerPending,
    ConsentMissing, UnknownHome, ManagerNotKnown, HouseholdChanged, AlreadyHoldingThisHome, TenancyHasStarted.
    """
    faults = Faults()
    if command.secured_on > tx.today:
        faults.add(InTheFuture(field="secured_on"))
    if command.expected_move_in < command.secured_on:
        faults.add(MoveInBeforeSecuring(field="expected_move_in", secured_on=command.secured_on))
    if command.refer_to not in (None, NO_ONE, *landlords(tx)):
        faults.add(ManagerNotKnown(field="refer_to"))
    faults.refuse()
    started = SecuringStarted(new_id(), command.placement_id, command.unit)
    inventory = command.inventory or _only_inventory(tx)
    if (
        command.adults is not None
        and command.children is not None
        and command.consent is not None
        and inventory is not None
    ):
        _publish(
            tx,
            started,
            command,
            inventory=inventory,
            adults=command.adults,
            children=command.children,
            consent=command.consent,
        )
        row = await tx.conclude(ASK, _parameters(tx, started, command, inventory), result=started)
        if row is not None:
            return started
    return await _secure_step_by_step(tx, started, command)


def _only_inventory(tx: Tx) -> str | None:
    """The inventory that takes part, if there is no other."""
    found = tx.runtime.parties.of_kind("inventory", tx.today)
    return found[0].id if len(found) == 1 else None


def _publish(
    tx: Tx,
    started: SecuringStarted,
    command: SecureUnit,
    *,
    inventory: str,
    adults: int,
    children: int,
    consent: UUID,
) -> None:
    fact = UnitRequested(
        inventory,
        request=started.request,
        unit=command.unit,
        secured_on=command.secured_on,
        expected_move_in=command.expected_move_in,
        adults=adults,
        children=children,
    )
    tx.publish(fact, about=str(command.placement_id), under={Purpose.BE_HOUSED: str(consent)})
    tx.touched("placement", command.placement_id, "asked", {"unit": (None, command.unit)})
    wait = tx.runtime.settings.answer_expected_within  # type: ignore[attr-defined]
    tx.schedule(ANSWER_TIMER, str(started.request), tx.now + wait)


def _parameters(tx: Tx, started: SecuringStarted, command: SecureUnit, inventory: str) -> dict[str, object]:
    return {
        "placement": command.placement_id,
        "unit": command.unit,
        "request": started.request,
        "secured_on": command.secured_on,
        "expected_move_in": command.expected_move_in,
        "adults": command.adults,
        "children": command.children,
        "consent": command.consent,
        "refer_to": command.refer_to,
        "inventory": inventory,
        "line": new_id(),
        "now": tx.now,
        "today": tx.today,
        "actor_name": tx.actor.name,
        "sees_archived": sees_archived(tx),
    }


async def _secure_step_by_step(tx: Tx, started: SecuringStarted, command: SecureUnit) -> SecuringStarted:
    """Ask for a home with the checks one by one: beside a home that is held, or to say why it's refused."""
    placement = await locked_placement(tx, command.placement_id)
    if placement.status not in SEARCHING:
        raise NotSearching
    home = await home_for_request(tx, command.unit)
    if home.managed_by is ManagedBy.NOT_KNOWN and command.refer_to is None:
        raise ManagerNotKnown(field="refer_to")
    consent = await consent_in_force(
        tx, placement.client_id, Purpose.BE_HOUSED, _manager(home, command.refer_to)
    )
    if consent is None:
        raise ConsentMissing
    adults, children = await count_people(tx, placement.id, command.expected_move_in)
    if command.adults not in (None, adults) or command.children not in (None, children):
        raise HouseholdChanged(adults=adults, children=children)
    held = await _held_beside(tx, placement, command.unit)
    checked = {"adults": adults, "children": children, "consent": consent}
    await tx.execute(WRITE, _parameters(tx, started, command, home.inventory) | checked)
    if held is None:
        placement.request = started.request
        placement.secured_on = command.secured_on
        placement.expected_move_in = command.expected_move_in
    details = {"address": home.address_line, "inventory": home.inventory}
    add_to_timeline(tx, placement.id, TimelineKind.ASKED, details)
    _publish(
        tx,
        started,
        command,
        inventory=home.inventory,
        adults=adults,
        children=children,
        consent=consent,
    )
    return started


@dataclass(frozen=True, slots=True)
class ProposedHome:
    """A home that its inventory doesn't know yet, to be held for a household once it does (P11)."""

    request: UUID
    inventory: str
    address: str
    housing_type: str
    secured_on: date
    expected_move_in: date
    consent: UUID


async def ask_for_proposed(tx: Tx, placement: Placement, home: ProposedHome) -> None:
    """Write the request that a proposal is at the same time; the placement is securing from now on (P11).

    What is published is the proposal. Raises InTheFuture, MoveInBeforeSecuring, NotSearching, AnswerPending,
    TenancyHasStarted.
    """
    faults = Faults()
    if home.secured_on > tx.today:
        faults.add(InTheFuture(field="secured_on"))
    if home.expected_move_in < home.secured_on:
        faults.add(MoveInBeforeSecuring(field="expected_move_in", secured_on=home.secured_on))
    faults.refuse()
    if placement.status not in SEARCHING:
        raise NotSearching
    held = await _held_beside(tx, placement, None)
    adults, children = await count_people(tx, placement.id, home.expected_move_in)
    asked = Securing(
        request=home.request,
        placement_id=placement.id,
        address=home.address,
        housing_type=home.housing_type,
        inventory=home.inventory,
        managed_by=ManagedBy.THIRD_PARTY,
        state=SecuringState.ASKED,
        secured_on=home.secured_on,
        expected_move_in=home.expected_move_in,
        adults=adults,
        children=children,
        asked_at=tx.now,
        asked_by_name=tx.actor.name,
        asked_under=home.consent,
    )
    tx.session.add(asked)
    if held is None:
        placement.request = home.request
        placement.secured_on = home.secured_on
        placement.expected_move_in = home.expected_move_in
    wait = tx.runtime.settings.answer_expected_within  # type: ignore[attr-defined]
    tx.schedule(ANSWER_TIMER, str(home.request), tx.now + wait)
    tx.touched("placement", placement.id, "asked", {"unit": (None, None)})


def _manager(home: Home, refer_to: str | None) -> str | None:
    """The property entity that manages a home: as listed, or as the caseworker chose."""
    if home.managed_by is ManagedBy.NOT_KNOWN and refer_to != NO_ONE:
        return refer_to
    return home.manager


async def _held_beside(tx: Tx, placement: Placement, unit: UUID | None) -> Securing | None:
    """Return the request whose home stays held while another is asked for, and refuse what can't be asked."""
    for request in await open_requests(tx, placement):
        if request.state is SecuringState.ASKED:
            raise AnswerPending
        if request.state is SecuringState.LET:
            raise TenancyHasStarted
        if unit is not None and request.unit == unit:
            raise AlreadyHoldingThisHome
        return request
    return None


@use_case(SECURE_UNIT, undoable=True)
async def give_up_unit(tx: Tx, command: GiveUpUnit) -> None:
    """Give up a home that is asked for or held; the inventory is informed, and the search goes on.

    Raises NothingToGiveUp, TenancyHasStarted.
    """
    placement = await locked_placement(tx, command.placement_id)
    found = await open_requests(tx, placement)
    if command.request is not None:
        found = [request for request in found if request.request == command.request]
    if not found:
        raise NothingToGiveUp
    if found[0].state is SecuringState.LET:
        raise TenancyHasStarted
    await apply_fact(tx, placement, found[0], GivenUp())


@use_case(SECURE_UNIT, undoable=True)
async def refer_household(tx: Tx, command: ReferHousehold) -> Referral:
    """Refer the household for the home that is held, for the first time or again (P6, W5).

    Without the consent to be housed nothing is sent, which is recorded. Raises NothingToRefer.
    """
    placement = await locked_placement(tx, command.placement_id)
    for request in await open_requests(tx, placement):
        if request.may_be_referred and request.manager is not None:
            sent = await refer(tx, placement, request)
            done = "referred" if sent else "referral_withheld"
            tx.touched("placement", placement.id, done, {"unit": (None, request.unit)})
            return Referral(sent=sent, landlord=request.manager)
    raise NothingToRefer


# ------------------------------------------------- what the others answer and report
@dataclass(frozen=True, slots=True)
class InventoryAnswer:
    """A fact about one request, from the party that sent it or, without a sender, from a timer of our own."""

    request: UUID
    fact: Fact
    sender: str | None = None
    unit: UUID | None = None
    """The home that the inventory's answer is about."""
    managed_by: ManagedBy | None = None
    """Who manages the home for this hold, if the inventory included that."""
    manager: str | None = None
    """The property entity that does, if one does."""


@use_case(RECEIVE_EVENTS)
async def receive_answer(tx: Tx, answer: InventoryAnswer) -> None:
    """Act on an answer of the inventory about a request, or on a timer (P6).

    An answer about a request that isn't known changes nothing. Raises NotTheSenders for one of another party
    than the inventory that was asked (N2).
    """
    found = await _locked(tx, Securing.request == answer.request)
    if found is None:
        return
    placement, request = found
    if answer.sender is not None:
        require_sender(answer.sender, request.inventory)
    request.unit = request.unit or answer.unit
    # Nobody is referred to whom the caseworker didn't mean to refer: that a property entity, or another one,
    # manages the home after all is recorded only once the fact itself was acted on.
    if answer.manager is None:
        _record_manager(tx, placement, request, answer)
    await apply_fact(tx, placement, request, answer.fact, manager=answer.manager)
    _record_manager(tx, placement, request, answer)


def _record_manager(tx: Tx, placement: Placement, request: Securing, answer: InventoryAnswer) -> None:
    """Record who manages the home for this hold; if the inventory doesn't know, nothing changes."""
    before, after = (request.managed_by, request.manager), (answer.managed_by, answer.manager)
    if answer.managed_by in {None, ManagedBy.NOT_KNOWN} or before == after or request.state not in OPEN:
        return
    changes = {"managed_by": (before[0], after[0]), "manager": (before[1], after[1])}
    tx.touched("placement", placement.id, "manager_corrected", changes)
    request.managed_by, request.manager = answer.managed_by, answer.manager


async def _locked(tx: Tx, condition: ColumnElement[bool]) -> tuple[Placement, Securing] | None:
    """Return a placement and its request, locked in this order as everywhere."""
    placement_id = await tx.scalar(select(Securing.placement_id).where(condition))
    if placement_id is None:
        return None
    placement = await locked_placement(tx, placement_id)
    request = (await tx.execute(select(Securing).where(condition).with_for_update())).scalar_one()
    return placement, request


@dataclass(frozen=True, slots=True)
class ApplicationReport:
    """What became of an application, as `sender` reports it; `reason` only when it was declined."""

    referral: UUID
    sender: str
    state: ApplicationState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TenancyReport:
    """The tenancy of a referral has started, as `sender` reports it."""

    referral: UUID
    sender: str
    start: date
    rent: Decimal
    currency: str


@use_case(RECEIVE_EVENTS)
async def receive_application(tx: Tx, report: ApplicationReport) -> None:
    """Record what a landlord reports about an application; an opening never undoes a decline.

    What it reports about a referral that was followed by another changes nothing. Raises NotFound,
    NotTheSenders.
    """
    placement, request = await _referred(tx, report.referral, report.sender)
    if request.referral != report.referral:
        return
    if request.application in (report.state, ApplicationState.DECLINED):
        return
    request.application = report.state
    request.decline_reason = report.reason
    kind = TimelineKind.APPLICATION_OPENED
    if report.state is ApplicationState.DECLINED:
        kind = TimelineKind.APPLICATION_DECLINED
    details = {"reason": report.reason, "address": request.address, "landlord": report.sender}
    add_to_timeline(tx, placement.id, kind, details)


@use_case(RECEIVE_EVENTS)
async def receive_tenancy(tx: Tx, report: TenancyReport) -> None:
    """Record that the tenancy of a referral has started; the household can move in from now on (P7).

    It's the household's tenancy of this home also when another referral followed. Raises NotFound,
    NotTheSenders.
    """
    placement, request = await _referred(tx, report.referral, report.sender)
    request.tenancy_start = report.start
    request.tenancy_rent = report.rent
    request.tenancy_currency = report.currency
    await apply_fact(tx, placement, request, TenancyStarted(report.sender))


async def _referred(tx: Tx, referral: UUID, sender: str) -> tuple[Placement, Securing]:
    found = await _locked(tx, has_referral(referral))
    if found is None:
        raise NotFound(what="referral")
    placement, request = found
    mine = Securing.request == request.request
    require_sender(sender, (await tx.execute(select(addressee_of(referral)).where(mine))).scalar_one())
    return placement, request
