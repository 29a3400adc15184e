"""The page that shows a desk's help."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from deskkit.call import DeskCall, PageCall, PublicCall
from deskkit.desk import Desk
from deskkit.router import DeskRouter


def help_router(desk: Desk) -> APIRouter:
    """Return the page with a desk's help, for people who are signed in or, if the desk allows it, all."""
    path, name = f"{desk.prefix}/help", f"help:{desk.prefix}"
    if desk.help_for_everybody:
        router = APIRouter(include_in_schema=False)

        @router.get(path, name=name)
        async def for_everybody(call: PublicCall) -> Response:
            """Show how things are done at this desk (X2)."""
            return _page(call)

        return router
    guarded = DeskRouter()

    @guarded.get(path, name=name)
    async def for_staff(call: DeskCall) -> Response:
        """Show how things are done at this desk (X2)."""
        return _page(call)

    return guarded


def _page(call: PageCall) -> Response:
    own = call.desk.help
    if own is None:
        raise LookupError("this desk has no help")
    return call.page("deskkit/help.html", text=own.texts[call.locale])
