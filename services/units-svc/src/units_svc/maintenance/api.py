"""Work on homes and contractors over HTTP (U7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import ApiRouter, Call, command_of
from units_svc.edits import Edit
from units_svc.maintenance import commands, entry_requests, queries

router = ApiRouter(tags=["maintenance"])


@dataclass(frozen=True, slots=True)
class AddedWork:
    """The id of what was added."""

    id: UUID


class EditedWork(commands.Work):
    """Work with the version that was read."""

    version: int


class ReadVersion(BaseModel):
    """The version of the work that was read (X4)."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]


class EditedContractor(commands.ContractorDetails):
    """A contractor with the version that was read."""

    version: int
    active: bool = True


@router.get("/maintenance")
async def list_work(call: Call, filters: Annotated[queries.WorkFilter, Query()]) -> queries.WorkPage:
    """Work that a filter wants, newest first, with its cost in all (U7)."""
    return await call.ask(queries.work_list, filters)


@router.post("/maintenance", status_code=201)
async def add_work(call: Call, body: commands.AddWork) -> AddedWork:
    """Record work on a home (U7)."""
    return AddedWork(await call.perform(commands.add_work, body))


@router.get("/maintenance/{work_id}")
async def read_work(call: Call, work_id: UUID) -> queries.WorkView:
    """One piece of work (U7)."""
    return await call.ask(queries.work_record, work_id)


@router.put("/maintenance/{work_id}", status_code=204)
async def edit_work(call: Call, work_id: UUID, body: EditedWork) -> None:
    """Correct or complete a piece of work (U7, X4)."""
    await call.perform(commands.edit_work, command_of(commands.EditWork, body, work_id=work_id))


@router.get("/maintenance/{work_id}/entry")
async def list_entries(call: Call, work_id: UUID) -> list[queries.EntryView]:
    """Every window in which entry was asked for, with its answer, newest first (U7)."""
    return await call.ask(queries.entries_of, work_id)


@router.post("/maintenance/{work_id}/entry", status_code=201)
async def ask_entry(call: Call, work_id: UUID, body: entry_requests.EntryWindow) -> AddedWork:
    """Ask the property entity for entry to somebody's home; another window replaces this one (U7)."""
    command = command_of(entry_requests.AskEntry, body, work_id=work_id)
    return AddedWork(await call.perform(entry_requests.ask_entry, command))


@router.post("/maintenance/{work_id}/entry/withdrawal", status_code=204)
async def withdraw_entry(call: Call, work_id: UUID, body: ReadVersion) -> None:
    """Give up the window that was asked for (U7)."""
    command = entry_requests.WithdrawEntry(work_id=work_id, version=body.version)
    await call.perform(entry_requests.withdraw_entry, command)


@router.post("/maintenance/{work_id}/schedule", status_code=204)
async def schedule_work(call: Call, work_id: UUID, body: ReadVersion) -> None:
    """Schedule the work for the window, when the answer allows entry (U7)."""
    await call.perform(
        entry_requests.schedule_work, entry_requests.ScheduleWork(work_id=work_id, version=body.version)
    )


@router.get("/contractors")
async def list_contractors(call: Call) -> list[queries.ContractorView]:
    """Contractors by name (U7)."""
    return await call.ask(queries.contractor_list)


@router.get("/contractors/{contractor_id}/history")
async def read_contractor_history(call: Call, contractor_id: UUID) -> list[Edit]:
    """Who changed what of a contractor, newest first (X3)."""
    return await call.ask(queries.contractor_history, contractor_id)


@router.post("/contractors", status_code=201)
async def add_contractor(call: Call, body: commands.AddContractor) -> AddedWork:
    """Add a contractor (U7)."""
    return AddedWork(await call.perform(commands.add_contractor, body))


@router.put("/contractors/{contractor_id}", status_code=204)
async def edit_contractor(call: Call, contractor_id: UUID, body: EditedContractor) -> None:
    """Correct a contractor (U7, X4)."""
    command = command_of(commands.EditContractor, body, contractor_id=contractor_id)
    await call.perform(commands.edit_contractor, command)
