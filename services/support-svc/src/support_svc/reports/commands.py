"""Recording that a quarter's housing facts were exported."""

from uuid import UUID

from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.reports.feature import EXPORT_HOUSING_FACTS
from support_svc.reports.model import QuarterlyExport, RecordExport


@use_case(EXPORT_HOUSING_FACTS)
async def record_export(tx: Tx, command: RecordExport) -> UUID:
    """Record that the housing facts of a quarter were exported, and return the id of the entry (R1)."""
    period = command.wanted.period
    made = QuarterlyExport(
        id=new_id(),
        first_on=period.first,
        last_on=period.last,
        made_at=tx.now,
        made_by_name=tx.actor.name,
        placements=command.placements,
        stays=command.stays,
        preventions=command.preventions,
    )
    tx.session.add(made)
    tx.touched("quarterly_export", made.id, "made", {"quarter": (None, command.quarter)})
    return made.id
