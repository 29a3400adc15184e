"""Applications are received, completed by the applicant, and accepted or declined (T1)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from chassis.access import RECEIVE_EVENTS
from chassis.db.tables import audit
from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.feature import DECIDE_APPLICATIONS, EDIT_APPLICATIONS, OPEN_APPLICATIONS
from tenancy_svc.applications.model import (
    AcceptApplication,
    AlreadyDecided,
    Application,
    ApplicationClosed,
    ApplicationDeclined,
    ApplicationOpened,
    ApplicationStatus,
    DeclineApplication,
    DeclineReason,
    ForgetContact,
    LeaseDrawnUp,
    NobodyNamed,
    OpenApplication,
    Origin,
    Part,
    Person,
    PersonGiven,
    ReceiveReferral,
    RecordPeople,
    StatuteMissing,
    StatuteNotAsked,
    WithdrawApplication,
    WithdrawReferral,
)
from tenancy_svc.disclosures.model import Counterpart, crossing_purpose
from tenancy_svc.disclosures.telling import tell_support
from tenancy_svc.homes.model import HomeUnknown
from tenancy_svc.homes.queries import find_home, must_be_free, must_be_ours
from tenancy_svc.statutes.commands import citable


@use_case(RECEIVE_EVENTS)
async def receive_referral(tx: Tx, command: ReceiveReferral) -> None:
    """Turn a referral into an application, once, and say so; the name stands only when it came with
    consent.
    """
    counterpart = await _counterpart(tx, command.referral)
    if counterpart.application_id is not None:
        return
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
    counterpart.application_id = application.id
    await tx.session.flush()
    tx.touched("application", application.id, "referred")
    await tell_support(tx, application.id, None, ApplicationOpened)


@use_case(RECEIVE_EVENTS)
async def withdraw_referral(tx: Tx, command: WithdrawReferral) -> None:
    """Note that support gave the referral up and say nothing to it any more.

    The application stands: whether the household still wants the home is the household's to say (W2, W12).
    """
    counterpart = await _counterpart(tx, command.referral)
    if counterpart.withdrawn_at is None:
        counterpart.withdrawn_at = command.withdrawn_at


@use_case(RECEIVE_EVENTS)
async def forget_contact(tx: Tx, command: ForgetContact) -> uuid.UUID | None:
    """Delete the name and contact that only the referral brought, unless a lease is drawn up with them (W5).

    Return the application whose people are no longer known. What the applicant gave in person stays: that is
    not the support organisation's to take back.
    """
    counterpart = await _counterpart(tx, command.referral)
    if counterpart.contact_withdrawn_at is None:
        counterpart.contact_withdrawn_at = command.withdrawn_at
    if counterpart.application_id is None:
        return None
    application = await locked(tx, counterpart.application_id, with_people=True)
    return application.id if await forget_if_withdrawn(tx, application) else None


async def forget_if_withdrawn(tx: Tx, application: Application) -> bool:
    """Delete what may no longer be here of an application's people, read with it; whether anything was.

    A lease, also one that is only drawn up, is a contract of its own: while it's there its names stay.
    """
    withdrawn = await tx.scalar(
        select(Counterpart.contact_withdrawn_at).where(Counterpart.application_id == application.id)
    )
    shared = [person for person in application.people if person.by_referral]
    if withdrawn is None or not shared:
        return False
    if application.status in {ApplicationStatus.LEASE_DRAWN_UP, ApplicationStatus.HOUSED}:
        tx.touched("application", application.id, "contact_kept")
        return False
    application.people[:] = [person for person in application.people if not person.by_referral]
    application.people_recorded_at = tx.now
    # The record of who changed what stays; the names in it go with the others.
    await tx.execute(
        update(audit)
        .where(
            audit.c.record_kind == "application",
            audit.c.record_id == str(application.id),
            audit.c.action == "people_recorded",
        )
        .values(changes=null())
    )
    tx.touched("application", application.id, "contact_forgotten")
    return True


@use_case(OPEN_APPLICATIONS)
async def open_application(tx: Tx, command: OpenApplication) -> uuid.UUID:
    """Open an application that came directly from the household. Raises HomeUnknown, and what
    `must_be_ours` raises.
    """
    home = await find_home(tx, command.unit)
    if home is None or not home.listed:
        raise HomeUnknown(field="unit")
    must_be_ours(home)
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
    application = await open_one(tx, command.application_id, with_people=True)
    if application.version != command.version:
        stands = _names(application.people)
        sent = _names(command.people)
        raise EditedMeanwhile(current=application.version, difference={"people": (stands, sent)})
    before = _names(application.people)
    brought = [
        PersonGiven.model_validate(one, from_attributes=True) for one in application.people if one.by_referral
    ]
    application.people[:] = _people(application.id, command.people)
    for person, given in zip(application.people, command.people, strict=True):
        # Saved as the referral brought it, it still rests on nothing else.
        person.by_referral = given in brought
    application.people_recorded_at = tx.now
    tx.touched(
        "application", application.id, "people_recorded", {"people": (before, _names(application.people))}
    )


@use_case(DECIDE_APPLICATIONS)
async def accept_application(tx: Tx, command: AcceptApplication) -> None:
    """Accept, so that a lease can be drawn up.

    Raises AlreadyDecided, NobodyNamed, and what `must_be_free` raises.
    """
    application = await open_one(tx, command.application_id, with_people=True)
    if not any(person.part is Part.TENANT for person in application.people):
        raise NobodyNamed
    await must_be_free(tx, application.unit, application.request)
    _decide(tx, application, ApplicationStatus.ACCEPTED)
    tx.touched("application", application.id, "accepted")


@use_case(DECIDE_APPLICATIONS)
async def decline_application(tx: Tx, command: DeclineApplication) -> None:
    """Decline for a reason of the closed list, and tell support when it was referred.

    Raises AlreadyDecided, LeaseDrawnUp, StatuteMissing, StatuteNotAsked, and what `citable` raises: another
    legal bar is one of the administrator's list, in force where the home is (W3).
    """
    application = await _undecided(tx, command.application_id)
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
    await tell_support(
        tx,
        application.id,
        None,
        lambda referral, number: ApplicationDeclined(referral, number, command.reason),
    )
    await _give_the_home_back(tx, application)


@use_case(DECIDE_APPLICATIONS)
async def withdraw_application(tx: Tx, command: WithdrawApplication) -> None:
    """Close the application because the applicant said so. Raises AlreadyDecided, LeaseDrawnUp."""
    application = await _undecided(tx, command.application_id)
    _decide(tx, application, ApplicationStatus.WITHDRAWN)
    tx.touched("application", application.id, "withdrawn")
    await tell_support(
        tx,
        application.id,
        None,
        lambda referral, number: ApplicationDeclined(referral, number, DeclineReason.APPLICANT_WITHDREW),
    )
    await _give_the_home_back(tx, application)


async def locked(tx: Tx, application_id: uuid.UUID, *, with_people: bool = False) -> Application:
    """Return the application, locked until the transaction ends. Raises NotFound."""
    options = [selectinload(Application.people)] if with_people else []
    found = await tx.session.get(Application, application_id, with_for_update=True, options=options)
    if found is None:
        raise NotFound(what="application")
    return found


async def open_one(tx: Tx, application_id: uuid.UUID, *, with_people: bool = False) -> Application:
    """Return an application that is still to be decided, locked. Raises NotFound, AlreadyDecided."""
    application = await locked(tx, application_id, with_people=with_people)
    if application.status is not ApplicationStatus.RECEIVED:
        raise AlreadyDecided
    return application


async def _undecided(tx: Tx, application_id: uuid.UUID) -> Application:
    """Return an application that can still be closed: also an accepted one without a lease."""
    application = await locked(tx, application_id)
    if application.status in {ApplicationStatus.LEASE_DRAWN_UP, ApplicationStatus.HOUSED}:
        raise LeaseDrawnUp
    if application.status not in {ApplicationStatus.RECEIVED, ApplicationStatus.ACCEPTED}:
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


async def _give_the_home_back(tx: Tx, application: Application) -> None:
    """Tell the inventory that the request's home won't be let to its household, so that it's free at once."""
    if application.request is None:
        return
    await tx.session.flush()
    closed = await tx.scalar(
        select(func.count()).where(
            Application.request == application.request,
            Application.status.in_([ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN]),
        )
    )
    fact = ApplicationClosed(application.request, application.unit, closed or 1)
    # The end of what the referral began rests on what the referral rested on.
    tx.publish(fact, under={crossing_purpose(None): f"referral-of:{application.id}"})


def _decide(tx: Tx, application: Application, status: ApplicationStatus) -> None:
    application.status = status
    application.decided_at = tx.now
    application.decided_by = tx.actor.name


async def _counterpart(tx: Tx, referral: uuid.UUID) -> Counterpart:
    """Return the row of a referral, made when missing, locked: referral and withdrawal may come in either
    order.
    """
    await tx.execute(insert(Counterpart).values(referral=referral, published=0).on_conflict_do_nothing())
    return (
        await tx.session.scalars(
            select(Counterpart).where(Counterpart.referral == referral).with_for_update()
        )
    ).one()


def _names(people: Sequence[Person] | Sequence[PersonGiven]) -> list[str]:
    return [f"{person.given_name} {person.family_name}".strip() for person in people]
