"""Reads what reviews refused or doubted (evidence for W3, W11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.clause_review.feature import VIEW_REVIEWED_TEXTS
from tenancy_svc.clause_review.model import ReviewedText
from trade.text_review.clauses import Rule
from trade.text_review.verdicts import Verdict

LIMIT = 50


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """One text that was refused or doubted."""

    offered_at: dt.datetime
    offered_by: str
    place: str
    verdict: Verdict
    rule: Rule
    words: tuple[str, ...]


@query(VIEW_REVIEWED_TEXTS)
async def reviewed_texts(tx: ReadTx) -> list[ReviewedLine]:
    """Return the latest 50 texts that were refused or doubted, newest first."""
    rows = await tx.session.scalars(
        select(ReviewedText).order_by(ReviewedText.offered_at.desc(), ReviewedText.id.desc()).limit(LIMIT)
    )
    return [
        ReviewedLine(row.offered_at, row.offered_by, row.place, row.verdict, row.rule, tuple(row.words))
        for row in rows
    ]
