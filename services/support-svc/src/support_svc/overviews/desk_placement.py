"""A placement's record on the Front Desk (P1)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.documents.queries import readiness_of_placement
from support_svc.field_rules.queries import rules_for
from support_svc.placements.commands import PLACEMENT_FORM
from support_svc.placements.queries import placement
from support_svc.placements.timeline import crossing
from support_svc.proposals.queries import proposals
from support_svc.signings.queries import meeting_of, signings_of
from support_svc.viewings.queries import choice

router = DeskRouter(prefix="/front-desk/placements")


@router.get("/{placement_id}", name="placement")
async def record(call: DeskCall, placement_id: UUID) -> Response:
    """A placement's record: details, its home, documents, and what was shared."""
    one = await call.ask(placement, placement_id)
    found = await call.ask(signings_of, placement_id)
    return call.page(
        "overviews/placement.html",
        fields=await call.ask(rules_for, PLACEMENT_FORM, placement_id),
        one=one,
        way=one.progress(meeting_of(found, one.request.request if one.request is not None else None)),
        crossed=await call.ask(crossing, placement_id),
        signings=found,
        readiness=await call.ask(readiness_of_placement, placement_id),
        proposed=await call.ask(proposals, placement_id),
        counts=await call.ask(choice, placement_id),
    )
