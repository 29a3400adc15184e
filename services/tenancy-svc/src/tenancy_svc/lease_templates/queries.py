"""Reads templates, their editions and clauses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from tenancy_svc.clauses.model import InBothLanguages
from tenancy_svc.documents.model import Language
from tenancy_svc.lease_templates.feature import VIEW_TEMPLATES
from tenancy_svc.lease_templates.model import Clause, Edition, EditionState, Jurisdiction, LeaseTemplate
from tenancy_svc.timeline import Entry, timeline_of
from trade.text_review.verdicts import Verdict


class NamedInBothLanguages:
    """The name of a template, which is written in English and in French."""

    __slots__ = ()

    name_en: str
    name_fr: str

    def name(self, locale: str) -> str:
        """Return the name in the reader's language."""
        return Language.of(locale).choose(self.name_en, self.name_fr)


@dataclass(frozen=True, slots=True)
class TemplateLine(NamedInBothLanguages):
    """A template in the list."""

    id: uuid.UUID
    jurisdiction: Jurisdiction
    name_en: str
    name_fr: str
    published_number: int | None
    published_at: dt.datetime | None
    clauses: int
    draft_number: int | None


@dataclass(frozen=True, slots=True)
class ClauseView(InBothLanguages):
    """A clause as it was approved."""

    id: uuid.UUID
    source_id: uuid.UUID
    position: int
    title_en: str
    title_fr: str
    text_en: str
    text_fr: str
    verdict: Verdict
    doubtful_words: str | None
    approved_by: str | None
    written_by: str


@dataclass(frozen=True, slots=True)
class EditionView:
    """One version of a template."""

    id: uuid.UUID
    number: int
    state: EditionState
    begun_at: dt.datetime
    published_at: dt.datetime | None
    published_by: str | None
    clauses: tuple[ClauseView, ...]


@dataclass(frozen=True, slots=True)
class TemplateRecord(NamedInBothLanguages):
    """A template with its draft, the published version and the numbers of those before."""

    id: uuid.UUID
    jurisdiction: Jurisdiction
    name_en: str
    name_fr: str
    draft: EditionView | None
    published: EditionView | None
    former: tuple[EditionView, ...]
    timeline: list[Entry]


@query(VIEW_TEMPLATES)
async def lease_templates(tx: ReadTx) -> list[TemplateLine]:
    """Return every template in the order of their names."""
    templates = (await tx.session.scalars(select(LeaseTemplate).order_by(LeaseTemplate.name_en))).all()
    editions = (
        await tx.session.scalars(
            select(Edition).where(Edition.state.in_([EditionState.DRAFT, EditionState.PUBLISHED]))
        )
    ).all()
    counted: Iterable[Any] = await tx.execute(
        select(Clause.edition_id, func.count().label("clauses")).group_by(Clause.edition_id)
    )
    counts: dict[uuid.UUID, int] = {row.edition_id: row.clauses for row in counted}
    lines = []
    for template in templates:
        own = {edition.state: edition for edition in editions if edition.template_id == template.id}
        published, draft = own.get(EditionState.PUBLISHED), own.get(EditionState.DRAFT)
        lines.append(
            TemplateLine(
                id=template.id,
                jurisdiction=template.jurisdiction,
                name_en=template.name_en,
                name_fr=template.name_fr,
                published_number=published.number if published else None,
                published_at=published.published_at if published else None,
                clauses=counts.get(published.id, 0) if published else 0,
                draft_number=draft.number if draft else None,
            )
        )
    return lines


@query(VIEW_TEMPLATES)
async def lease_template(tx: ReadTx, template_id: uuid.UUID) -> TemplateRecord:
    """Return a template with all its versions. Raises NotFound."""
    template = await tx.session.get(LeaseTemplate, template_id)
    if template is None:
        raise NotFound(what="lease template")
    editions = (
        await tx.session.scalars(
            select(Edition)
            .where(Edition.template_id == template_id)
            .order_by(Edition.number.desc())
            .options(selectinload(Edition.clauses))
        )
    ).all()
    views = [edition_view(edition) for edition in editions]
    return TemplateRecord(
        id=template.id,
        jurisdiction=template.jurisdiction,
        name_en=template.name_en,
        name_fr=template.name_fr,
        draft=next((view for view in views if view.state is EditionState.DRAFT), None),
        published=next((view for view in views if view.state is EditionState.PUBLISHED), None),
        former=tuple(view for view in views if view.state is EditionState.SUPERSEDED),
        timeline=await timeline_of(tx, [("template", template_id)]),
    )


async def edition_of(tx: ReadTx, edition_id: uuid.UUID) -> EditionView:
    """Return one version by its id; leases keep theirs, whatever was published since."""
    edition = await tx.session.get_one(Edition, edition_id, options=[selectinload(Edition.clauses)])
    return edition_view(edition)


async def jurisdiction_of(tx: ReadTx, edition_id: uuid.UUID) -> Jurisdiction:
    """Return whose law governs the leases of a version."""
    template = select(Edition.template_id).where(Edition.id == edition_id).scalar_subquery()
    return (
        (await tx.session.scalars(select(LeaseTemplate).where(LeaseTemplate.id == template)))
        .one()
        .jurisdiction
    )


async def published_edition_for(tx: ReadTx | Tx, province: str) -> uuid.UUID | None:
    """Return the id of the published version that governs homes in a province, or None."""
    jurisdiction = next((j for j in Jurisdiction if j.reach.governs(province)), None)
    if jurisdiction is None:
        return None
    found: uuid.UUID | None = await tx.scalar(
        select(Edition.id)
        .join(LeaseTemplate, LeaseTemplate.id == Edition.template_id)
        .where(LeaseTemplate.jurisdiction == jurisdiction, Edition.state == EditionState.PUBLISHED)
    )
    return found


def edition_view(edition: Edition) -> EditionView:
    """Return what a page may show of a version."""
    return EditionView(
        id=edition.id,
        number=edition.number,
        state=edition.state,
        begun_at=edition.begun_at,
        published_at=edition.published_at,
        published_by=edition.published_by,
        clauses=tuple(
            ClauseView(
                id=clause.id,
                source_id=clause.source_id,
                position=clause.position,
                title_en=clause.title_en,
                title_fr=clause.title_fr,
                text_en=clause.text_en,
                text_fr=clause.text_fr,
                verdict=clause.verdict,
                doubtful_words=clause.doubtful_words,
                approved_by=clause.approved_by,
                written_by=clause.written_by,
            )
            for clause in edition.clauses
        ),
    )
