"""Whether a consent is in force: asked again whenever one is needed, so a withdrawal acts at once (C6)."""

from datetime import date
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, SQLColumnExpression, Text, Uuid, and_, or_, select
from sqlalchemy.orm import aliased

from chassis.flush import parameter
from chassis.tx import ReadTx, Tx
from support_svc.consents.model import (
    CONCERN_LANDLORDS,
    LANDLORDS_ASKED,
    SERVICE_PARTNERS,
    SUFFICIENT,
    Consent,
    ConsentType,
    Purpose,
)

Landlord = str | SQLColumnExpression[str] | SQLColumnExpression[str | None] | None
"""A property entity; None for a third party, or when nobody is known to manage a home."""


def landlords(tx: Tx | ReadTx) -> tuple[str, ...]:
    """The property entities that take part today."""
    return tuple(party.id for party in tx.runtime.parties.of_kind("property", tx.today))


def is_current() -> ColumnElement[bool]:
    """Whether the consent in the row was neither withdrawn nor superseded: one at most of a recipient."""
    return and_(Consent.withdrawn_at.is_(None), Consent.superseded_by.is_(None))


def is_in_force(
    purpose: Purpose, landlord: Landlord, today: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Whether the consent in the row is in force today for a purpose, towards a landlord where it has any.

    One that names a landlord serves no other. One for the landlords of the homes that are asked for serves
    every landlord but those whom the client has refused by name since it was recorded (N4).
    """
    return and_(
        Consent.purpose == purpose,
        _serves(purpose, landlord),
        is_current(),
        Consent.type.in_(SUFFICIENT[purpose]),
        Consent.given_on <= today,
        or_(Consent.expires_on.is_(None), Consent.expires_on >= today),
    )


def _serves(purpose: Purpose, landlord: Landlord) -> ColumnElement[bool]:
    """Whether the consent in the row is for a landlord, or for all with whom this purpose has to do."""
    if purpose not in CONCERN_LANDLORDS:
        return Consent.recipient == SERVICE_PARTNERS
    to_all = Consent.recipient == LANDLORDS_ASKED
    if landlord is None:
        return to_all
    refusal = aliased(Consent)
    refused = (
        select(refusal.id)
        .where(
            refusal.client_id == Consent.client_id,
            refusal.purpose == Consent.purpose,
            refusal.recipient == landlord,
            or_(
                refusal.withdrawn_at >= Consent.recorded_at,
                and_(
                    refusal.type == ConsentType.DECLINED_ANONYMOUS,
                    refusal.superseded_by.is_(None),
                    refusal.recorded_at >= Consent.recorded_at,
                ),
            ),
        )
        .correlate_except(refusal)
    )
    return or_(Consent.recipient == landlord, and_(to_all, ~refused.exists()))


async def consent_in_force(
    tx: Tx | ReadTx, client_id: UUID, purpose: Purpose, landlord: str | None = None
) -> UUID | None:
    """Return the id of the client's consent that is in force today for a purpose, or None.

    `landlord` is the property entity it must serve; one that names it comes before one for all.
    """
    values = {"client": client_id, "today": tx.today}
    named = {} if landlord is None else {"landlord": landlord}
    for (found,) in await tx.look(_standing(purpose, bool(named)), values | named):
        return cast("UUID", found)
    return None


@cache
def _standing(purpose: Purpose, named: bool) -> Select[UUID]:
    landlord = parameter("landlord", Text()) if named else None
    of_client = Consent.client_id == parameter("client", Uuid())
    return (
        select(Consent.id)
        .where(of_client, is_in_force(purpose, landlord, parameter("today", Date())))
        .order_by(Consent.recipient == LANDLORDS_ASKED)
        .limit(1)
    )


async def publish_under_consent(
    tx: Tx, fact: object, client_id: UUID, about: UUID, landlord: str | None
) -> bool:
    """Publish a fact about a client under the consents in force, and return True; or record it as withheld.

    `landlord` is the property entity that has to do with it, whose consents count (N4).
    The terms of the event say which purposes need a consent. Without one nothing is sent, and the page of
    `about` shows what was withheld (W13).
    """
    under: dict[str, str] = {}
    for needed in sorted(tx.purposes_of(fact)):
        consent = await consent_in_force(tx, client_id, Purpose(needed), landlord)
        if consent is None:
            tx.withhold(fact, str(about), "consent_ended")
            return False
        under[needed] = str(consent)
    tx.publish(fact, about=str(about), under=under)
    return True
