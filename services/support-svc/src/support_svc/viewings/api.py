"""Which homes a household was shown, through the API (P12)."""

from dataclasses import dataclass
from uuid import UUID

from chassis.http.call import ApiRouter, Call
from support_svc.viewings.commands import (
    RecordViewing,
    RemoveViewing,
    ViewingFields,
    record_viewing,
    remove_viewing,
)
from support_svc.viewings.queries import Choice, ViewingView, choice, viewings

router = ApiRouter(prefix="/placements/{placement_id}", tags=["viewings"])


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """The homes that a household was shown, and how many of which."""

    counts: Choice
    homes: list[ViewingView]


@router.get("/viewings")
async def get_viewings(call: Call, placement_id: UUID) -> ChoiceView:
    """The homes that were shown, the latest first, and how many were viewed, offered and refused."""
    return ChoiceView(await call.ask(choice, placement_id), await call.ask(viewings, placement_id))


@router.put("/viewings/{unit}", status_code=204)
async def put_viewing(call: Call, placement_id: UUID, unit: UUID, body: ViewingFields) -> None:
    """Record or correct when a home was shown, viewed, offered and refused."""
    await call.perform(record_viewing, RecordViewing(placement_id=placement_id, unit=unit, **dict(body)))


@router.delete("/viewings/{unit}", status_code=204)
async def delete_viewing(call: Call, placement_id: UUID, unit: UUID) -> None:
    """Remove what was recorded of a home by mistake."""
    await call.perform(remove_viewing, RemoveViewing(placement_id=placement_id, unit=unit))
