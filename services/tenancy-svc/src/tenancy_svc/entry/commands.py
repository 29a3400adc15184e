"""Hears requests for entry, and answers them: by itself where there is no tenancy (U7)."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.errors import EditedMeanwhile, NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.entry.feature import ANSWER_ENTRY
from tenancy_svc.entry.model import (
    AnswerEntry,
    EntryAnswer,
    EntryAnswered,
    EntryRefusal,
    EntryRequest,
    EntryState,
    Given,
    TakeEntryRequest,
    TakeEntryWithdrawal,
    decide,
)
from tenancy_svc.leases.model import Lease, LeaseStatus


@use_case(RECEIVE_EVENTS)
async def take_entry_request(tx: Tx, command: TakeEntryRequest) -> None:
    """Keep a request; where no tenancy is in force, answer so at once. Twice is once."""
    statement = (
        insert(EntryRequest)
        .values(
            id=command.request,
            version=1,
            unit=command.unit,
            purpose=command.purpose,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            asked_at=command.asked_at,
            state=EntryState.OPEN,
            answers=0,
        )
        .on_conflict_do_nothing(index_elements=[EntryRequest.id])
        .returning(EntryRequest.id)
    )
    if await tx.scalar(statement) is None:
        return
    request = await _locked(tx, command.request)
    tx.touched("entry_request", request.id, "asked")
    if not await _tenancy(tx, request.unit):
        _answer(tx, request, EntryAnswer.REFUSED, Given(reason=EntryRefusal.NO_TENANCY))


@use_case(RECEIVE_EVENTS)
async def take_entry_withdrawal(tx: Tx, command: TakeEntryWithdrawal) -> None:
    """Note that a request was given up, also when it wasn't heard of yet; it never stands again."""
    await tx.execute(
        insert(EntryRequest)
        .values(
            id=command.request,
            version=1,
            unit=command.unit,
            state=EntryState.WITHDRAWN,
            answers=0,
            withdrawal=command.reason,
            withdrawn_at=command.withdrawn_at,
        )
        .on_conflict_do_nothing(index_elements=[EntryRequest.id])
    )
    request = await _locked(tx, command.request)
    if request.state is EntryState.WITHDRAWN:
        return
    request.state = EntryState.WITHDRAWN
    request.withdrawal = command.reason
    request.withdrawn_at = command.withdrawn_at
    request.delivered_at = request.entry_from = request.refusal = None
    tx.touched("entry_request", request.id, "withdrawn", {"reason": (None, command.reason.value)})


@use_case(ANSWER_ENTRY)
async def answer_entry(tx: Tx, command: AnswerEntry) -> None:
    """Answer a request and tell the inventory; another answer replaces it while the window isn't over.

    Raises NotFound, EditedMeanwhile, and what `decide` raises.
    """
    request = await _locked(tx, command.request)
    if request.version != command.version:
        raise EditedMeanwhile(
            current=request.version, difference={"state": (request.state.value, command.answer.value)}
        )
    tenancy = await _tenancy(tx, request.unit)
    given = decide(request, command, tx.now, tx.runtime.time_zone, tenancy=tenancy)
    _answer(tx, request, command.answer, given)


def _answer(tx: Tx, request: EntryRequest, answer: EntryAnswer, given: Given) -> None:
    tx.touched(
        "entry_request",
        request.id,
        answer.value,
        {
            "delivered_at": (request.delivered_at, given.delivered_at),
            "reason": (request.refusal, given.reason),
        },
    )
    request.state = EntryState(answer.value)
    request.answers += 1
    request.delivered_at = given.delivered_at
    request.entry_from = given.entry_from
    request.refusal = given.reason
    request.answered_at = tx.now
    request.answered_by = tx.actor.name if tx.actor.kind != "system" else None
    tx.publish(
        EntryAnswered(request.id, request.unit, request.answers, answer, given.entry_from, given.reason)
    )


async def _tenancy(tx: Tx, unit: uuid.UUID) -> bool:
    found = await tx.scalar(
        select(Lease.id).where(Lease.unit == unit, Lease.status == LeaseStatus.IN_FORCE).limit(1)
    )
    return found is not None


async def _locked(tx: Tx, request_id: uuid.UUID) -> EntryRequest:
    request = await tx.session.get(EntryRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound(what="entry request")
    return request
