"""The same as My day, of everybody or one colleague, a page at a time (F3)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.offers import asked_of_all
from chassis.paging import PAGE
from chassis.positions import position_text, read_position
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.due_rows import next_page
from support_svc.lookups.model import Caseworker
from support_svc.team_list.feature import VIEW_TEAM_LIST
from support_svc.team_list.model import TeamFilter, TeamPage
from trade.due import DueList, Wanted


@query(VIEW_TEAM_LIST)
async def team_list(tx: ReadTx, sought: TeamFilter) -> TeamPage:
    """What is due, overdue and waiting for the team, the soonest first."""
    position = read_position(sought.after, (date, UUID))
    wanted = Wanted(
        caseworker=sought.caseworker or None,
        task=sought.task or None,
        overdue=sought.overdue,
        after=None if position is None else (position[0], position[1]),
        limit=PAGE + 1,
    )
    found = DueList.together(await asked_of_all(tx, "due", wanted))
    items, place = next_page(found, wanted)
    names = await tx.execute(
        select(Caseworker.subject, Caseworker.name).where(
            Caseworker.subject.in_({one.caseworker for one in items})
        )
    )
    return TeamPage(
        items,
        None if place is None else position_text(place),
        found.count,
        {subject: name for subject, name in names},  # noqa: C416 - rows are no pairs
    )
