"""The whole of a lease as one document: people, home, time, money, the law and every clause (T4)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.parties import name_of
from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from tenancy_svc.applications.people import Part
from tenancy_svc.applications.queries import PersonView
from tenancy_svc.documents.model import (
    Block,
    Document,
    Heading,
    Language,
    Row,
    Rows,
    SignatureLines,
    paragraphs,
    row,
    shown,
)
from tenancy_svc.documents.translation import Translation, translation
from tenancy_svc.homes.queries import HomeView, find_home
from tenancy_svc.lease_templates.model import Jurisdiction
from tenancy_svc.lease_templates.queries import EditionView, edition_of, jurisdiction_of
from tenancy_svc.leases.deposits import Deposit, rules_for
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import EditionReason, Lease, LeaseEdition, LeaseStatus, with_terms
from tenancy_svc.leases.queries import EditionTerms, terms_of

_WHY = {
    EditionReason.DRAWN_UP: N_("Drawn up on %(moment)s by %(name)s"),
    EditionReason.CHANGED_BEFORE_SIGNING: N_("Changed before signing on %(moment)s by %(name)s"),
}


@dataclass(frozen=True, slots=True)
class LeasePaper:
    """Everything that one edition of a lease says."""

    number: int
    status: LeaseStatus
    began_at: dt.datetime | None
    current: int
    """The number of the current edition."""
    landlord: str
    home: HomeView | None
    terms: EditionTerms
    template: EditionView
    jurisdiction: Jurisdiction

    @property
    def former(self) -> bool:
        """Whether another edition replaced it."""
        return self.terms.number != self.current

    @property
    def in_force(self) -> bool:
        """Whether this edition is what was signed."""
        return self.status is LeaseStatus.IN_FORCE and not self.former


@query(VIEW_LEASES, views="lease")
async def lease_document(
    tx: ReadTx, lease_id: uuid.UUID, *, edition: int | None = None, language: Language
) -> Document:
    """Return one edition of a lease, by default the current one, as a document. Raises NotFound."""
    found = await tx.session.get(Lease, lease_id)
    if found is None:
        raise NotFound(what="lease")
    written = await tx.scalar(
        select(LeaseEdition)
        .where(LeaseEdition.lease_id == lease_id, LeaseEdition.number == (edition or found.edition))
        .options(*with_terms())
    )
    if written is None:
        raise NotFound(what="edition")
    words = translation(language, tx.runtime.time_zone)
    paper = LeasePaper(
        number=found.number,
        status=found.status,
        began_at=found.began_at,
        current=found.edition,
        landlord=name_of(tx.runtime.parties, tx.runtime.entity, language.value),
        home=await find_home(tx, found.unit),
        terms=terms_of(written),
        template=await edition_of(tx, written.template_edition_id),
        jurisdiction=await jurisdiction_of(tx, written.template_edition_id),
    )
    return document_of(paper, words)


def document_of(paper: LeasePaper, words: Translation) -> Document:
    """Return the document of an edition in one language."""
    title = words._("Lease %(number)s", number=paper.number)
    version = words._("Version %(number)s", number=paper.terms.number)
    return Document(
        language=words.language,
        name=f"lease-{paper.number}-version-{paper.terms.number}-{words.language.value}",
        title=title,
        mark=_mark(paper, words),
        running=f"{title} · {version}",
        author=shown(paper.landlord),
        made_at=paper.began_at if paper.in_force and paper.began_at else paper.terms.made_at,
        blocks=tuple(_blocks(paper, words)),
    )


def _mark(paper: LeasePaper, words: Translation) -> str | None:
    if paper.status is LeaseStatus.DISCARDED:
        return words._("Discarded draft: it was never in force")
    if paper.former:
        return words._("Former version, replaced by version %(number)s: not in force", number=paper.current)
    if paper.status is LeaseStatus.DRAFT:
        return words._("Draft: not in force until everybody has signed")
    return None


def _blocks(paper: LeasePaper, words: Translation) -> Iterator[Block]:
    terms = paper.terms
    yield Rows(tuple(_about(paper, words)))
    yield Heading(words._("The parties"))
    yield Rows(tuple(_parties(paper, words)))
    yield Heading(words._("The home"))
    yield Rows(tuple(_home(paper.home, words)))
    yield Heading(words._("Time and rent"))
    yield Rows(tuple(_terms(terms, words)))
    yield Heading(words._("Deposits"))
    yield Rows(tuple(_deposits(paper, words)))
    yield Heading(words._("The law and the clauses"))
    yield Rows(tuple(_law(paper, words)))
    for number, clause in enumerate(paper.template.clauses, 1):
        yield Heading(shown(f"{number}. {clause.title(words.language)}"), sub=True)
        yield from paragraphs(clause.text(words.language))
    if paper.status is LeaseStatus.DRAFT and not paper.former:
        yield Heading(words._("Signatures"))
        names = [words._("%(name)s, tenant", name=name) for name in terms.tenants]
        names.append(words._("for %(name)s", name=paper.landlord))
        yield SignatureLines(
            tuple(shown(name) for name in names), words._("signature"), words._("Date of signing")
        )


def _about(paper: LeasePaper, words: Translation) -> Iterator[Row]:
    terms = paper.terms
    why = words._(_WHY[terms.reason], moment=words.formats.moment(terms.made_at), name=terms.made_by)
    yield row(words._("Version"), str(terms.number), why)
    if paper.in_force and paper.began_at is not None:
        signed = words._("Signatures recorded on %(moment)s", moment=words.formats.moment(paper.began_at))
        yield row(words._("State"), words.label(paper.status), signed)
    elif not paper.former:
        yield row(words._("State"), words.label(paper.status))


def _parties(paper: LeasePaper, words: Translation) -> Iterator[Row]:
    yield row(words._("Landlord"), paper.landlord)
    if not paper.terms.parties:
        yield row(
            words._("Tenants"),
            words._("The names were deleted, because the household no longer agrees to share them."),
        )
    for part, label in ((Part.TENANT, words._("Tenant")), (Part.OCCUPANT, words._("Occupant"))):
        for party in paper.terms.parties:
            if party.part is part:
                yield row(label, *_person(party, words))
    yield row(words._("Lease holder"), words.label(paper.terms.holder))


def _person(party: PersonView, words: Translation) -> Iterator[str]:
    yield party.name
    if party.phone:
        yield words.formats.phone(party.phone)
    if party.email:
        yield party.email


def _home(home: HomeView | None, words: Translation) -> Iterator[Row]:
    if home is None or not home.address:
        yield row(words._("Address"), words._("The inventory hasn't described this home yet"))
        return
    yield row(words._("Address"), home.address, *_given(words.formats.postal_code(home.postal_code)))
    if home.building_name:
        yield row(words._("Building"), home.building_name)


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _terms(terms: EditionTerms, words: Translation) -> Iterator[Row]:
    yield row(words._("First day of the tenancy"), words.formats.date(terms.start_on))
    end = (words._("Last day: %(day)s", day=words.formats.date(terms.end_on)),) if terms.end_on else ()
    yield row(words._("Length of the lease"), words.label(terms.term), *end)
    yield row(words._("Rent for a month"), words.sum(terms.rent))
    yield row(
        words._("Rent is due on"),
        words._("day %(day)s of each month", day=terms.due_day),
        words._("In shorter months the last day counts."),
    )
    included = [words.label(inclusion) for inclusion in terms.inclusions]
    yield row(words._("Included in the rent"), *(included or [words._("nothing")]))


def _deposits(paper: LeasePaper, words: Translation) -> Iterator[Row]:
    day = paper.terms.made_at.astimezone(words.formats.zone).date()
    rules = {rule.kind: rule for rule in rules_for(paper.jurisdiction.reach.province, day)}
    for deposit in paper.terms.deposits:
        rule = rules.get(deposit.kind)
        law: tuple[str, ...] = ()
        if rule is not None:
            most, source = words.label(rule.most), words._(rule.source)
            law = (words._("By law %(most)s (%(source)s)", most=most, source=source),)
        yield row(words.label(deposit.kind), *_deposit(deposit, words), *law)
    if not paper.terms.deposits:
        yield row(words._("Deposits"), words._("not required"))


def _deposit(deposit: Deposit, words: Translation) -> Iterator[str]:
    yield f"{words.sum(deposit.amount)} · {words.label(deposit.state)}"
    if deposit.replacement_cost is not None:
        yield words._("Replacing the keys costs %(sum)s", sum=words.sum(deposit.replacement_cost))


def _law(paper: LeasePaper, words: Translation) -> Iterator[Row]:
    yield row(words._("Law"), words._(paper.jurisdiction.act), words.label(paper.jurisdiction))
    since = paper.template.published_at
    published = (words._("Published on %(day)s", day=words.formats.date(since)),) if since else ()
    yield row(
        words._("Clauses"),
        words._(
            "Version %(number)s of the template, the same for every tenant", number=paper.template.number
        ),
        *published,
    )
