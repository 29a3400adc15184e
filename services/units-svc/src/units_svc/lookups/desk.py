"""Look-up lists on the inventory desk, for administrators (✎)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from chassis.feature import LookupList
from chassis.lookups import declared
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from units_svc.lookups import commands, queries
from units_svc.lookups.feature import EDIT_LOOKUPS

router = DeskRouter(prefix="/inventory-desk/lists")


@router.get("", name="lookups")
async def lists(call: DeskCall) -> Response:
    """All look-up lists."""
    return call.page("lookups/lists.html", lists=await call.ask(queries.lookup_lists))


@router.get("/{kind}", name="lookup")
async def one_list(call: DeskCall, kind: str) -> Response:
    """The values of one list."""
    found, one = await call.ask(queries.lookup_lists), declared(call.runtime, kind)
    return call.page(
        "lookups/list.html",
        kind=one,
        rows=found.values[one],
        may_edit=call.may(EDIT_LOOKUPS),
    )


@router.get("/{kind}/new", name="lookup_new")
async def new_value(call: DeskCall, kind: str) -> Response:
    """The form for a new value."""
    one = declared(call.runtime, kind)
    return _form(call, "lookups/new.html", await call.form(commands.AddValue), one)


@router.post("/{kind}/new", name="lookup_add")
async def add_value(call: DeskCall, kind: str) -> Response:
    """Add a value."""
    one = declared(call.runtime, kind)
    form = await call.form(commands.AddValue, fixed={"list": kind})
    if await call.carry_out(form, commands.add_value):
        return call.redirect("lookup", kind=kind, notice=call._("Saved."))
    return _form(call, "lookups/new.html", form, one, status=422)


@router.get("/{kind}/{value_id}", name="lookup_edit")
async def edit_form(call: DeskCall, kind: str, value_id: UUID) -> Response:
    """The form to correct or retire a value."""
    one = declared(call.runtime, kind)
    value = await _value(call, one, value_id)
    form = await call.form(commands.EditValue, initial=value)
    return _form(call, "lookups/edit.html", form, one, value=value)


@router.post("/{kind}/{value_id}", name="lookup_save")
async def edit_value(call: DeskCall, kind: str, value_id: UUID) -> Response:
    """Correct or retire a value."""
    one = declared(call.runtime, kind)
    form = await call.form(commands.EditValue, fixed={"value_id": value_id})
    if await call.carry_out(form, commands.edit_value):
        return call.redirect("lookup", kind=kind, notice=call._("Saved."))
    value = await _value(call, one, value_id)
    return _form(call, "lookups/edit.html", form, one, value=value, status=422)


async def _value(call: PageCall, kind: LookupList, value_id: UUID) -> queries.ValueView:
    found: queries.Lists = await call.ask(queries.lookup_lists)
    for value in found.values[kind]:
        if value.id == value_id:
            return value
    raise NotFound(what="value")


def _form(
    call: PageCall, template: str, form: Any, kind: LookupList, *, status: int = 200, **more: Any
) -> Response:
    return call.page(template, form=form, kind=kind, status=status, **more)
