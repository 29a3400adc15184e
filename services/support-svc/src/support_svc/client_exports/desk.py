"""Exports of clients on the Front Desk (C7)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.client_exports.archive import archive
from support_svc.client_exports.feature import EXPORT_CLIENTS
from support_svc.client_exports.queries import may_export

router = DeskRouter(prefix="/front-desk/export")


@router.get("", name="client_export")
async def page(call: DeskCall) -> Response:
    """What an export of all clients holds, and the button that begins it (C7)."""
    call.runtime.access.require(call.actor, EXPORT_CLIENTS)
    return call.page("client_exports/page.html")


@router.get("/clients.zip", name="client_export_file")
async def export_clients(call: DeskCall) -> Response:
    """Everything about all clients (C7)."""
    call.runtime.access.require(call.actor, EXPORT_CLIENTS)
    return archive(call.ask, call.runtime)


@router.get("/clients/{client_id}.zip", name="client_export_one")
async def export_client(call: DeskCall, client_id: UUID) -> Response:
    """Everything about one client (C7)."""
    await call.ask(may_export, client_id)
    return archive(call.ask, call.runtime, client_id)
