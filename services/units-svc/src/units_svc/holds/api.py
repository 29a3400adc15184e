"""Holds and the use of homes over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from chassis.http import After, ApiRouter, Call, Limit, command_of
from chassis.paging import PAGE, CountedPage
from units_svc.entities import PartyId
from units_svc.holds import commands, queries, use
from units_svc.landlords.model import ManagedBy

router = ApiRouter(tags=["holds"])


class EndedHold(BaseModel):
    """Why a hold is ended, with the version that was read."""

    version: int
    remark: str


class ProlongedHold(BaseModel):
    """Until when a hold is to last, with the version that was read."""

    version: int
    last_day: date


class BegunUse(BaseModel):
    """What makes a home not free."""

    kind: use.UseBegan
    began_on: date
    free_from: date | None = None
    remark: str | None = None


class EndedUse(BaseModel):
    """The last day of a use."""

    last_day: date


class CorrectedManager(BaseModel):
    """Who manages a home for those who hold it or live there, and why that is corrected."""

    managed_by: ManagedBy
    manager: PartyId | None = None
    reason: str


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """When a hold lapses now."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class AddedUse:
    """The id of the occupation."""

    id: UUID


@router.get("/holds")
async def list_holds(
    call: Call,
    ending_within_days: Annotated[int | None, Query(ge=0, le=365)] = None,
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[queries.HoldView]:
    """Holds that stand, those that end first at the top; page by page (U9)."""
    return await call.ask(
        queries.active_holds, ending_within_days=ending_within_days, after=after, limit=limit
    )


@router.get("/holds/{request_id}")
async def read_hold(call: Call, request_id: UUID) -> queries.HoldView:
    """One request and what became of it (U9)."""
    return await call.ask(queries.hold_record, request_id)


@router.post("/holds/{request_id}/release", status_code=204)
async def release_hold(call: Call, request_id: UUID, body: EndedHold) -> None:
    """End a hold before its deadline (U9)."""
    await call.perform(commands.release_hold, command_of(commands.ReleaseHold, body, request_id=request_id))


@router.post("/holds/{request_id}/deadline")
async def prolong_hold(call: Call, request_id: UUID, body: ProlongedHold) -> NewDeadline:
    """Give a hold more time (U9)."""
    command = command_of(commands.ProlongHold, body, request_id=request_id)
    return NewDeadline(await call.perform(commands.prolong_hold, command))


@router.get("/units/{unit_id}/uses")
async def read_use(call: Call, unit_id: UUID) -> queries.UseOfUnit:
    """Holds and occupations of a home, newest first (U4, U9)."""
    return await call.ask(queries.use_of_unit, unit_id)


@router.post("/units/{unit_id}/uses", status_code=201)
async def record_use(call: Call, unit_id: UUID, body: BegunUse) -> AddedUse:
    """Record that somebody else lives in a home, or that it can't be used (U4)."""
    command = command_of(use.RecordUse, body, unit_id=unit_id)
    return AddedUse(await call.perform(use.record_use, command))


@router.post("/units/{unit_id}/uses/{occupation_id}/end", status_code=204)
async def end_use(call: Call, unit_id: UUID, occupation_id: UUID, body: EndedUse) -> None:
    """End a use that staff recorded (U4)."""
    command = use.EndUse(unit_id=unit_id, occupation_id=occupation_id, last_day=body.last_day)
    await call.perform(use.end_use, command)


@router.put("/units/{unit_id}/manager", status_code=204)
async def correct_manager(call: Call, unit_id: UUID, body: CorrectedManager) -> None:
    """Correct who manages a home for those who hold it or live there (U4, U9)."""
    await call.perform(commands.correct_manager, command_of(commands.CorrectManager, body, unit_id=unit_id))


@router.post("/units/{unit_id}/withdrawal", status_code=204)
async def withdraw_unit(call: Call, unit_id: UUID) -> None:
    """Take a home off the list (U3)."""
    await call.perform(use.withdraw_unit, use.ChangeListing(unit_id=unit_id))


@router.delete("/units/{unit_id}/withdrawal", status_code=204)
async def list_unit_again(call: Call, unit_id: UUID) -> None:
    """Put a home back on the list (U3)."""
    await call.perform(use.list_unit_again, use.ChangeListing(unit_id=unit_id))
