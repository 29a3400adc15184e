"""Imports that wait for a decision (U8)."""

from __future__ import annotations

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from importing.views import ImportView
from trade.due import Due, DueList, Note, Urgency
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.queries import imports_waiting

GIVEN_UP = N_("The system stopped trying")
FOUND = N_("%(new)s new, %(changed)s changed, %(wrong)s lines wrong")


@query(IMPORT_UNITS)
async def due(tx: ReadTx) -> DueList:
    """The imports that were read, were stopped, or were given up by the worker."""
    return DueList.all_of([_of(one) for one in await imports_waiting(tx)])


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
