"""Writes clauses, has each reviewed, and publishes versions; refused clauses are never stored as clauses
(T2, T3).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.access import Permission
from tenancy_svc.clause_review.commands import record_review
from tenancy_svc.clause_review.model import POLICY_SENTENCES
from tenancy_svc.lease_templates.model import (
    ApproveClause,
    ApprovedByAuthor,
    BeginDraft,
    Clause,
    ClausesUnsettled,
    DiscardDraft,
    DraftExists,
    Edition,
    EditionState,
    LeaseTemplate,
    NoClauses,
    NoDraft,
    NothingToApprove,
    PublishDraft,
    RemoveClause,
    WriteClause,
)
from trade.text_review.clauses import review_clause, rule_of
from trade.text_review.verdicts import Review, Verdict


@dataclass(frozen=True, slots=True)
class ClauseJudged:
    """What became of a clause that was offered.

    `clause_id` is None when it was refused; `field`, `words`, `passage` and `sentence` then (and in doubt)
    say why.
    A refusal is a result and not an error, because the fact that it was offered is kept (W11).
    """

    verdict: Verdict
    clause_id: uuid.UUID | None = None
    field: str | None = None
    words: str | None = None
    passage: str | None = None
    sentence: str | None = None


@use_case(Permission.EDIT_TEMPLATES)
async def begin_draft(tx: Tx, command: BeginDraft) -> uuid.UUID:
    """Begin a new version as a copy of the published one and return its id. Raises DraftExists."""
    template = await _template(tx, command.template_id)
    if await _edition(tx, template.id, EditionState.DRAFT) is not None:
        raise DraftExists
    published = await _edition(tx, template.id, EditionState.PUBLISHED)
    highest = await tx.scalar(select(func.max(Edition.number)).where(Edition.template_id == template.id))
    draft = Edition(
        id=new_id(),
        template_id=template.id,
        number=(highest or 0) + 1,
        state=EditionState.DRAFT,
        begun_at=tx.now,
    )
    copied = ("position", "title_en", "title_fr", "text_en", "text_fr", "verdict", "doubtful_words")
    kept = (*copied, "written_by", "approved_by", "approved_at")
    draft.clauses = [
        Clause(**{name: getattr(clause, name) for name in kept})
        for clause in (published.clauses if published else [])
    ]
    tx.session.add(draft)
    tx.touched(
        "template", template.id, "drafted", {"version": (published and published.number, draft.number)}
    )
    return draft.id


@use_case(Permission.EDIT_TEMPLATES)
async def write_clause(tx: Tx, command: WriteClause) -> ClauseJudged:
    """Review a clause in both languages and write it into the draft unless it is refused (T3).

    Raises NoDraft, NotFound, EditedMeanwhile. A refusal and a doubt are kept as evidence, with the words.
    """
    draft = await _draft(tx, command.template_id)
    judged, review, field, text = _judge(command)
    if judged is not Verdict.PASSED:
        record_review(tx, "lease_template", text, review)
    finding = review.gravest
    found = (
        {
            "field": field,
            "words": finding.quoted,
            "passage": finding.text,
            "sentence": POLICY_SENTENCES[rule_of(finding)],
        }
        if finding is not None
        else {}
    )
    if judged is Verdict.REFUSED:
        return ClauseJudged(judged, None, **found)
    written = {name: getattr(command, name) for name in ("title_en", "title_fr", "text_en", "text_fr")}
    settled = {
        "verdict": judged,
        "doubtful_words": finding.quoted if finding is not None else None,
        "written_by": tx.actor.subject,
        "approved_by": None,
        "approved_at": None,
    }
    clause = next((clause for clause in draft.clauses if clause.id == command.clause_id), None)
    if command.clause_id is None:
        clause = Clause(id=new_id(), position=len(draft.clauses) + 1, **written, **settled)
        draft.clauses.append(clause)
    elif clause is None:
        raise NotFound(what="clause")
    else:
        if clause.version != command.version:
            difference = {name: (getattr(clause, name), value) for name, value in written.items()}
            raise EditedMeanwhile(current=clause.version, difference=difference)
        for name, value in {**written, **settled}.items():
            setattr(clause, name, value)
    tx.touched("template", draft.template_id, "clause_written", {"title": (None, command.title_en)})
    return ClauseJudged(judged, clause.id, **found)


@use_case(Permission.EDIT_TEMPLATES)
async def remove_clause(tx: Tx, command: RemoveClause) -> None:
    """Take a clause out of the draft; the published version keeps it. Raises NoDraft, NotFound."""
    draft = await _draft(tx, command.template_id)
    clause = _clause(draft, command.clause_id)
    draft.clauses.remove(clause)
    for position, remaining in enumerate(draft.clauses, start=1):
        remaining.position = position
    tx.touched("template", draft.template_id, "clause_removed", {"title": (clause.title_en, None)})


@use_case(Permission.APPROVE_CLAUSES)
async def approve_clause(tx: Tx, command: ApproveClause) -> None:
    """Settle the review's doubt by a second person's reading. Raises NothingToApprove, ApprovedByAuthor."""
    clause = _clause(await _draft(tx, command.template_id), command.clause_id)
    if clause.settled:
        raise NothingToApprove
    if clause.written_by == tx.actor.subject:
        raise ApprovedByAuthor
    clause.approved_by = tx.actor.name
    clause.approved_at = tx.now
    tx.touched("template", command.template_id, "clause_approved", {"title": (None, clause.title_en)})


@use_case(Permission.EDIT_TEMPLATES)
async def publish_draft(tx: Tx, command: PublishDraft) -> int:
    """Publish the draft and return its number; leases already drawn up keep theirs.

    Every clause is reviewed once more, so that nothing slips through that an older review let pass.
    Raises NoDraft, NoClauses, ClausesUnsettled.
    """
    draft = await _draft(tx, command.template_id)
    if not draft.clauses:
        raise NoClauses
    unsettled = [clause for clause in draft.clauses if not clause.settled or not _still_passes(clause)]
    if unsettled:
        raise ClausesUnsettled(titles=", ".join(clause.title_en for clause in unsettled))
    published = await _edition(tx, command.template_id, EditionState.PUBLISHED)
    if published is not None:
        published.state = EditionState.SUPERSEDED
        await tx.session.flush()
    draft.state = EditionState.PUBLISHED
    draft.published_at = tx.now
    draft.published_by = tx.actor.name
    tx.touched(
        "template",
        command.template_id,
        "published",
        {"version": (published and published.number, draft.number)},
    )
    return draft.number


@use_case(Permission.EDIT_TEMPLATES)
async def discard_draft(tx: Tx, command: DiscardDraft) -> None:
    """Throw the draft away. Raises NoDraft."""
    draft = await _draft(tx, command.template_id)
    await tx.session.delete(draft)
    tx.touched("template", command.template_id, "draft_discarded", {"version": (draft.number, None)})


def _judge(command: WriteClause) -> tuple[Verdict, Review, str, str]:
    """Review titles and texts of both languages; return the gravest verdict, its review, field and text."""
    fields = ("title_en", "text_en", "title_fr", "text_fr")
    reviews = [(review_clause(getattr(command, field)), field) for field in fields]
    review, field = max(reviews, key=lambda pair: (pair[0].verdict.gravity, pair[1].startswith("text")))
    return review.verdict, review, field, str(getattr(command, field))


def _still_passes(clause: Clause) -> bool:
    reviews = [review_clause(text).verdict for text in (clause.text_en, clause.text_fr)]
    if Verdict.REFUSED in reviews:
        return False
    return Verdict.NEEDS_EYES not in reviews or clause.approved_at is not None


def _clause(draft: Edition, clause_id: uuid.UUID) -> Clause:
    found = next((clause for clause in draft.clauses if clause.id == clause_id), None)
    if found is None:
        raise NotFound(what="clause")
    return found


async def _template(tx: Tx, template_id: uuid.UUID) -> LeaseTemplate:
    found = await tx.session.get(LeaseTemplate, template_id, with_for_update=True)
    if found is None:
        raise NotFound(what="lease template")
    return found


async def _edition(tx: Tx, template_id: uuid.UUID, state: EditionState) -> Edition | None:
    found: Edition | None = await tx.scalar(
        select(Edition)
        .where(Edition.template_id == template_id, Edition.state == state)
        .options(selectinload(Edition.clauses))
    )
    return found


async def _draft(tx: Tx, template_id: uuid.UUID) -> Edition:
    await _template(tx, template_id)
    draft = await _edition(tx, template_id, EditionState.DRAFT)
    if draft is None:
        raise NoDraft
    return draft
