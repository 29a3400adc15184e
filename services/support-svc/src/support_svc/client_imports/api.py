"""Imports over HTTP: /api/support/v1/imports."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import File, Form, Query, Response, UploadFile
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from deskkit.csv_files import csv_response, csv_stream
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ColumnsView, ImportView, MappingView, ProblemView
from support_svc.client_imports import commands, queries
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.client_imports.template import template_table
from trade.csv_import.notation import Choices, Notation

router = ApiRouter(prefix="/imports", tags=["imports"])


@router.get("/mappings")
async def list_mappings(call: Call) -> list[MappingView]:
    """The mappings that come with the service (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return [MappingView(m.name, m.title_en, m.title_fr, m.rows) for m in MAPPINGS.by_name.values()]


@router.get("")
async def list_imports(call: Call, after: After = None, limit: Limit = PAGE) -> CountedPage[ImportView]:
    """Imports, newest first."""
    return await call.ask(queries.import_list, after=after, limit=limit)


@router.get("/template", response_class=Response)
async def download_template(call: Call) -> Response:
    """The table to be filled in: its column names and an example (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return csv_response(f"{MAPPINGS.template}.csv", *template_table())


@router.get("/mappings/{mapping}", response_class=PlainTextResponse)
async def download_mapping(call: Call, mapping: str) -> PlainTextResponse:
    """A ready mapping as a file with its explanations, to make one's own of it (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
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
) -> ImportView:
    """Receive a CSV file, to be read by a ready mapping or one sent with it (C7).

    The worker reads and compares it.

    Ask for it again until its state is `ready`; nothing of the register has changed then. With `at_once`
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
async def read_import(call: Call, import_id: UUID) -> ImportView:
    """One import with its counts (C7)."""
    return await call.ask(queries.import_record, import_id)


class Answers(BaseModel):
    """Decisions about what a file leaves open: the order of days, and who isn't there twice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal: Literal[Notation.COMMA, Notation.POINT] | None = None
    days: Literal[Notation.DAY_FIRST, Notation.MONTH_FIRST] | None = None
    keep_doubles: bool = False


@router.get("/{import_id}/columns")
async def read_columns(call: Call, import_id: UUID) -> ColumnsView:
    """Which columns of the file are read, which aren't, and how their numbers and days are (C7)."""
    return await call.ask(queries.import_columns, import_id)


@router.post("/{import_id}/answers", status_code=202)
async def answer_notation(call: Call, import_id: UUID, answers: Answers) -> ImportView:
    """Read a file that is `ready` again with a decision about what it leaves open (C7)."""
    command = commands.AnswerNotation(import_id, Choices(answers.decimal, answers.days), answers.keep_doubles)
    await call.perform(commands.answer_notation, command)
    return await call.ask(queries.import_record, import_id)


@router.get("/{import_id}/problems")
async def read_problems(
    call: Call, import_id: UUID, after_line: Annotated[int, Query(ge=0)] = 0
) -> list[ProblemView]:
    """What is wrong in the file, 200 at a time, by line and column (C7)."""
    return await call.ask(queries.import_problems, import_id, after_line=after_line)


@router.get("/{import_id}/wrong-rows", response_class=Response)
async def download_wrong_rows(call: Call, import_id: UUID) -> Response:
    """The wrong rows as CSV, under the file's own header (C7)."""
    found = await call.ask(queries.import_record, import_id)
    return csv_stream("wrong-rows.csv", found.header, queries.wrong_lines(call.ask, import_id))


@router.post("/{import_id}/application", status_code=202)
async def apply_import(call: Call, import_id: UUID) -> ImportView:
    """Let the worker write what is right in an import that is `ready`; it's `done` at the end (C7)."""
    await call.perform(commands.apply_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.post("/{import_id}/stop")
async def stop_import(call: Call, import_id: UUID) -> ImportView:
    """Stop an import that is `applying`: what is written stays, the rest can be resumed (C7)."""
    await call.perform(commands.stop_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.post("/{import_id}/resume", status_code=202)
async def resume_import(call: Call, import_id: UUID) -> ImportView:
    """Let the worker continue an import that was stopped, or given up after several failures (C7)."""
    await call.perform(commands.resume_import, ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.delete("/{import_id}", status_code=204)
async def discard_import(call: Call, import_id: UUID) -> None:
    """Discard an import that isn't being written, or the rest of one that was stopped."""
    await call.perform(commands.discard_import, ImportCommand(import_id))
