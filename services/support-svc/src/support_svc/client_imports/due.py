"""Imports that wait for a decision (C7)."""

from __future__ import annotations

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from importing.views import ImportView
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.queries import imports_waiting
from trade.due import Due, DueList, Note, Urgency, Wanted

GIVEN_UP = N_("The system stopped trying")
FOUND = N_("%(new)s new, %(changed)s changed, %(wrong)s lines wrong")


@query(IMPORT_CLIENTS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The imports that were read, were stopped, or were given up by the worker.

    They are no caseworker's: whoever may decide finds them in his or her own day, and no list of a team does.
    """
    if wanted.caseworker != tx.actor.subject or wanted.overdue or wanted.ended is not None:
        return DueList.all_of([])
    found = [_of(one) for one in await imports_waiting(tx)]
    return DueList.all_of([one for one in found if wanted.task in (None, one.task)])


def _of(one: ImportView) -> Due:
    found = {"new": one.new, "changed": one.changed, "wrong": one.wrong_rows}
    return Due(
        task="resume_import" if one.resumable else "decide_import",
        urgency=Urgency.TODAY,
        page="import",
        at={"import_id": one.id},
        name=one.file_name,
        notes=(Note(GIVEN_UP) if one.halted else Note(FOUND, found),),
    )
