"""The page on which a text can be checked before it goes anywhere (T3)."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from tenancy_svc.clause_review.commands import review_clause
from tenancy_svc.clause_review.model import ReviewClause, judged
from tenancy_svc.clause_review.queries import reviewed_texts

router = DeskRouter(prefix="/property-desk")


@router.get("/clause-check", name="clause_check")
async def clause_check(call: DeskCall) -> Response:
    """Check a text."""
    return await _page(call, await call.form(ReviewClause))


@router.post("/clause-check", name="post_clause_check")
async def post_clause_check(call: DeskCall) -> Response:
    """Show what the review says of a text."""
    form = await call.form(ReviewClause)
    if done := await call.carry_out(form, review_clause):
        # The form stays on the page for the next text, which is another request.
        form.form_token = secrets.token_urlsafe(16)
        return await _page(call, form, review=done.result)
    return await _page(call, form, status=422)


async def _page(call: PageCall, form: Any, *, review: Any = None, status: int = 200) -> Response:
    earlier = await call.ask(reviewed_texts) if call.may("view_reviewed_texts") else []
    sentences = [judged(sentence) for sentence in review.sentences] if review else []
    return call.page(
        "clause_review/check.html",
        form=form,
        review=review,
        sentences=sentences,
        earlier=earlier,
        status=status,
    )
