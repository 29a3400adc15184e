"""Reviews texts, and records what was refused or doubted (T3, W11)."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.errors import Faults
from chassis.ids import new_id
from chassis.perform import perform_apart
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.clause_review.feature import REVIEW_TEXTS
from tenancy_svc.clause_review.model import (
    MonitoringRefused,
    RecordRefusal,
    ReviewClause,
    ReviewedText,
    words_of,
)
from trade.text_review.clauses import Rule, rule_of
from trade.text_review.clauses import review_clause as review_text
from trade.text_review.devices import sorted_out
from trade.text_review.verdicts import Review, Verdict


@use_case(REVIEW_TEXTS)
async def review_clause(tx: Tx, command: ReviewClause) -> Review:
    """Return the review of a text; one that doesn't pass is recorded as evidence."""
    review = review_text(command.text)
    if review.verdict is not Verdict.PASSED:
        record_review(tx, "asked", command.text, review)
    return review


@use_case(REVIEW_TEXTS)
async def record_refusal(tx: Tx, command: RecordRefusal) -> None:
    """Record a refusal as evidence."""
    _record(tx, command.place, command.text, command.found, verdict=Verdict.REFUSED, rule=Rule.WATCHES)


async def require_private(tx: Tx, place: str, texts: Iterable[tuple[str, str | None]]) -> None:
    """Refuse texts, given as (field, text), that would watch people in their homes, all of them at once.

    Raises MonitoringRefused naming the field, or SeveralFaults. The refusal is recorded in a transaction of
    its own, because this one is rolled back: call this before the transaction has changed anything. A text
    that the review isn't sure of is recorded for an administrator.
    """
    faults, (refused, doubtful) = Faults(), sorted_out(texts)
    for field, text, gravest in refused:
        await perform_apart(
            tx, record_refusal, RecordRefusal(place=place, text=text, found=words_of(gravest))
        )
        faults.add(MonitoringRefused(field=field, words=gravest.quoted))
    faults.refuse()
    for _, text, gravest in doubtful:
        _record(tx, place, text, words_of(gravest), verdict=Verdict.NEEDS_EYES, rule=Rule.WATCHES)


def record_review(tx: Tx, place: str, text: str, review: Review) -> None:
    """Record a review that refused or doubted; `place` says where the text was offered."""
    gravest = review.gravest
    if gravest is None:
        return
    _record(tx, place, text, words_of(gravest), verdict=review.verdict, rule=rule_of(gravest))


def _record(tx: Tx, place: str, text: str, found: Iterable[str], *, verdict: Verdict, rule: Rule) -> None:
    tx.session.add(
        ReviewedText(
            id=new_id(),
            place=place,
            offered_at=tx.now,
            offered_by=tx.actor.name,
            verdict=verdict,
            rule=rule,
            words=list(found),
            text=text,
        )
    )
