"""Maintains the list of legal bars: what is added is reviewed, and nothing is changed later (T1, W3)."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.errors import Faults, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.clause_review.commands import require_private
from tenancy_svc.clause_review.model import conditions_tenancy
from tenancy_svc.statutes.feature import EDIT_STATUTES
from tenancy_svc.statutes.model import (
    AddStatute,
    RetireStatute,
    Statute,
    StatuteElsewhere,
    StatuteListed,
    StatuteRetired,
    StatuteUnknown,
)
from trade.text_review.clauses import about_services


@use_case(EDIT_STATUTES)
async def add_statute(tx: Tx, command: AddStatute) -> uuid.UUID:
    """Add a provision and return its id.

    Raises StatuteListed, MonitoringRefused, ClauseConditionsTenancy when its words are about services,
    sobriety or programmes instead of a law (W3), and SeveralFaults for more than one of them.
    """
    faults = Faults()
    texts = [(field, getattr(command, field)) for field in ("section", "says_en", "says_fr")]
    for field, text in texts:
        condition = about_services(text)
        if condition is not None:
            faults.add(conditions_tenancy(field, condition))
    with faults:
        await require_private(tx, "statute", texts)
    listed = select(Statute.id).where(
        Statute.jurisdiction == command.jurisdiction,
        Statute.section == command.section,
        Statute.retired_at.is_(None),
    )
    if await tx.scalar(listed) is not None:
        faults.add(StatuteListed(field="section"))
    faults.refuse()
    added: uuid.UUID | None = await tx.scalar(
        insert(Statute)
        .values(id=new_id(), version=1, **dict(command), added_at=tx.now, added_by=tx.actor.name)
        .on_conflict_do_nothing(
            index_elements=[Statute.jurisdiction, Statute.section], index_where=Statute.retired_at.is_(None)
        )
        .returning(Statute.id)
    )
    if added is None:
        raise StatuteListed(field="section")
    tx.touched("statute", added, "added", {"section": (None, command.section)})
    return added


@use_case(EDIT_STATUTES)
async def retire_statute(tx: Tx, command: RetireStatute) -> None:
    """Take a provision off the list; declines that were made under it keep it. Raises StatuteRetired."""
    statute = await tx.session.get(Statute, command.statute_id, with_for_update=True)
    if statute is None:
        raise NotFound(what="statute")
    if statute.retired_at is not None:
        raise StatuteRetired
    statute.retired_at = tx.now
    statute.retired_by = tx.actor.name
    tx.touched("statute", statute.id, "retired", {"section": (statute.section, None)})


async def citable(tx: Tx, statute_id: uuid.UUID, province: str | None) -> Statute:
    """Return a provision that a decline may cite for a home in a province.

    Raises StatuteUnknown, StatuteRetired, StatuteElsewhere.
    """
    statute = await tx.session.get(Statute, statute_id, with_for_update={"read": True})
    if statute is None:
        raise StatuteUnknown(field="statute")
    if statute.retired_at is not None:
        raise StatuteRetired(field="statute")
    if not statute.jurisdiction.governs(province):
        raise StatuteElsewhere(field="statute")
    return statute
