"""Pages about lease templates (T2, T3)."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.clauses.queries import clauses
from tenancy_svc.lease_templates.commands import (
    add_clause,
    begin_draft,
    discard_draft,
    publish_draft,
    remove_clause,
)
from tenancy_svc.lease_templates.model import (
    AddClause,
    BeginDraft,
    DiscardDraft,
    PublishDraft,
    RemoveClause,
)
from tenancy_svc.lease_templates.queries import lease_template, lease_templates
from tenancy_svc.panels import timeline_items

router = DeskRouter(prefix="/property-desk")


@router.get("/lease-templates", name="lease_templates")
async def list_templates(call: DeskCall) -> Response:
    """The templates: one for each jurisdiction."""
    return call.page("lease_templates/list.html", items=await call.ask(lease_templates))


@router.get("/lease-templates/{template_id}", name="lease_template")
async def show_template(call: DeskCall, template_id: uuid.UUID) -> Response:
    """One template: its draft and the version in use."""
    return await _show(call, template_id)


async def _show(
    call: PageCall, template_id: uuid.UUID, refusal: str | None = None, status: int = 200
) -> Response:
    record = await call.ask(lease_template, template_id)
    return call.page(
        "lease_templates/record.html",
        record=record,
        refusal=refusal,
        timeline=timeline_items(call, record.timeline),
        status=status,
    )


@router.post("/lease-templates/{template_id}/draft", name="begin_draft")
async def post_draft(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Begin a new version."""
    form = await call.form(BeginDraft, fixed={"template_id": template_id})
    if await call.carry_out(form, begin_draft):
        return call.redirect(
            "lease_template", template_id=template_id, notice=call._("A new version is begun.")
        )
    return await _show(call, template_id, form.problem, status=422)


@router.post("/lease-templates/{template_id}/clauses/{clause_id}/remove", name="remove_clause")
async def post_remove(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Take a clause out of the draft."""
    form = await call.form(RemoveClause, fixed={"template_id": template_id, "clause_id": clause_id})
    if await call.carry_out(form, remove_clause):
        return call.redirect(
            "lease_template", template_id=template_id, notice=call._("The clause is taken out of the draft.")
        )
    return await _show(call, template_id, form.problem, status=422)


@router.get("/lease-templates/{template_id}/publish", name="publish_draft")
async def publish(call: DeskCall, template_id: uuid.UUID) -> Response:
    """What publishing means."""
    record = await call.ask(lease_template, template_id)
    form = await call.form(PublishDraft, fixed={"template_id": template_id})
    return call.page("lease_templates/publish.html", form=form, record=record)


@router.post("/lease-templates/{template_id}/publish", name="post_publish_draft")
async def post_publish(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Publish the draft."""
    form = await call.form(PublishDraft, fixed={"template_id": template_id})
    if await call.carry_out(form, publish_draft):
        return call.redirect(
            "lease_template",
            template_id=template_id,
            notice=call._("The version is published. New leases use it from now on."),
        )
    return await _show(call, template_id, form.problem, status=422)


@router.get("/lease-templates/{template_id}/discard", name="discard_draft")
async def discard(call: DeskCall, template_id: uuid.UUID) -> Response:
    """What discarding means."""
    record = await call.ask(lease_template, template_id)
    form = await call.form(DiscardDraft, fixed={"template_id": template_id})
    return call.page("lease_templates/discard.html", form=form, record=record)


@router.post("/lease-templates/{template_id}/discard", name="post_discard_draft")
async def post_discard(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Throw the draft away."""
    form = await call.form(DiscardDraft, fixed={"template_id": template_id})
    if await call.carry_out(form, discard_draft):
        return call.redirect(
            "lease_template", template_id=template_id, notice=call._("The draft is discarded.")
        )
    return await _show(call, template_id, form.problem, status=422)


@router.get("/lease-templates/{template_id}/clauses/add", name="add_clause")
async def choose_clause(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Choose an approved clause for the draft (T2)."""
    form = await call.form(AddClause, fixed={"template_id": template_id})
    return await _choosing(call, template_id, form)


@router.post("/lease-templates/{template_id}/clauses/add", name="post_add_clause")
async def post_clause(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Put it into the draft (T2)."""
    form = await call.form(AddClause, fixed={"template_id": template_id})
    if await call.carry_out(form, add_clause):
        notice = call._("The clause is in the draft.")
        return call.redirect("lease_template", template_id=template_id, notice=notice)
    return await _choosing(call, template_id, form, status=422)


async def _choosing(
    call: PageCall, template_id: uuid.UUID, form: Form[AddClause], status: int = 200
) -> Response:
    record = await call.ask(lease_template, template_id)
    there = {clause.source_id for clause in record.draft.clauses} if record.draft else set()
    choices = [
        (str(clause.id), clause.title(call.locale))
        for clause in await call.ask(clauses)
        if clause.approved and clause.id not in there
    ]
    return call.page(
        "lease_templates/add_clause.html", form=form, record=record, choices=choices, status=status
    )
