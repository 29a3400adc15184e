"""Asking for entry to somebody's home, receiving the answer, and scheduling the work that needed it (U7).

Locks are taken in one order: home, work, request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from chassis.access import RECEIVE_EVENTS
from chassis.errors import DomainError, EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.parties import require_sender
from chassis.usecase import use_case
from trade.dates import Appointment
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.model import Unit
from units_svc.maintenance.entry_rules import Asked, Ground, check_window, decide, fits
from units_svc.maintenance.model import (
    LIVED_IN,
    Answer,
    AnswerIncomplete,
    EntryNotAsked,
    EntryNotNeeded,
    EntryPurpose,
    EntryRequest,
    EntryRequested,
    EntryStatus,
    EntryWithdrawn,
    MaintenanceWork,
    Refusal,
    Withdrawal,
)
from units_svc.publishing import lived_in_under

if TYPE_CHECKING:
    from chassis.tx import ReadTx, Tx

NOTICE_HOURS = 24

_STATUS = {
    Answer.NOTICE_GIVEN: EntryStatus.NOTICE_GIVEN,
    Answer.TENANT_AGREED: EntryStatus.AGREED,
    Answer.REFUSED: EntryStatus.REFUSED,
}


class EntryWindow(BaseModel):
    """When and what for somebody's home is to be entered. A time without a zone is the organisation's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Annotated[EntryPurpose, Field(title="What for")] = EntryPurpose.REPAIR_OR_WORK
    starts_at: Annotated[Appointment, Field(title="Enter from")]
    ends_at: Annotated[Appointment, Field(title="Leave by")]
    version: Annotated[int, Field(ge=1)]


class AskEntry(EntryWindow):
    """Ask the property entity for entry to do one piece of work; a window asked for before is given up."""

    work_id: UUID


class WithdrawEntry(BaseModel):
    """Entry isn't wanted any more; the work is no longer scheduled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    work_id: UUID
    version: Annotated[int, Field(ge=1)]


class ScheduleWork(BaseModel):
    """Schedule the work for the window that was asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    work_id: UUID
    version: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class ReceiveEntryAnswer:
    """The answer of the property entity `sender`; `number` numbers the answers to that request."""

    request_id: UUID
    sender: str
    number: int
    answer: Answer
    answered_at: datetime
    entry_from: datetime | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Scheduled days, and whether the occupant has agreed, as the keeper recorded."""

    first: date
    last: date | None
    occupant_agreed: bool


@use_case(EDIT_UNITS, undoable=True)
async def ask_entry(tx: Tx, command: AskEntry) -> UUID:
    """Ask for entry in a window and return the request's id.

    Work that was scheduled isn't any more until the answer allows it. Raises EntryNotNeeded, EntryHours,
    EntryWindowOver, DaysReversed, EditedMeanwhile, NotFound.
    """
    work = await _locked(tx, command.work_id, command.version)
    check_window(command.starts_at, command.ends_at, tx.now, tx.runtime.time_zone)
    party = await notice_due(tx, work.unit_id)
    if work.completed or not work.needs_entry or party is None:
        raise EntryNotNeeded
    await give_up_entry(tx, work.id, Withdrawal.WINDOW_CHANGED)
    request = EntryRequest(
        id=new_id(),
        work_id=work.id,
        unit_id=work.unit_id,
        party=party,
        purpose=command.purpose,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        status=EntryStatus.ASKED,
        asked_at=tx.now,
        asked_by=tx.actor.name,
        answer_number=0,
    )
    tx.session.add(request)
    _unschedule(tx, work)
    tx.touched("maintenance_work", work.id, "entry_asked", {"starts_at": (None, command.starts_at)})
    tx.publish(
        EntryRequested(request.id, work.unit_id, command.purpose, command.starts_at, command.ends_at, party)
    )
    return request.id


@use_case(EDIT_UNITS, undoable=True)
async def withdraw_entry(tx: Tx, command: WithdrawEntry) -> None:
    """Give up the window that was asked for. Raises EntryNotAsked, EditedMeanwhile, NotFound."""
    work = await _locked(tx, command.work_id, command.version)
    if not await give_up_entry(tx, work.id, Withdrawal.NO_LONGER_NEEDED):
        raise EntryNotAsked
    _unschedule(tx, work)


@use_case(EDIT_UNITS)
async def schedule_work(tx: Tx, command: ScheduleWork) -> None:
    """Schedule the work for the day of the window that was asked for.

    Raises EntryNotAsked, EntryNotNeeded, EntryNotAnswered, EntryRefused, EntryTooSoon, EntryWindowOver,
    EditedMeanwhile, NotFound.
    """
    work = await _locked(tx, command.work_id, command.version)
    request = await _open_request(tx, work.id)
    if request is None or work.completed:
        raise EntryNotNeeded if await notice_due(tx, work.unit_id) is None else EntryNotAsked
    ground = await _decide(tx, work.unit_id, request, occupant_agreed=work.agreed_on is not None)
    day = request.starts_at.astimezone(tx.runtime.time_zone).date()
    tx.touched(
        "maintenance_work",
        work.id,
        "scheduled",
        {"scheduled_start": (work.scheduled_start, day), "ground": (None, ground.value)},
    )
    work.scheduled_start = work.scheduled_end = day


@use_case(RECEIVE_EVENTS)
async def receive_entry_answer(tx: Tx, command: ReceiveEntryAnswer) -> None:
    """Keep an answer to a request that stands; an older one, or one to a request given up, is let go.

    Work whose ground for entry is gone with it isn't scheduled any more. Raises NotTheSenders,
    AnswerIncomplete.
    """
    known = await tx.session.get(EntryRequest, command.request_id)
    if known is not None:
        require_sender(command.sender, known.party)
    if (command.answer is Answer.NOTICE_GIVEN and command.entry_from is None) or (
        command.answer is Answer.REFUSED and command.refusal is None
    ):
        raise AnswerIncomplete
    if known is None:
        return
    work = await _locked(tx, known.work_id, None)
    request = await tx.session.get(
        EntryRequest, command.request_id, with_for_update=True, populate_existing=True
    )
    if request is None or request.status is EntryStatus.WITHDRAWN or command.number <= request.answer_number:
        return
    request.status = _STATUS[command.answer]
    request.answer_number = command.number
    request.answered_at = command.answered_at
    request.entry_from = command.entry_from if command.answer is Answer.NOTICE_GIVEN else None
    request.refusal = command.refusal if command.answer is Answer.REFUSED else None
    tx.touched("maintenance_work", work.id, f"entry_{request.status.value}")
    if work.scheduled_start is not None and not work.completed and request.ends_at > tx.now:
        try:
            await _decide(tx, work.unit_id, request, occupant_agreed=work.agreed_on is not None)
        except DomainError:
            # The ground on which it was scheduled is gone: the keeper sees the answer, and asks again.
            _unschedule(tx, work)


async def update_entries(tx: Tx, unit_id: UUID) -> None:
    """Withdraw the requests for a home in which nobody lives any more; the caller holds its lock."""
    for request in await _open_requests(tx, unit_id):
        _give_up(tx, request, Withdrawal.NOBODY_LIVES_THERE)


async def ask_another(tx: Tx, unit_id: UUID) -> None:
    """Withdraw the requests for a home from whoever no longer gives the notices there.

    The caller holds its lock. The work isn't scheduled any more: whoever does is to be asked first.
    """
    party = await notice_due(tx, unit_id)
    for request in await _open_requests(tx, unit_id):
        if request.party != party:
            _unschedule(tx, await _locked(tx, request.work_id, None))
            _give_up(tx, request, Withdrawal.NO_LONGER_NEEDED)


async def _open_requests(tx: Tx, unit_id: UUID) -> Sequence[EntryRequest]:
    open_ones = (
        select(EntryRequest)
        .where(EntryRequest.unit_id == unit_id, EntryRequest.status != EntryStatus.WITHDRAWN)
        .order_by(EntryRequest.id)
        .with_for_update()
    )
    return (await tx.session.scalars(open_ones)).all()


async def ask_first(tx: Tx, unit_id: UUID) -> None:
    """Take work off its coming days in a home into which somebody has moved: entry is to be asked for first.

    The caller holds the home's lock.
    """
    if await notice_due(tx, unit_id) is None:
        return
    work = MaintenanceWork
    planned = (
        select(work)
        .where(work.unit_id == unit_id, work.needs_entry, ~work.completed)
        .where(func.coalesce(work.scheduled_end, work.scheduled_start) >= tx.today)
        .order_by(work.id)
        .with_for_update()
    )
    for one in (await tx.session.scalars(planned)).all():
        _unschedule(tx, one)


async def give_up_entry(tx: Tx, work_id: UUID, reason: Withdrawal) -> bool:
    """Give up the open request of a piece of work, and return whether there was one."""
    request = await _open_request(tx, work_id)
    if request is None:
        return False
    _give_up(tx, request, reason)
    # The next request of the same work must find this one given up.
    await tx.session.flush()
    return True


async def notice_due(tx: Tx | ReadTx, unit_id: UUID) -> str | None:
    """Return the property entity that gives the notices of a home in which somebody lives; else None.

    A third-party landlord gives its own.
    """
    found = (
        await tx.execute(
            select(Unit.occupancy, lived_in_under(Unit.id).label("party")).where(Unit.id == unit_id)
        )
    ).one_or_none()
    if found is None:
        raise NotFound(what="unit")
    return found.party if found.occupancy in LIVED_IN else None


async def require_entry(tx: Tx, work_id: UUID | None, unit_id: UUID, days: Days) -> None:
    """Return when work that needs entry may be scheduled for these days; `work_id` is None for new work.

    Raises EntryNotAsked, and what `decide` raises.
    """
    if await notice_due(tx, unit_id) is None:
        return
    request = await _open_request(tx, work_id) if work_id is not None else None
    if request is None or not fits(_asked(request), days.first, days.last, tx.runtime.time_zone):
        raise EntryNotAsked(field="scheduled_start")
    await _decide(tx, unit_id, request, occupant_agreed=days.occupant_agreed)


def _asked(request: EntryRequest) -> Asked:
    return Asked(
        request.status,
        request.starts_at,
        request.ends_at,
        request.asked_at,
        request.entry_from,
        request.refusal,
    )


async def _decide(tx: Tx, unit_id: UUID, request: EntryRequest, *, occupant_agreed: bool) -> Ground:
    return decide(
        _asked(request),
        lived_in=await notice_due(tx, unit_id) is not None,
        occupant_agreed=occupant_agreed,
        notice=timedelta(hours=getattr(tx.runtime.settings, "entry_notice_hours", NOTICE_HOURS)),
        now=tx.now,
    )


async def _locked(tx: Tx, work_id: UUID, version: int | None) -> MaintenanceWork:
    unit_id = await tx.scalar(select(MaintenanceWork.unit_id).where(MaintenanceWork.id == work_id))
    if unit_id is None:
        raise NotFound(what="work")
    await tx.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(read=True))
    work = await tx.session.get(MaintenanceWork, work_id, with_for_update=True)
    if work is None:
        raise NotFound(what="work")
    if version is not None:
        if work.version != version:
            raise EditedMeanwhile(current=work.version, difference={})
        # What is asked and answered is part of the record that was read.
        flag_modified(work, "needs_entry")
    return work


async def _open_request(tx: Tx, work_id: UUID) -> EntryRequest | None:
    return (
        await tx.session.scalars(
            select(EntryRequest)
            .where(EntryRequest.work_id == work_id, EntryRequest.status != EntryStatus.WITHDRAWN)
            .with_for_update()
        )
    ).one_or_none()


def _give_up(tx: Tx, request: EntryRequest, reason: Withdrawal) -> None:
    request.status = EntryStatus.WITHDRAWN
    request.withdrawal = reason
    request.withdrawn_at = tx.now
    request.entry_from = None
    request.refusal = None
    tx.touched("maintenance_work", request.work_id, "entry_withdrawn", {"reason": (None, reason.value)})
    tx.publish(EntryWithdrawn(request.id, request.unit_id, reason, request.party))


def _unschedule(tx: Tx, work: MaintenanceWork) -> None:
    if work.scheduled_start is None and work.scheduled_end is None:
        return
    tx.touched("maintenance_work", work.id, "unscheduled", {"scheduled_start": (work.scheduled_start, None)})
    work.scheduled_start = work.scheduled_end = None
