"""The pages by which a person takes back what isn't sent yet (X8)."""

from __future__ import annotations

from uuid import UUID

from fastapi.responses import Response

from chassis.undo import UndoChange, undo_change
from deskkit.call import DeskCall
from deskkit.router import DeskRouter


def undo_pages(prefix: str) -> DeskRouter:
    """Return the pages of the desk at `prefix`: what isn't sent yet, and taking it back."""
    pages = DeskRouter(prefix=f"{prefix}/not-sent-yet")

    @pages.get("", name="not_sent_yet")
    async def not_sent_yet(call: DeskCall) -> Response:
        """Show what the person has done that isn't sent yet (X8)."""
        await call.find_delayed()
        if call.is_htmx:
            return call.fragment("deskkit/delayed.html", form=None)
        return call.page("deskkit/not_sent_yet.html", form=None)

    @pages.post("/{change_id}", name="take_back")
    async def take_back(call: DeskCall, change_id: UUID) -> Response:
        """Take back what isn't sent yet (X8)."""
        form = await call.form(UndoChange, fixed={"change_id": change_id})
        done = await call.carry_out(form, undo_change)
        if done is None:
            await call.find_delayed()
            return call.page("deskkit/not_sent_yet.html", form=form, status=409)
        back = call.back
        # The page of a record that is gone with the change leads nowhere.
        if back is None or any(id in back for id in done.result.gone):
            back = call.url("not_sent_yet")
        return call.redirect(back, notice=call._("It is taken back, and nothing was sent."))

    return pages
