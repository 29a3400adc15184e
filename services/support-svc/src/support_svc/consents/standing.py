"""Whether a consent is in force: asked again whenever one is needed, so a withdrawal acts at once (C6)."""

from datetime import date
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Uuid, and_, or_, select

from chassis.flush import parameter
from chassis.tx import ReadTx, Tx
from support_svc.consents.model import SUFFICIENT, Consent, Purpose


def is_current() -> ColumnElement[bool]:
    """Whether the consent in the row was neither withdrawn nor superseded; a purpose has one at most."""
    return and_(Consent.withdrawn_at.is_(None), Consent.superseded_by.is_(None))


def is_in_force(purpose: Purpose, today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the consent in the row is in force today for a purpose."""
    return and_(
        Consent.purpose == purpose,
        is_current(),
        Consent.type.in_(SUFFICIENT[purpose]),
        Consent.given_on <= today,
        or_(Consent.expires_on.is_(None), Consent.expires_on >= today),
    )


async def consent_in_force(tx: Tx | ReadTx, client_id: UUID, purpose: Purpose) -> UUID | None:
    """Return the id of the client's consent that is in force today for a purpose, or None."""
    for (found,) in await tx.look(_standing(purpose), {"client": client_id, "today": tx.today}):
        return cast("UUID", found)
    return None


@cache
def _standing(purpose: Purpose) -> Select[UUID]:
    of_client = Consent.client_id == parameter("client", Uuid())
    return select(Consent.id).where(of_client, is_in_force(purpose, parameter("today", Date())))


async def publish_under_consent(tx: Tx, fact: object, client_id: UUID, about: UUID) -> bool:
    """Publish a fact about a client under the consents in force, and return True; or record it as withheld.

    The terms of the event say which purposes need a consent. Without one nothing is sent, and the page of
    `about` shows what was withheld (W13).
    """
    under: dict[str, str] = {}
    for needed in sorted(tx.purposes_of(fact)):
        consent = await consent_in_force(tx, client_id, Purpose(needed))
        if consent is None:
            tx.withhold(fact, str(about), "consent_ended")
            return False
        under[needed] = str(consent)
    tx.publish(fact, about=str(about), under=under)
    return True
