"""Pages about lease templates (T2, T3)."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from starlette.responses import Response

from chassis.errors import DomainError, NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.clause_review.model import ClauseConditionsTenancy, Verdict
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
    command = BeginDraft(template_id=template_id)
    return await _done(call, begin_draft, command, call._("A new version is begun."))


@router.post("/lease-templates/{template_id}/clauses/{clause_id}/remove", name="remove_clause")
async def post_remove(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Take a clause out of the draft."""
    command = RemoveClause(template_id=template_id, clause_id=clause_id)
    return await _done(call, remove_clause, command, call._("The clause is taken out of the draft."))


@router.post("/lease-templates/{template_id}/clauses/{clause_id}/approve", name="approve_clause")
async def post_approve(call: DeskCall, template_id: uuid.UUID, clause_id: uuid.UUID) -> Response:
    """Settle a doubt about a clause."""
    command = ApproveClause(template_id=template_id, clause_id=clause_id)
    return await _done(call, approve_clause, command, call._("The clause is approved."))


@router.get("/lease-templates/{template_id}/publish", name="publish_draft")
async def publish(call: DeskCall, template_id: uuid.UUID) -> Response:
    """What publishing means."""
    record = await call.ask(lease_template, template_id)
    form = await call.form(PublishDraft, fixed={"template_id": template_id})
    return call.page("lease_templates/publish.html", form=form, record=record)


@router.post("/lease-templates/{template_id}/publish", name="post_publish_draft")
async def post_publish(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Publish the draft."""
    command = PublishDraft(template_id=template_id)
    return await _done(
        call, publish_draft, command, call._("The version is published. New leases use it from now on.")
    )


@router.get("/lease-templates/{template_id}/discard", name="discard_draft")
async def discard(call: DeskCall, template_id: uuid.UUID) -> Response:
    """What discarding means."""
    record = await call.ask(lease_template, template_id)
    form = await call.form(DiscardDraft, fixed={"template_id": template_id})
    return call.page("lease_templates/discard.html", form=form, record=record)


@router.post("/lease-templates/{template_id}/discard", name="post_discard_draft")
async def post_discard(call: DeskCall, template_id: uuid.UUID) -> Response:
    """Throw the draft away."""
    command = DiscardDraft(template_id=template_id)
    return await _done(call, discard_draft, command, call._("The draft is discarded."))


async def _done(call: PageCall, use_case: Any, command: Any, notice: str) -> Response:
    try:
        await call.perform(use_case, command)
    except DomainError as error:
        return await _show(call, command.template_id, call.words(error), status=422)
    return call.redirect("lease_template", template_id=command.template_id, notice=notice)


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
    if form.ok:
        try:
            judged = await call.perform(write_clause, form.command)
        except DomainError as error:
            form.add(error)
            return await _writing(call, template_id, form, status=422)
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
        refusal = ClauseConditionsTenancy(field=judged.field, words=judged.words, sentence=judged.sentence)
        form.add(refusal.in_language(call._))
    return await _writing(call, template_id, form, status=422)


async def _writing(
    call: PageCall, template_id: uuid.UUID, form: Form[WriteClause], status: int = 200
) -> Response:
    record = await call.ask(lease_template, template_id)
    return call.page("lease_templates/clause.html", form=form, record=record, status=status)
