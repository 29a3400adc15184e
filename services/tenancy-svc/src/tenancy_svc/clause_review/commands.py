"""Keeps what a review refused or doubted, and reviews a text on request (T3, W11)."""

from __future__ import annotations

from pydantic import Field

from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.access import Permission
from tenancy_svc.clause_review.model import ReviewedText
from tenancy_svc.tables import Command
from trade.text_review.clauses import review_clause as review_text
from trade.text_review.clauses import rule_of
from trade.text_review.verdicts import Review, Verdict


class ReviewClause(Command):
    """A text to be reviewed, in English or French."""

    text: str = Field(min_length=1, max_length=4000, title="Text of the clause")


@use_case(Permission.REVIEW_TEXTS)
async def review_clause(tx: Tx, command: ReviewClause) -> Review:
    """Return the review of a text; what isn't let through is kept as evidence."""
    review = review_text(command.text)
    if review.verdict is not Verdict.PASSED:
        record_review(tx, "asked", command.text, review)
    return review


def record_review(tx: Tx, place: str, text: str, review: Review) -> None:
    """Keep a review that refused or doubted; `place` says where the text was offered."""
    gravest = review.gravest
    if gravest is None:
        return
    tx.session.add(
        ReviewedText(
            id=new_id(),
            place=place,
            offered_at=tx.now,
            offered_by=tx.actor.name,
            verdict=review.verdict,
            rule=rule_of(gravest),
            words=[word.text for word in gravest.words],
            text=text,
        )
    )
