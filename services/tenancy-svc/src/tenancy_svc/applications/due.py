"""Applications that wait for a decision, for details, or for a lease, and holds that end (F2, T1)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from tenancy_svc.applications.feature import VIEW_APPLICATIONS
from tenancy_svc.applications.model import OPEN, Application, ApplicationStatus, first_applicant
from tenancy_svc.disclosures.model import Counterpart, was_asked
from tenancy_svc.homes.model import Hold, Home, held_for
from trade.due import CUT, Due, DueList, Note, Urgency, urgency_at

HOLD_ENDS_WITHIN = dt.timedelta(days=3)


@query(VIEW_APPLICATIONS)
async def due(tx: ReadTx) -> DueList:
    """Return what there is to do for the applications that are open."""
    rows: Iterable[Any] = await tx.execute(
        select(
            Application,
            Home,
            Hold,
            Counterpart,
            first_applicant().label("name"),
        )
        .outerjoin(Home, Home.unit == Application.unit)
        .outerjoin(Hold, held_for(Application.unit.expression, Application.request.expression))
        .outerjoin(Counterpart, Counterpart.opened_id == Application.id)
        .where(Application.status.in_(OPEN))
        .order_by(Application.id)
        .limit(CUT)
    )
    unasked = await _unasked(tx)
    return DueList.all_of([each for row in rows for each in _of(tx, row, unasked)])


async def _unasked(tx: ReadTx) -> Mapping[uuid.UUID, Sequence[str]]:
    """Return the organisations about which a tenant wasn't asked yet, by open application."""
    rows = await tx.execute(
        select(Application.id, Counterpart.party)
        .join(Application, Application.id == Counterpart.application_id)
        .where(Application.status.in_(OPEN), Counterpart.withdrawn_at.is_(None), ~was_asked())
        .order_by(Application.id, Counterpart.party)
        .limit(CUT)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for application_id, party in rows:
        found.setdefault(application_id, []).append(party)
    return found


def _of(tx: ReadTx, row: Any, unasked: Mapping[uuid.UUID, Sequence[str]]) -> list[Due]:
    application, home, hold, counterpart, name = row
    found: list[Due] = []
    who = name or Note(N_("Applicant brings details in person"))

    def add(
        task: str, urgency: Urgency, by: dt.datetime | None = None, page: str = "application", **at: str
    ) -> None:
        found.append(
            Due(
                task=task,
                urgency=urgency,
                page=page,
                at={"application_id": application.id, **at},
                name=str(application.number),
                by=by,
                notes=(who, *([home.address_line] if home is not None else [])),
            )
        )

    ended = hold is not None and not hold.stands(tx.now)
    if hold is not None and ended:
        add("hold_ended", Urgency.OVERDUE, hold.released_at or hold.deadline)
    elif hold is not None and hold.deadline is not None and hold.deadline - tx.now <= HOLD_ENDS_WITHIN:
        add("hold_ending", urgency_at(hold.deadline, tx.now, tx.runtime.time_zone), hold.deadline)
    if counterpart is not None and counterpart.withdrawn_at is not None:
        add("ask_after_withdrawal", Urgency.TODAY)
    for party in unasked.get(application.id, ()):
        add("ask_choices", Urgency.SOON, page="choices", party=party)
    if ended:
        # Without a hold nothing can be accepted or drawn up: what is left to do was added above.
        return found
    until = hold.deadline if hold is not None else None
    if application.status is ApplicationStatus.RECEIVED and not name:
        add("name_applicant", Urgency.WAITING, page="people")
    elif application.status is ApplicationStatus.RECEIVED:
        add("decide", Urgency.TODAY, until)
    elif application.status is ApplicationStatus.ACCEPTED:
        add("draw_up", Urgency.TODAY, until, page="lease_of_application")
    return found
