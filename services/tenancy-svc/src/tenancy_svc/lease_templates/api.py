"""Lease templates over HTTP (T2, T3)."""

from __future__ import annotations

import uuid

from pydantic import BaseModel

from chassis.http import ApiRouter, Call
from tenancy_svc.clause_review.model import ClauseConditionsTenancy
from tenancy_svc.lease_templates.commands import (
    ClauseJudged,
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
    ClauseText,
    DiscardDraft,
    PublishDraft,
    RemoveClause,
    WriteClause,
)
from tenancy_svc.lease_templates.queries import (
    TemplateLine,
    TemplateRecord,
    lease_template,
    lease_templates,
)
from trade.text_review.verdicts import Verdict

router = ApiRouter(tags=["lease templates"])


class Published(BaseModel):
    """The number of the version that was published."""

    number: int


class Begun(BaseModel):
    """The version that was begun."""

    id: uuid.UUID


@router.get("/lease-templates")
async def list_templates(call: Call) -> list[TemplateLine]:
    """List the lease templates."""
    return await call.ask(lease_templates)


@router.get("/lease-templates/{template_id}")
async def show_template(call: Call, template_id: uuid.UUID) -> TemplateRecord:
    """Show one template with its versions."""
    return await call.ask(lease_template, template_id)


@router.post("/lease-templates/{template_id}/draft", status_code=201)
async def post_draft(call: Call, template_id: uuid.UUID) -> Begun:
    """Begin a new version."""
    return Begun(id=await call.perform(begin_draft, BeginDraft(template_id=template_id)))


@router.delete("/lease-templates/{template_id}/draft", status_code=204)
async def delete_draft(call: Call, template_id: uuid.UUID) -> None:
    """Throw the draft away."""
    await call.perform(discard_draft, DiscardDraft(template_id=template_id))


@router.post("/lease-templates/{template_id}/draft/clauses", status_code=201)
async def post_clause(call: Call, template_id: uuid.UUID, body: ClauseText) -> ClauseJudged:
    """Add a clause to the draft; refused when it makes the tenancy depend on services."""
    return await _written(call, WriteClause(template_id=template_id, **body.model_dump()))


@router.put("/lease-templates/{template_id}/draft/clauses/{clause_id}")
async def put_clause(
    call: Call, template_id: uuid.UUID, clause_id: uuid.UUID, body: ClauseText
) -> ClauseJudged:
    """Rewrite a clause of the draft."""
    return await _written(
        call, WriteClause(template_id=template_id, clause_id=clause_id, **body.model_dump())
    )


@router.delete("/lease-templates/{template_id}/draft/clauses/{clause_id}", status_code=204)
async def delete_clause(call: Call, template_id: uuid.UUID, clause_id: uuid.UUID) -> None:
    """Take a clause out of the draft."""
    await call.perform(remove_clause, RemoveClause(template_id=template_id, clause_id=clause_id))


@router.post("/lease-templates/{template_id}/draft/clauses/{clause_id}/approval", status_code=204)
async def post_approval(call: Call, template_id: uuid.UUID, clause_id: uuid.UUID) -> None:
    """Settle a doubt about a clause by a second person's reading."""
    await call.perform(approve_clause, ApproveClause(template_id=template_id, clause_id=clause_id))


@router.post("/lease-templates/{template_id}/draft/publication")
async def post_publication(call: Call, template_id: uuid.UUID) -> Published:
    """Publish the draft."""
    return Published(number=await call.perform(publish_draft, PublishDraft(template_id=template_id)))


async def _written(call: Call, command: WriteClause) -> ClauseJudged:
    """Write a clause; the refusal is raised here, after the commit that keeps it as evidence."""
    judged = await call.perform(write_clause, command)
    if judged.verdict is Verdict.REFUSED:
        raise ClauseConditionsTenancy(field=judged.field, words=judged.words, sentence=judged.sentence)
    return judged
