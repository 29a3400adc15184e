"""Erasing: one transaction for a person, that of the day for what expires, and again after a restore (X7)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.erasing import (
    ErasedBefore,
    Expiring,
    Found,
    collect,
    erase,
    erase_what_was_said,
    parts_of,
    permit,
    unsent,
)
from chassis.errors import DomainError
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from chassis.usecase import use_case
from support_svc.clients.erasing import hindrances, put_anonymous_in_place, records_of
from support_svc.clients.model import Client
from support_svc.configuration.queries import number_of
from support_svc.placements.model import Placement
from support_svc.retention.erasing import holds
from support_svc.retention.model import (
    ErasedReference,
    Erasure,
    ErasureRequest,
    LegalHold,
    NotSentYet,
    RequestState,
    Rule,
)
from trade.dates import months_after

ERASE = "erase_client"
"""Kind of the timer of an approved erasure; its key is the request's id."""


async def found_of(tx: Tx | ReadTx, people: Sequence[UUID]) -> Found:
    """Find everything that is recorded about a person, by the ids of the person's records."""
    found = Found(Client.__tablename__, today=tx.today)
    found.people.update(people)
    await collect(tx, parts_of(tx), found)
    return found


@use_case(RECEIVE_EVENTS)
async def carry_out(tx: Tx, request_id: UUID) -> None:
    """Carry an approved erasure out, if its day has come (X7).

    What hinders it by now, such as a legal hold or a new placement, halts it: it's proposed again, and a
    person decides. One that was refused or carried out meanwhile changes nothing.
    """
    client_id = await tx.scalar(select(ErasureRequest.client_id).where(ErasureRequest.id == request_id))
    if client_id is None:
        return
    people = await _locked(tx, client_id)
    request = await tx.session.get(ErasureRequest, request_id, with_for_update=True)
    if request is None or request.state is not RequestState.APPROVED or request.carried_out_on is None:
        return
    if request.carried_out_on > tx.today:
        return
    if await hindered(tx, await found_of(tx, people)):
        request.state, request.decided_at, request.decided_by_name = RequestState.PROPOSED, None, None
        request.carried_out_on = None
        tx.touched("erasure_request", request.id, "halted")
        return
    names = {"proposed_by_name": request.proposed_by_name, "decided_by_name": request.decided_by_name}
    await _erase(tx, people, Rule(request.origin.value), **names)


@use_case(RECEIVE_EVENTS)
async def erase_again(tx: Tx, before: ErasedBefore) -> bool:
    """Erase what had been erased before the database was restored; return whether there was anything.

    What was decided then isn't decided again: neither a hold nor a case of the backup hinders it. Raises
    NotSentYet while the worker of the restored service has something to send about the person.
    """
    if before.references:
        return await _forget_references(tx, before.references)
    people = [] if before.record is None else await _locked(tx, before.record)
    if not people:
        return False
    if await unsent(tx, (await found_of(tx, people)).about):
        raise NotSentYet
    await _erase(tx, people, Rule.AGAIN)
    return True


async def _forget_references(tx: Tx, references: Sequence[UUID]) -> bool:
    """Note references of people who were erased, and erase what events about them said."""
    await _note(tx, references)
    erasure = await _recorded(tx, Rule.AGAIN, [])
    await permit(tx, erasure)
    return await erase_what_was_said(tx, references) > 0


async def _note(tx: Tx, references: Iterable[UUID]) -> None:
    known = [{"reference": one} for one in sorted(references)]
    if known:
        await tx.execute(insert(ErasedReference).values(known).on_conflict_do_nothing())


async def hindered(tx: Tx | ReadTx, found: Found) -> list[DomainError]:
    """Return why a person can't be erased now."""
    reasons = await hindrances(tx, sorted(found.people))
    return [*reasons, NotSentYet()] if await unsent(tx, found.about) else reasons


async def _locked(tx: Tx, client_id: UUID) -> list[UUID]:
    """Return the ids of a person's records, which nobody can add anything to before this has ended."""
    people = await records_of(tx, client_id)
    await tx.execute(select(Client.id).where(Client.id.in_(people)).order_by(Client.id).with_for_update())
    return await records_of(tx, client_id)


async def _erase(tx: Tx, people: Sequence[UUID], rule: Rule, **names: str | None) -> None:
    # What arrives about a placement locks it first.
    before = await found_of(tx, people)
    placements = [*before.named(Placement.__tablename__), *before.shared]
    await tx.execute(
        select(Placement.id).where(Placement.id.in_(placements)).order_by(Placement.id).with_for_update()
    )
    found = await found_of(tx, people)
    erasure = await _recorded(tx, rule, sorted(found.people), **names)
    await put_anonymous_in_place(tx, found)
    await _note(tx, found.references)
    await erase(tx, erasure, parts_of(tx), found)
    tx.session.expunge_all()
    tx.touched("erasure", erasure, "carried_out", {"rule": (None, rule)})


async def _recorded(tx: Tx, rule: Rule, records: Sequence[UUID], **more: Any) -> UUID:
    made = Erasure(id=new_id(), at=tx.now, rule=rule, records=list(records), **more)
    tx.session.add(made)
    await tx.session.flush()
    return made.id


def expiring(tx: Tx | ReadTx) -> list[Expiring]:
    """Return what is deleted by itself when its period is over."""
    return [its() for its in offers_of(tx.runtime.features, "expiring")]


async def last_day_of(tx: Tx | ReadTx, one: Expiring) -> date:
    """Return the last day on which a record was written whose period is over."""
    return months_after(tx.today, -await number_of(tx, one.period))


async def spared(tx: Tx | ReadTx) -> list[UUID]:
    """Return of whom nothing may be deleted: those whom a legal hold is about."""
    return list((await tx.execute(select(LegalHold.client_id).where(holds(tx)))).scalars())


async def delete_expired(tx: Tx) -> None:
    """Delete what is deleted by itself, and record how much (X7)."""
    held = await spared(tx)
    for one in expiring(tx):
        last = await last_day_of(tx, one)
        count = await one.count(tx, last, held)
        if count:
            erasure = await _recorded(tx, Rule.EXPIRED, [], period=one.period.code, deleted=count)
            await permit(tx, erasure)
            await one.delete(tx, last, held)
            tx.touched("erasure", erasure, "expired", {"deleted": (None, count)})
