"""Clients on the Front Desk: find, record, edit, household (C1, C2, C3)."""

from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from support_svc.clients.commands import (
    CLIENT_FORM,
    MEMBER_FORM,
    AddMember,
    ChooseHead,
    CreateClient,
    EditClient,
    RemoveMember,
    add_member,
    choose_head,
    create_client,
    edit_client,
    remove_member,
)
from support_svc.clients.feature import GENDER, INDIGENOUS_INDICATOR, RELATIONSHIP
from support_svc.clients.model import (
    ArchivedAlike,
    ClientState,
    HeadIsAChild,
    InAnotherHousehold,
    NewHeadNeeded,
    PossibleDuplicates,
    StillOpen,
)
from support_svc.clients.queries import (
    MemberView,
    client,
    household_over_time,
    mailing_address,
    possible_duplicates,
    search_clients,
    somebody_archived,
)
from support_svc.field_rules.desk import ruled_form
from support_svc.lookups.desk import choices

router = DeskRouter(prefix="/front-desk/clients")


class ClientFilter(BaseModel):
    """What the list of clients is narrowed by."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(default="", max_length=120, title="Name, phone or date of birth")
    state: ClientState | None = Field(default=None, title="State of the record")
    after: str | None = None


@router.get("", name="clients")
async def page(call: DeskCall) -> Response:
    """The list of clients."""
    form = call.sought(ClientFilter)
    wanted = form.command
    found = await call.ask(search_clients, wanted.q, wanted.after, wanted.state)
    return call.page("clients/list.html", found=found, wanted=wanted, form=form)


@router.get("/new", name="client_new")
async def new(call: DeskCall) -> Response:
    """The form for a new client."""
    return await _form_page(call, "clients/new.html", await ruled_form(call, CLIENT_FORM, CreateClient))


@router.post("/new")
async def post_new(call: DeskCall) -> Response:
    """Record a client; people alike are shown first (C3)."""
    form = await ruled_form(call, CLIENT_FORM, CreateClient)
    if done := await call.carry_out(form, create_client):
        person = await call.ask(client, done.result)
        return call.onward(
            "client",
            client_id=done.result,
            notice=call._("The client is recorded."),
            known={"client": done.result, "q": person.name},
        )
    more: dict[str, Any] = {}
    if isinstance(form.refused, (PossibleDuplicates, ArchivedAlike)):
        typed = form.command
        who = (typed.given_name, typed.family_name, typed.date_of_birth)
        more["alike"] = await call.ask(possible_duplicates, *who)
        more["archived"] = await call.ask(somebody_archived, *who)
    return await _form_page(call, "clients/new.html", form, status=422, **more)


async def _form_page(
    call: PageCall, template: str, form: object, *, status: int = 200, **more: object
) -> Response:
    lists = await choices(call, GENDER, INDIGENOUS_INDICATOR)
    context: dict[str, Any] = {"form": form, "lists": lists, "alike": [], "archived": False, **more}
    return call.page(template, status=status, **context)


@router.get("/{client_id}/edit", name="client_edit")
async def edit(call: DeskCall, client_id: UUID) -> Response:
    """The form to change a client's record."""
    person = await call.ask(client, client_id)
    form = await ruled_form(call, CLIENT_FORM, EditClient, record=client_id, initial=person)
    return await _form_page(call, "clients/edit.html", form, person=person, matters=())


@router.post("/{client_id}/edit")
async def post_edit(call: DeskCall, client_id: UUID) -> Response:
    """Change a client's record."""
    form = await ruled_form(call, CLIENT_FORM, EditClient, record=client_id, fixed={"client_id": client_id})
    if await call.carry_out(form, edit_client):
        return call.redirect("client", client_id=client_id, notice=call._("The changes are saved."))
    person = await call.ask(client, client_id)
    matters = form.refused.matters if isinstance(form.refused, StillOpen) else ()
    return await _form_page(call, "clients/edit.html", form, status=422, person=person, matters=matters)


@router.post("/{client_id}/address", name="client_address")
async def post_address(call: DeskCall, client_id: UUID) -> Response:
    """Show a safe address to who asks for it; that is logged (C8)."""
    address = await call.ask(mailing_address, client_id)
    return call.page("clients/address.html", person=await call.ask(client, client_id), address=address)


@router.get("/{client_id}/household", name="household_add")
async def household(call: DeskCall, client_id: UUID, q: str = "") -> Response:
    """Find somebody to take into the household."""
    found = (await call.ask(search_clients, q)).items if q.strip() else ()
    form = await ruled_form(call, MEMBER_FORM, AddMember)
    return await _household_page(call, client_id, form, q, found)


@router.post("/{client_id}/household")
async def post_household(call: DeskCall, client_id: UUID, q: str = "") -> Response:
    """Take a person into the household."""
    form = await ruled_form(call, MEMBER_FORM, AddMember, fixed={"client_id": client_id})
    if done := await call.carry_out(form, add_member):
        notice = call._("The household has a new member.")
        if done.result is not None and done.result != form.command.member_id:
            head = await call.ask(client, done.result)
            notice = call._("The household has a new member, who left that of %(name)s.", name=head.name)
        return call.redirect("client", client_id=client_id, notice=notice)
    found = (await call.ask(search_clients, q)).items if q.strip() else ()
    return await _household_page(call, client_id, form, q, found, status=422)


async def _household_page(
    call: PageCall, client_id: UUID, form: Form[AddMember], q: str, found: object, *, status: int = 200
) -> Response:
    lists = await choices(call, RELATIONSHIP)
    person = await call.ask(client, client_id)
    behind: list[MemberView] = []
    if isinstance(form.refused, (InAnotherHousehold, NewHeadNeeded)):
        member = await call.ask(client, form.command.member_id)
        behind = [one for one in member.household.members if one.client_id != member.id]
    return call.page(
        "clients/household.html",
        status=status,
        form=form,
        person=person,
        q=q,
        found=found,
        lists=lists,
        behind=behind,
    )


@router.get("/{client_id}/household-over-time", name="household_over_time")
async def over_time(call: DeskCall, client_id: UUID) -> Response:
    """Everybody who was in a household with a client, and when (C2)."""
    person = await call.ask(client, client_id)
    return call.page(
        "clients/over_time.html", person=person, members=await call.ask(household_over_time, client_id)
    )


@router.get("/{client_id}/household/{member_id}", name="household_member")
async def member(call: DeskCall, client_id: UUID, member_id: UUID) -> Response:
    """What can be changed about a member: leave, or become the head."""
    return await _member_page(call, client_id, member_id, call.blank_form(RemoveMember))


@router.post("/{client_id}/household/{member_id}/leave", name="household_leave")
async def post_leave(call: DeskCall, client_id: UUID, member_id: UUID) -> Response:
    """Let a person leave the household; of the head it's asked who becomes the head."""
    form = await call.form(RemoveMember, fixed={"client_id": client_id, "member_id": member_id})
    if await call.carry_out(form, remove_member):
        return call.redirect("client", client_id=client_id, notice=call._("The household is changed."))
    return await _member_page(call, client_id, member_id, form, status=422)


@router.post("/{client_id}/household/{member_id}/head", name="household_head")
async def post_head(call: DeskCall, client_id: UUID, member_id: UUID) -> Response:
    """Make a member the head of the household."""
    form = await call.form(ChooseHead, fixed={"client_id": client_id, "head_id": member_id})
    if await call.carry_out(form, choose_head):
        return call.redirect("client", client_id=client_id, notice=call._("The household has a new head."))
    asked = isinstance(form.refused, HeadIsAChild)
    blank = call.blank_form(RemoveMember)
    return await _member_page(call, client_id, member_id, blank, form.problem, asked=asked, status=422)


async def _member_page(
    call: PageCall,
    client_id: UUID,
    member_id: UUID,
    form: Form[RemoveMember],
    problem: str | None = None,
    *,
    asked: bool = False,
    status: int = 200,
) -> Response:
    person = await call.ask(client, client_id)
    other = await call.ask(client, member_id)
    mine = next((one for one in person.household.members if one.client_id == member_id), None)
    return call.page(
        "clients/member.html",
        status=status,
        form=form,
        person=person,
        member=other,
        is_head=mine is not None and mine.is_head,
        behind=[one for one in person.household.members if one.client_id != member_id],
        problem=problem,
        asked=asked,
    )
