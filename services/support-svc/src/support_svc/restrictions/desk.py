"""Restrictions on the Front Desk: that of a client, and the list for supervisors (C8)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.lookups.desk import colleagues
from support_svc.restrictions.commands import (
    EndNaming,
    LiftRestriction,
    NamePerson,
    RestrictClient,
    TakeOver,
    end_naming,
    lift_restriction,
    name_person,
    restrict_client,
    take_over,
)
from support_svc.restrictions.queries import RestrictionFilter, restrictions, restrictions_of

of_client = DeskRouter(prefix="/front-desk/clients/{client_id}/restriction")
existing = DeskRouter(prefix="/front-desk/restrictions")
routers = (of_client, existing)


@of_client.get("", name="client_restriction")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """The restriction of a client in force, who is named on it, and former ones."""
    return await _page(call, client_id)


async def _page(
    call: PageCall, client_id: UUID, problem: str | None = None, *, status: int = 200
) -> Response:
    person = await call.ask(client, client_id)
    found = await call.ask(restrictions_of, client_id)
    return call.page(
        "restrictions/of_client.html",
        status=status,
        person=person,
        now=next((one for one in found if one.lifted_at is None), None),
        former=[one for one in found if one.lifted_at is not None],
        problem=problem,
    )


@of_client.get("/new", name="restriction_new")
async def new(call: DeskCall, client_id: UUID) -> Response:
    """The form that restricts a client's record."""
    initial = {"people": [call.actor.subject]}
    return await _form(call, client_id, "new", await call.form(RestrictClient, initial=initial))


@of_client.post("/new")
async def post_new(call: DeskCall, client_id: UUID) -> Response:
    """Restrict a client's record."""
    form = await call.form(RestrictClient, fixed={"client_id": client_id})
    if await call.carry_out(form, restrict_client):
        notice = call._("The record is restricted.")
        if call.actor.subject in form.command.people:
            return call.redirect("client_restriction", client_id=client_id, notice=notice)
        return call.redirect("restrictions", notice=notice)
    return await _form(call, client_id, "new", form, status=422)


@of_client.get("/people", name="restriction_person")
async def person(call: DeskCall, client_id: UUID) -> Response:
    """The form that names another colleague."""
    return await _form(call, client_id, "person", await call.form(NamePerson))


@of_client.post("/people")
async def post_person(call: DeskCall, client_id: UUID) -> Response:
    """Name another colleague."""
    form = await call.form(NamePerson, fixed={"client_id": client_id})
    if await call.carry_out(form, name_person):
        return call.redirect(
            "client_restriction", client_id=client_id, notice=call._("The colleague sees the record now.")
        )
    return await _form(call, client_id, "person", form, status=422)


@of_client.post("/people/{person}/end", name="restriction_person_end")
async def post_end(call: DeskCall, client_id: UUID, person: str) -> Response:
    """Take a colleague off the restriction."""
    form = await call.form(EndNaming, fixed={"client_id": client_id, "person": person})
    if await call.carry_out(form, end_naming):
        notice = call._("The colleague no longer sees the record.")
        if person == call.actor.subject:
            return call.redirect("restrictions", notice=notice)
        return call.redirect("client_restriction", client_id=client_id, notice=notice)
    return await _page(call, client_id, form.problem, status=422)


@of_client.get("/lift", name="restriction_lift")
async def lift(call: DeskCall, client_id: UUID) -> Response:
    """The form that lifts the restriction."""
    return await _form(call, client_id, "lift", await call.form(LiftRestriction))


@of_client.post("/lift")
async def post_lift(call: DeskCall, client_id: UUID) -> Response:
    """Lift the restriction."""
    form = await call.form(LiftRestriction, fixed={"client_id": client_id})
    if await call.carry_out(form, lift_restriction):
        return call.redirect(
            "client_restriction", client_id=client_id, notice=call._("The restriction is lifted.")
        )
    return await _form(call, client_id, "lift", form, status=422)


async def _form(call: PageCall, client_id: UUID, name: str, form: object, *, status: int = 200) -> Response:
    return call.page(
        f"restrictions/{name}.html",
        status=status,
        form=form,
        person=await call.ask(client, client_id),
        people=await colleagues(call),
    )


@existing.get("", name="restrictions")
async def listed(call: DeskCall) -> Response:
    """Which restrictions exist, without whom they are about."""
    form = call.sought(RestrictionFilter)
    found = await call.ask(restrictions, form.command)
    return call.page("restrictions/list.html", found=found, wanted=form.command, form=form)


@existing.get("/{restriction_id}/take-over", name="restriction_take_over")
async def over(call: DeskCall, restriction_id: UUID) -> Response:
    """The form by which a supervisor takes a restricted record over."""
    form = await call.form(TakeOver)
    return call.page("restrictions/take_over.html", form=form, restriction_id=restriction_id)


@existing.post("/{restriction_id}/take-over")
async def post_over(call: DeskCall, restriction_id: UUID) -> Response:
    """Take a restricted record over, with the reason."""
    form = await call.form(TakeOver, fixed={"restriction_id": restriction_id})
    if done := await call.carry_out(form, take_over):
        return call.redirect(
            "client", client_id=done.result, notice=call._("You are named on the restriction now.")
        )
    return call.page("restrictions/take_over.html", status=422, form=form, restriction_id=restriction_id)
