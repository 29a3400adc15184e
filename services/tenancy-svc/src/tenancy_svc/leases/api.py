"""Leases over HTTP (T4)."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from tenancy_svc.documents.model import Language
from tenancy_svc.documents.responses import PDF_RESPONSES, pdf_file
from tenancy_svc.leases.commands import amend_lease, draw_up_lease
from tenancy_svc.leases.document import lease_document
from tenancy_svc.leases.model import AmendLease, Amendment, DrawUpLease, LeaseStatus
from tenancy_svc.leases.queries import LeaseLine, LeaseRecord, lease, leases

router = ApiRouter(tags=["leases"])


class DrawnUp(BaseModel):
    """The lease that was drawn up."""

    id: uuid.UUID


class Amended(BaseModel):
    """The number of the new edition."""

    edition: int


@router.get("/leases")
async def list_leases(
    call: Call,
    status: Annotated[list[LeaseStatus] | None, Query()] = None,
    q: Annotated[str, Query(max_length=100)] = "",
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[LeaseLine]:
    """List leases, newest first."""
    return await call.ask(leases, statuses=status or (), words=q, after=after, limit=limit)


@router.post("/leases", status_code=201)
async def post_lease(call: Call, command: DrawUpLease) -> DrawnUp:
    """Draw up the lease of an accepted application."""
    return DrawnUp(id=await call.perform(draw_up_lease, command))


@router.get("/leases/{lease_id}")
async def show_lease(call: Call, lease_id: uuid.UUID) -> LeaseRecord:
    """Show one lease."""
    return await call.ask(lease, lease_id)


@router.post("/leases/{lease_id}/amendments", status_code=201)
async def post_amendment(call: Call, lease_id: uuid.UUID, body: Amendment) -> Amended:
    """Change a draft lease: this makes a new edition, and the former one stays."""
    command = AmendLease(lease_id=lease_id, **dict(body))
    return Amended(edition=await call.perform(amend_lease, command))


@router.get("/leases/{lease_id}/document", response_class=Response, responses=PDF_RESPONSES)
async def read_document(call: Call, lease_id: uuid.UUID, language: Language | None = None) -> Response:
    """Return the whole current edition of the lease, terms and clauses, as a PDF."""
    return await pdf_file(
        await call.ask(lease_document, lease_id, language=language or Language.of(call.actor.locale))
    )


@router.get("/leases/{lease_id}/editions/{number}/document", response_class=Response, responses=PDF_RESPONSES)
async def read_edition(
    call: Call,
    lease_id: uuid.UUID,
    number: Annotated[int, Path(ge=1, le=100_000)],
    language: Language | None = None,
) -> Response:
    """Return one edition of the lease, current or former, as a PDF."""
    return await pdf_file(
        await call.ask(
            lease_document, lease_id, edition=number, language=language or Language.of(call.actor.locale)
        )
    )
