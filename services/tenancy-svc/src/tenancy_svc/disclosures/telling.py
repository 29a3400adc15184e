"""The one way by which anything is told to support: under the tenant's choice, or recorded as withheld
(W5, W13).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from chassis.tx import ReadTx, Tx
from tenancy_svc.disclosures.model import Answer, Choice, Counterpart, Purpose, Withheld, crossing_purpose


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would happen if something were told now: `withheld` is None when it will be told.

    `organisation` is whom the tenant named; None for an application without a counterpart (nobody is told).
    """

    referral: uuid.UUID | None
    organisation: str | None
    withheld: Withheld | None
    basis: str | None

    @property
    def tells(self) -> bool:
        """Whether it will be told."""
        return self.referral is not None and self.withheld is None


async def prospect(tx: ReadTx | Tx, application_id: uuid.UUID, purpose: Purpose | None) -> Prospect:
    """Return whether something of this purpose may be told now, and why not.

    `purpose` None is the answer to the referral itself: its basis is the consent under which it was referred.
    """
    counterpart = await tx.scalar(select(Counterpart).where(Counterpart.application_id == application_id))
    if counterpart is None:
        return Prospect(None, None, None, None)
    if purpose is None:
        withheld = Withheld.REFERRAL_WITHDRAWN if counterpart.withdrawn_at else None
        return Prospect(counterpart.referral, None, withheld, f"referral:{counterpart.referral}")
    choice = await current_choice(tx, application_id, purpose)
    organisation = choice.organisation if choice else None
    return Prospect(
        counterpart.referral,
        organisation,
        _why_not(counterpart, choice),
        choice.basis if choice else None,
    )


async def current_choice(tx: ReadTx | Tx, application_id: uuid.UUID, purpose: Purpose) -> Choice | None:
    """Return the tenant's latest answer for a purpose, or None when never asked."""
    found: Choice | None = await tx.scalar(
        select(Choice).where(
            Choice.application_id == application_id, Choice.purpose == purpose, Choice.replaced_at.is_(None)
        )
    )
    return found


async def tell_support(
    tx: Tx, application_id: uuid.UUID, purpose: Purpose | None, fact: Callable[[uuid.UUID, int], object]
) -> Prospect:
    """Publish `fact(referral, number)` under its basis, or record it as withheld; nothing for direct
    applications.

    The counterpart is locked, so that what is told of one referral has one order.
    """
    await tx.execute(
        select(Counterpart).where(Counterpart.application_id == application_id).with_for_update()
    )
    expected = await prospect(tx, application_id, purpose)
    if expected.referral is None:
        return expected
    counterpart = await tx.session.get_one(Counterpart, expected.referral)
    if expected.withheld is None:
        counterpart.published += 1
        under = {crossing_purpose(purpose): expected.basis or ""}
        tx.publish(fact(expected.referral, counterpart.published), about=str(application_id), under=under)
    else:
        # A withheld fact takes no number: the other side must not be able to count what it isn't told.
        tx.withhold(
            fact(expected.referral, counterpart.published + 1), str(application_id), expected.withheld.value
        )
    return expected


def _why_not(counterpart: Counterpart, choice: Choice | None) -> Withheld | None:
    if counterpart.withdrawn_at is not None:
        return Withheld.REFERRAL_WITHDRAWN
    if choice is None:
        return Withheld.NO_CHOICE
    if choice.answer is Answer.DO_NOT_TELL:
        return Withheld.CHOSE_NOT
    if choice.withdrawn_on is not None:
        return Withheld.CHOICE_WITHDRAWN
    return None if choice.names(counterpart) else Withheld.NAMED_ANOTHER


def support_organisation(tx: Tx) -> str:
    """Return the name under which the one support organisation is shown to tenants."""
    return str(getattr(tx.runtime.settings, "support_organisation", ""))
