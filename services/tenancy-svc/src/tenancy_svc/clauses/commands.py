"""Writes the organisation's clauses, reviews each, and lets two people approve it (T2, T3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import EditedMeanwhile, Faults, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.clause_review.commands import record_review
from tenancy_svc.clause_review.model import POLICY_SENTENCES, ClauseConditionsTenancy
from tenancy_svc.clauses.feature import APPROVE_CLAUSES, EDIT_CLAUSES
from tenancy_svc.clauses.model import (
    TEXTS,
    ApproveClause,
    ApprovedByAuthor,
    ApprovedByYou,
    ClauseApproval,
    ClauseNotApproved,
    NothingToApprove,
    OrganisationClause,
    WordingChanged,
    WriteClause,
)
from trade.text_review.clauses import review_clause, rule_of
from trade.text_review.verdicts import Review, Verdict


@dataclass(frozen=True, slots=True)
class RefusedText:
    """A text of a clause that was refused: its field, the words that decided, and the policy's sentence."""

    field: str
    words: str
    sentence: str

    @property
    def refusal(self) -> ClauseConditionsTenancy:
        """The refusal as an error that names the field."""
        return ClauseConditionsTenancy(field=self.field, words=self.words, sentence=self.sentence)


@dataclass(frozen=True, slots=True)
class ClauseJudged:
    """What became of a clause that was offered.

    `clause_id` is None when it was refused. When it was refused or doubted, `field`, `words`, `passage` and
    `sentence` say why for the gravest text; `refusals` says so for each text that was refused. A refusal is a
    result and not an error, so that the evidence of it is committed (W11).
    """

    verdict: Verdict
    clause_id: uuid.UUID | None = None
    field: str | None = None
    words: str | None = None
    passage: str | None = None
    sentence: str | None = None
    refusals: tuple[RefusedText, ...] = ()

    def refuse(self) -> None:
        """Raise what was refused, ClauseConditionsTenancy or SeveralFaults; nothing when it was saved."""
        faults = Faults()
        for one in self.refusals:
            faults.add(one.refusal)
        faults.refuse()


@use_case(EDIT_CLAUSES)
async def write_clause(tx: Tx, command: WriteClause) -> ClauseJudged:
    """Review a clause in both languages and save it unless it's refused; two people then approve it (T3).

    Raises NotFound, EditedMeanwhile. Every refusal, or else every doubt, is recorded as evidence.
    """
    reviews = {name: review_clause(getattr(command, name)) for name in TEXTS}
    field = max(reviews, key=lambda name: (reviews[name].verdict.gravity, name.startswith("text")))
    review, verdict = reviews[field], reviews[field].verdict
    if verdict is not Verdict.PASSED:
        for name, one in reviews.items():
            if one.verdict is verdict:
                record_review(tx, "clause", str(getattr(command, name)), one)
    judged = _judged(verdict, review, field)
    if verdict is Verdict.REFUSED:
        return replace(judged, refusals=tuple(_refused(reviews)))
    written = {name: getattr(command, name) for name in TEXTS}
    reviewed = {
        "verdict": verdict,
        "doubtful_words": judged.words,
        "written_by": tx.actor.subject,
        "writer": tx.actor.name,
        "written_at": tx.now,
        "brought_in": False,
    }
    if command.clause_id is None:
        clause = OrganisationClause(id=new_id(), wording=1, **written, **reviewed)
        tx.session.add(clause)
        tx.touched("clause", clause.id, "written", {"title": (None, command.title_en)})
        return replace(judged, clause_id=clause.id)
    clause = await locked_clause(tx, command.clause_id)
    changes = {n: (getattr(clause, n), v) for n, v in written.items() if getattr(clause, n) != v}
    if clause.version != command.version:
        raise EditedMeanwhile(current=clause.version, difference=changes)
    if changes:
        for name, value in {**written, **reviewed, "wording": clause.wording + 1}.items():
            setattr(clause, name, value)
        tx.touched("clause", clause.id, "changed", changes)
    return replace(judged, clause_id=clause.id)


@use_case(APPROVE_CLAUSES)
async def approve_clause(tx: Tx, command: ApproveClause) -> bool:
    """Approve a wording as one of two people; return whether it may go into templates from now on.

    Raises ApprovedByAuthor, ApprovedByYou, NothingToApprove, WordingChanged, NotFound.
    """
    clause = await locked_clause(tx, command.clause_id)
    if clause.wording != command.wording:
        raise WordingChanged
    if clause.approved:
        raise NothingToApprove
    if clause.written_by == tx.actor.subject:
        raise ApprovedByAuthor
    if any(approval.approved_by == tx.actor.subject for approval in clause.approving):
        raise ApprovedByYou
    clause.approvals.append(
        ClauseApproval(
            id=new_id(),
            wording=clause.wording,
            approved_by=tx.actor.subject,
            approver=tx.actor.name,
            approved_at=tx.now,
        )
    )
    tx.touched("clause", clause.id, "approved", {"wording": (None, clause.wording)})
    return clause.approved


async def approved_clause(tx: Tx, clause_id: uuid.UUID) -> OrganisationClause:
    """Return a clause that may go into a template. Raises ClauseNotApproved, NotFound."""
    clause = await locked_clause(tx, clause_id)
    if not clause.approved:
        raise ClauseNotApproved(field="clause_id")
    return clause


async def locked_clause(tx: Tx, clause_id: uuid.UUID) -> OrganisationClause:
    """Return a clause with its approvals, locked. Raises NotFound."""
    found: OrganisationClause | None = await tx.scalar(
        select(OrganisationClause)
        .where(OrganisationClause.id == clause_id)
        .options(selectinload(OrganisationClause.approvals))
        .with_for_update(of=OrganisationClause)
    )
    if found is None:
        raise NotFound(what="clause")
    return found


def _judged(verdict: Verdict, review: Review, field: str) -> ClauseJudged:
    gravest = review.gravest
    if gravest is None:
        return ClauseJudged(verdict)
    sentence = POLICY_SENTENCES[rule_of(gravest)]
    return ClauseJudged(verdict, field=field, words=gravest.quoted, passage=gravest.text, sentence=sentence)


def _refused(reviews: Mapping[str, Review]) -> Iterator[RefusedText]:
    """Every text that was refused, in the order of the form."""
    for name, review in reviews.items():
        if review.verdict is Verdict.REFUSED and review.gravest is not None:
            rule = rule_of(review.gravest)
            yield RefusedText(name, review.gravest.quoted, POLICY_SENTENCES[rule])
