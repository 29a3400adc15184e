"""The first page of an organisation: its purpose, desks and APIs."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from deskkit.call import PublicCall
from gateway.organisation import organisation_of
from gateway.staff.queries import everybody

router = APIRouter(include_in_schema=False)


@router.get("/", name="landing")
async def landing(call: PublicCall) -> Response:
    """Show what this organisation does, with links to its desks and APIs."""
    organisation = organisation_of(call.runtime)
    manages_staff = call.may(everybody.permission)
    return call.page(
        "landing/landing.html",
        lead=organisation.lead,
        desks=organisation.desks,
        apis=organisation.apis if manages_staff else (),
        manages_staff=manages_staff,
    )
