"""Reading restrictions: those of a client for who is named, and that they exist for supervisors (C8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from chassis.paging import Page, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import require_client
from support_svc.restrictions.feature import RESTRICT_CLIENTS
from support_svc.restrictions.model import Restriction, RestrictionPerson, RestrictionReason

_LATEST_FIRST = Paging(Restriction.id.desc())


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A colleague on a restriction; `because` if he or she was named later."""

    person: str
    name: str
    named_at: datetime
    named_by_name: str
    because: str | None
    ended_at: datetime | None
    ended_by_name: str | None


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """A restriction of a client, as those named see it."""

    id: UUID
    number: int
    reason: RestrictionReason
    note: str | None
    granted_at: datetime
    granted_by_name: str
    lifted_at: datetime | None
    lifted_by_name: str | None
    lifted_because: str | None
    people: tuple[NamedPerson, ...]

    @property
    def named(self) -> tuple[NamedPerson, ...]:
        """Those who are named now."""
        return tuple(one for one in self.people if one.ended_at is None)


@dataclass(frozen=True, slots=True)
class RestrictionLine:
    """That a restriction exists, without whom it's about, as every supervisor sees it."""

    id: UUID
    number: int
    reason: RestrictionReason
    granted_at: datetime
    granted_by_name: str
    lifted_at: datetime | None
    people: tuple[str, ...]
    mine: bool


class RestrictionFilter(BaseModel):
    """What the list of restrictions is narrowed by."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lifted: bool = False
    after: str | None = None


@query(VIEW_CLIENTS)
async def restrictions_of(tx: ReadTx, client_id: UUID) -> list[RestrictionView]:
    """The restrictions of a client, the latest first. Raises NotFound for who isn't named."""
    await require_client(tx, client_id)
    found = await tx.execute(
        select(Restriction).where(Restriction.client_id == client_id).order_by(Restriction.number.desc())
    )
    restrictions = list(found.scalars())
    people = await _people(tx, [one.id for one in restrictions])
    return [
        RestrictionView(
            one.id,
            one.number,
            one.reason,
            one.note,
            one.granted_at,
            one.granted_by_name,
            one.lifted_at,
            one.lifted_by_name,
            one.lifted_because,
            tuple(
                NamedPerson(
                    each.person,
                    each.person_name,
                    each.named_at,
                    each.named_by_name,
                    each.named_because,
                    each.ended_at,
                    each.ended_by_name,
                )
                for each in people
                if each.restriction_id == one.id
            ),
        )
        for one in restrictions
    ]


@query(RESTRICT_CLIENTS)
async def restrictions(tx: ReadTx, wanted: RestrictionFilter) -> Page[RestrictionLine]:
    """Which restrictions exist, the latest first, never whom they are about: in force, or lifted ones."""
    over = Restriction.lifted_at.is_not(None) if wanted.lifted else Restriction.lifted_at.is_(None)
    page = await _LATEST_FIRST.page(tx, select(Restriction).where(over), _same, after=wanted.after)
    people = await _people(tx, [one.id for one in page.items])
    line = partial(_line, people=people, me=tx.actor.subject)
    return Page([line(one) for one in page.items], page.next)


@query(RESTRICT_CLIENTS)
async def restrictions_of_others(tx: ReadTx) -> int:
    """How many restrictions are in force on which the asker isn't named: their clients are in no figure."""
    named = select(RestrictionPerson.restriction_id).where(
        RestrictionPerson.person == tx.actor.subject, RestrictionPerson.ended_at.is_(None)
    )
    statement = select(func.count()).where(Restriction.lifted_at.is_(None), Restriction.id.not_in(named))
    return int(await tx.scalar(statement) or 0)


def _same(one: Restriction) -> Restriction:
    return one


def _line(one: Restriction, *, people: Iterable[RestrictionPerson], me: str) -> RestrictionLine:
    named = [each for each in people if each.restriction_id == one.id and each.ended_at is None]
    return RestrictionLine(
        one.id,
        one.number,
        one.reason,
        one.granted_at,
        one.granted_by_name,
        one.lifted_at,
        tuple(each.person_name for each in named),
        mine=any(each.person == me for each in named),
    )


async def _people(tx: ReadTx, ids: list[UUID]) -> list[RestrictionPerson]:
    found = await tx.execute(
        select(RestrictionPerson)
        .where(RestrictionPerson.restriction_id.in_(ids))
        .order_by(RestrictionPerson.named_at, RestrictionPerson.person_name, RestrictionPerson.id)
    )
    return list(found.scalars())
