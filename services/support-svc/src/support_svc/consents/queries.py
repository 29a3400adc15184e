"""Reading consents (C6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client
from support_svc.configuration.queries import number_of, words_of
from support_svc.consents.feature import CONSENT_TYPES, REMINDER
from support_svc.consents.model import (
    Consent,
    ConsentStatus,
    ConsentType,
    GivenHow,
    Purpose,
    is_expiring,
)
from support_svc.consents.standing import consent_in_force, is_current, landlords


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent with its status today."""

    id: UUID
    purpose: Purpose
    recipient: str
    categories: tuple[str, ...]
    type: ConsentType
    status: ConsentStatus
    expiring: bool
    given_on: date
    expires_on: date | None
    given_how: GivenHow
    taken_by_name: str
    document_reference: str | None
    withdrawn_at: datetime | None
    withdrawn_by_name: str | None


@dataclass(frozen=True, slots=True)
class ExpiringConsent:
    """A consent that expires soon or expired lately, with whose it is."""

    client_id: UUID
    client_name: str
    purpose: Purpose
    expires_on: date


def _view(consent: Consent, today: date, reminder: timedelta) -> ConsentView:
    status = consent.status_on(today)
    return ConsentView(
        id=consent.id,
        purpose=consent.purpose,
        recipient=consent.recipient,
        categories=tuple(consent.categories),
        type=consent.type,
        status=status,
        expiring=status is ConsentStatus.ACTIVE and is_expiring(today, consent.expires_on, reminder),
        given_on=consent.given_on,
        expires_on=consent.expires_on,
        given_how=consent.given_how,
        taken_by_name=consent.taken_by_name,
        document_reference=consent.document_reference,
        withdrawn_at=consent.withdrawn_at,
        withdrawn_by_name=consent.withdrawn_by_name,
    )


@query(VIEW_CLIENTS, views="client")
async def consents_of(tx: ReadTx, client_id: UUID) -> list[ConsentView]:
    """Every consent of a client, those in force first. Raises NotFound."""
    await require_client(tx, client_id)
    found = (
        await tx.execute(
            select(Consent)
            .where(Consent.client_id == client_id)
            .order_by(
                Consent.withdrawn_at.is_not(None),
                Consent.superseded_by.is_not(None),
                Consent.recorded_at.desc(),
            )
        )
    ).scalars()
    reminder = await reminder_of(tx)
    return [_view(consent, tx.today, reminder) for consent in found]


@query(VIEW_CLIENTS, views="client")
async def purposes_in_force(tx: ReadTx, client_id: UUID) -> frozenset[Purpose]:
    """The purposes for which a client's consent, where landlords are concerned towards those of all homes
    asked for, is in force today. Raises NotFound.
    """
    await require_client(tx, client_id)
    found = [one for one in Purpose if await consent_in_force(tx, client_id, one) is not None]
    return frozenset(found)


@query(VIEW_CLIENTS)
async def consent_types_offered(tx: ReadTx) -> tuple[ConsentType, ...]:
    """The types of consent that can be recorded today; explicit consent always can."""
    return (ConsentType.EXPLICIT, *map(ConsentType, await words_of(tx, CONSENT_TYPES)))


@query(VIEW_CLIENTS)
async def landlords_taking_part(tx: ReadTx) -> tuple[str, ...]:
    """The property entities that a consent can name today (N4)."""
    return landlords(tx)


async def reminder_of(tx: ReadTx) -> timedelta:
    """How long before its last day, and after it, a consent is listed for renewal."""
    return timedelta(days=await number_of(tx, REMINDER))


def is_expiring_or_lately_lapsed(today: date, reminder: timedelta) -> ColumnElement[bool]:
    """Whether a current consent expires within `reminder`, or expired no longer ago than that."""
    return and_(is_current(), Consent.expires_on.between(today - reminder, today + reminder))


@query(VIEW_CLIENTS)
async def expiring_consents(tx: ReadTx) -> list[ExpiringConsent]:
    """The consents that expire soon or expired lately, the earliest first (C6)."""
    statement = (
        select(Consent, Client)
        .join(Client, Client.id == Consent.client_id)
        .where(is_expiring_or_lately_lapsed(tx.today, await reminder_of(tx)), may_see(tx))
        .order_by(Consent.expires_on, Client.family_name)
        .limit(50)
    )
    rows = (await tx.execute(statement)).all()
    return [
        ExpiringConsent(person.id, person.full_name, consent.purpose, consent.expires_on)
        for consent, person in rows
        if consent.expires_on is not None
    ]
