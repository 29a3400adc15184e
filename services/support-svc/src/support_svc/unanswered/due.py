"""What nobody answered within the organisation's own hours, as something to do (F4).

It is worked out whenever somebody looks, and nothing is written: so each step shows once, also after an
outage, and is gone with the answer. What became late during an outage is overdue since its hour, not fresh.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, ColumnElement, case, func, literal, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from chassis.feature import offers_of
from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from support_svc.awaited import Awaited
from support_svc.configuration.queries import number_on
from support_svc.due_rows import day_of, due_rows
from support_svc.lookups.model import Caseworker
from support_svc.unanswered.feature import (
    SEE_UNANSWERED_OF_ALL,
    SHOWN_TO_PERSON,
    SHOWN_TO_SUPERVISOR,
    VIEW_UNANSWERED,
)
from trade.due import Due, DueList, Note, Wanted, urgency_of

ASKED = N_("Asked on %(asked_at)s.")
OF_COLLEAGUE = N_("Caseworker: %(name)s.")


@query(VIEW_UNANSWERED)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """What was asked and not answered within the hours that counted when it was asked."""
    kinds = [kind for awaits in offers_of(tx.runtime.features, "awaited") for kind in awaits(tx)]
    return DueList.together([await _unanswered(tx, wanted, kind) for kind in kinds])


async def _unanswered(tx: ReadTx, wanted: Wanted, kind: Awaited) -> DueList:
    asked_on = day_of(tx, kind.asked_at)
    hours = number_on(SHOWN_TO_PERSON, asked_on)
    to_person = _after(kind.asked_at, hours)
    to_supervisor = _after(kind.asked_at, func.greatest(hours, number_on(SHOWN_TO_SUPERVISOR, asked_on)))
    # A supervisor's My day has everybody's, after the longer time; a list or a calendar of it has not.
    mine = wanted.caseworker == tx.actor.subject and wanted.ended is None
    whose: Any = kind.caseworker
    shown_at = to_person
    if mine and tx.runtime.access.permits(tx.actor, SEE_UNANSWERED_OF_ALL):
        others = kind.caseworker != tx.actor.subject
        whose = case((to_supervisor <= tx.now, literal(tx.actor.subject)), else_=kind.caseworker)
        shown_at = case((others, to_supervisor), else_=to_person)
    statement = (
        kind.statement.join(Caseworker, Caseworker.subject == kind.caseworker)
        .add_columns(
            kind.asked_at.label("asked_at"), kind.id.label("asked"), Caseworker.subject, Caseworker.name
        )
        .where(to_person <= tx.now)
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=(kind.task,),
        caseworker=whose,
        day=day_of(tx, shown_at),
        id=kind.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(day, tx.today),
            page=kind.page,
            at={kind.parameter: reference},
            name=person.full_name,
            person=person.id,
            by=day,
            notes=(
                Note(ASKED, {"asked_at": asked_at}),
                *((Note(OF_COLLEAGUE, {"name": name}),) if mine and subject != tx.actor.subject else ()),
            ),
            caseworker=subject,
            place=(day, asked),
        )
        for person, reference, asked_at, asked, subject, name, task, _, day in rows
    ]
    return DueList(items, count)


def _after(
    moment: ColumnElement[datetime] | InstrumentedAttribute[datetime], hours: ColumnElement[int]
) -> ColumnElement[datetime]:
    return type_coerce(moment + func.make_interval(0, 0, 0, 0, hours), TIMESTAMP(timezone=True))
