"""Signings through the API (W4)."""

from uuid import UUID

from chassis.http.call import ApiRouter, Call
from support_svc.placements.progress import Progress
from support_svc.signings.commands import AnswerSigning, SigningAnswer, answer_signing
from support_svc.signings.queries import SigningView, progress_of, signing, signings, signings_of

router = ApiRouter(tags=["signings"])


@router.get("/signings")
async def find_signings(call: Call, caseworker: str | None = None) -> list[SigningView]:
    """Upcoming signings and those of the last days."""
    return await call.ask(signings, caseworker)


@router.get("/signings/{signing_id}")
async def get_signing(call: Call, signing_id: UUID) -> SigningView:
    """One signing."""
    return await call.ask(signing, signing_id)


@router.get("/placements/{placement_id}/signings")
async def get_signings(call: Call, placement_id: UUID) -> list[SigningView]:
    """The signings of a placement."""
    return await call.ask(signings_of, placement_id)


@router.get("/placements/{placement_id}/progress")
async def get_progress(call: Call, placement_id: UUID) -> Progress:
    """How far a placement has come, what happens next and whose turn that is."""
    return await call.ask(progress_of, placement_id)


@router.post("/signings/{signing_id}/answer", status_code=204)
async def post_answer(call: Call, signing_id: UUID, body: SigningAnswer) -> None:
    """Inform the landlord whether somebody attends."""
    await call.perform(answer_signing, AnswerSigning(signing=signing_id, **dict(body)))
