"""Reading what the payments of subsidies follow from, for commands and queries alike; a command locks it."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import ReadTx, Tx
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.subsidies.model import Outcome, Subsidy, SubsidyPayment, SubsidyRate
from support_svc.subsidies.schedule import Rate, Recorded, Terms


async def terms_of(tx: Tx | ReadTx, subsidies: Collection[Subsidy]) -> dict[UUID, Terms]:
    """Return the terms of some subsidies as they are stored, by their ids."""
    ids = [one.id for one in subsidies]
    rates: dict[UUID, list[Rate]] = {one: [] for one in ids}
    wanted = select(SubsidyRate).where(SubsidyRate.subsidy_id.in_(ids)).order_by(SubsidyRate.from_on)
    for rate in (await tx.execute(wanted)).scalars():
        rates[rate.subsidy_id].append(Rate(rate.from_on, rate.amount, rate.frequency, rate.anchor))
    recorded: dict[UUID, dict[date, Recorded]] = {one: {} for one in ids}
    for payment in (
        await tx.execute(select(SubsidyPayment).where(SubsidyPayment.subsidy_id.in_(ids)))
    ).scalars():
        recorded[payment.subsidy_id][payment.due_on] = recorded_as(payment)
    return {
        one.id: Terms(tuple(rates[one.id]), one.ends_on, one.currency, recorded[one.id]) for one in subsidies
    }


def recorded_as(payment: SubsidyPayment) -> Recorded:
    """Return what became of a payment as the rules see it."""
    return Recorded(payment.outcome is Outcome.PAID, payment.amount, payment.paid_on)


async def locked(tx: Tx, subsidy_id: UUID) -> tuple[Subsidy, Terms]:
    """Return a subsidy with its terms, locked until the transaction ends. Raises NotFound."""
    subsidy = await locked_subsidy(tx, subsidy_id)
    return subsidy, (await terms_of(tx, [subsidy]))[subsidy.id]


async def locked_subsidy(tx: Tx, subsidy_id: UUID) -> Subsidy:
    """The subsidy, locked until the transaction ends. Raises NotFound, also for one that nobody may see."""
    found = await tx.execute(
        select(Subsidy)
        .join(Client, Client.id == Subsidy.client_id)
        .where(Subsidy.id == subsidy_id, may_see(tx))
        .with_for_update(of=Subsidy)
        .execution_options(populate_existing=True)
    )
    subsidy = found.scalar_one_or_none()
    if subsidy is None:
        raise NotFound(what="subsidy")
    return subsidy
