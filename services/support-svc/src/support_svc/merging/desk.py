"""Possible duplicates, merging and undoing it on the Front Desk (C3)."""

from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from support_svc.clients.one_person import Whose
from support_svc.clients.queries import client, search_clients
from support_svc.merging.commands import (
    MergeClients,
    TwoPeople,
    UndoMerge,
    forget_difference,
    merge_clients,
    note_different_people,
    undo_merge,
)
from support_svc.merging.queries import (
    MergePreview,
    SharedFact,
    different_people,
    duplicates_of,
    merge_preview,
    merges_of,
    one_merge,
    possible_duplicates_of_all,
)

router = DeskRouter(prefix="/front-desk")


class PairFilter(BaseModel):
    """Which possible duplicates are listed."""

    model_config = ConfigDict(extra="ignore")

    because: SharedFact = Field(default=SharedFact.BIRTH, title="What they share besides the name")
    after: str | None = None


@router.get("/possible-duplicates", name="possible_duplicates")
async def pairs(call: DeskCall) -> Response:
    """Pairs of records that may be one person's, for supervisors."""
    form = call.sought(PairFilter)
    wanted = form.command
    found = await call.ask(possible_duplicates_of_all, wanted.because, wanted.after)
    return call.page("merging/pairs.html", form=form, wanted=wanted, found=found)


@router.get("/clients/{client_id}/duplicates", name="duplicates")
async def duplicates(call: DeskCall, client_id: UUID, q: str = "") -> Response:
    """Who may be the same person as a client, who is known not to be, and what was merged."""
    return await _duplicates_page(call, client_id, q)


async def _duplicates_page(
    call: PageCall, client_id: UUID, q: str = "", problem: str | None = None, *, status: int = 200
) -> Response:
    found = (await call.ask(search_clients, q)).items if q.strip() else ()
    return call.page(
        "merging/duplicates.html",
        status=status,
        person=await call.ask(client, client_id),
        alike=await call.ask(duplicates_of, client_id),
        different=await call.ask(different_people, client_id),
        merges=await call.ask(merges_of, client_id),
        found=[one for one in found if one.id != client_id],
        q=q,
        problem=problem,
    )


@router.post("/clients/{client_id}/different-people/{other_id}", name="different_people")
async def post_different(call: DeskCall, client_id: UUID, other_id: UUID) -> Response:
    """Note that two records are of two people."""
    form = await call.form(TwoPeople, fixed={"client_id": client_id, "other_id": other_id})
    if await call.carry_out(form, note_different_people):
        notice = call._("They are noted as two people, and are not proposed as one any more.")
        return call.onward("duplicates", client_id=client_id, notice=notice)
    return await _duplicates_page(call, client_id, problem=form.problem, status=422)


@router.post("/clients/{client_id}/different-people/{other_id}/mistake", name="different_people_mistake")
async def post_mistake(call: DeskCall, client_id: UUID, other_id: UUID) -> Response:
    """Let two people be proposed as one again."""
    form = await call.form(TwoPeople, fixed={"client_id": client_id, "other_id": other_id})
    if await call.carry_out(form, forget_difference):
        notice = call._("They may be proposed as one person again.")
        return call.redirect("duplicates", client_id=client_id, notice=notice)
    return await _duplicates_page(call, client_id, problem=form.problem, status=422)


@router.get("/clients/{client_id}/merge/{other_id}", name="merge")
async def preview(call: DeskCall, client_id: UUID, other_id: UUID) -> Response:
    """Two records side by side, before they're merged."""
    both = await call.ask(merge_preview, client_id, other_id)
    return await _merge_page(call, both, await call.form(MergeClients, initial=_usual(both)))


@router.post("/clients/{client_id}/merge/{other_id}")
async def post_merge(call: DeskCall, client_id: UUID, other_id: UUID) -> Response:
    """Merge two records of one person."""
    form = await call.form(MergeClients, fixed={"client_id": client_id, "merged_id": other_id})
    if await call.carry_out(form, merge_clients):
        notice = call._("The two records are one now. A supervisor can undo that.")
        return call.redirect("client", client_id=client_id, notice=notice)
    chosen = {one.about: one.choice for one in form.command.answers} if form.refused else {}
    both = await call.ask(merge_preview, client_id, other_id, chosen)
    return await _merge_page(call, both, form, status=422)


def _usual(both: MergePreview) -> dict[str, Any]:
    """The choices that the form begins with: this record's facts, and what is usual."""
    facts = {one.fact.value: Whose.SURVIVOR for one in both.facts if one.differs}
    answers = [{"about": one.about, "choice": one.usual or ""} for one in both.questions]
    versions = {"version": both.client.version, "merged_version": both.other.version}
    return {**facts, **versions, "answers": answers}


async def _merge_page(
    call: PageCall, both: MergePreview, form: Form[MergeClients], *, status: int = 200
) -> Response:
    return call.page("merging/merge.html", status=status, form=form, both=both)


@router.get("/merges/{merge_id}/undo", name="merge_undo")
async def undo(call: DeskCall, merge_id: UUID) -> Response:
    """What will follow when a merge is undone."""
    form = await call.form(UndoMerge)
    return call.page("merging/undo.html", form=form, one=await call.ask(one_merge, merge_id))


@router.post("/merges/{merge_id}/undo")
async def post_undo(call: DeskCall, merge_id: UUID) -> Response:
    """Undo a merge."""
    form = await call.form(UndoMerge, fixed={"merge_id": merge_id})
    one = await call.ask(one_merge, merge_id)
    if await call.carry_out(form, undo_merge):
        notice = call._("There are two records again, of two people.")
        return call.redirect("client", client_id=one.client_id, notice=notice)
    return call.page("merging/undo.html", status=422, form=form, one=one)
