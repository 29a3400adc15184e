"""Reading what others pay of a household's rent (S1)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import and_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.disclosures.model import Counterpart
from tenancy_svc.subsidies.feature import VIEW_SUBSIDIES
from tenancy_svc.subsidies.model import Subsidy, SubsidyRate
from trade.schedule import Frequency


@dataclass(frozen=True, slots=True)
class PaidByOthers:
    """What a support organisation reported: an amount, how often, from when until when."""

    party: str
    subsidy: uuid.UUID
    amount: Decimal
    currency: str
    frequency: Frequency
    first_on: dt.date
    counted_from: dt.date
    last_on: dt.date | None


@query(VIEW_SUBSIDIES, views="application")
async def paid_by_others(tx: ReadTx, application_id: uuid.UUID) -> list[PaidByOthers]:
    """What is paid for the household of an application by others, by organisation and day.

    Nothing that a tenant owes or doesn't owe follows from it.
    """
    rows = await tx.execute(
        select(Subsidy, SubsidyRate)
        .join(Counterpart, and_(Counterpart.party == Subsidy.party, Counterpart.referral == Subsidy.referral))
        .join(
            SubsidyRate,
            and_(SubsidyRate.party == Subsidy.party, SubsidyRate.reference == Subsidy.reference),
        )
        .where(Counterpart.application_id == application_id)
        .order_by(Subsidy.party, Subsidy.reference, SubsidyRate.first_on)
    )
    tx.viewed("application", application_id)
    found = [(subsidy, rate) for subsidy, rate in rows]
    until: dict[tuple[uuid.UUID, dt.date], dt.date] = {
        (one.reference, rate.first_on): after.first_on - dt.timedelta(days=1)
        for (one, rate), (other, after) in pairwise(found)
        if one is other
    }
    return [
        PaidByOthers(
            party=subsidy.party,
            subsidy=subsidy.reference,
            amount=rate.amount,
            currency=rate.currency,
            frequency=rate.frequency,
            first_on=rate.first_on,
            counted_from=rate.counted_from,
            last_on=until.get((subsidy.reference, rate.first_on), subsidy.last_on),
        )
        for subsidy, rate in found
    ]
