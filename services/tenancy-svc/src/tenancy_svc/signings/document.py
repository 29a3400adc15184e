"""The record of a signing as one document: who, when, where, what was attested and what changed (T5)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.db.tables import audit
from chassis.feature import sentences_of
from chassis.parties import name_of
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.documents.model import (
    Block,
    Document,
    Heading,
    Language,
    Listing,
    Paragraph,
    Row,
    Rows,
    row,
    shown,
)
from tenancy_svc.documents.translation import Translation, translation
from tenancy_svc.leases import feature as leases
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import LeaseEdition
from tenancy_svc.signings import feature as signings
from tenancy_svc.signings.attestations import SigningParty, parties_of
from tenancy_svc.signings.model import Attendance, Attestation, Outcome, Place, Side, Signing, SigningStatus
from tenancy_svc.signings.queries import SigningRecord, signing
from tenancy_svc.timeline import acted_by
from tenancy_svc.undo import feature as undo

MOST_STEPS = 1_000
_SENTENCES = sentences_of((undo.FEATURE, leases.FEATURE, signings.FEATURE))


@dataclass(frozen=True, slots=True)
class Step:
    """One event on the way to the signatures."""

    at: dt.datetime
    action: str
    by: str
    changes: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SigningPaper:
    """Everything that the record of a signing shows; `edition` is the version of the lease it was about."""

    record: SigningRecord
    edition: int
    tenants: tuple[str, ...]
    landlord: str
    advocates: Mapping[str, str]
    """The names of the organisations that support the tenant, by party."""
    parties: Sequence[SigningParty]
    attestations: Sequence[tuple[Attestation, int]]
    """Each with the number of the edition it was given for."""
    steps: Sequence[Step]
    made_at: dt.datetime


@query(VIEW_LEASES, views="lease")
async def signing_document(tx: ReadTx, signing_id: uuid.UUID, *, language: Language) -> Document:
    """Return the record of one signing as a document. Raises NotFound."""
    record = await signing(tx, signing_id)
    held = await tx.session.get_one(Signing, signing_id, options=[selectinload(Signing.attestations)])
    editions = (
        await tx.session.scalars(
            select(LeaseEdition)
            .where(LeaseEdition.lease_id == held.lease_id)
            .order_by(LeaseEdition.number)
            .options(selectinload(LeaseEdition.parties))
        )
    ).all()
    steps = await _steps(tx, held.lease_id)
    over = _over(held, record, steps)
    edition = _edition_of(held, editions, over)
    numbers = {one.id: one.number for one in editions}
    words = translation(language, tx.runtime.time_zone)
    until_then = [step for step in steps if over is None or step.at <= over]
    paper = SigningPaper(
        record=record,
        edition=edition.number,
        tenants=tuple(party.name for party in parties_of(held, edition) if party.side is Side.TENANT),
        landlord=name_of(tx.runtime.parties, tx.runtime.entity, language.value),
        advocates={
            one.party: name_of(tx.runtime.parties, one.party, language.value) for one in record.invites
        },
        parties=parties_of(held, edition),
        attestations=[(one, numbers[one.lease_edition_id]) for one in held.attestations],
        steps=until_then,
        made_at=over or max([held.arranged_at, *(step.at for step in until_then)]),
    )
    return document_of(paper, words)


async def _steps(tx: ReadTx, lease_id: uuid.UUID) -> list[Step]:
    rows = await tx.execute(
        select(audit.c.at, audit.c.action, audit.c.actor_name, audit.c.actor_kind, audit.c.changes)
        .where(audit.c.record_kind == "lease", audit.c.record_id == str(lease_id))
        .order_by(audit.c.at, audit.c.id)
        .limit(MOST_STEPS)
    )
    return [
        Step(one.at, one.action, acted_by(one.actor_name, one.actor_kind), one.changes or {}) for one in rows
    ]


def _over(held: Signing, record: SigningRecord, steps: Sequence[Step]) -> dt.datetime | None:
    """Return when the signing was over; None while it's scheduled. Its record shows nothing later."""
    if held.status is SigningStatus.SCHEDULED:
        return None
    if held.outcome is Outcome.SIGNED:
        return record.lease.began_at
    if held.outcome is Outcome.NOT_SIGNED:
        return held.held_at
    cancelled = [s.at for s in steps if s.action == "signing_cancelled" and s.at >= held.arranged_at]
    return min(cancelled, default=held.arranged_at)


def _edition_of(held: Signing, editions: Sequence[LeaseEdition], over: dt.datetime | None) -> LeaseEdition:
    """Return the edition that stood when the signing was over, or that stands while it's scheduled."""
    stood = [edition for edition in editions if over is None or edition.made_at <= over]
    return max(stood or editions[:1], key=lambda edition: edition.number)


def document_of(paper: SigningPaper, words: Translation) -> Document:
    """Return the document of a signing in one language."""
    record = paper.record
    title = words._("Record of the signing of lease %(number)s", number=record.lease.number)
    lease = words._("Lease %(number)s", number=record.lease.number)
    version = words._("Version %(number)s", number=paper.edition)
    day = record.starts_at.astimezone(words.formats.zone).date()
    return Document(
        language=words.language,
        name=f"signing-of-lease-{record.lease.number}-{day.isoformat()}-{words.language.value}",
        title=title,
        mark=_mark(record, words),
        running=f"{lease} · {version} · {words._('Record of the signing')}",
        author=shown(paper.landlord),
        made_at=paper.made_at,
        blocks=tuple(_blocks(paper, words)),
    )


def _mark(record: SigningRecord, words: Translation) -> str | None:
    if record.status is SigningStatus.SCHEDULED:
        return words._("Not signed yet")
    if record.status is SigningStatus.CANCELLED:
        return words._("Cancelled: this signing didn't take place")
    if record.outcome is Outcome.NOT_SIGNED:
        return words._("Not signed: the parties met, and the lease stayed a draft")
    return None


def _blocks(paper: SigningPaper, words: Translation) -> Iterator[Block]:
    record = paper.record
    yield Heading(words._("When and where"))
    yield Rows(tuple(_when_and_where(paper, words)))
    took_place = record.status is SigningStatus.HELD
    yield Heading(words._("Who was there") if took_place else words._("Who was expected"))
    yield Rows(tuple(_people(paper, words)))
    yield Heading(words._("The tenants' rights"))
    yield Paragraph(_rights(record, words))
    yield Heading(words._("Attestations that no service is a condition"))
    for party in paper.parties:
        alike = [other for other in paper.parties if other.name == party.name]
        yield from _attestation(party, words, with_contact=len(alike) > 1)
    others = tuple(_no_longer_counting(paper, words))
    if others:
        yield Heading(words._("Attestations that don't count any more"))
        yield Listing(others)
    if paper.steps:
        yield Heading(words._("History of the signing"))
        yield Listing(tuple(_step(step, words) for step in paper.steps))


def _when_and_where(paper: SigningPaper, words: Translation) -> Iterator[Row]:
    record = paper.record
    moment = words.formats.moment
    city = words._("%(city)s time", city=record.time_zone.split("/")[-1].replace("_", " "))
    lease = words._("Lease %(number)s", number=record.lease.number)
    yield row(words._("Lease"), lease, words._("Version %(number)s", number=paper.edition))
    yield row(
        words._("Home"), record.lease.address or words._("The inventory hasn't described this home yet")
    )
    yield row(words._("State"), words.label(record.outcome or record.status))
    arranged = record.arranged_for or record.starts_at
    yield row(words._("Arranged for"), f"{moment(arranged)} ({city})")
    if record.held_at is not None:
        label = words._("Signed on") if record.outcome is Outcome.SIGNED else words._("Met on")
        by = words._("recorded by %(name)s", name=record.held_by or "")
        agreed = words._("The tenants agreed to sign at another time.")
        yield row(label, moment(record.held_at), by, *((agreed,) if record.arranged_for else ()))
    yield row(
        words._("Place"), words.label(record.place), *((record.directions,) if record.directions else ())
    )


def _people(paper: SigningPaper, words: Translation) -> Iterator[Row]:
    deleted = words._("The names were deleted, because the household no longer agrees to share them.")
    yield row(words._("Tenants"), *(paper.tenants or (deleted,)))
    yield row(words._("For the landlord"), paper.record.landlord_name, paper.landlord)
    yield row(words._("The tenant's advocate"), *_advocate(paper, words))


def _advocate(paper: SigningPaper, words: Translation) -> Iterator[str]:
    answered = [(one.party, one.answer) for one in paper.record.invites if one.answer is not None]
    if not answered:
        yield words._("No answer of an advocate is recorded.")
    for party, answer in answered:
        attending = answer.attendance is Attendance.ATTENDING
        said = (
            words._("An advocate answered that they attend.")
            if attending
            else words._("No advocate can attend.")
        )
        yield f"{paper.advocates[party]}: {said}"
        if answer.reason is not None:
            yield words.label(answer.reason)


def _rights(record: SigningRecord, words: Translation) -> str:
    if record.rights_explained_at is None:
        return words._("It isn't recorded that the tenants' rights were explained.")
    return words._(
        "The tenants' rights were explained and acknowledged: what the lease says, what the law adds, that "
        "services are never a condition, and whom to ask. Recorded on %(moment)s by %(name)s.",
        moment=words.formats.moment(record.rights_explained_at),
        name=shown(record.rights_explained_by or ""),
    )


def _attestation(party: SigningParty, words: Translation, *, with_contact: bool) -> Iterator[Block]:
    if party.side is Side.TENANT:
        name = words._("%(name)s, tenant", name=party.name)
        attested = words._(
            "“Nobody asked me to take part in any service, treatment or programme for this lease.”"
        )
    else:
        name = words._("%(name)s, for the landlord", name=party.name)
        attested = words._("“This lease depends on no service, treatment or programme, and never will.”")
    contact = f" · {party.contact}" if party.contact and with_contact else ""
    yield Heading(shown(name + contact), sub=True)
    given = party.attestation
    if given is None:
        yield Paragraph(words._("Hasn't attested."))
        return
    yield Paragraph(attested, quoted=True)
    moment = words.formats.moment(given.attested_at)
    yield Paragraph(
        shown(words._("Attested on %(moment)s, recorded by %(name)s.", moment=moment, name=given.recorded_by))
    )


def _no_longer_counting(paper: SigningPaper, words: Translation) -> Iterator[str]:
    standing = {party.attestation.id for party in paper.parties if party.attestation is not None}
    moment = words.formats.moment
    for one, number in paper.attestations:
        if one.taken_back_at is not None:
            yield shown(
                words._(
                    "%(name)s’s attestation of %(moment)s, recorded by %(by)s, was taken back on "
                    "%(taken)s by %(who)s.",
                    name=one.name,
                    moment=moment(one.attested_at),
                    by=one.recorded_by,
                    taken=moment(one.taken_back_at),
                    who=one.taken_back_by or "",
                )
            )
        elif one.id not in standing:
            yield shown(
                words._(
                    "%(name)s attested on %(moment)s for version %(number)s, recorded by %(by)s.",
                    name=one.name,
                    moment=moment(one.attested_at),
                    number=number,
                    by=one.recorded_by,
                )
            )


def _step(step: Step, words: Translation) -> str:
    what = words._(_SENTENCES.get(("lease", step.action), step.action))
    parts = [words.formats.moment(step.at), what, "; ".join(_details(step, words)), step.by]
    return shown(" · ".join(part for part in parts if part))


def _details(step: Step, words: Translation) -> Iterator[str]:
    """What a move changed, and who attested; what an amendment changed is shown by the versions."""
    for field, (old, new) in step.changes.items():
        if step.action == "signing_moved":
            before, after = (_value(field, value, words) for value in (old, new))
            yield f"{before or words._('not given')} → {after or words._('not given')}"
        elif step.action in {"attested", "attestation_taken_back"}:
            yield str(new or old)


def _value(field: str, value: Any, words: Translation) -> str:
    if value is None:
        return ""
    if field == "starts_at":
        return words.formats.moment(dt.datetime.fromisoformat(value))
    return words.label(Place(value)) if field == "place" else str(value)
