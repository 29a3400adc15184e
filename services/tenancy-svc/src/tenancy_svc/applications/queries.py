"""Reads applications: the list with its counts, and one record with everything around it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.applications.feature import VIEW_APPLICATIONS
from tenancy_svc.applications.model import (
    JOINABLE,
    Application,
    ApplicationStatus,
    DeclineReason,
    Origin,
    Person,
    first_applicant,
)
from tenancy_svc.applications.people import Part, tenants_of, written_name
from tenancy_svc.disclosures.model import Counterpart
from tenancy_svc.disclosures.queries import opener_of
from tenancy_svc.homes.model import Hold, HoldStatus, Home, held_for
from tenancy_svc.homes.queries import HoldView, HomeView, find_hold, find_home, mentioning
from tenancy_svc.statutes.queries import StatuteView, find_statute
from tenancy_svc.timeline import Entry, timeline_of

_NEWEST_FIRST = Paging(Application.id.desc())


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application in the list; `name` is empty while the applicant hasn't brought the details."""

    id: uuid.UUID
    number: int
    name: str
    address: str
    status: ApplicationStatus
    origin: Origin
    expected_move_in: dt.date | None
    received_at: dt.datetime
    hold_until: dt.datetime | None
    hold_stands: bool | None
    referred_by: str | None
    """The party whose referral it came by; None when the household applied by itself."""
    referral_withdrawn: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person of an application."""

    part: Part
    given_name: str
    family_name: str
    phone: str | None
    email: str | None

    @property
    def name(self) -> str:
        """Given and family name."""
        return written_name(self.given_name, self.family_name)


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """One application as its page shows it."""

    id: uuid.UUID
    number: int
    version: int
    status: ApplicationStatus
    origin: Origin
    unit: uuid.UUID
    home: HomeView | None
    hold: HoldView | None
    expected_move_in: dt.date | None
    adults: int
    children: int
    received_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    decline_reason: DeclineReason | None
    statute: StatuteView | None
    joined_id: uuid.UUID | None
    """The application of the same household that its referral joined."""
    people: tuple[PersonView, ...]
    referred_by: str | None
    """The party whose referral it came by; None when the household applied by itself."""
    referral_withdrawn_at: dt.datetime | None
    contact_withdrawn_at: dt.datetime | None
    contact_retained: bool
    timeline: list[Entry]

    @property
    def name(self) -> str:
        """The first tenant's name, or nothing while nobody is named."""
        return next((person.name for person in tenants_of(self.people)), "")

    @property
    def address(self) -> str:
        """The home's address, or nothing while its listing hasn't arrived."""
        return self.home.address if self.home else ""


@query(VIEW_APPLICATIONS)
async def applications(
    tx: ReadTx,
    *,
    statuses: Sequence[ApplicationStatus] = (),
    words: str = "",
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[ApplicationLine]:
    """Return applications, newest first, at most `limit` after `after`."""
    statement = _lines()
    if statuses:
        statement = statement.where(Application.status.in_(statuses))
    sought = first_applicant(Person.name_search.expression)
    statement = statement.where(*mentioning(words, sought, Application.number.expression))
    item = partial(_line, now=tx.now)
    return await _NEWEST_FIRST.counted_page(tx, statement, item, after=after, limit=limit)


def _lines() -> Select[*tuple[Any, ...]]:
    name = first_applicant()
    return (
        select(Application, Home, Hold, Counterpart, name.label("name"))
        .outerjoin(Home, Home.unit == Application.unit)
        .outerjoin(Hold, held_for(Application.unit.expression, Application.request.expression))
        .outerjoin(Counterpart, Counterpart.opened_id == Application.id)
    )


def _line(
    application: Application,
    home: Home | None,
    hold: Hold | None,
    counterpart: Counterpart | None,
    name: str | None,
    *,
    now: dt.datetime,
) -> ApplicationLine:
    return ApplicationLine(
        id=application.id,
        number=application.number,
        name=name or "",
        address=home.address_line if home else "",
        status=application.status,
        origin=application.origin,
        expected_move_in=application.expected_move_in,
        received_at=application.received_at,
        hold_until=hold.deadline if hold and hold.status is HoldStatus.HELD else None,
        hold_stands=hold.stands(now) if hold else None,
        referred_by=counterpart.party if counterpart else None,
        referral_withdrawn=counterpart is not None and counterpart.withdrawn_at is not None,
    )


@query(VIEW_APPLICATIONS, views="application")
async def application(tx: ReadTx, application_id: uuid.UUID) -> ApplicationRecord:
    """Return one application with its home, hold, people and history. Raises NotFound."""
    return await read_application(tx, application_id)


async def read_application(tx: ReadTx, application_id: uuid.UUID) -> ApplicationRecord:
    """Return one application in a transaction that is open already. Raises NotFound."""
    found = await tx.session.get(Application, application_id, options=[selectinload(Application.people)])
    if found is None:
        raise NotFound(what="application")
    counterpart = await opener_of(tx, application_id)
    contact_withdrawn_at = counterpart.contact_withdrawn_at if counterpart else None
    return ApplicationRecord(
        id=found.id,
        number=found.number,
        version=found.version,
        status=found.status,
        origin=found.origin,
        unit=found.unit,
        home=await find_home(tx, found.unit),
        hold=await find_hold(tx, found.unit, found.request),
        expected_move_in=found.expected_move_in,
        adults=found.adults,
        children=found.children,
        received_at=found.received_at,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        decline_reason=found.decline_reason,
        statute=await find_statute(tx, found.statute_id),
        joined_id=found.joined_id,
        people=tuple(
            PersonView(person.part, person.given_name, person.family_name, person.phone, person.email)
            for person in found.people
        ),
        referred_by=counterpart.party if counterpart else None,
        referral_withdrawn_at=counterpart.withdrawn_at if counterpart else None,
        contact_withdrawn_at=contact_withdrawn_at,
        contact_retained=contact_withdrawn_at is not None
        and any(person.by_referral for person in found.people),
        timeline=await timeline_of(tx, [("application", application_id)]),
    )


@query(VIEW_APPLICATIONS)
async def joinable(tx: ReadTx, application_id: uuid.UUID) -> list[ApplicationLine]:
    """Return the other applications for the same home that a referral may join, newest first, at most 50."""
    found = await tx.session.get(Application, application_id)
    if found is None:
        raise NotFound(what="application")
    rows = await tx.execute(
        _lines()
        .where(
            Application.unit == found.unit,
            Application.id != application_id,
            Application.status.in_(JOINABLE),
        )
        .order_by(Application.id.desc())
        .limit(50)
    )
    return [_line(*row, now=tx.now) for row in rows]
