"""Refusals on the inventory desk (U5, W8)."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from units_svc.privacy.commands import JudgeText, judge_text
from units_svc.privacy.model import Judgement
from units_svc.privacy.queries import doubts, refusals

router = DeskRouter(prefix="/inventory-desk/privacy")


@router.get("", name="privacy_refusals")
async def page(call: DeskCall, after: str | None = None) -> Response:
    """What was refused because it would watch people in their homes, and what needs a person's eyes."""
    return await _show(call, after)


@router.post("/doubts/{doubt_id}/harmless", name="doubt_harmless")
async def harmless(call: DeskCall, doubt_id: UUID) -> Response:
    """Record that a doubtful text is harmless."""
    return await _judge(call, doubt_id, Judgement.HARMLESS)


@router.post("/doubts/{doubt_id}/taken-out", name="doubt_taken_out")
async def taken_out(call: DeskCall, doubt_id: UUID) -> Response:
    """Record that a doubtful text was taken out of the record."""
    return await _judge(call, doubt_id, Judgement.TAKEN_OUT)


async def _judge(call: DeskCall, doubt_id: UUID, judgement: Judgement) -> Response:
    form = await call.form(JudgeText, fixed={"doubt_id": doubt_id, "judgement": judgement})
    if await call.carry_out(form, judge_text):
        return call.redirect("privacy_refusals", notice=call._("Your judgement is recorded."))
    return await _show(call, None, problem=form.problem, status=422)


async def _show(
    call: PageCall, after: str | None, *, problem: str | None = None, status: int = 200
) -> Response:
    return call.page(
        "privacy/list.html",
        page=await call.ask(refusals, after=after),
        doubts=await call.ask(doubts),
        problem=problem,
        status=status,
    )
