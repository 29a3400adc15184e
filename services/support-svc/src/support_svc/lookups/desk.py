"""The lists on the Front Desk, maintained by an administrator (✎)."""

from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.feature import LookupList
from chassis.lookups import declared, declared_lists
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.lookups.commands import (
    AddLookupValue,
    ChangeLookupValue,
    ListCaseworker,
    StaffReference,
    add_lookup_value,
    change_lookup_value,
    list_caseworker,
)
from support_svc.lookups.queries import ValueView, caseworkers, lookup_value, values_of
from trade.listings import grouped

router = DeskRouter(prefix="/front-desk/lists")


async def choices(call: PageCall, *lists: LookupList) -> dict[str, list[Any]]:
    """The values of lists as options of a form, in the person's language and under their headings."""
    found = await call.ask(values_of, *lists)
    options: dict[str, list[Any]] = {}
    for name, values in found.items():
        pairs = [(value.code, (str(value.id), value.label(call.locale))) for value in values]
        options[name] = (
            [(call._(words), members) for words, members in grouped(pairs, name.groups)]
            if name.groups
            else [pair for _, pair in pairs]
        )
    return options


async def colleagues(
    call: PageCall, *, everybody: bool = False, including: str = ""
) -> list[tuple[str, str]]:
    """The caseworkers as options of a form."""
    found = await call.ask(caseworkers, everybody=everybody, including=including)
    return [(one.subject, one.name) for one in found]


@router.get("", name="lookups")
async def page(call: DeskCall) -> Response:
    """Every list with its values."""
    return await _lists(call)


async def _lists(call: PageCall, status: int = 200, form: object = None) -> Response:
    return call.page(
        "lookups/lists.html",
        status=status,
        form=form,
        lists=await call.ask(values_of, *declared_lists(call.runtime), retired=True),
        people=await call.ask(caseworkers, everybody=True),
    )


@router.get("/{name}/new", name="lookup_new")
async def new(call: DeskCall, name: str) -> Response:
    """The form for a value."""
    kind = declared(call.runtime, name)
    form = await call.form(AddLookupValue, initial={"sort_order": 100})
    return call.page("lookups/new.html", form=form, kind=kind)


@router.post("/{name}/new")
async def post_new(call: DeskCall, name: str) -> Response:
    """Add a value to a list."""
    kind = declared(call.runtime, name)
    form = await call.form(AddLookupValue, fixed={"list": name})
    if await call.carry_out(form, add_lookup_value):
        return call.redirect("lookups", notice=call._("The value is added."))
    return call.page("lookups/new.html", status=422, form=form, kind=kind)


@router.get("/values/{value_id}", name="lookup_edit")
async def edit(call: DeskCall, value_id: UUID) -> Response:
    """The form to change a value."""
    value = await call.ask(lookup_value, value_id)
    return _edit(call, await call.form(ChangeLookupValue, initial=value), value)


@router.post("/values/{value_id}")
async def post_edit(call: DeskCall, value_id: UUID) -> Response:
    """Change a value."""
    form = await call.form(ChangeLookupValue, fixed={"value_id": value_id})
    if await call.carry_out(form, change_lookup_value):
        return call.redirect("lookups", notice=call._("The changes are saved."))
    value = await call.ask(lookup_value, value_id)
    return _edit(call, form, value, status=422)


def _edit(call: PageCall, form: Any, value: ValueView, status: int = 200) -> Response:
    kind = declared(call.runtime, value.list)
    return call.page("lookups/edit.html", status=status, form=form, value=value, kind=kind)


@router.post("/caseworkers/{subject}", name="caseworker_listed")
async def post_caseworker(call: DeskCall, subject: StaffReference) -> Response:
    """Retire a caseworker, or bring one back."""
    form = await call.form(ListCaseworker, fixed={"subject": subject})
    if await call.carry_out(form, list_caseworker):
        return call.redirect("lookups", notice=call._("The list of caseworkers is changed."))
    return await _lists(call, status=422, form=form)
