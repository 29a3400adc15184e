"""Informing the landlord of a referral about a subsidy, under the client's consent (S1, W5, W13)."""

from uuid import UUID

from sqlalchemy import or_, select

from chassis.ids import new_id
from chassis.tx import Tx
from support_svc.consents.standing import publish_under_consent
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.placements.model import Placement
from support_svc.securing.model import Securing
from support_svc.securing.referrals import count_event
from support_svc.subsidies.model import (
    PAID_TO_LANDLORDS,
    Subsidy,
    SubsidyChanged,
    SubsidyCommitted,
    SubsidyEnded,
    SubsidyReport,
)
from support_svc.subsidies.records import terms_of
from support_svc.subsidies.schedule import Rate, Terms


async def report(tx: Tx, subsidy: Subsidy, terms: Terms, *, new: bool = False, ended: bool = False) -> bool:
    """Inform the landlord to whom the household is referred of a subsidy as it is now.

    Return whether anything was published. Without a referral that stands, or for what no landlord receives,
    nothing happens; without the client's consent what isn't sent is recorded as withheld, and the report
    stays incomplete. `new`: nobody can know of it yet; `ended`: the landlord knows all but the last day.
    """
    if subsidy.kind not in PAID_TO_LANDLORDS:
        return False
    request = await _request_of(tx, subsidy)
    if request is None or not request.is_referred or request.referral is None or request.referred_to is None:
        return False
    known = None if new else await _known(tx, subsidy, request.referral)
    reference = new_id() if known is None else known.reference
    facts = _facts(
        request,
        reference,
        subsidy,
        terms,
        known=known is not None,
        ended=ended and known is not None and known.complete,
    )
    for fact in facts:
        placement_id = request.placement_id
        agreed = await publish_under_consent(tx, fact, subsidy.client_id, placement_id, request.referred_to)
        if not agreed:
            if known is not None:
                known.complete = False
            return False
        count_event(request)
    if known is None:
        tx.session.add(
            SubsidyReport(
                reference=reference,
                subsidy_id=subsidy.id,
                referral=request.referral,
                landlord=request.referred_to,
            )
        )
    else:
        known.complete = True
    tx.touched("subsidy", subsidy.id, "reported")
    return True


async def unreported_to(tx: Tx, subsidy: Subsidy) -> str | None:
    """The landlord of the referral that stands who doesn't know all of a subsidy, if there is one."""
    request = await _request_of(tx, subsidy)
    if (
        subsidy.kind not in PAID_TO_LANDLORDS
        or request is None
        or not request.is_referred
        or request.referral is None
    ):
        return None
    known = await _known(tx, subsidy, request.referral)
    return None if known is not None and known.complete else request.referred_to


async def _known(tx: Tx, subsidy: Subsidy, referral: UUID) -> SubsidyReport | None:
    found: SubsidyReport | None = await tx.scalar(
        select(SubsidyReport).where(
            SubsidyReport.subsidy_id == subsidy.id, SubsidyReport.referral == referral
        )
    )
    return found


def _facts(
    request: Securing, reference: UUID, subsidy: Subsidy, terms: Terms, *, known: bool, ended: bool
) -> list[SubsidyCommitted | SubsidyEnded]:
    """What a landlord has to know: the last day alone, or every rate, the first of which commits it."""
    landlord, referral = request.referred_to or "", request.referral or reference
    if ended and terms.ends_on is not None:
        return [SubsidyEnded(landlord, referral, reference, terms.ends_on, request.referral_events + 1)]

    def fact(kind: type[SubsidyCommitted], rate: Rate, at: int) -> SubsidyCommitted:
        return kind(
            landlord=landlord,
            referral=referral,
            subsidy=reference,
            amount=rate.amount,
            currency=subsidy.currency,
            frequency=rate.frequency,
            first_on=rate.from_on,
            counted_from=rate.anchor,
            last_on=terms.ends_on,
            number=request.referral_events + 1 + at,
        )

    return [
        fact(SubsidyChanged if known or at else SubsidyCommitted, rate, at)
        for at, rate in enumerate(terms.rates)
    ]


async def _request_of(tx: Tx, subsidy: Subsidy) -> Securing | None:
    """The request for the home that a subsidy is paid for, locked: that of its placement, or of the stay."""
    placement_id = subsidy.placement_id
    if placement_id is None:
        placement_id = await tx.scalar(
            select(HousingRecord.placement_id)
            .join(HousingLossPrevention, HousingLossPrevention.stay_id == HousingRecord.id)
            .where(HousingLossPrevention.id == subsidy.prevention_id)
        )
    if placement_id is None:
        return None
    found = await tx.execute(
        select(Securing)
        .join(Placement, Placement.request == Securing.request)
        .where(Placement.id == placement_id)
        .with_for_update(of=Securing)
        .execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


# ------------------------------------------------- asked by securing
async def report_running(tx: Tx, placement: Placement) -> None:
    """Inform the landlord to whom a household was just referred of the subsidies that are paid for it."""
    found = await tx.execute(
        select(Subsidy).where(
            Subsidy.placement_id == placement.id,
            Subsidy.kind.in_(PAID_TO_LANDLORDS),
            or_(Subsidy.ends_on.is_(None), Subsidy.ends_on >= tx.today),
        )
    )
    running = found.scalars().all()
    if not running:
        return
    await tx.session.flush()
    terms = await terms_of(tx, running)
    for one in running:
        await report(tx, one, terms[one.id])
