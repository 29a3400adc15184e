"""What the import of homes brings: its tables, the reader of its rows, how they're compared and written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as AnyMapping
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import func, select

from chassis.perform import perform_apart, perform_in
from chassis.usecase import use_case
from importing import batches
from importing.batches import allow_long_statements
from importing.kind import Batch, Counts, Importing, Tables, WorkOnBatch
from trade.csv_import.cells import Codes
from trade.csv_import.notation import Notations
from trade.csv_import.problems import Problem
from units_svc.entities import PropertyEntities
from units_svc.imports import comparing, writing
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import KINDS, Mapping
from units_svc.imports.model import (
    ImportBatch,
    ImportPart,
    ImportProblem,
    ImportRow,
    MissingUnit,
    UnitImport,
    WrongRow,
)
from units_svc.imports.reading import MONITORING, KnownValues, RowReader, doubtful
from units_svc.imports.views import UnitImportView
from units_svc.inventory.feature import HOUSING_TYPE, REGION, SERVICE_PROVIDER, STATUS, UNIT_FEATURE
from units_svc.lookups.model import LookupValue
from units_svc.privacy.commands import RecordRefusal, keep_doubt, record_refusal
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import ReadTx, Tx

_CONDITION = re.compile(r"\b(condition|état)\b", re.IGNORECASE)


class _Homes(Importing):
    """The import of homes: whole buildings are a batch, and texts are reviewed for devices that watch."""

    tables = Tables(UnitImport, ImportPart, ImportProblem, WrongRow, ImportBatch, ImportRow)
    kinds = KINDS
    grouped_by = "address_key"
    weight = "coalesce(units, 1)"
    lock = "units_svc.imports"
    view = UnitImportView

    @property
    def shown_besides(self) -> Sequence[Any]:
        """How many homes of its source a file no longer names."""
        return (UnitImport.missing,)

    def mapping_of(self, definition: AnyMapping[str, Any]) -> Mapping:
        """Return the mapping that is stored with an import. Raises ValidationError."""
        return Mapping.model_validate(definition)

    async def reader(
        self, tx: ReadTx | Tx, mapping: Mapping, header: Sequence[str], notations: Notations | None = None
    ) -> RowReader:
        """Return the reader of the rows of a file with that header."""
        return RowReader(mapping, header, await known_values(tx), tx.today, notations)

    def columns_besides(self, mapping: Mapping) -> list[tuple[str, tuple[str, ...]]]:
        """Return the columns from which features follow."""
        return [("features", (rule.column,)) for rule in mapping.features.values()]

    def may_be_right(self, mapping: Mapping) -> Collection[str]:
        """Several buildings at one address may be several buildings."""
        return ("address_twice", "address_of_another") if mapping.rows == "building" else ()

    def notes(
        self, mapping: Mapping, reader: RowReader, not_read: Sequence[str]
    ) -> list[tuple[str, dict[str, str]]]:
        """Return what is odd about a mapping, as msgids with their params."""
        return mapping.notes(not_read, reader.known.features)

    def look_closer(self, values: AnyMapping[str, Any]) -> list[Any]:
        """Return the texts of a row that need a person's eyes (W8)."""
        return [
            (name, text, sentence)
            for name in ("building_name", "comments")
            if (text := values.get(name)) and (sentence := doubtful(text)) is not None
        ]

    async def store_besides(self, tx: Tx, doubts: Sequence[Any], problems: Sequence[Problem]) -> None:
        """Store texts that need a person's eyes, and those that were refused (U5, W8)."""
        for name, text, sentence in doubts:
            await keep_doubt(tx, Place.IMPORT, name, text, sentence)
        for problem in problems:
            if problem.rule == MONITORING:
                text, deciding = problem.value or "", str(problem.params["words"])
                refusal = RecordRefusal(Place.IMPORT, f"{problem.line}, {problem.column}", text, deciding)
                await perform_in(tx, record_refusal, refusal)

    async def set_wrong_aside(self, tx: Tx, import_id: UUID, mapping: Mapping, batch: Batch) -> None:
        """Set rows of a batch aside that contradict each other or the inventory."""
        await comparing.set_wrong_aside(tx, self, import_id, mapping, batch)

    async def plan(self, tx: Tx, import_id: UUID, mapping: Mapping, batch: Batch) -> Counts:
        """Compare the rows of a batch with the inventory and return what would be written."""
        return await comparing.plan(tx, import_id, mapping, batch)

    async def write(self, tx: Tx, import_id: UUID, mapping: Mapping, by: str) -> None:
        """Do what the plan of this transaction says in the name of `by`, and publish it."""
        await writing.write(tx, import_id, mapping, by)

    async def perform_batch(self, tx: Tx, command: WorkOnBatch) -> None:
        """Compare a batch, and write it, in a transaction of its own."""
        await perform_apart(tx, work_on_batch, command)

    async def prepare(self, tx: Tx, command: WorkOnBatch) -> None:
        """Add the landlords whom the batches name first."""
        await perform_apart(tx, add_landlords, command)

    async def conclude(self, tx: Tx, found: UnitImport, mapping: Mapping) -> None:
        """Find the homes of the source that a whole file no longer names."""
        if mapping.whole and found.row_limit is None:
            await comparing.find_missing(tx, found.id, mapping)
            missing = select(func.count()).where(MissingUnit.import_id == found.id)
            found.missing = int(await tx.scalar(missing) or 0)

    def forget_conclusion(self, found: UnitImport) -> None:
        """Forget how many homes a file no longer names."""
        found.missing = None


HOMES = _Homes()


@use_case(IMPORT_UNITS)
async def work_on_batch(tx: Tx, command: WorkOnBatch) -> None:
    """Compare a batch with the inventory, and write it; nothing when that was done before."""
    await batches.work_on_batch(tx, HOMES, command)


@use_case(IMPORT_UNITS)
async def add_landlords(tx: Tx, command: WorkOnBatch) -> None:
    """Add the landlords whom a batch names first."""
    await allow_long_statements(tx)
    await writing.write_landlords(tx, command.import_id, cast("Mapping", command.mapping), command.batch)


async def known_values(tx: ReadTx | Tx) -> KnownValues:
    """Return the codes and property entities that rows may use, with their labels."""
    entities = PropertyEntities.of(tx.runtime, tx.today)
    labels: dict[str, dict[str, str]] = {}
    values = select(LookupValue.list, LookupValue.code, LookupValue.label_en, LookupValue.label_fr)
    for row in await tx.execute(values.where(LookupValue.active)):
        words = [row.code, row.label_en, row.label_fr]
        if row.list == STATUS:
            # In a column of conditions people write "Good" for "Good condition", and "Bon".
            words += [_CONDITION.sub("", label) for label in words[1:]]
        for label in filter(None, map(str.strip, words)):
            labels.setdefault(row.list, {}).setdefault(label, row.code)
    return KnownValues(
        housing_types=Codes.labelled(labels.get(HOUSING_TYPE, {})),
        statuses=Codes.labelled(labels.get(STATUS, {})),
        features=Codes.labelled(labels.get(UNIT_FEATURE, {})),
        regions=Codes.labelled(labels.get(REGION, {})),
        service_providers=Codes.labelled(labels.get(SERVICE_PROVIDER, {})),
        entities=Codes.labelled(entities.words()),
        usual_entity=entities.usual,
    )
