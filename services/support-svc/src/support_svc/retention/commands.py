"""Holding records, and proposing, approving and refusing an erasure (X7)."""

from datetime import datetime, time, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.erasing import records_of
from support_svc.clients.finding import require_client
from support_svc.clients.model import Client
from support_svc.configuration.queries import number_of
from support_svc.retention.carrying_out import ERASE, delete_expired, found_of, hindered
from support_svc.retention.feature import DECIDE_ERASURE, HOLD_RECORDS, PROPOSE_ERASURE, WAITING_DAYS
from support_svc.retention.model import (
    ErasureAsked,
    ErasureDecided,
    ErasureRequest,
    HoldEnded,
    LegalHold,
    NotDue,
    Origin,
    RequestState,
    RetentionDue,
    SecondPersonNeeded,
)
from support_svc.retention.periods import due_days
from trade.dates import EffectDay, PastDay

LOOK_OVER = "look_over_records"
"""Kind of the timer that looks every night what is due, some clients at a time."""
AT_ONCE = 1000
AHEAD = timedelta(days=90)
"""How long before its day a record is listed."""
REASON_MISSING = N_("Say why the person wants that.")

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class HoldFields(BaseModel):
    """Why nothing of a client may be erased, and until when if that is known."""

    because: Why = Field(title="Reason")
    until: EffectDay | None = Field(default=None, title="Until")


class SetLegalHold(HoldFields):
    """Let nothing of a client be erased."""

    client_id: UUID


class WhyEnded(BaseModel):
    """Why something ends."""

    because: Why = Field(title="Reason")


class EndLegalHold(WhyEnded):
    """End a legal hold of a client."""

    client_id: UUID
    hold_id: UUID


class ProposalFields(BaseModel):
    """Why a client is to be erased; for the client's own wish when it was said and what for."""

    origin: Origin = Field(title="Why the record is to be erased")
    asked_on: PastDay | None = Field(default=None, title="Asked on")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = Field(
        default=None, title="Reason"
    )

    @model_validator(mode="after")
    def _own_request_with_a_reason(self) -> Self:
        if self.origin is Origin.OWN_REQUEST and not self.reason:
            raise PydanticCustomError("reason_missing", REASON_MISSING, {"at": "reason"})
        return self


class ProposeErasure(ProposalFields):
    """Propose to erase a client."""

    client_id: UUID


class DecideErasure(BaseModel):
    """Approve an erasure."""

    client_id: UUID
    request_id: UUID


class RefuseErasure(WhyEnded):
    """Refuse an erasure that was proposed, or stop one that was approved."""

    client_id: UUID
    request_id: UUID


@use_case(HOLD_RECORDS)
async def set_legal_hold(tx: Tx, command: SetLegalHold) -> UUID:
    """Let nothing of a client be erased, and return the hold's id (X7). Raises NotFound."""
    await require_client(tx, command.client_id)
    made = LegalHold(
        id=new_id(),
        client_id=command.client_id,
        because=command.because,
        until=command.until,
        set_at=tx.now,
        set_by_name=tx.actor.name,
    )
    tx.session.add(made)
    tx.touched("legal_hold", made.id, "set", {"until": (None, command.until)})
    return made.id


@use_case(HOLD_RECORDS)
async def end_legal_hold(tx: Tx, command: EndLegalHold) -> None:
    """End a legal hold, with the reason (X7). Raises NotFound, HoldEnded."""
    await require_client(tx, command.client_id)
    held = await tx.session.get(LegalHold, command.hold_id, with_for_update=True)
    if held is None or held.client_id != command.client_id:
        raise NotFound(what="legal hold")
    if held.ended_at is not None:
        raise HoldEnded
    held.ended_at, held.ended_by_name, held.ended_because = tx.now, tx.actor.name, command.because
    tx.touched("legal_hold", held.id, "ended")


@use_case(PROPOSE_ERASURE)
async def propose_erasure(tx: Tx, command: ProposeErasure) -> UUID:
    """Propose to erase a client, and return the request's id (X7).

    The client's own wish is recorded whatever hinders it, so that it's answered. Raises NotFound, NotDue,
    ErasureAsked.
    """
    await _client(tx, command.client_id)
    if command.origin is Origin.PERIOD_OVER:
        day = (await due_days(tx, [command.client_id]))[command.client_id].due_on
        if day > tx.today:
            raise NotDue(day=day)
    asked = select(ErasureRequest.id).where(
        ErasureRequest.client_id == command.client_id, ErasureRequest.state != RequestState.REFUSED
    )
    if await tx.scalar(asked) is not None:
        raise ErasureAsked
    made = ErasureRequest(
        id=new_id(),
        client_id=command.client_id,
        origin=command.origin,
        asked_on=command.asked_on or tx.today,
        reason=command.reason,
        state=RequestState.PROPOSED,
        proposed_at=tx.now,
        proposed_by=tx.actor.subject,
        proposed_by_name=tx.actor.name,
    )
    tx.session.add(made)
    tx.touched("erasure_request", made.id, "proposed", {"origin": (None, command.origin)})
    return made.id


@use_case(DECIDE_ERASURE)
async def approve_erasure(tx: Tx, command: DecideErasure) -> None:
    """Approve an erasure that somebody else proposed: it's carried out after the days of waiting (X7).

    Raises NotFound, ErasureDecided, SecondPersonNeeded, and what hinders it.
    """
    request = await _request(tx, command.client_id, command.request_id)
    if request.state is not RequestState.PROPOSED:
        raise ErasureDecided
    if request.proposed_by == tx.actor.subject:
        raise SecondPersonNeeded
    found = await found_of(tx, await records_of(tx, command.client_id))
    for one in await hindered(tx, found):
        raise one
    day = tx.today + timedelta(days=await number_of(tx, WAITING_DAYS))
    request.state, request.carried_out_on = RequestState.APPROVED, day
    request.decided_at, request.decided_by_name = tx.now, tx.actor.name
    begins = datetime.combine(day, time(), tx.runtime.time_zone)
    tx.schedule(ERASE, str(request.id), begins)
    tx.touched("erasure_request", request.id, "approved")


@use_case(DECIDE_ERASURE)
async def refuse_erasure(tx: Tx, command: RefuseErasure) -> None:
    """Refuse an erasure, or stop one that was approved, with the reason. Raises NotFound, ErasureDecided."""
    request = await _request(tx, command.client_id, command.request_id)
    if request.state is RequestState.REFUSED:
        raise ErasureDecided
    request.state, request.carried_out_on = RequestState.REFUSED, None
    request.decided_at, request.decided_by_name = tx.now, tx.actor.name
    request.answer = command.because
    tx.cancel_timer(ERASE, str(request.id))
    tx.touched("erasure_request", request.id, "refused")


async def _client(tx: Tx, client_id: UUID) -> None:
    """Lock a client, for one decision at a time. Raises NotFound."""
    await require_client(tx, client_id)
    await tx.execute(select(Client.id).where(Client.id == client_id).with_for_update())


async def _request(tx: Tx, client_id: UUID, request_id: UUID) -> ErasureRequest:
    await _client(tx, client_id)
    found = await tx.session.get(ErasureRequest, request_id, with_for_update=True)
    if found is None or found.client_id != client_id:
        raise NotFound(what="proposed erasure")
    return found


@use_case(RECEIVE_EVENTS)
async def look_over(tx: Tx, after: UUID | None) -> None:
    """Note who of the next clients is due, or soon, and go on; at the end wait for the next night."""
    batch = select(Client.id).order_by(Client.id).limit(AT_ONCE)
    people = list((await tx.execute(batch if after is None else batch.where(Client.id > after))).scalars())
    due = {one: day for one, day in (await due_days(tx, people)).items() if day.due_on <= tx.today + AHEAD}
    await tx.execute(
        delete(RetentionDue).where(RetentionDue.client_id.in_(people), RetentionDue.client_id.not_in(due))
    )
    if due:
        rows = insert(RetentionDue).values(
            [
                {"client_id": one, "due_on": day.due_on, "period": day.period, "last_on": day.last_on}
                for one, day in due.items()
            ]
        )
        names = ("due_on", "period", "last_on")
        await tx.execute(
            rows.on_conflict_do_update(
                index_elements=["client_id"], set_={name: rows.excluded[name] for name in names}
            )
        )
    if len(people) == AT_ONCE:
        tx.schedule(LOOK_OVER, "", tx.now, {"after": people[-1]})
        return
    await delete_expired(tx)
    tomorrow = datetime.combine(tx.today + timedelta(days=1), time(3), tx.runtime.time_zone)
    tx.schedule(LOOK_OVER, "", tomorrow)
