"""Reads the list of legal bars."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.documents.model import Language
from tenancy_svc.statutes.feature import VIEW_STATUTES
from tenancy_svc.statutes.model import Reach, Statute
from tenancy_svc.timeline import Entry, timeline_of


@dataclass(frozen=True, slots=True)
class StatuteView:
    """One provision as pages and the API show it."""

    id: uuid.UUID
    jurisdiction: Reach
    section: str
    says_en: str
    says_fr: str
    added_at: dt.datetime
    added_by: str
    retired_at: dt.datetime | None
    retired_by: str | None

    def says(self, language: str) -> str:
        """What it says, in the reader's language."""
        return Language.of(language).choose(self.says_en, self.says_fr)


@query(VIEW_STATUTES)
async def statutes(tx: ReadTx, *, retired: bool = False, province: str | None = None) -> list[StatuteView]:
    """Return the provisions in the list by jurisdiction and section; with `retired`, former ones too.

    With `province` only those that are law there.
    """
    statement = select(Statute).order_by(Statute.jurisdiction, Statute.section, Statute.added_at)
    if not retired:
        statement = statement.where(Statute.retired_at.is_(None))
    rows = (await tx.session.scalars(statement)).all()
    return [view_of(row) for row in rows if province is None or row.jurisdiction.governs(province)]


@query(VIEW_STATUTES)
async def statute(tx: ReadTx, statute_id: uuid.UUID) -> StatuteView:
    """Return one provision. Raises NotFound."""
    found = await find_statute(tx, statute_id)
    if found is None:
        raise NotFound(what="statute")
    return found


@query(VIEW_STATUTES)
async def history(tx: ReadTx) -> list[Entry]:
    """Return what was added and retired, newest first."""
    ids = (await tx.session.scalars(select(Statute.id))).all()
    return await timeline_of(tx, [("statute", identity) for identity in ids])


async def find_statute(tx: ReadTx, statute_id: uuid.UUID | None) -> StatuteView | None:
    """Return one provision in a transaction that is open already, or None."""
    found = await tx.session.get(Statute, statute_id) if statute_id is not None else None
    return view_of(found) if found is not None else None


def view_of(row: Statute) -> StatuteView:
    """Return what may be shown of a provision."""
    return StatuteView(
        row.id,
        row.jurisdiction,
        row.section,
        row.says_en,
        row.says_fr,
        row.added_at,
        row.added_by,
        row.retired_at,
        row.retired_by,
    )
