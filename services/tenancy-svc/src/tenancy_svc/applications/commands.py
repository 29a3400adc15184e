"""Applications are received, completed by the applicant, and accepted or declined (T1)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from chassis.access import RECEIVE_EVENTS
from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.parties import NotTheSenders
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.feature import DECIDE_APPLICATIONS, EDIT_APPLICATIONS, OPEN_APPLICATIONS
from tenancy_svc.applications.model import (
    CLOSED,
    JOINABLE,
    AcceptApplication,
    AlreadyDecided,
    Application,
    ApplicationClosed,
    ApplicationDeclined,
    ApplicationOpened,
    ApplicationStatus,
    DeclineApplication,
    DeclineReason,
    HeldForThis,
    JoinApplication,
    LeaseDrawnUp,
    NobodyNamed,
    NotTheSameHome,
    OpenApplication,
    Origin,
    Person,
    ReceiveReferral,
    RecordPeople,
    StatuteMissing,
    StatuteNotAsked,
    SupportedAlready,
    WithdrawApplication,
    WithdrawReferral,
)
from tenancy_svc.applications.people import PersonGiven, tenants_of
from tenancy_svc.disclosures.commands import disclose_to_support, withhold_from
from tenancy_svc.disclosures.model import Counterpart, NotReferred, Referral, crossing_purpose
from tenancy_svc.disclosures.queries import counterparts_of
from tenancy_svc.homes.model import HomeUnknown
from tenancy_svc.homes.queries import find_hold, find_home, inventory_of, must_be_free, must_be_ours
from tenancy_svc.statutes.commands import citable


@use_case(RECEIVE_EVENTS)
async def receive_referral(tx: Tx, command: ReceiveReferral) -> None:
    """Turn a referral into an application, once; its name is recorded only when it came with consent.

    Raises NotTheSenders when it's for a request that another organisation's referral named.
    """
    counterpart = await _counterpart_for(tx, Referral(command.party, command.referral))
    if counterpart.application_id is not None:
        return
    await _require_own_request(tx, command)
    forgotten = counterpart.contact_withdrawn_at is not None
    people = [command.person] if command.person is not None and not forgotten else []
    application = _new(
        tx, Origin.REFERRAL, command.unit, people, adults=command.adults, children=command.children
    )
    for person in application.people:
        person.by_referral = True
    application.request = command.request
    application.expected_move_in = command.expected_move_in
    await tx.session.flush()
    counterpart.application_id = counterpart.opened_id = application.id
    await tx.session.flush()
    tx.touched("application", application.id, "referred")
    await disclose_to_support(tx, application.id, None, ApplicationOpened)


@use_case(RECEIVE_EVENTS)
async def withdraw_referral(tx: Tx, command: WithdrawReferral) -> None:
    """Note that support withdrew the referral; nothing more about it is disclosed to support.

    The application stays as it is: whether it still wants the home is the household's decision (W2, W12).
    Raises NotTheSenders for another organisation's referral.
    """
    counterpart = await known_counterpart(tx, Referral(command.party, command.referral))
    if counterpart.withdrawn_at is None:
        counterpart.withdrawn_at = command.withdrawn_at
        await withhold_from(tx, counterpart)


@use_case(OPEN_APPLICATIONS)
async def open_application(tx: Tx, command: OpenApplication) -> uuid.UUID:
    """Open an application that came directly from the household, and return its id.

    Raises HomeUnknown, and what `must_be_ours` raises.
    """
    home = await find_home(tx, command.unit)
    if home is None or not home.listed:
        raise HomeUnknown(field="unit")
    must_be_ours(tx, home)
    application = _new(
        tx, Origin.DIRECT, command.unit, command.people, adults=command.adults, children=command.children
    )
    application.expected_move_in = command.expected_move_in
    await tx.session.flush()
    tx.touched("application", application.id, "opened")
    return application.id


@use_case(EDIT_APPLICATIONS)
async def record_people(tx: Tx, command: RecordPeople) -> None:
    """Record the persons as the applicant gave them. Raises AlreadyDecided, EditedMeanwhile."""
    application = await received_application(tx, command.application_id, with_people=True)
    if application.version != command.version:
        changed = {"people": (_names(application.people), _names(command.people))}
        raise EditedMeanwhile(current=application.version, difference=changed)
    before = _names(application.people)
    by_referral = [
        PersonGiven.model_validate(one, from_attributes=True) for one in application.people if one.by_referral
    ]
    application.people[:] = _people(application.id, command.people)
    for person, given in zip(application.people, command.people, strict=True):
        # Somebody saved unchanged is still known by the referral alone.
        person.by_referral = given in by_referral
    application.people_recorded_at = tx.now
    tx.touched(
        "application", application.id, "people_recorded", {"people": (before, _names(application.people))}
    )


@use_case(DECIDE_APPLICATIONS)
async def accept_application(tx: Tx, command: AcceptApplication) -> None:
    """Accept, so that a lease can be drawn up.

    Raises AlreadyDecided, NobodyNamed, and what `must_be_free` raises.
    """
    application = await received_application(tx, command.application_id, with_people=True)
    if not tenants_of(application.people):
        raise NobodyNamed
    await must_be_free(tx, application.unit, application.request)
    _decide(tx, application, ApplicationStatus.ACCEPTED)
    tx.touched("application", application.id, "accepted")


@use_case(DECIDE_APPLICATIONS, undoable=True)
async def decline_application(tx: Tx, command: DeclineApplication) -> None:
    """Decline for a reason of the closed list, and inform support when the applicant was referred.

    Raises AlreadyDecided, LeaseDrawnUp, StatuteMissing, StatuteNotAsked, and what `citable` raises: another
    legal bar is one of the administrator's list, in force where the home is (W3).
    """
    application = await _closable_application(tx, command.application_id)
    if command.reason is DeclineReason.OTHER_LEGAL_BAR and command.statute is None:
        raise StatuteMissing(field="statute")
    if command.reason is not DeclineReason.OTHER_LEGAL_BAR and command.statute is not None:
        raise StatuteNotAsked(field="statute")
    if command.statute is not None:
        home = await find_home(tx, application.unit)
        await citable(tx, command.statute, home.province if home else None)
    _decide(tx, application, ApplicationStatus.DECLINED)
    application.decline_reason = command.reason
    application.statute_id = command.statute
    tx.touched("application", application.id, "declined", {"reason": (None, command.reason.value)})
    await disclose_to_support(
        tx,
        application.id,
        None,
        lambda to, number: ApplicationDeclined(to, number, command.reason),
    )
    await _give_home_back(tx, application)


@use_case(DECIDE_APPLICATIONS, undoable=True)
async def withdraw_application(tx: Tx, command: WithdrawApplication) -> None:
    """Close the application because the applicant withdrew. Raises AlreadyDecided, LeaseDrawnUp."""
    application = await _closable_application(tx, command.application_id)
    _decide(tx, application, ApplicationStatus.WITHDRAWN)
    tx.touched("application", application.id, "withdrawn")
    await disclose_to_support(
        tx,
        application.id,
        None,
        lambda to, number: ApplicationDeclined(to, number, DeclineReason.APPLICANT_WITHDREW),
    )
    await _give_home_back(tx, application)


@use_case(DECIDE_APPLICATIONS, undoable=True)
async def join_application(tx: Tx, command: JoinApplication) -> None:
    """Let the referral of an application join another of the same household for the same home.

    The other one is supported by both organisations from then on, each under choices of its own. Neither is
    informed, so neither learns that there is another (W5). This application is closed.

    Raises AlreadyDecided, LeaseDrawnUp, NotReferred, NotTheSameHome, SupportedAlready, HeldForThis.
    """
    if command.application == command.application_id:
        raise NotTheSameHome(field="application")
    # In the order of the ids, so that two that join each other never wait in a circle.
    for application_id in sorted((command.application_id, command.application)):
        await locked_application(tx, application_id)
    application = await _closable_application(tx, command.application_id)
    other = await locked_application(tx, command.application)
    if other.unit != application.unit or other.status not in JOINABLE:
        raise NotTheSameHome(field="application")
    joining = await counterparts_of(tx, application.id, locked=True)
    if not joining:
        raise NotReferred
    supporting = {one.party for one in await counterparts_of(tx, other.id, locked=True)}
    if any(one.party in supporting for one in joining):
        raise SupportedAlready(field="application")
    hold = await find_hold(tx, application.unit, application.request)
    if hold is not None and hold.stands:
        raise HeldForThis
    for one in joining:
        one.application_id = other.id
    _decide(tx, application, ApplicationStatus.JOINED)
    application.joined_id = other.id
    tx.touched("application", application.id, "joined", {"application": (None, other.number)})
    tx.touched("application", other.id, "joined_by", {"application": (None, application.number)})
    await _give_home_back(tx, application)


async def locked_application(tx: Tx, application_id: uuid.UUID, *, with_people: bool = False) -> Application:
    """Return the application, locked until the transaction ends. Raises NotFound."""
    options = [selectinload(Application.people)] if with_people else []
    found = await tx.session.get(Application, application_id, with_for_update=True, options=options)
    if found is None:
        raise NotFound(what="application")
    return found


async def received_application(
    tx: Tx, application_id: uuid.UUID, *, with_people: bool = False
) -> Application:
    """Return an application that is still to be decided, locked. Raises NotFound, AlreadyDecided."""
    application = await locked_application(tx, application_id, with_people=with_people)
    if application.status is not ApplicationStatus.RECEIVED:
        raise AlreadyDecided
    return application


async def _closable_application(tx: Tx, application_id: uuid.UUID) -> Application:
    """Return an application that can still be closed: also an accepted one without a lease."""
    application = await locked_application(tx, application_id)
    if application.status.has_lease:
        raise LeaseDrawnUp
    if not application.status.can_be_closed:
        raise AlreadyDecided
    return application


def _new(
    tx: Tx, origin: Origin, unit: uuid.UUID, people: Sequence[PersonGiven], *, adults: int, children: int
) -> Application:
    application = Application(
        id=new_id(),
        origin=origin,
        unit=unit,
        adults=adults,
        children=children,
        status=ApplicationStatus.RECEIVED,
        received_at=tx.now,
    )
    application.people = _people(application.id, people)
    tx.session.add(application)
    return application


def _people(application_id: uuid.UUID, given: Sequence[PersonGiven]) -> list[Person]:
    return [
        Person(id=new_id(), application_id=application_id, position=position, **person.model_dump())
        for position, person in enumerate(given)
    ]


async def _give_home_back(tx: Tx, application: Application) -> None:
    """Inform the home's inventory that it won't be let to the household, so that it's free at once.

    A home of which no inventory has spoken is held by none, so nobody is informed.
    """
    inventory = await inventory_of(tx, application.unit)
    if application.request is None or inventory is None:
        return
    await tx.session.flush()
    closed = await tx.scalar(
        select(func.count()).where(
            Application.request == application.request,
            Application.unit == application.unit,
            Application.status.in_(CLOSED),
        )
    )
    fact = ApplicationClosed(inventory, application.request, application.unit, closed or 1)
    # What ends a referral rests on the consent that the referral rested on.
    tx.publish(fact, under={crossing_purpose(None): f"referral-of:{application.id}"})


def _decide(tx: Tx, application: Application, status: ApplicationStatus) -> None:
    application.status = status
    application.decided_at = tx.now
    application.decided_by = tx.actor.name


async def known_counterpart(tx: Tx, referral: Referral) -> Counterpart:
    """Return the counterpart of a referral that its sender takes something back of, locked.

    It's created when that arrives before the referral. Raises NotTheSenders for a reference that only others
    have used: whether it's a reference to theirs can't be known.
    """
    used_by = (
        await tx.session.scalars(select(Counterpart.party).where(Counterpart.referral == referral.reference))
    ).all()
    if used_by and referral.party not in used_by:
        raise NotTheSenders
    return await _counterpart_for(tx, referral)


async def _counterpart_for(tx: Tx, referral: Referral) -> Counterpart:
    party, reference = referral
    await tx.execute(
        insert(Counterpart)
        .values(party=party, referral=reference, published=0)
        .on_conflict_do_nothing(index_elements=[Counterpart.party, Counterpart.referral])
    )
    return await tx.session.get_one(Counterpart, (party, reference), with_for_update=True)


async def _require_own_request(tx: Tx, command: ReceiveReferral) -> None:
    """Check that the request isn't another organisation's, whose hold it would be. Raises NotTheSenders."""
    others = (
        select(Counterpart.party)
        .join(Application, Application.id == Counterpart.opened_id)
        .where(
            Application.request == command.request,
            Counterpart.party != command.party,
        )
    )
    if await tx.scalar(others.limit(1)) is not None:
        raise NotTheSenders


def _names(people: Sequence[Person] | Sequence[PersonGiven]) -> list[str]:
    return [person.name for person in people]
