"""Refusing what would watch people in their homes, and keeping every refusal as evidence (U5, W8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.ids import new_id
from chassis.perform import perform
from chassis.usecase import use_case
from units_svc.access import Permission
from units_svc.privacy.model import MonitoringRefused, Place, PrivacyRefusal
from units_svc.privacy.reviewing import monitoring_in

if TYPE_CHECKING:
    from chassis.tx import Tx

KEPT = 1_000
"""Characters of a refused text that are kept."""


@dataclass(frozen=True, slots=True)
class RecordRefusal:
    """A text that was refused, the words that decided, and where it was offered."""

    place: Place
    field: str
    text: str
    deciding: str
    unit_id: UUID | None = None


@use_case(Permission.LEAVE_REFUSAL)
async def record_refusal(tx: Tx, command: RecordRefusal) -> UUID:
    """Keep a refusal and return its id."""
    refusal = PrivacyRefusal(
        id=new_id(),
        place=command.place,
        field=command.field,
        text=command.text[:KEPT],
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
    """Refuse texts, given as (field, text), that would watch people in their homes. Raises MonitoringRefused.

    The refusal is recorded in a transaction of its own, because the one it refuses is undone: call this
    before that one has begun.
    """
    for field, text in texts:
        deciding = monitoring_in(text) if text else None
        if text and deciding:
            refusal = RecordRefusal(place, field, text, deciding, unit_id)
            await perform(tx.runtime, tx.actor, record_refusal, refusal)
            raise MonitoringRefused(field=field, words=deciding)
