"""Whether a consent stands today: asked again by everything that needs one, so that a withdrawal acts at
once (C6).
"""

from uuid import UUID

from sqlalchemy import or_, select

from chassis.tx import ReadTx, Tx
from support_svc.consents.model import SUFFICIENT, Consent, Purpose


async def consent_in_force(tx: Tx | ReadTx, client_id: UUID, purpose: Purpose) -> UUID | None:
    """Id of the client's consent that is active today for a purpose, or None."""
    found: UUID | None = await tx.scalar(
        select(Consent.id).where(
            Consent.client_id == client_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
            Consent.superseded_by.is_(None),
            Consent.type.in_(SUFFICIENT[purpose]),
            Consent.given_on <= tx.today,
            or_(Consent.expires_on.is_(None), Consent.expires_on >= tx.today),
        )
    )
    return found


async def tell(tx: Tx, fact: object, client_id: UUID, about: UUID) -> bool:
    """Publish a fact about a client under the consents that stand now, or record it as withheld.

    Whether it was told. The terms of the event say what has to be agreed to; without it nothing leaves, and
    the crossing panel of `about` shows what wasn't reported (W13).
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
