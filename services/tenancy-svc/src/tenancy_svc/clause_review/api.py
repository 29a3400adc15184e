"""Clause review over HTTP (T3)."""

from __future__ import annotations

from pydantic import BaseModel

from chassis.http import ApiRouter, Call
from tenancy_svc.clause_review.commands import review_clause
from tenancy_svc.clause_review.model import ReviewClause, judged
from trade.text_review.clauses import Rule
from trade.text_review.verdicts import Reason, Verdict

router = ApiRouter(tags=["clause review"])


class SentenceOut(BaseModel):
    """One sentence: its verdict, why, and how likely it is a condition, in percent."""

    text: str
    verdict: Verdict
    reason: Reason
    likelihood: int
    words: list[str]
    rule: Rule | None
    policy_sentence: str | None


class ReviewOut(BaseModel):
    """The verdict on a text, and on each sentence of it."""

    verdict: Verdict
    sentences: list[SentenceOut]


@router.post("/clause-reviews")
async def post_review(call: Call, command: ReviewClause) -> ReviewOut:
    """Review a text: does it make the tenancy depend on services?"""
    review = await call.perform(review_clause, command)
    return ReviewOut(
        verdict=review.verdict,
        sentences=[
            SentenceOut(
                text=one.text,
                verdict=one.verdict,
                reason=one.reason,
                likelihood=one.percent,
                words=list(one.words),
                rule=one.rule,
                policy_sentence=one.policy_sentence,
            )
            for one in map(judged, review.sentences)
        ],
    )
