"""Reads the organisation's clauses, what the review finds in them now, and who approved them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.clause_review.model import Judged, judged
from tenancy_svc.clauses.feature import VIEW_CLAUSES
from tenancy_svc.clauses.model import APPROVERS, InBothLanguages, OrganisationClause
from trade.text_review.clauses import review_clause
from trade.text_review.verdicts import Sentence, Verdict


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a wording, and when."""

    approver: str
    approved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ClauseLine(InBothLanguages):
    """A clause in the list."""

    id: uuid.UUID
    version: int
    wording: int
    title_en: str
    title_fr: str
    text_en: str
    text_fr: str
    verdict: Verdict
    doubtful_words: str | None
    writer: str
    written_by: str
    written_at: dt.datetime
    brought_in: bool
    approved: bool
    approvals: tuple[Approval, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class ClauseRecord:
    """A clause with what the review finds in each sentence today."""

    clause: ClauseLine
    english: tuple[Judged, ...]
    french: tuple[Judged, ...]
    approved_by_reader: bool


@query(VIEW_CLAUSES)
async def clauses(tx: ReadTx) -> list[ClauseLine]:
    """Return the organisation's clauses by their English titles."""
    rows = await tx.session.scalars(
        select(OrganisationClause)
        .order_by(OrganisationClause.title_en, OrganisationClause.id)
        .options(selectinload(OrganisationClause.approvals))
    )
    return [_line(row) for row in rows]


@query(VIEW_CLAUSES)
async def clause_record(tx: ReadTx, clause_id: uuid.UUID) -> ClauseRecord:
    """Return a clause with its review, sentence by sentence. Raises NotFound."""
    row = await tx.session.get(
        OrganisationClause, clause_id, options=[selectinload(OrganisationClause.approvals)]
    )
    if row is None:
        raise NotFound(what="clause")
    return ClauseRecord(
        clause=_line(row),
        english=tuple(judged(one) for text in (row.title_en, row.text_en) for one in _sentences(text)),
        french=tuple(judged(one) for text in (row.title_fr, row.text_fr) for one in _sentences(text)),
        approved_by_reader=any(one.approved_by == tx.actor.subject for one in row.approving),
    )


def _sentences(text: str) -> tuple[Sentence, ...]:
    return review_clause(text).sentences


def _line(row: OrganisationClause) -> ClauseLine:
    return ClauseLine(
        id=row.id,
        version=row.version,
        wording=row.wording,
        title_en=row.title_en,
        title_fr=row.title_fr,
        text_en=row.text_en,
        text_fr=row.text_fr,
        verdict=row.verdict,
        doubtful_words=row.doubtful_words,
        writer=row.writer,
        written_by=row.written_by,
        written_at=row.written_at,
        brought_in=row.brought_in,
        approved=row.approved,
        approvals=tuple(Approval(one.approver, one.approved_at) for one in row.approving),
        missing=0 if row.approved else APPROVERS - len(row.approving),
    )
