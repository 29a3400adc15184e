"""Refusing what would watch people in their homes, and keeping every refusal as evidence (U5, W8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.dialects.postgresql import insert

from chassis.errors import Faults, NotFound
from chassis.ids import new_id
from chassis.perform import perform_apart
from chassis.usecase import use_case
from trade.text_review.clauses import review_clause
from trade.text_review.devices import sorted_out
from trade.text_review.verdicts import Sentence, Verdict
from units_svc.privacy.feature import JUDGE_TEXTS, LEAVE_REFUSAL
from units_svc.privacy.model import (
    DoubtfulText,
    JudgedAlready,
    JudgedByAuthor,
    Judgement,
    MonitoringRefused,
    Place,
    PrivacyRefusal,
    ReasonAboutServices,
)

if TYPE_CHECKING:
    from chassis.tx import Tx

STORED = 1_000
"""Characters of a refused text that are stored."""


@dataclass(frozen=True, slots=True)
class RecordRefusal:
    """A text that was refused, the words that decided, and where it was offered."""

    place: Place
    field: str
    text: str
    deciding: str
    unit_id: UUID | None = None


@use_case(LEAVE_REFUSAL)
async def record_refusal(tx: Tx, command: RecordRefusal) -> UUID:
    """Keep a refusal and return its id."""
    refusal = PrivacyRefusal(
        id=new_id(),
        place=command.place,
        field=command.field,
        text=command.text[:STORED],
        deciding=command.deciding,
        unit_id=command.unit_id,
        refused_at=tx.now,
        offered_by=tx.actor.name,
    )
    tx.session.add(refusal)
    tx.touched("privacy_refusal", refusal.id, "refused")
    return refusal.id


async def require_private(
    tx: Tx, place: Place, texts: Iterable[tuple[str, str | None]], *, unit_id: UUID | None = None
) -> None:
    """Refuse texts, given as (field, text), that would watch people in their homes, all of them at once.

    A refusal is recorded in a transaction of its own, because the one it refuses is undone: call this
    before that one has begun. A text that the review isn't sure of is listed for an administrator. Raises
    MonitoringRefused naming the field, or SeveralFaults.
    """
    faults, (refused, doubtful) = Faults(), sorted_out(texts)
    for field, text, gravest in refused:
        refusal = RecordRefusal(place, field, text, gravest.quoted, unit_id)
        await perform_apart(tx, record_refusal, refusal)
        faults.add(MonitoringRefused(field=field, words=gravest.quoted))
    faults.refuse()
    for field, text, gravest in doubtful:
        await keep_doubt(tx, place, field, text, gravest, unit_id=unit_id)


async def require_reason(
    tx: Tx, place: Place, field: str, reason: str, *, unit_id: UUID | None = None
) -> None:
    """Refuse a reason that would watch people, or speaks of services or how they live (W3, W8).

    Raises MonitoringRefused, ReasonAboutServices. What the review isn't sure of is taken: a burst pipe is a
    matter of the home.
    """
    await require_private(tx, place, [(field, reason)], unit_id=unit_id)
    gravest = review_clause(reason).gravest
    if gravest is not None and gravest.verdict is Verdict.REFUSED:
        raise ReasonAboutServices(field=field, words=gravest.quoted)


async def keep_doubt(
    tx: Tx, place: Place, field: str, text: str, doubtful: Sentence, *, unit_id: UUID | None = None
) -> None:
    """List a text for an administrator's eyes, once for the same words in the same field."""
    key = hashlib.sha256("\0".join((place, field, str(unit_id), text)).encode()).hexdigest()
    await tx.execute(
        insert(DoubtfulText)
        .values(
            id=new_id(),
            key=key,
            place=place,
            field=field,
            text=text[:STORED],
            deciding=doubtful.quoted,
            likelihood=doubtful.percent,
            unit_id=unit_id,
            offered_at=tx.now,
            offered_by=tx.actor.name,
            offered_as=tx.actor.subject,
        )
        .on_conflict_do_nothing(index_elements=[DoubtfulText.key])
    )


class JudgeText(BaseModel):
    """What an administrator found in a doubtful text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doubt_id: UUID
    judgement: Judgement


@use_case(JUDGE_TEXTS)
async def judge_text(tx: Tx, command: JudgeText) -> None:
    """Record whether a doubtful text is harmless, or was taken out. Raises JudgedAlready, JudgedByAuthor."""
    doubt = await tx.session.get(DoubtfulText, command.doubt_id, with_for_update=True)
    if doubt is None:
        raise NotFound(what="text")
    if doubt.judgement is not None:
        raise JudgedAlready
    if doubt.offered_as == tx.actor.subject:
        raise JudgedByAuthor
    doubt.judgement, doubt.judged_at, doubt.judged_by = command.judgement, tx.now, tx.actor.name
    tx.touched("doubtful_text", doubt.id, "judged", {"judgement": (None, command.judgement.value)})
