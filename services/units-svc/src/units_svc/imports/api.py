"""Imports over HTTP: /api/units/v1/imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Query, Response, UploadFile

from chassis.http import ApiRouter, Call
from deskkit.csv_files import csv_response
from units_svc.access import Permission
from units_svc.imports import commands, queries
from units_svc.imports.loading import load
from units_svc.imports.mapping import mapping_named, parse_mapping, ready_mappings

router = ApiRouter(prefix="/imports", tags=["imports"])


@dataclass(frozen=True, slots=True)
class MappingView:
    """A ready mapping."""

    name: str
    title_en: str
    title_fr: str
    rows: str


@router.get("/mappings")
async def list_mappings(call: Call) -> list[MappingView]:
    """The mappings that come with the service (U8)."""
    call.runtime.access.require(call.actor, Permission.IMPORT_UNITS)
    return [MappingView(m.name, m.title_en, m.title_fr, m.rows) for m in ready_mappings().values()]


@router.get("")
async def list_imports(call: Call) -> list[queries.ImportView]:
    """Imports, newest first."""
    return await call.ask(queries.import_list)


@router.post("", status_code=201)
async def begin_import(
    call: Call,
    file: Annotated[UploadFile, File()],
    mapping: Annotated[str | None, Form()] = None,
    mapping_file: Annotated[UploadFile | None, File()] = None,
    row_limit: Annotated[int | None, Form(ge=1)] = None,
) -> queries.ImportView:
    """Read a CSV file by a ready mapping or one sent along, and preview it; nothing is written yet (U8)."""
    call.runtime.access.require(call.actor, Permission.IMPORT_UNITS)
    if mapping_file is not None:
        text = (await mapping_file.read()).decode("utf-8", errors="replace")
        chosen = parse_mapping(
            text, form="json" if (mapping_file.filename or "").endswith(".json") else "toml"
        )
    else:
        chosen = mapping_named(mapping or "unit-list")
    loaded = await load(
        call.runtime,
        call.actor,
        chosen,
        file.file,
        file_name=file.filename or "upload.csv",
        row_limit=row_limit,
    )
    return await call.ask(queries.import_record, loaded.import_id)


@router.get("/{import_id}")
async def read_import(call: Call, import_id: UUID) -> queries.ImportView:
    """One import with its counts (U8)."""
    return await call.ask(queries.import_record, import_id)


@router.get("/{import_id}/problems")
async def read_problems(
    call: Call, import_id: UUID, after_line: Annotated[int, Query(ge=0)] = 0
) -> list[queries.ProblemView]:
    """What is wrong in the file, 200 at a time, by line and column (U8)."""
    return await call.ask(queries.import_problems, import_id, after_line=after_line)


@router.get("/{import_id}/wrong-rows", response_class=Response)
async def download_wrong_rows(call: Call, import_id: UUID) -> Response:
    """The wrong rows as CSV, under the file's own header (U8)."""
    found = await call.ask(queries.import_record, import_id)
    return csv_response("wrong-rows.csv", found.header, await call.ask(queries.wrong_rows, import_id))


@router.post("/{import_id}/application")
async def apply_import(call: Call, import_id: UUID) -> queries.ImportView:
    """Write an import that was previewed, all of it or nothing (U8)."""
    await call.perform(commands.apply_import, commands.ImportCommand(import_id))
    return await call.ask(queries.import_record, import_id)


@router.delete("/{import_id}", status_code=204)
async def discard_import(call: Call, import_id: UUID) -> None:
    """Forget an import that wasn't written."""
    await call.perform(commands.discard_import, commands.ImportCommand(import_id))
