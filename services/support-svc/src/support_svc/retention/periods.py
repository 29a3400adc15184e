"""When the records of a client are due: the latest end of all periods, each from the last day of its kind."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from chassis.erasing import TODAY, parts_of
from chassis.tx import ReadTx, Tx
from support_svc.clients.model import Client
from support_svc.configuration.queries import number_of
from trade.dates import months_after


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day from which a record needn't be retained any more, by the period that ends last."""

    due_on: date
    period: str
    last_on: date


async def due_days(tx: Tx | ReadTx, people: Collection[UUID]) -> Mapping[UUID, DueDay]:
    """Return when the records of each of these people are due, those of an erased or a merged one never."""
    last: dict[UUID, dict[str, date]] = defaultdict(dict)
    months: dict[str, int] = {}
    for part in parts_of(tx):
        if part.period is None or part.last is None:
            continue
        code = part.period.code
        if code not in months:
            months[code] = await number_of(tx, part.period)
        days = select(part.column, func.max(part.last)).where(part.column.in_(people)).group_by(part.column)
        for person, day in await tx.execute(days, {TODAY.key: tx.today}):
            if day is not None:
                last[person][code] = max(day, last[person].get(code, day))
    known = select(Client.id).where(
        Client.id.in_(people), Client.merged_into.is_(None), Client.erased_on.is_(None)
    )
    return {
        person: max(
            (DueDay(months_after(day, months[code]), code, day) for code, day in last[person].items()),
            key=lambda one: (one.due_on, one.period),
        )
        for person in (await tx.execute(known)).scalars()
        if last[person]
    }
