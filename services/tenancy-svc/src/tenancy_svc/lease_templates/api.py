"""Lease templates over HTTP (T2, T3)."""

from __future__ import annotations

import uuid

from pydantic import BaseModel

from chassis.http import ApiRouter, Call
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
from tenancy_svc.lease_templates.queries import (
    TemplateLine,
    TemplateRecord,
    lease_template,
    lease_templates,
)

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


class ClauseChosen(BaseModel):
    """An approved clause of the organisation."""

    source_id: uuid.UUID


class Added(BaseModel):
    """The clause in the draft."""

    id: uuid.UUID


@router.post("/lease-templates/{template_id}/draft/clauses", status_code=201)
async def post_clause(call: Call, template_id: uuid.UUID, body: ClauseChosen) -> Added:
    """Put an approved clause into the draft."""
    command = AddClause(template_id=template_id, clause_id=body.source_id)
    return Added(id=await call.perform(add_clause, command))


@router.delete("/lease-templates/{template_id}/draft/clauses/{clause_id}", status_code=204)
async def delete_clause(call: Call, template_id: uuid.UUID, clause_id: uuid.UUID) -> None:
    """Take a clause out of the draft."""
    await call.perform(remove_clause, RemoveClause(template_id=template_id, clause_id=clause_id))


@router.post("/lease-templates/{template_id}/draft/publication")
async def post_publication(call: Call, template_id: uuid.UUID) -> Published:
    """Publish the draft."""
    return Published(number=await call.perform(publish_draft, PublishDraft(template_id=template_id)))
