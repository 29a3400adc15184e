"""Keeps what a review refused or doubted, and reviews a text on request (T3, W11)."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from chassis.errors import Faults
from chassis.ids import new_id
from chassis.perform import perform_apart
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.clause_review.feature import REVIEW_TEXTS
from tenancy_svc.clause_review.model import MonitoringRefused, ReviewedText
from tenancy_svc.tables import Command
from trade.text_review.clauses import Rule, rule_of
from trade.text_review.clauses import review_clause as review_text
from trade.text_review.devices import sorted_out
from trade.text_review.verdicts import Review, Sentence, Verdict


class ReviewClause(Command):
    """A text to be reviewed, in English or French."""

    text: str = Field(min_length=1, max_length=4000, title="Text of the clause")


@use_case(REVIEW_TEXTS)
async def review_clause(tx: Tx, command: ReviewClause) -> Review:
    """Return the review of a text; what isn't let through is kept as evidence."""
    review = review_text(command.text)
    if review.verdict is not Verdict.PASSED:
        record_review(tx, "asked", command.text, review)
    return review


class KeepRefusal(Command):
    """A text that was refused because it would watch people, the words that decided, and where it stood."""

    place: str
    text: str
    found: tuple[str, ...]


@use_case(REVIEW_TEXTS)
async def keep_refusal(tx: Tx, command: KeepRefusal) -> None:
    """Keep a refusal as evidence."""
    _keep(tx, command.place, command.text, command.found, verdict=Verdict.REFUSED, rule=Rule.WATCHES)


async def require_private(tx: Tx, place: str, texts: Iterable[tuple[str, str | None]]) -> None:
    """Refuse texts, given as (field, text), that would watch people in their homes, all of them at once.

    Raises MonitoringRefused naming the field, or SeveralFaults. The refusal is recorded in a transaction of
    its own, because the one it refuses is undone: call this before that one has begun. A text that the review
    isn't sure of is kept for an administrator.
    """
    faults, (refused, doubtful) = Faults(), sorted_out(texts)
    for field, text, gravest in refused:
        await perform_apart(tx, keep_refusal, KeepRefusal(place=place, text=text, found=_words(gravest)))
        faults.note(MonitoringRefused(field=field, words=gravest.quoted))
    faults.refuse()
    for _, text, gravest in doubtful:
        _keep(tx, place, text, _words(gravest), verdict=Verdict.NEEDS_EYES, rule=Rule.WATCHES)


def _words(sentence: Sentence) -> tuple[str, ...]:
    return tuple(word.text for word in sentence.words)


def record_review(tx: Tx, place: str, text: str, review: Review) -> None:
    """Keep a review that refused or doubted; `place` says where the text was offered."""
    gravest = review.gravest
    if gravest is None:
        return
    found = [word.text for word in gravest.words]
    _keep(tx, place, text, found, verdict=review.verdict, rule=rule_of(gravest))


def _keep(tx: Tx, place: str, text: str, found: Iterable[str], *, verdict: Verdict, rule: Rule) -> None:
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
