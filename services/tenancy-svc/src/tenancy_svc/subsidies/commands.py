"""Receiving what support organisations report of subsidies (S1)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.parties import NotTheSenders
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.disclosures.model import Counterpart
from tenancy_svc.subsidies.model import ReceiveEnd, ReceiveSubsidy, Subsidy, SubsidyRate


@use_case(RECEIVE_EVENTS)
async def receive_subsidy(tx: Tx, command: ReceiveSubsidy) -> None:
    """Note what is paid from a day on, which replaces what was to be paid from then on.

    What a later event has reported stays. Raises NotTheSenders for another organisation's referral.
    """
    subsidy = await _subsidy(tx, command)
    if command.number > subsidy.reported:
        subsidy.reported = command.number
        subsidy.last_on = command.last_on
    of_it = (SubsidyRate.party == command.party, SubsidyRate.reference == command.reference)
    later = select(SubsidyRate.first_on).where(
        *of_it, SubsidyRate.reported >= command.number, SubsidyRate.first_on <= command.first_on
    )
    if await tx.scalar(later.limit(1)) is not None:
        return
    await tx.execute(
        delete(SubsidyRate).where(
            *of_it, SubsidyRate.first_on >= command.first_on, SubsidyRate.reported < command.number
        )
    )
    tx.session.add(
        SubsidyRate(
            party=command.party,
            reference=command.reference,
            first_on=command.first_on,
            amount=command.amount,
            currency=command.currency,
            frequency=command.frequency,
            counted_from=command.counted_from,
            reported=command.number,
        )
    )


@use_case(RECEIVE_EVENTS)
async def receive_end(tx: Tx, command: ReceiveEnd) -> None:
    """Note the last day of a subsidy. Raises NotTheSenders for another organisation's referral."""
    subsidy = await _subsidy(tx, command)
    if command.number > subsidy.reported:
        subsidy.reported = command.number
        subsidy.last_on = command.last_on


async def _subsidy(tx: Tx, command: ReceiveSubsidy | ReceiveEnd) -> Subsidy:
    """The subsidy that an event is about, locked; it's created by the first event that arrives."""
    used_by = (
        await tx.session.scalars(select(Counterpart.party).where(Counterpart.referral == command.referral))
    ).all()
    if used_by and command.party not in used_by:
        raise NotTheSenders
    await tx.execute(
        insert(Subsidy)
        .values(party=command.party, reference=command.reference, referral=command.referral, reported=0)
        .on_conflict_do_nothing(index_elements=[Subsidy.party, Subsidy.reference])
    )
    return await tx.session.get_one(Subsidy, (command.party, command.reference), with_for_update=True)
