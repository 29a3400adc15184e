"""The History tab of a client: record, household, stays and consents (X3)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.clients.commands import ChangedClient
from support_svc.clients.queries import client
from support_svc.history.model import Matter
from support_svc.history.queries import history

router = DeskRouter(prefix="/front-desk/clients/{client_id}/history")

FIELDS = {name: field.title or name for name, field in ChangedClient.model_fields.items()}
"""What each field of a client's record is called (a message id)."""


@router.get("", name="client_history")
async def page(
    call: DeskCall, client_id: UUID, about: Matter | None = None, record: UUID | None = None
) -> Response:
    """Who changed and who viewed what about a client, in words (X3)."""
    person = await call.ask(client, client_id)
    return call.page(
        "history/list.html",
        person=person,
        lines=await call.ask(history, client_id, about, record),
        about=about,
        record=record,
        matters=list(Matter),
        fields=FIELDS,
    )
