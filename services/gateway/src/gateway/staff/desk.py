"""Pages of staff administration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi.responses import Response
from pydantic import BaseModel, Field

from chassis.perform import perform
from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from gateway.organisation import organisation_of
from gateway.staff import commands, queries
from gateway.staff.passwords import hash_password, make_password
from trade.contact import Name

router = DeskRouter(prefix="/staff")
PAGE = 50


class NewStaff(BaseModel):
    """The fields of the page; the gateway generates the password."""

    email: commands.SignInAddress = Field(title="E-mail address")
    name: Name = Field(title="Name")
    roles: list[str] = Field(min_length=1, title="Roles")
    locale: commands.Locale = Field(default="en", title="Language")
    works_for_no_other: bool = Field(default=False, title="Works for nobody on the other side")


@router.get("", name="staff")
async def everybody(call: DeskCall, q: str = "", after: str = "", unattested: bool = False) -> Response:
    """List the people of this organisation, or those whom nobody has confirmed (W10)."""
    found = await call.ask(queries.everybody, q, after, PAGE, unattested=unattested)
    following = found[PAGE - 1].email if len(found) > PAGE else None
    return call.page(
        "staff/list.html",
        staff=found[:PAGE],
        q=q,
        following=following,
        **_words(call),
        after=after,
        unattested=unattested,
        unattested_count=await call.ask(queries.unattested_count),
    )


@router.get("/add", name="staff.add")
async def add_page(call: DeskCall) -> Response:
    """Show the form to add a person."""
    await call.ask(queries.everybody, "", "", 1)  # refuses those who may not manage staff
    form = await call.form(NewStaff, initial={"locale": call.locale})
    return call.page("staff/add.html", form=form, **_words(call))


@router.post("/add", name="staff.add_sent")
async def add(call: DeskCall) -> Response:
    """Add a person, and show their first password once."""
    form = await call.form(NewStaff)

    async def added(new: NewStaff) -> tuple[UUID, str]:
        password = make_password()
        command = commands.AddStaff(**new.model_dump(), password_hash=await hash_password(password))
        return (await perform(call.runtime, call.actor, commands.add_staff, command)).staff_id, password

    if done := await form.attempt(added):
        staff_id, password = done.result
        name = form.command.name
        return call.page("staff/password.html", name=name, password=password, staff_id=staff_id)
    return call.page("staff/add.html", form=form, **_words(call), status=422)


@router.get("/{staff_id}", name="staff.member")
async def member(call: DeskCall, staff_id: UUID) -> Response:
    """Show one person."""
    view = await call.ask(queries.staff_member, staff_id)
    return call.page("staff/record.html", member=view, **_words(call))


@router.get("/{staff_id}/change", name="staff.change")
async def change_page(call: DeskCall, staff_id: UUID) -> Response:
    """Change name, roles, language."""
    view = await call.ask(queries.staff_member, staff_id)
    form = await call.form(commands.ChangeStaff, initial=view)
    return call.page("staff/change.html", form=form, member=view, **_words(call))


@router.post("/{staff_id}/change", name="staff.change_sent")
async def change(call: DeskCall, staff_id: UUID) -> Response:
    """Change name, roles, language."""
    view = await call.ask(queries.staff_member, staff_id)
    form = await call.form(commands.ChangeStaff, fixed={"staff_id": staff_id})
    if await call.carry_out(form, commands.change_staff):
        return call.redirect("staff.member", staff_id=staff_id, notice=call._("Changes saved."))
    return call.page("staff/change.html", form=form, member=view, **_words(call), status=422)


@router.get("/{staff_id}/access", name="staff.access")
async def access_page(call: DeskCall, staff_id: UUID) -> Response:
    """Show what ending or restoring a person's access means, to confirm it."""
    view = await call.ask(queries.staff_member, staff_id)
    form = await call.form(commands.SetActive, fixed={"staff_id": staff_id})
    return call.page("staff/access.html", form=form, member=view, **_words(call))


@router.post("/{staff_id}/access", name="staff.access_sent")
async def access(call: DeskCall, staff_id: UUID) -> Response:
    """End a person's access, or restore it, whichever the page offered."""
    view = await call.ask(queries.staff_member, staff_id)
    form = await call.form(commands.SetActive, fixed={"staff_id": staff_id})
    if await call.carry_out(form, commands.set_active):
        done = call._("Access restored.") if form.command.active else call._("Access ended.")
        return call.redirect("staff.member", staff_id=staff_id, notice=done)
    return call.page("staff/access.html", form=form, member=view, **_words(call), status=422)


@router.post("/{staff_id}/password", name="staff.password")
async def reset_password(call: DeskCall, staff_id: UUID) -> Response:
    """Give a person a new first password, shown once."""
    view = await call.ask(queries.staff_member, staff_id)
    password = make_password()
    command = commands.SetPassword(
        staff_id=staff_id, password_hash=await hash_password(password), temporary=True
    )
    await perform(call.runtime, call.actor, commands.reset_password, command)
    return call.page("staff/password.html", name=view.name, password=password, staff_id=staff_id)


def _words(call: DeskCall) -> dict[str, Any]:
    """Return the organisation's roles and what is confirmed of each person, in the reader's language."""
    organisation = organisation_of(call.runtime)
    return {
        "roles": {role: call._(words) for role, words in organisation.roles.items()},
        "attestation": call._(organisation.works_for_no_other),
    }
