"""Exports of clients over HTTP: /api/support/v1/exports."""

from uuid import UUID

from fastapi import Response

from chassis.http import ApiRouter, Call
from support_svc.client_exports.archive import archive
from support_svc.client_exports.feature import EXPORT_CLIENTS
from support_svc.client_exports.queries import may_export

router = ApiRouter(prefix="/exports", tags=["exports"])


@router.get("/clients", response_class=Response)
async def export_clients(call: Call) -> Response:
    """Everything about all clients, as an archive of CSV files that the import reads (C7)."""
    call.runtime.access.require(call.actor, EXPORT_CLIENTS)
    return archive(call.ask, call.runtime)


@router.get("/clients/{client_id}", response_class=Response)
async def export_client(call: Call, client_id: UUID) -> Response:
    """Everything about one client, as an archive of CSV files that the import reads (C7)."""
    await call.ask(may_export, client_id)
    return archive(call.ask, call.runtime, client_id)
