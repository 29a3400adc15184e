"""Housing Units on the inventory desk: the list, the record's tabs, adding and correcting (U1, U2, U3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.errors import InvalidInput
from deskkit.call import DeskCall, PageCall
from deskkit.csv_files import csv_stream
from deskkit.forms import Form
from deskkit.i18n import N_
from deskkit.router import DeskRouter
from trade.listings import grouped
from units_svc.inventory import commands, queries, rents
from units_svc.inventory.facts import FACTS
from units_svc.inventory.feature import (
    EDIT_UNITS,
    HOUSING_TYPE,
    REGION,
    SERVICE_PROVIDER,
    STATUS,
    UNIT_FEATURE,
)
from units_svc.inventory.provinces import provinces
from units_svc.inventory.searching import Order, UnitFilter
from units_svc.inventory.table import CSV_HEADER, csv_rows
from units_svc.landlords.model import ManagedBy
from units_svc.landlords.queries import landlord_choices
from units_svc.lookups.queries import Lists, lookup_lists
from units_svc.panels import edits_in_words, titles

router = DeskRouter(prefix="/inventory-desk/units")

_LISTS = {
    "housing_types": HOUSING_TYPE,
    "statuses": STATUS,
    "features": UNIT_FEATURE,
    "regions": REGION,
    "service_providers": SERVICE_PROVIDER,
}


def _sought(call: PageCall) -> Form[UnitFilter]:
    # The banner's search and the filter's address field are the same question.
    return call.sought(UnitFilter, names={"q": "text"})


def _order_of(call: PageCall) -> Order:
    try:
        return Order(call.request.query_params.get("sort", Order.ADDRESS.value))
    except ValueError:
        return Order.ADDRESS


async def choices(call: PageCall, lists: Lists, keep: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what can be chosen in the fields of a home, in the person's language, today's values too."""
    current = keep or {}
    single = {
        "housing_types": "housing_type",
        "statuses": "status",
        "regions": "region",
        "service_providers": "service_provider",
    }
    found: dict[str, Any] = {
        name: lists.options(
            kind,
            call.locale,
            keep=current.get("features", ())
            if name == "features"
            else filter(None, [current.get(single.get(name, ""))]),
        )
        for name, kind in _LISTS.items()
    }
    for name in ("housing_types", "features"):
        pairs, groups = [(code, (code, words)) for code, words in found[name]], _LISTS[name].groups
        found[f"grouped_{name}"] = [(call._(words), members) for words, members in grouped(pairs, groups)]
    found["landlords"] = await call.ask(landlord_choices, current.get("landlord_id"))
    return found


@router.get("", name="units")
async def unit_list(call: DeskCall) -> Response:
    """Housing Units: filters in the address, sorted, page by page (U1)."""
    form, order, query = _sought(call), _order_of(call), call.request.query_params
    wanted = form.command
    try:
        page = await call.ask(
            queries.unit_list, wanted, order=order, after=query.get("after"), before=query.get("before")
        )
    except InvalidInput:
        page = await call.ask(queries.unit_list, wanted, order=order)
    lists = await call.ask(lookup_lists)
    return call.page(
        "inventory/list.html",
        page=page,
        form=form,
        wanted=wanted,
        order=order.value,
        lists=lists,
        choices=await choices(call, lists, {"landlord_id": wanted.landlord_id}),
    )


@router.get("/export.csv", name="units_export")
async def export(call: DeskCall) -> Response:
    """The list as CSV, however long it is (U1)."""
    found = await queries.all_units(call.ask, _sought(call).command)
    return csv_stream("units.csv", CSV_HEADER, csv_rows(found, call.party_name))


@router.get("/new", name="unit_new")
async def new_unit(call: DeskCall) -> Response:
    """The form for a new home."""
    initial = {"country": "CA", "province": "ON", "status_observed_on": call.today, "status": "not_inspected"}
    form = await call.form(commands.AddUnit, initial=initial)
    return await _form(call, "inventory/new.html", form)


@router.post("/new", name="unit_add")
async def add_unit(call: DeskCall) -> Response:
    """Add a home."""
    form = await call.form(commands.AddUnit)
    if done := await call.carry_out(form, commands.add_unit):
        return call.redirect("unit", unit_id=done.result, notice=call._("The unit was added and is listed."))
    return await _form(call, "inventory/new.html", form, status=422)


@router.get("/{unit_id}", name="unit")
async def address_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The Address tab of a home (U2)."""
    return await _record(call, "inventory/address.html", unit_id)


@router.get("/{unit_id}/details", name="unit_details")
async def details_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The Details tab of a home (U3)."""
    return await _record(call, "inventory/details.html", unit_id)


@router.get("/{unit_id}/history", name="unit_history")
async def history_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The History tab of a home: conditions, rents, occupancy with causes, edits (U3, U4, X3)."""
    history = await call.ask(queries.unit_history, unit_id)
    lists = await call.ask(lookup_lists)
    edits = edits_in_words(
        call, history.edits, _FIELD_NAMES, words=_worded_by(call, lists), named_only=_NAMED_ONLY
    )
    return await _record(
        call, "inventory/history.html", unit_id, history=history, edits=edits, today=call.today
    )


@router.get("/{unit_id}/address/edit", name="unit_edit_address")
async def edit_address_form(call: DeskCall, unit_id: UUID) -> Response:
    """The form to correct where a home is."""
    unit = await call.ask(queries.unit_record, unit_id)
    form = await call.form(commands.EditAddress, initial=unit)
    return await _form(call, "inventory/edit_address.html", form, unit=unit)


@router.post("/{unit_id}/address/edit", name="unit_save_address")
async def edit_address(call: DeskCall, unit_id: UUID) -> Response:
    """Correct where a home is (X4)."""
    form = await call.form(commands.EditAddress, fixed={"unit_id": unit_id})
    if await call.carry_out(form, commands.edit_address):
        return call.redirect("unit", unit_id=unit_id, notice=call._("Saved."))
    unit = await call.ask(queries.unit_record, unit_id)
    return await _form(call, "inventory/edit_address.html", form, unit=unit, status=422)


@router.get("/{unit_id}/details/edit", name="unit_edit_details")
async def edit_details_form(call: DeskCall, unit_id: UUID) -> Response:
    """The form to correct what is known of a home."""
    unit = await call.ask(queries.unit_record, unit_id)
    form = await call.form(commands.EditDetails, initial=unit)
    return await _form(call, "inventory/edit_details.html", form, unit=unit)


@router.post("/{unit_id}/details/edit", name="unit_save_details")
async def edit_details(call: DeskCall, unit_id: UUID) -> Response:
    """Correct what is known of a home (X4)."""
    form = await call.form(commands.EditDetails, fixed={"unit_id": unit_id})
    if await call.carry_out(form, commands.edit_details):
        return call.redirect("unit_details", unit_id=unit_id, notice=call._("Saved."))
    unit = await call.ask(queries.unit_record, unit_id)
    return await _form(call, "inventory/edit_details.html", form, unit=unit, status=422)


@router.get("/{unit_id}/status", name="unit_observe_status")
async def status_form(call: DeskCall, unit_id: UUID) -> Response:
    """The form for a condition that was seen."""
    unit = await call.ask(queries.unit_record, unit_id)
    form = await call.form(commands.ObserveStatus, initial={"status": unit.status, "observed_on": call.today})
    return await _form(call, "inventory/status.html", form, unit=unit)


@router.post("/{unit_id}/status", name="unit_save_status")
async def observe_status(call: DeskCall, unit_id: UUID) -> Response:
    """Record a condition that was seen (U3)."""
    form = await call.form(commands.ObserveStatus, fixed={"unit_id": unit_id})
    if await call.carry_out(form, commands.observe_status):
        return call.redirect("unit_details", unit_id=unit_id, notice=call._("Saved."))
    unit = await call.ask(queries.unit_record, unit_id)
    return await _form(call, "inventory/status.html", form, unit=unit, status=422)


@router.get("/{unit_id}/rent", name="unit_change_rent")
async def rent_form(call: DeskCall, unit_id: UUID) -> Response:
    """The form for a rent from a day on."""
    unit = await call.ask(queries.unit_record, unit_id)
    initial = {"amount": unit.rent_amount, "currency": unit.rent_currency, "begins_on": call.today}
    form = await call.form(rents.ChangeRent, initial=initial)
    return await _form(call, "inventory/rent.html", form, unit=unit)


@router.post("/{unit_id}/rent", name="unit_save_rent")
async def change_rent(call: DeskCall, unit_id: UUID) -> Response:
    """Record a rent from a day on (U3)."""
    form = await call.form(rents.ChangeRent, fixed={"unit_id": unit_id})
    if await call.carry_out(form, rents.change_rent):
        return call.redirect("unit_details", unit_id=unit_id, notice=call._("Saved."))
    unit = await call.ask(queries.unit_record, unit_id)
    return await _form(call, "inventory/rent.html", form, unit=unit, status=422)


@router.get("/{unit_id}/rents/{rent_id}/correct", name="unit_correct_rent")
async def correct_rent_form(call: DeskCall, unit_id: UUID, rent_id: UUID) -> Response:
    """The form for the right amount of a rent that was mistyped."""
    rent = await call.ask(queries.rent_of_unit, unit_id, rent_id)
    form = await call.form(rents.CorrectRent, initial={"amount": rent.amount, "currency": rent.currency})
    return await _rent_page(call, "inventory/rent_correct.html", unit_id, rent_id, form)


@router.post("/{unit_id}/rents/{rent_id}/correct", name="unit_save_correct_rent")
async def correct_rent(call: DeskCall, unit_id: UUID, rent_id: UUID) -> Response:
    """Correct a rent on its day, with the reason (U3)."""
    form = await call.form(rents.CorrectRent, fixed={"unit_id": unit_id, "rent_id": rent_id})
    if await call.carry_out(form, rents.correct_rent):
        return call.redirect("unit_history", unit_id=unit_id, notice=call._("The rent is corrected."))
    return await _rent_page(call, "inventory/rent_correct.html", unit_id, rent_id, form, status=422)


@router.get("/{unit_id}/rents/{rent_id}/cancel", name="unit_cancel_rent")
async def cancel_rent_form(call: DeskCall, unit_id: UUID, rent_id: UUID) -> Response:
    """What giving up a rent that hasn't begun means."""
    return await _rent_page(
        call, "inventory/rent_cancel.html", unit_id, rent_id, await call.form(rents.CancelRent)
    )


@router.post("/{unit_id}/rents/{rent_id}/cancel", name="unit_save_cancel_rent")
async def cancel_rent(call: DeskCall, unit_id: UUID, rent_id: UUID) -> Response:
    """Give up a rent that hasn't begun, with the reason (U3)."""
    form = await call.form(rents.CancelRent, fixed={"unit_id": unit_id, "rent_id": rent_id})
    if await call.carry_out(form, rents.cancel_rent):
        return call.redirect("unit_history", unit_id=unit_id, notice=call._("The rent is cancelled."))
    return await _rent_page(call, "inventory/rent_cancel.html", unit_id, rent_id, form, status=422)


async def _rent_page(
    call: PageCall, template: str, unit_id: UUID, rent_id: UUID, form: Any, *, status: int = 200
) -> Response:
    return call.page(
        template,
        unit=await call.ask(queries.unit_record, unit_id),
        rent=await call.ask(queries.rent_of_unit, unit_id, rent_id),
        form=form,
        status=status,
    )


_NAMED_ONLY = frozenset({"landlord_id", "features", "comments"})
"""Fields whose stored values mean nothing to people, or are too long for a line."""


_FIELD_NAMES = titles(commands.AddUnit, commands.EditAddress, rents.CancelRent) | {
    "active": "Listed",
    "manager": "Property entity",
}
_LIST_OF = {
    "housing_type": HOUSING_TYPE,
    "status": STATUS,
    "region": REGION,
    "service_provider": SERVICE_PROVIDER,
}


_MANAGERS = {
    ManagedBy.PROPERTY_ENTITY: N_("A property entity"),
    ManagedBy.THIRD_PARTY: N_("A third party"),
    ManagedBy.NOT_KNOWN: N_("Not known: no landlord is recorded"),
}


def _worded_by(call: PageCall, lists: Lists) -> Callable[[str, Any], str]:
    def worded(name: str, value: Any) -> str:
        if name in {"rent", "rent_amount"}:
            return call.formats.money(Decimal(str(value)))
        if name == "managed_by":
            return call._(_MANAGERS[ManagedBy(value)])
        if name == "manager":
            return call.party_name(value)
        return str(lists.label(_LIST_OF[name], value, call.locale)) if name in _LIST_OF else str(value)

    return worded


_STILL_OFFERED = ("housing_type", "status", "region", "features", "service_provider", "landlord_id")
"""Fields whose value can be chosen again although it has been retired since."""


async def _form(
    call: PageCall, template: str, form: Any, *, unit: queries.UnitRecord | None = None, status: int = 200
) -> Response:
    lists = await call.ask(lookup_lists)
    current: dict[str, Any] = {}
    if unit is not None:
        current = {name: getattr(unit, name) for name in _STILL_OFFERED}
    offered = await choices(call, lists, current) | {"provinces": provinces(call._)}
    return call.page(template, form=form, unit=unit, facts=FACTS, choices=offered, lists=lists, status=status)


async def _record(call: PageCall, template: str, unit_id: UUID, **more: Any) -> Response:
    return call.page(
        template,
        unit=await call.ask(queries.unit_record, unit_id),
        lists=await call.ask(lookup_lists),
        kinds=_LIST_OF | {"feature": UNIT_FEATURE},
        facts=FACTS,
        may_edit=call.may(EDIT_UNITS),
        **more,
    )
