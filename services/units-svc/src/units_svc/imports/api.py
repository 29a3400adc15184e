"""Imports over HTTP: /api/units/v1/imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import File, Form, Query, Response, UploadFile
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from deskkit.csv_files import csv_response, csv_stream
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ColumnsView, MappingView, ProblemView
from trade.csv_import.notation import Choices, Notation
from units_svc.imports import commands, queries
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.template import template_table
from units_svc.imports.views import UnitImportView

router = ApiRouter(prefix="/imports", tags=["imports"])


@router.get("/mappings")
async def list_mappings(call: Call) -> list[MappingView]:
    """The mappings that come with the service (U8)."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return [MappingView(m.name, m.title_en, m.title_fr, m.rows) for m in MAPPINGS.by_name.values()]


@router.get("")
async def list_imports(call: Call, after: After = None, limit: Limit = PAGE) -> CountedPage[UnitImportView]:
    """Imports, newest first."""
    return await call.ask(queries.import_list, after=after, limit=limit)


@router.get("/template", response_class=Response)
async def download_template(call: Call) -> Response:
    """The table to be filled in: its column names and an example (U8)."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return csv_response(f"{MAPPINGS.template}.csv", *template_table())


@router.get("/mappings/{mapping}", response_class=PlainTextResponse)
async def download_mapping(call: Call, mapping: str) -> PlainTextResponse:
    """A ready mapping as a file with its explanations, to make one's own of it (U8)."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return PlainTextResponse(MAPPINGS.text(mapping))


@router.post("", status_code=202)
async def begin_import(
    call: Call,
    *,
    file: Annotated[UploadFile, File()],
    mapping: Annotated[str | None, Form()] = None,
    mapping_file: Annotated[UploadFile | None, File()] = None,
    row_limit: Annotated[int | None, Form(ge=1)] = None,
    at_once: Annotated[bool, Form()] = False,
    decimal: Annotated[Literal[Notation.COMMA, Notation.POINT] | None, Form()] = None,
    days: Annotated[Literal[Notation.DAY_FIRST, Notation.MONTH_FIRST] | None, Form()] = None,
) -> UnitImportView:
    """Receive a CSV file, to be read by a ready mapping or one sent with it (U8).

    The worker reads and compares it.

    Ask for it again until its state is `ready`; nothing of the inventory has changed then. With `at_once`
    what is right in it is written without a decision, until the state is `done`. `decimal` and `days` are
    what commas and days such as 3/4/2026 mean in columns that leave it open.
    """
    chosen = await MAPPINGS.chosen(mapping, mapping_file)
    import_id = await call.perform(
        commands.receive_file,
        ReceiveFile(
            chosen, file.file, file.filename or "upload.csv", row_limit, at_once, Choices(decimal, days)
        ),
    )
    return await call.ask(queries.import_record, import_id)


@router.get("/{import_id}")
async def read_import(call: Call, import_id: UUID) -> UnitImportView:
    """One import with its counts (U8)."""
    return await call.ask(queries.import_record, import_id)


class Answers(BaseModel):
    """Decisions about what a file leaves open: the decimal sign, the order of days, shared addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal: Literal[Notation.COMMA, Notation.POINT] | None = None
    days: Literal[Notation.DAY_FIRST, Notation.MONTH_FIRST] | None = None
    keep_same_address: bool = False


@router.get("/{import_id}/columns")
async def read_columns(call: Call, import_id: UUID) -> ColumnsView:
    """Which columns of the file are read, which aren't, and how their numbers and days are (U8)."""
    return await call.ask(queries.import_columns, import_id)


@router.post("/{import_id}/answers", status_code=202)
async def answer_notation(call: Call, import_id: UUID, answers: Answers) -> UnitImportView:
    """Read a file that is `ready` again with a decision about what it leaves open (U8)."""
    command = commands.AnswerNotation(
        import_id, Choices(answers.decimal, answers.days), answers.keep_same_address
    )
    await call.perform(commands.answer_notation, command)
    return await call.ask(queries.import_record, import_id)


@router.get("/{import_id}/missing")
async def read_missing(
    call: Call, import_id: UUID, after: UUID | None = None, limit: Limit = PAGE
) -> list[queries.MissingView]:
    """Homes of the file's source that it no longer names and that are still listed (U8)."""
    return await call.ask(queries.import_missing, import_id, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many homes were taken off the list."""

    withdrawn: int


@router.post("/{import_id}/missing/withdrawal")
async def withdraw_missing(call: Call, import_id: UUID) -> Withdrawn:
    """Take homes off the list that the file no longer names, 5,000 at most (U8).

    Those that are held or lived in stay.
    """
    count = await call.perform(commands.withdraw_missing, ImportCommand(import_id))
    return Withdrawn(count)


@router.get("/{import_id}/problems")
async def read_problems(
    call: Call, import_id: UUID, after_line: Annotated[int, Query(ge=0)] = 0
) -> list[ProblemView]:
    """What is wrong in the file, 200 at a time, by line and column (U8)."""
    return await call.ask(queries.import_problems, import_id, after_line=after_line)


@router.get("/{import_id}/wrong-rows", response_class=Response)
async def download_wrong_rows(call: Call, import_id: UUID) -> Response:
    """The wrong rows as CSV, under the file's own header (U8)."""
    found = await call.ask(queries.import_record, import_id)
    return csv_stream("wrong-rows.csv", found.header, queries.wrong_lines(call.ask, import_id))


@router.post("/{import_id}/application", status_code=202)
async def apply_import(call: Call, import_id: UUID) -> UnitImportView:
    """Let the worker write what is right in an import that is `ready`; it's `done` at the end (U8)."""
    await call.perform(commands.apply_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.post("/{import_id}/stop")
async def stop_import(call: Call, import_id: UUID) -> UnitImportView:
    """Stop an import that is `applying`: what is written stays, the rest can be resumed (U8)."""
    await call.perform(commands.stop_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.post("/{import_id}/resume", status_code=202)
async def resume_import(call: Call, import_id: UUID) -> UnitImportView:
    """Let the worker continue an import that was stopped, or given up after several failures (U8)."""
    await call.perform(commands.resume_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.delete("/{import_id}", status_code=204)
async def discard_import(call: Call, import_id: UUID) -> None:
    """Discard an import that isn't being written, or the rest of one that was stopped."""
    await call.perform(commands.discard_import, ImportCommand(import_id))
