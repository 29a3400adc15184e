"""Refusals and doubtful texts over HTTP: /api/units/v1/privacy-refusals, /doubtful-texts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from units_svc.privacy import queries
from units_svc.privacy.commands import JudgeText, judge_text
from units_svc.privacy.model import Judgement

router = ApiRouter(tags=["privacy"])


@router.get("/privacy-refusals")
async def list_refusals(
    call: Call,
    first: date | None = None,
    last: date | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[queries.RefusalView]:
    """What was refused because it would watch people in their homes, newest first (U5, W8)."""
    return await call.ask(queries.refusals, first=first, last=last, after=after, limit=limit)


@router.get("/doubtful-texts")
async def list_doubts(call: Call, after: After = None, limit: Limit = PAGE) -> CountedPage[queries.DoubtView]:
    """Saved texts that somebody other than their author has to look at, oldest first (U5, W8)."""
    return await call.ask(queries.doubts, after=after, limit=limit)


class Judged(BaseModel):
    """What was found in a doubtful text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judgement: Judgement


@router.post("/doubtful-texts/{doubt_id}/judgement", status_code=204)
async def post_judgement(call: Call, doubt_id: UUID, body: Judged) -> None:
    """Say whether a doubtful text is harmless, or was taken out (W8)."""
    await call.perform(judge_text, JudgeText(doubt_id=doubt_id, judgement=body.judgement))
