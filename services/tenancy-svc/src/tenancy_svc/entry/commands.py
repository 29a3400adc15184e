"""Receives requests for entry and answers them; where there is no tenancy, the service itself does (U7)."""

from __future__ import annotations

import uuid

from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.errors import EditedMeanwhile, NotFound
from chassis.parties import require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.entry.feature import ANSWER_ENTRY_REQUESTS
from tenancy_svc.entry.model import (
    AnswerEntry,
    Decision,
    EntryAnswer,
    EntryAnswered,
    EntryRefusal,
    EntryRequest,
    EntryState,
    ReceiveEntryRequest,
    ReceiveEntryWithdrawal,
    decide,
)
from tenancy_svc.homes.commands import require_inventory
from tenancy_svc.leases.queries import has_tenancy
from tenancy_svc.timeline import acted_by


@use_case(RECEIVE_EVENTS)
async def receive_entry_request(tx: Tx, command: ReceiveEntryRequest) -> None:
    """Record a request, once; where no tenancy is in force, refuse it at once.

    Raises NotTheSenders for another inventory's home or request.
    """
    await require_inventory(tx, command.unit, command.inventory)
    statement = (
        insert(EntryRequest)
        .values(
            id=command.request,
            version=1,
            unit=command.unit,
            inventory=command.inventory,
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
    new = await tx.scalar(statement) is not None
    request = await _locked(tx, command.request)
    require_sender(command.inventory, request.inventory)
    if not new:
        return
    tx.touched("entry_request", request.id, "asked")
    if not await has_tenancy(tx, request.unit):
        _answer(tx, request, EntryAnswer.REFUSED, Decision(reason=EntryRefusal.NO_TENANCY))


@use_case(RECEIVE_EVENTS)
async def receive_entry_withdrawal(tx: Tx, command: ReceiveEntryWithdrawal) -> None:
    """Note that a request was withdrawn, also before it was received; it can't be answered any more.

    Raises NotTheSenders for another inventory's home or request.
    """
    await require_inventory(tx, command.unit, command.inventory)
    await tx.execute(
        insert(EntryRequest)
        .values(
            id=command.request,
            version=1,
            unit=command.unit,
            inventory=command.inventory,
            state=EntryState.WITHDRAWN,
            answers=0,
            withdrawal=command.reason,
            withdrawn_at=command.withdrawn_at,
        )
        .on_conflict_do_nothing(index_elements=[EntryRequest.id])
    )
    request = await _locked(tx, command.request)
    require_sender(command.inventory, request.inventory)
    if request.state is EntryState.WITHDRAWN:
        return
    request.state = EntryState.WITHDRAWN
    request.withdrawal = command.reason
    request.withdrawn_at = command.withdrawn_at
    request.delivered_at = request.entry_from = request.refusal = None
    tx.touched("entry_request", request.id, "withdrawn", {"reason": (None, command.reason.value)})


@use_case(ANSWER_ENTRY_REQUESTS, undoable=True)
async def answer_entry(tx: Tx, command: AnswerEntry) -> None:
    """Answer a request and inform the inventory; a later answer replaces it until the window is over.

    Raises NotFound, EditedMeanwhile, and what `decide` raises.
    """
    request = await _locked(tx, command.request)
    if request.version != command.version:
        raise EditedMeanwhile(
            current=request.version, difference={"state": (request.state.value, command.answer.value)}
        )
    tenancy = await has_tenancy(tx, request.unit)
    decision = decide(request, command, tx.now, tx.runtime.time_zone, tenancy=tenancy)
    _answer(tx, request, command.answer, decision)


def _answer(tx: Tx, request: EntryRequest, answer: EntryAnswer, decision: Decision) -> None:
    tx.touched(
        "entry_request",
        request.id,
        answer.value,
        {
            "delivered_at": (request.delivered_at, decision.delivered_at),
            "reason": (request.refusal, decision.reason),
        },
    )
    request.state = EntryState(answer.value)
    request.answers += 1
    request.delivered_at = decision.delivered_at
    request.entry_from = decision.entry_from
    request.refusal = decision.reason
    request.answered_at = tx.now
    request.answered_by = acted_by(tx.actor.name, tx.actor.kind) or None
    tx.publish(
        EntryAnswered(
            request.inventory,
            request.id,
            request.unit,
            request.answers,
            answer,
            decision.entry_from,
            decision.reason,
        )
    )


async def _locked(tx: Tx, request_id: uuid.UUID) -> EntryRequest:
    request = await tx.session.get(EntryRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound(what="entry request")
    return request
