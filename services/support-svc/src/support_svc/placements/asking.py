"""Secure Unit and giving it up (P6): the caseworker's side of the process."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import Faults
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.feature import SEE_ARCHIVED
from support_svc.consents.model import ConsentMissing, Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.homes.model import ManagedBy
from support_svc.homes.queries import home_for_request, one_line
from support_svc.lookups.commands import list_myself
from support_svc.placements.answers import ANSWER_TIMER, refer, settle
from support_svc.placements.feature import SECURE_UNIT
from support_svc.placements.model import (
    SEARCHING,
    Placement,
    Securing,
    TimelineKind,
    UnitRequested,
    may_be_referred,
)
from support_svc.placements.problems import (
    AlreadyHoldingThisHome,
    AnswerPending,
    HouseholdChanged,
    InTheFuture,
    ManagerNotKnown,
    MoveInBeforeSecuring,
    NothingToGiveUp,
    NothingToRefer,
    NotSearching,
    TenancyHasStarted,
)
from support_svc.placements.rows import locked_placement, note, open_requests, people_counts
from support_svc.placements.securing import GivenUp, SecuringState
from trade.dates import MoveDay, PastDay


class UnitToSecure(BaseModel):
    """A home to ask for, and from when on.

    `adults`, `children` and `consent` repeat what the confirm page said would be told, and under which
    consent; with them the request is checked and written in one statement, and what is told is exactly what
    was shown.
    """

    unit: UUID
    secured_on: PastDay = Field(title="Date secured")
    expected_move_in: MoveDay = Field(title="Expected move-in date")
    adults: int | None = Field(default=None, ge=0, le=50)
    children: int | None = Field(default=None, ge=0, le=50)
    consent: UUID | None = None
    refer: bool | None = Field(default=None, title="Who manages this home")
    """For a home of which the inventory doesn't know who manages it: whether the property entity does, and
    gets a referral."""


class SecureUnit(UnitToSecure):
    """Ask the inventory for a home."""

    placement_id: UUID


class UnitToGiveUp(BaseModel):
    """Which of two to give up when one home is held and another asked for; else the one asked for last."""

    request: UUID | None = None


class GiveUpUnit(UnitToGiveUp):
    """Give up the home that is asked for or held."""

    placement_id: UUID


class ReferHousehold(BaseModel):
    """Refer a household whose home turned out to be the property entity's after it was secured."""

    placement_id: UUID


@dataclass(frozen=True, slots=True)
class Referral:
    """Whether the household was referred; when the consent to be housed has ended, nothing was told."""

    told: bool


@dataclass(frozen=True, slots=True)
class SecuringStarted:
    """A request is on its way; its answer comes by itself."""

    request: UUID
    placement_id: UUID
    unit: UUID


_IS_ADULT = (
    "coalesce(extract(year FROM age(CAST(:expected_move_in AS date), person.date_of_birth)),"
    " person.estimated_age + greatest(0, CAST(:expected_move_in AS date) - coalesce(person.estimated_on,"
    " CAST(:expected_move_in AS date))) / 365, 18) >= 18"
)
_ASK = f"""
WITH place AS (
    SELECT placement.id, placement.client_id FROM placement JOIN client ON client.id = placement.client_id
    WHERE placement.id = :placement AND placement.status = 'housing_not_secured'
      AND (client.state <> 'archived' OR CAST(:sees_archived AS bool))
    FOR UPDATE OF placement
), people AS (
    SELECT count(*) FILTER (WHERE {_IS_ADULT}) AS adults,
        count(*) FILTER (WHERE NOT ({_IS_ADULT})) AS children
    FROM placement_member member JOIN client person ON person.id = member.client_id
    WHERE member.placement_id = :placement AND member.active
), asked AS (
    INSERT INTO securing (request, placement_id, unit, address, housing_type, managed_by, state, secured_on,
        expected_move_in, adults, children, asked_at, asked_by_name, asked_under, late, ending, overdue,
        named, said)
    SELECT :request, place.id, home.unit, concat(home.unit_number || ' – ', home.street, ', ', home.city),
        home.housing_type,
        CASE WHEN home.managed_by = 'not_known' AND CAST(:refer AS bool) THEN 'property_entity'
            ELSE home.managed_by END,
        'asked', :secured_on, :expected_move_in, people.adults,
        people.children,
        :now, :actor_name, :consent, false, false, false, false, 0
    FROM place CROSS JOIN people JOIN home ON home.unit = :unit AND home.listed
    WHERE people.adults = :adults AND people.children = :children
      AND (home.managed_by <> 'not_known' OR CAST(:refer AS bool) IS NOT NULL)
      AND EXISTS (SELECT 1 FROM consent WHERE consent.id = :consent AND consent.client_id = place.client_id
        AND purpose = 'be_housed' AND type <> 'declined_anonymous' AND withdrawn_at IS NULL
        AND superseded_by IS NULL AND given_on <= :today AND (expires_on IS NULL OR expires_on >= :today))
      AND NOT EXISTS (SELECT 1 FROM securing open WHERE open.placement_id = place.id
        AND open.state IN ('asked', 'held', 'let'))
    RETURNING request, placement_id, address
), line AS (
    INSERT INTO placement_timeline (id, placement_id, at, kind, actor_name, details)
    SELECT :line, asked.placement_id, :now, 'asked', :actor_name, jsonb_build_object('address', asked.address)
    FROM asked
)
UPDATE placement SET request = asked.request, secured_on = :secured_on, expected_move_in = :expected_move_in,
    version = placement.version + 1
FROM asked WHERE placement.id = asked.placement_id RETURNING asked.request
"""  # noqa: S608 - our own words only


@use_case(SECURE_UNIT)
async def secure_unit(tx: Tx, command: SecureUnit) -> SecuringStarted:
    """Ask the inventory for a home; the placement shows *securing* until the answer comes (P6).

    Another home that is held stays so until this one is secured. Raises NotSearching, AnswerPending,
    ConsentMissing, UnknownHome, ManagerNotKnown, HouseholdChanged, AlreadyHoldingThisHome, TenancyHasStarted.
    """
    faults = Faults()
    if command.secured_on > tx.today:
        faults.note(InTheFuture(field="secured_on"))
    if command.expected_move_in < command.secured_on:
        faults.note(MoveInBeforeSecuring(field="expected_move_in", secured_on=command.secured_on))
    faults.refuse()
    started = SecuringStarted(new_id(), command.placement_id, command.unit)
    if command.adults is not None and command.children is not None and command.consent is not None:
        _tell(
            tx,
            started,
            command,
            adults=command.adults,
            children=command.children,
            consent=command.consent,
        )
        row = await tx.conclude(_ASK, _parameters(tx, started, command), result=started)
        if row is not None:
            return started
    return await _look_closer(tx, started, command)


def _tell(
    tx: Tx, started: SecuringStarted, command: SecureUnit, *, adults: int, children: int, consent: UUID
) -> None:
    fact = UnitRequested(
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


def _parameters(tx: Tx, started: SecuringStarted, command: SecureUnit) -> dict[str, object]:
    return {
        "placement": command.placement_id,
        "unit": command.unit,
        "request": started.request,
        "secured_on": command.secured_on,
        "expected_move_in": command.expected_move_in,
        "adults": command.adults,
        "children": command.children,
        "consent": command.consent,
        "refer": command.refer,
        "line": new_id(),
        "now": tx.now,
        "today": tx.today,
        "actor_name": tx.actor.name,
        "sees_archived": tx.runtime.access.permits(tx.actor, SEE_ARCHIVED),
    }


async def _look_closer(tx: Tx, started: SecuringStarted, command: SecureUnit) -> SecuringStarted:
    """What the single statement leaves open: asking beside a home that is held, or what is in the way."""
    placement = await locked_placement(tx, command.placement_id)
    if placement.status not in SEARCHING:
        raise NotSearching
    consent = await consent_in_force(tx, placement.client_id, Purpose.BE_HOUSED)
    if consent is None:
        raise ConsentMissing
    home = await home_for_request(tx, command.unit)
    managed_by = home.managed_by
    if managed_by is ManagedBy.NOT_KNOWN:
        if command.refer is None:
            raise ManagerNotKnown(field="refer")
        managed_by = ManagedBy.PROPERTY_ENTITY if command.refer else managed_by
    adults, children = await people_counts(tx, placement, command.expected_move_in)
    if command.adults not in (None, adults) or command.children not in (None, children):
        raise HouseholdChanged(adults=adults, children=children)
    held = await _held(tx, placement, command)
    await list_myself(tx)
    tx.session.add(
        Securing(
            request=started.request,
            placement_id=placement.id,
            unit=home.unit,
            address=f"{one_line(home)}, {home.city}",
            housing_type=home.housing_type,
            managed_by=managed_by,
            state=SecuringState.ASKED,
            secured_on=command.secured_on,
            expected_move_in=command.expected_move_in,
            adults=adults,
            children=children,
            asked_at=tx.now,
            asked_by_name=tx.actor.name,
            asked_under=consent,
        )
    )
    if held is None:
        placement.request = started.request
        placement.secured_on = command.secured_on
        placement.expected_move_in = command.expected_move_in
    note(tx, placement.id, TimelineKind.ASKED, {"address": f"{one_line(home)}, {home.city}"})
    _tell(tx, started, command, adults=adults, children=children, consent=consent)
    return started


async def _held(tx: Tx, placement: Placement, command: SecureUnit) -> Securing | None:
    """The request whose home stays held while another is asked for; refuses what can't be asked beside it."""
    for request in await open_requests(tx, placement):
        if request.state is SecuringState.ASKED:
            raise AnswerPending
        if request.state is SecuringState.LET:
            raise TenancyHasStarted
        if request.unit == command.unit:
            raise AlreadyHoldingThisHome
        return request
    return None


@use_case(SECURE_UNIT)
async def give_up_unit(tx: Tx, command: GiveUpUnit) -> None:
    """Give up what is asked for or held; the inventory is told, and the search goes on.

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
    await settle(tx, placement, found[0], GivenUp())


@use_case(SECURE_UNIT)
async def refer_household(tx: Tx, command: ReferHousehold) -> Referral:
    """Refer the household for the home that is held, as Secure Unit does (P6, W5). Raises NothingToRefer.

    Without the consent to be housed nothing is told, and that is recorded.
    """
    placement = await locked_placement(tx, command.placement_id)
    for request in await open_requests(tx, placement):
        if may_be_referred(request.state, request.managed_by, request.referral):
            told = await refer(tx, placement, request)
            done = "referred" if told else "referral_withheld"
            tx.touched("placement", placement.id, done, {"unit": (None, request.unit)})
            return Referral(told)
    raise NothingToRefer
