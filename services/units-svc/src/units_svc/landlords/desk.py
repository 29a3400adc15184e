"""Landlords on the inventory desk (U6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from deskkit.call import DeskCall, PageCall
from deskkit.i18n import N_
from deskkit.router import DeskRouter
from units_svc.landlords import commands, queries
from units_svc.landlords.feature import EDIT_LANDLORDS
from units_svc.landlords.model import Relation
from units_svc.panels import edits_in_words, entity_choices, titles

router = DeskRouter(prefix="/inventory-desk/landlords")


class LandlordFilter(BaseModel):
    """What the list of landlords is narrowed by."""

    model_config = ConfigDict(frozen=True)

    words: str = Field(default="", max_length=120, title="Name")
    relation: Relation | None = Field(default=None, title="Relation to the property entity")


@router.get("", name="landlords")
async def landlord_list(call: DeskCall, after: str | None = None) -> Response:
    """Landlords by name."""
    form = call.sought(LandlordFilter)
    wanted = form.command
    page = await call.ask(queries.landlord_list, words=wanted.words, relation=wanted.relation, after=after)
    return call.page("landlords/list.html", page=page, form=form, after=after)


@router.get("/new", name="landlord_new")
async def new_landlord(call: DeskCall) -> Response:
    """The form for a new landlord."""
    form = await call.form(commands.AddLandlord, initial={"kind": "organisation", "relation": "third_party"})
    return call.page("landlords/new.html", form=form, entities=entity_choices(call))


@router.post("/new", name="landlord_add")
async def add_landlord(call: DeskCall) -> Response:
    """Add a landlord."""
    form = await call.form(commands.AddLandlord)
    if done := await call.carry_out(form, commands.add_landlord):
        return call.redirect("landlord", landlord_id=done.result, notice=call._("The landlord was added."))
    return call.page("landlords/new.html", form=form, entities=entity_choices(call), status=422)


@router.get("/{landlord_id}", name="landlord")
async def landlord(call: DeskCall, landlord_id: UUID) -> Response:
    """One landlord with contacts, and who changed what (X3)."""
    edits = await call.ask(queries.landlord_history, landlord_id)
    return call.page(
        "landlords/record.html",
        landlord=await call.ask(queries.landlord_record, landlord_id),
        edits=edits_in_words(
            call, edits, titles(commands.EditLandlord), words=_worded_by(call), named_only=_NAMED_ONLY
        ),
        may_edit=call.may(EDIT_LANDLORDS),
    )


_NAMED_ONLY = frozenset({"comments", "contacts"})
_WORDS = {
    ("kind", "organisation"): N_("Organisation"),
    ("kind", "person"): N_("Person"),
    ("relation", "property_entity"): N_("The property entity itself"),
    ("relation", "managing_agent"): N_("Its managing agent"),
    ("relation", "third_party"): N_("A third party"),
}


def _worded_by(call: PageCall) -> Callable[[str, Any], str]:
    def worded(name: str, value: Any) -> str:
        if name == "party":
            return call.party_name(value)
        return call._(_WORDS[name, value]) if (name, value) in _WORDS else str(value)

    return worded


@router.get("/{landlord_id}/edit", name="landlord_edit")
async def edit_form(call: DeskCall, landlord_id: UUID) -> Response:
    """The form to correct a landlord."""
    found = await call.ask(queries.landlord_record, landlord_id)
    form = await call.form(commands.EditLandlord, initial=found)
    entities = entity_choices(call, [found.party])
    return call.page("landlords/edit.html", form=form, landlord=found, entities=entities)


@router.post("/{landlord_id}/edit", name="landlord_save")
async def edit_landlord(call: DeskCall, landlord_id: UUID) -> Response:
    """Correct a landlord (X4)."""
    form = await call.form(commands.EditLandlord, fixed={"landlord_id": landlord_id})
    if await call.carry_out(form, commands.edit_landlord):
        return call.redirect("landlord", landlord_id=landlord_id, notice=call._("Saved."))
    found = await call.ask(queries.landlord_record, landlord_id)
    entities = entity_choices(call, [found.party])
    return call.page("landlords/edit.html", form=form, landlord=found, entities=entities, status=422)
