"""Lists through the API."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created
from support_svc.lookups.commands import (
    AddLookupValue,
    CaseworkerFields,
    ChangedLookupValue,
    ChangeLookupValue,
    ListCaseworker,
    NewLookupValue,
    StaffReference,
    add_lookup_value,
    change_lookup_value,
    list_caseworker,
)
from support_svc.lookups.queries import CaseworkerView, ValueView, caseworkers, values_of

router = ApiRouter(tags=["lists"])


@router.get("/lookups/{kind}")
async def read_list(call: Call, kind: str, retired: Annotated[bool, Query()] = False) -> list[ValueView]:
    """The values of a list, in order."""
    (values,) = (await call.ask(values_of, kind, retired=retired)).values()
    return list(values)


@router.post("/lookups/{kind}", status_code=201)
async def add_value(call: Call, kind: str, body: NewLookupValue) -> Created:
    """Add a value to a list."""
    return Created(id=await call.perform(add_lookup_value, AddLookupValue(list=kind, **dict(body))))


@router.put("/lookups/values/{value_id}", status_code=204)
async def edit_value(call: Call, value_id: UUID, body: ChangedLookupValue) -> None:
    """Relabel, move, retire or bring back a value."""
    await call.perform(change_lookup_value, ChangeLookupValue(value_id=value_id, **dict(body)))


@router.get("/caseworkers")
async def read_caseworkers(call: Call, everybody: Annotated[bool, Query()] = False) -> list[CaseworkerView]:
    """Who can be named as caseworker; with `everybody` also those who can't any more."""
    return await call.ask(caseworkers, everybody=everybody)


@router.put("/caseworkers/{subject}", status_code=204)
async def put_caseworker(call: Call, subject: StaffReference, body: CaseworkerFields) -> None:
    """Take a colleague off the list of caseworkers, or put him or her on it again."""
    await call.perform(list_caseworker, ListCaseworker(subject=subject, **dict(body)))
