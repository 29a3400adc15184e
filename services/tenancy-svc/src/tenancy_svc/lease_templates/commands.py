"""Makes versions of a template from approved clauses, and publishes them (T2, T3)."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.clauses.commands import approved_clause
from tenancy_svc.clauses.model import TEXTS
from tenancy_svc.lease_templates.feature import EDIT_TEMPLATES
from tenancy_svc.lease_templates.model import (
    AddClause,
    BeginDraft,
    Clause,
    ClauseInDraft,
    ClausesRefused,
    DiscardDraft,
    DraftExists,
    Edition,
    EditionState,
    LeaseTemplate,
    NoClauses,
    NoDraft,
    PublishDraft,
    RemoveClause,
)
from trade.text_review.clauses import review_clause
from trade.text_review.verdicts import Verdict


@use_case(EDIT_TEMPLATES)
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
    copied = ("source_id", "source_wording", "position", *TEXTS, "verdict", "doubtful_words")
    unchanged = (*copied, "written_by", "approved_by", "approved_at")
    draft.clauses = [
        Clause(**{name: getattr(clause, name) for name in unchanged})
        for clause in (published.clauses if published else [])
    ]
    tx.session.add(draft)
    tx.touched(
        "template", template.id, "drafted", {"version": (published and published.number, draft.number)}
    )
    return draft.id


@use_case(EDIT_TEMPLATES)
async def add_clause(tx: Tx, command: AddClause) -> uuid.UUID:
    """Add an approved clause in its present wording to the end of the draft, and return its id (T2).

    Raises NoDraft, ClauseNotApproved, ClauseInDraft, NotFound.
    """
    draft = await _draft(tx, command.template_id)
    source = await approved_clause(tx, command.clause_id)
    if any(clause.source_id == source.id for clause in draft.clauses):
        raise ClauseInDraft(field="clause_id")
    approvals = source.approving
    clause = Clause(
        id=new_id(),
        source_id=source.id,
        source_wording=source.wording,
        position=max((clause.position for clause in draft.clauses), default=0) + 1,
        verdict=source.verdict,
        doubtful_words=source.doubtful_words,
        written_by=source.written_by,
        approved_by=", ".join(approval.approver for approval in approvals) or None,
        approved_at=approvals[-1].approved_at if approvals else None,
        **{name: getattr(source, name) for name in TEXTS},
    )
    draft.clauses.append(clause)
    tx.touched("template", draft.template_id, "clause_added", {"title": (None, clause.title_en)})
    return clause.id


@use_case(EDIT_TEMPLATES)
async def remove_clause(tx: Tx, command: RemoveClause) -> None:
    """Take a clause out of the draft; the published version keeps it. Raises NoDraft, NotFound."""
    draft = await _draft(tx, command.template_id)
    clause = _clause(draft, command.clause_id)
    draft.clauses.remove(clause)
    for position, remaining in enumerate(draft.clauses, start=1):
        remaining.position = position
    tx.touched("template", draft.template_id, "clause_removed", {"title": (clause.title_en, None)})


@use_case(EDIT_TEMPLATES)
async def publish_draft(tx: Tx, command: PublishDraft) -> int:
    """Publish the draft and return its number; leases already drawn up keep theirs.

    Every clause was approved by two people. Each is reviewed once more, because the review may refuse today
    what it passed then. Raises NoDraft, NoClauses, ClausesRefused.
    """
    draft = await _draft(tx, command.template_id)
    if not draft.clauses:
        raise NoClauses
    refused = [clause for clause in draft.clauses if _is_refused(clause)]
    if refused:
        raise ClausesRefused(titles=", ".join(clause.title_en for clause in refused))
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


@use_case(EDIT_TEMPLATES)
async def discard_draft(tx: Tx, command: DiscardDraft) -> None:
    """Throw the draft away. Raises NoDraft."""
    draft = await _draft(tx, command.template_id)
    await tx.session.delete(draft)
    tx.touched("template", command.template_id, "draft_discarded", {"version": (draft.number, None)})


def _is_refused(clause: Clause) -> bool:
    return any(review_clause(getattr(clause, name)).verdict is Verdict.REFUSED for name in TEXTS)


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
