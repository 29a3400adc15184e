"""Look-up lists over HTTP: /api/units/v1/lookups."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.http import ApiRouter, Call, command_of
from chassis.lookups import declared
from units_svc.lookups import commands, queries

router = ApiRouter(prefix="/lookups", tags=["look-up lists"])


@dataclass(frozen=True, slots=True)
class AddedValue:
    """The id of the new value."""

    id: UUID


class EditedValue(commands.LabelledValue):
    """A value with the version that was read."""

    version: int
    active: bool = True


@router.get("/{kind}")
async def read_list(call: Call, kind: str) -> list[queries.ValueView]:
    """The values of a list in their order, retired ones included."""
    return list((await call.ask(queries.lookup_lists)).values[declared(call.runtime, kind)])


@router.post("/{kind}", status_code=201)
async def add_value(call: Call, kind: str, body: commands.LabelledValue) -> AddedValue:
    """Add a value to a list."""
    return AddedValue(await call.perform(commands.add_value, command_of(commands.AddValue, body, list=kind)))


@router.put("/values/{value_id}", status_code=204)
async def edit_value(call: Call, value_id: UUID, body: EditedValue) -> None:
    """Correct or retire a value."""
    await call.perform(commands.edit_value, command_of(commands.EditValue, body, value_id=value_id))
