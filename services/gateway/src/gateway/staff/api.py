"""The API of staff administration."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from chassis.http.call import ApiRouter, Call
from chassis.perform import perform
from gateway.staff import commands, queries
from gateway.staff.passwords import hash_password, make_password
from gateway.staff.queries import StaffView
from trade.contact import Name

router = ApiRouter(prefix="/api/gateway/v1/staff", tags=["staff"])


class NewStaff(BaseModel):
    """A person to add."""

    email: commands.SignInAddress
    name: Name
    roles: list[str] = Field(min_length=1)
    locale: commands.Locale = "en"
    works_for_no_other: bool = False
    """Your confirmation that the person works for no organisation on the other side; required."""


class Added(BaseModel):
    """The person who was added, and a password that works once."""

    staff_id: UUID
    temporary_password: str


class Changes(BaseModel):
    """The new name, roles and language; `version` is the one that was read (X4)."""

    version: int
    name: Name
    roles: list[str] = Field(min_length=1)
    locale: commands.Locale = "en"
    works_for_no_other: bool = False
    """Your confirmation, required once for a person whom nobody has confirmed (`attested_at` is null)."""


class Active(BaseModel):
    """Whether a person may sign in; `works_for_no_other` as in a change."""

    active: bool
    works_for_no_other: bool = False


@router.get("")
async def list_staff(
    call: Call,
    text: str = "",
    after: str = "",
    most: Annotated[int, Query(ge=1, le=200)] = 50,
    unattested: bool = False,
) -> list[StaffView]:
    """Return people in the order of their addresses; `after` is the last address of the page before.

    `unattested` returns only those whom nobody has confirmed to work for nobody on the other side.
    """
    return (await call.ask(queries.everybody, text, after, most, unattested=unattested))[:most]


@router.post("", status_code=201)
async def add(call: Call, new: NewStaff) -> Added:
    """Add a person; the answer has a password that works once."""
    password = make_password()
    command = commands.AddStaff(**new.model_dump(), password_hash=await hash_password(password))
    # Without an idempotency key: the password isn't stored, so it couldn't be returned again.
    done = await perform(call.runtime, call.actor, commands.add_staff, command)
    return Added(staff_id=done.staff_id, temporary_password=password)


@router.get("/{staff_id}")
async def one(call: Call, staff_id: UUID) -> StaffView:
    """Return one person."""
    return await call.ask(queries.staff_member, staff_id)


@router.put("/{staff_id}")
async def change(call: Call, staff_id: UUID, changes: Changes) -> commands.StaffAdded:
    """Change name, roles and language."""
    command = commands.ChangeStaff(staff_id=staff_id, **changes.model_dump())
    return await call.perform(commands.change_staff, command)


@router.put("/{staff_id}/active")
async def set_active(call: Call, staff_id: UUID, wanted: Active) -> commands.StaffAdded:
    """End a person's access, or restore it."""
    return await call.perform(
        commands.set_active, commands.SetActive(staff_id=staff_id, **wanted.model_dump())
    )
