"""Pages about lease templates (T2, T3)."""

from __future__ import annotations

import secrets
import uuid

from starlette.responses import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.clause_review.model import ClauseConditionsTenancy
from tenancy_svc.lease_templates.commands import (
    approve_clause,
    begin_draft,
    discard_draft,
    publish_draft,
    remove_clause,
    write_clause,
)
from tenancy_svc.lease_templates.model import (
    ApproveClause,
    BeginDraft,
    DiscardDraft,
    PublishDraft,
    RemoveClause,
    WriteClause,
)
from tenancy_svc.lease_templates.queries import lease_template, lease_templates
from tenancy_svc.panels import timeline_items
from trade.text_review.verdicts import Verdict

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


@router.post("/lease-templates/{template_id}/clauses/{clause_id}/approve", name="approve_clause")
async def post_approve(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Settle a doubt about a clause."""
    form = await call.form(ApproveClause, fixed={"template_id": template_id, "clause_id": clause_id})
    if await call.carry_out(form, approve_clause):
        return call.redirect(
            "lease_template", template_id=template_id, notice=call._("The clause is approved.")
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


@router.get("/lease-templates/{template_id}/clauses/new", name="new_clause")
async def new_clause(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Write a new clause."""
    form = await call.form(WriteClause, fixed={"template_id": template_id})
    return await _writing(call, template_id, form)


@router.get("/lease-templates/{template_id}/clauses/{clause_id}", name="clause")
async def edit_clause(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Rewrite a clause of the draft."""
    record = await call.ask(lease_template, template_id)
    clauses = record.draft.clauses if record.draft else ()
    found = next((clause for clause in clauses if clause.id == clause_id), None)
    if found is None:
        raise NotFound(what="clause")
    names = ("title_en", "title_fr", "text_en", "text_fr", "version")
    initial = {name: getattr(found, name) for name in names}
    form = await call.form(
        WriteClause, initial=initial, fixed={"template_id": template_id, "clause_id": clause_id}
    )
    return await _writing(call, template_id, form)


@router.post("/lease-templates/{template_id}/clauses/new", name="post_clause")
async def post_clause(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Add a clause to the draft."""
    form = await call.form(WriteClause, fixed={"template_id": template_id, "clause_id": None})
    return await _written(call, template_id, form)


@router.post("/lease-templates/{template_id}/clauses/{clause_id}", name="put_clause")
async def put_clause(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Rewrite a clause."""
    form = await call.form(WriteClause, fixed={"template_id": template_id, "clause_id": clause_id})
    return await _written(call, template_id, form)


async def _written(call: PageCall, template_id: uuid.UUID, form: Form[WriteClause]) -> Response:
    if done := await call.carry_out(form, write_clause):
        judged = done.result
        if judged.verdict is Verdict.PASSED:
            notice = call._("The clause is in the draft.")
            return call.redirect("lease_template", template_id=template_id, notice=notice)
        if judged.verdict is Verdict.NEEDS_EYES:
            notice = call._(
                "The clause is in the draft, but it needs a person's eyes before it can be published."
            )
            return call.redirect("lease_template", template_id=template_id, notice=notice, tone="warning")
        # The refusal is a result that was kept under this form's token; the next try is another one.
        form.form_token = secrets.token_urlsafe(16)
        form.add(ClauseConditionsTenancy(field=judged.field, words=judged.words, sentence=judged.sentence))
    return await _writing(call, template_id, form, status=422)


async def _writing(
    call: PageCall, template_id: uuid.UUID, form: Form[WriteClause], status: int = 200
) -> Response:
    record = await call.ask(lease_template, template_id)
    return call.page("lease_templates/clause.html", form=form, record=record, status=status)
