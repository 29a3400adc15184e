"""Who looked at which client's record, on the Front Desk (X3)."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.lookups.desk import colleagues
from support_svc.view_log.queries import ViewFilter, views

router = DeskRouter(prefix="/front-desk/views")


@router.get("", name="views")
async def page(call: DeskCall) -> Response:
    """Who looked at which client's record: by colleague, client and day."""
    form = call.sought(ViewFilter)
    wanted = form.command
    return call.page(
        "view_log/list.html",
        found=await call.ask(views, wanted),
        wanted=wanted,
        form=form,
        people=await colleagues(call, everybody=True),
        person=await call.ask(client, wanted.client) if wanted.client else None,
    )
