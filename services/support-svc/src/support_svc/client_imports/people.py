"""What the import of clients brings: its tables, the reader of its rows, how they're compared and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, column, select, text

from chassis.perform import perform_apart
from chassis.usecase import use_case
from importing import batches
from importing.kind import Batch, Counts, Importing, Tables, WorkOnBatch
from importing.statements import run, set_aside
from support_svc.client_imports import statements
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.mapping import KINDS, ClientMapping
from support_svc.client_imports.model import (
    ClientImport,
    ImportBatch,
    ImportPart,
    ImportProblem,
    ImportRow,
    WrongRow,
)
from support_svc.client_imports.reading import KnownValues, RowReader
from support_svc.clients.commands import CLIENT_FORM
from support_svc.clients.feature import GENDER, INDIGENOUS_INDICATOR
from support_svc.clients.lists import OF_CLIENT, add_clients, add_contact_points, amend_clients
from support_svc.clients.model import Client
from support_svc.consents.lists import record_consents
from support_svc.consents.standing import landlords
from support_svc.field_rules.model import FieldRule
from support_svc.field_rules.queries import rules_on
from support_svc.lookups.model import LookupValue
from trade.csv_import.cells import Codes
from trade.csv_import.notation import Notations

if TYPE_CHECKING:
    from sqlalchemy import Subquery

    from chassis.tx import ReadTx, Tx

_TYPES: dict[str, Any] = {one.name: one.type for one in Client.__table__.columns} | {
    "disability": Text(),
    "preferred_language": Text(),
    "state": Text(),
    "client_id": Uuid(),
    "kind": Text(),
    "value": Text(),
    "plain": Text(),
    "position": Integer(),
}
_CLIENT = ("id", *OF_CLIENT, "name_search")


class _People(Importing):
    """The import of clients, and of the consents that name them: who may be one person is in one batch."""

    tables = Tables(ClientImport, ImportPart, ImportProblem, WrongRow, ImportBatch, ImportRow)
    kinds = KINDS
    grouped_by = "group_key"
    lock = "support_svc.client_imports"

    def mapping_of(self, definition: Mapping[str, Any]) -> ClientMapping:
        """Return the mapping that is stored with an import. Raises ValidationError."""
        return ClientMapping.model_validate(definition)

    async def reader(
        self,
        tx: ReadTx | Tx,
        mapping: ClientMapping,
        header: Sequence[str],
        notations: Notations | None = None,
    ) -> RowReader:
        """Return the reader of the rows of a file with that header."""
        return RowReader(mapping, header, await known_values(tx), tx.today, notations)

    def columns_besides(self, mapping: ClientMapping) -> list[tuple[str, tuple[str, ...]]]:
        """Return the column in which a file marks lines."""
        return [("flagged", (mapping.flagged.column,))] if mapping.flagged else []

    def may_be_right(self, mapping: ClientMapping) -> Collection[str]:
        """Two people may have one name and one date of birth."""
        return ("twice_in_the_file", "recorded_already")

    async def set_wrong_aside(self, tx: Tx, import_id: UUID, mapping: ClientMapping, batch: Batch) -> None:
        """Set people aside who are there twice, and consents of people who aren't there."""
        params = _params(import_id, mapping, batch)
        if mapping.records == "consent":
            columns = "client_ref"
            find: tuple[str, ...] = (statements.CLIENT_UNKNOWN,)
            params["client_column"] = mapping.fields["client_ref"].columns[0]
        else:
            columns = "group_key, date_of_birth, reached"
            find = (
                (statements.INDEX_CHECK, statements.DOUBLE_IN_FILE, statements.DOUBLE_IN_REGISTER)
                if mapping.doubles == "aside"
                else ()
            )
        await set_aside(tx, self, params, columns=columns, find=find)
        if mapping.records == "client":
            await _note_field_rules(tx, mapping, params, first=not batch.after)

    async def plan(self, tx: Tx, import_id: UUID, mapping: ClientMapping, batch: Batch) -> Counts:
        """Compare the rows of a batch with the register and return what would be written."""
        of_clients = mapping.records == "client"
        params = _params(import_id, mapping, batch)
        await run(tx, statements.CLIENT_TODO if of_clients else statements.CONSENT_TODO, params)
        same = int(await tx.scalar(text(statements.SAME)) or 0)
        await run(tx, statements.FORGET_SAME, params)
        if of_clients:
            await _leave_hidden_out(tx)
        for statement in (
            statements.ANALYZE,
            statements.mark_changed(mapping) if of_clients else statements.NO_CONSENT,
        ):
            await run(tx, statement, params)
        row = (await tx.execute(text(statements.COUNTS))).one()
        return Counts(row.new, row.changed, row.unchanged + same)

    async def write(self, tx: Tx, import_id: UUID, mapping: ClientMapping, by: str) -> None:
        """Do what the plan of this transaction says in the name of `by`."""
        if mapping.records == "client":
            await _write_clients(tx, mapping)
        else:
            await _write_consents(tx, mapping, by)

    async def perform_batch(self, tx: Tx, command: WorkOnBatch) -> None:
        """Compare a batch, and write it, in a transaction of its own."""
        await perform_apart(tx, work_on_batch, command)


PEOPLE = _People()


@use_case(IMPORT_CLIENTS)
async def work_on_batch(tx: Tx, command: WorkOnBatch) -> None:
    """Compare a batch with the register, and write it; nothing when that was done before."""
    await batches.work_on_batch(tx, PEOPLE, command)


async def known_values(tx: ReadTx | Tx) -> KnownValues:
    """Return the values of lists that rows may use, by code and label, and who can be named in a consent."""
    values = select(
        LookupValue.list, LookupValue.id, LookupValue.code, LookupValue.label_en, LookupValue.label_fr
    )
    ids: dict[str, dict[str, UUID]] = {GENDER: {}, INDIGENOUS_INDICATOR: {}}
    labels: dict[str, dict[str, str]] = {GENDER: {}, INDIGENOUS_INDICATOR: {}}
    for row in await tx.execute(values.where(LookupValue.active, LookupValue.list.in_(list(ids)))):
        ids[row.list][row.code] = row.id
        for label in filter(None, (row.code, row.label_en, row.label_fr)):
            labels[row.list].setdefault(label, row.code)
    return KnownValues(
        genders=ids[GENDER],
        indigenous=ids[INDIGENOUS_INDICATOR],
        gender_codes=Codes.labelled(labels[GENDER]),
        indigenous_codes=Codes.labelled(labels[INDIGENOUS_INDICATOR]),
        landlords=landlords(tx),
    )


async def _note_field_rules(
    tx: Tx, mapping: ClientMapping, params: Mapping[str, Any], *, first: bool
) -> None:
    """Note what the rows of a batch lack, or have, against the rules for fields of clients.

    No row is lost by that: a client without a field that the organisation requires is written.
    """
    (rules,) = await rules_on(tx, CLIENT_FORM, tx.today)
    header = await tx.scalar(select(ClientImport.header).where(ClientImport.id == params["import"])) or []
    for name, in_force in rules.items():
        field = statements.FIELD_OF.get(name, name)
        read = next((rule for one, rule in mapping.fields.items() if one == field), None)
        column = next((one for one in (read.columns if read else ()) if one in header), None)
        stated = column is not None or field in mapping.constants
        named = {**params, "what": CLIENT_FORM.fields[name].label, "column": column}
        if in_force.rule is FieldRule.HIDDEN and stated:
            await run(tx, statements.note_left_out(name), named)
        elif in_force.rule is FieldRule.MANDATORY and stated:
            await run(tx, statements.note_missing(name), named)
        elif in_force.rule is FieldRule.MANDATORY and first:
            await run(tx, statements.NOTE_NOT_IN_FILE, named)


async def _leave_hidden_out(tx: Tx) -> None:
    """Let no row state a field that the organisation doesn't use."""
    (rules,) = await rules_on(tx, CLIENT_FORM, tx.today)
    for name, in_force in rules.items():
        if in_force.rule is FieldRule.HIDDEN:
            await run(tx, statements.leave_out(name), {})


async def _write_clients(tx: Tx, mapping: ClientMapping) -> None:
    # Before the records: what is found to be missing is compared with what is there.
    points = _listed("points", statements.POINTS, ("client_id", "kind", "value", "plain", "position"))
    await add_clients(tx, _listed("clients", statements.NEW_CLIENTS, _CLIENT))
    changed = _listed("clients", statements.CHANGED_CLIENTS, _CLIENT)
    await amend_clients(tx, changed, statements.stated_of(mapping, OF_CLIENT))
    await add_contact_points(tx, points)
    for statement in (statements.CLIENT_SOURCES, statements.OTHER_SOURCES):
        await run(tx, statement, {"source": mapping.source})


async def _write_consents(tx: Tx, mapping: ClientMapping, by: str) -> None:
    params: dict[str, Any] = {"source": mapping.source, "by": by}
    await run(tx, statements.CONSENTS, params)
    await record_consents(tx)
    await run(tx, statements.CONSENT_SOURCES, params)


def _params(import_id: UUID, mapping: ClientMapping, batch: Batch) -> dict[str, Any]:
    return {"import": import_id, "source": mapping.source, "after": batch.after, "upto": batch.upto}


def _listed(name: str, sql: str, columns: Collection[str]) -> Subquery:
    """Return what a statement selects, as a list that features take."""
    return text(sql).columns(*(column(one, _TYPES[one]) for one in columns)).subquery(name)
