"""What isn't sent yet, and undoing it, over HTTP (X8)."""

from __future__ import annotations

from uuid import UUID

from chassis.http.call import ApiRouter, Call
from chassis.undo import DelayedChange, UndoChange, own_delayed_changes, undo_change


def undo_routes() -> ApiRouter:
    """Return the routes of a service's API: /delayed-changes."""
    router = ApiRouter(prefix="/delayed-changes", tags=["delayed changes"])

    @router.get("")
    async def read_delayed_changes(call: Call) -> list[DelayedChange]:
        """Your changes that aren't sent yet, those that are sent first at the top."""
        return await call.ask(own_delayed_changes)

    @router.post("/{change_id}/undo", status_code=204)
    async def undo(call: Call, change_id: UUID) -> None:
        """Undo one of your changes that isn't sent yet: everything is as it was, and nothing is sent."""
        await call.perform(undo_change, UndoChange(change_id=change_id))

    return router
