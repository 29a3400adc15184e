"""The history of a person's records through the API (X3)."""

from uuid import UUID

from chassis.http import ApiRouter, Call
from support_svc.history.model import HistoryLine, Matter
from support_svc.history.queries import history

router = ApiRouter(tags=["history"])


@router.get("/clients/{client_id}/history")
async def get_history(
    call: Call, client_id: UUID, about: Matter | None = None, record: UUID | None = None
) -> list[HistoryLine]:
    """Who changed and who viewed what about a client; of one matter or record if named."""
    return await call.ask(history, client_id, about, record)
