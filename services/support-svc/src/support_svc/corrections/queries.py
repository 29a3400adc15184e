"""Reading corrections, to be shown beside what they corrected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from chassis.tx import ReadTx
from support_svc.corrections.model import Corrected, Correction


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction with the days it changed; of other fields only their names.

    `final`: whether the attempt is the final one now, if that was corrected.
    """

    kind: Corrected
    at: datetime
    by_name: str
    reason: str
    fields: tuple[str, ...]
    days: dict[str, tuple[date | None, date | None]]
    final: bool | None


async def corrections_of(
    tx: ReadTx, kind: Corrected, records: Iterable[UUID]
) -> dict[UUID, tuple[CorrectionView, ...]]:
    """The corrections of each record, the latest first; for use inside another query."""
    rows = await tx.execute(
        select(Correction)
        .where(Correction.kind == kind, Correction.record_id.in_(list(records)))
        .order_by(Correction.at.desc(), Correction.id.desc())
    )
    found: dict[UUID, tuple[CorrectionView, ...]] = {}
    for one in rows.scalars():
        days = {
            name: (_day(old), _day(new)) for name, (old, new) in one.changes.items() if name.endswith("_on")
        }
        final = one.changes["final"][1] == str(True) if "final" in one.changes else None
        fields = tuple(sorted(one.changes))
        view = CorrectionView(one.kind, one.at, one.by_name, one.reason, fields, days, final)
        found[one.record_id] = (*found.get(one.record_id, ()), view)
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
