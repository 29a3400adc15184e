"""Clause review over HTTP (T3)."""

from __future__ import annotations

from pydantic import BaseModel

from chassis.http import ApiRouter, Call
from tenancy_svc.clause_review.commands import ReviewClause, review_clause
from tenancy_svc.clause_review.model import Rule, Verdict

router = ApiRouter(tags=["clause review"])


class FindingOut(BaseModel):
    """One reason for a verdict."""

    verdict: Verdict
    rule: Rule
    passage: str
    words: list[str]
    policy_sentence: str


class ReviewOut(BaseModel):
    """The verdict on a text."""

    verdict: Verdict
    findings: list[FindingOut]


@router.post("/clause-reviews")
async def post_review(call: Call, command: ReviewClause) -> ReviewOut:
    """Review a text: does it make the tenancy depend on services?"""
    review = await call.perform(review_clause, command)
    return ReviewOut(
        verdict=review.verdict,
        findings=[
            FindingOut(
                verdict=finding.verdict,
                rule=finding.rule,
                passage=finding.passage,
                words=[word.text for word in finding.words],
                policy_sentence=finding.policy_sentence,
            )
            for finding in review.findings
        ],
    )
