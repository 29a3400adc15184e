"""Imports on the inventory desk: choose a file, look at what it would change, write it (U8)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.errors import DomainError, fill
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from units_svc.access import Permission
from units_svc.imports import commands, queries
from units_svc.imports.loading import load
from units_svc.imports.mapping import Mapping, mapping_named, parse_mapping, ready_mappings

router = DeskRouter(prefix="/inventory-desk/imports")

OWN_MAPPING = "own"


class ChooseFile(BaseModel):
    """Which file is to be read, and how."""

    model_config = ConfigDict(frozen=True)

    mapping: Annotated[str, Field(title="How the file is laid out")]
    row_limit: Annotated[int | None, Field(title="Read no more rows than", ge=1)] = None


@router.get("", name="imports")
async def import_list(call: DeskCall) -> Response:
    """Imports, newest first."""
    return call.page("imports/list.html", rows=await call.ask(queries.import_list))


@router.get("/new", name="import_new")
async def choose_form(call: DeskCall) -> Response:
    """The form to choose a file."""
    call.runtime.access.require(call.actor, Permission.IMPORT_UNITS)
    return _form(call, await call.form(ChooseFile, initial={"mapping": "unit-list"}))


@router.post("/new", name="import_read")
async def read_file(call: DeskCall) -> Response:
    """Read the file and show what it would change; nothing is written yet (U8)."""
    call.runtime.access.require(call.actor, Permission.IMPORT_UNITS)
    form = await call.form(ChooseFile)
    uploads = await call.uploads("file")
    if form.ok and not uploads:
        form.add(call._("Choose a file."), "file")
    if form.ok:
        try:
            loaded = await load(
                call.runtime,
                call.actor,
                await _mapping(call, form.command.mapping),
                uploads[0].file,
                file_name=uploads[0].filename or "upload.csv",
                row_limit=form.command.row_limit,
            )
            return call.redirect("import", import_id=loaded.import_id)
        except DomainError as refused:
            form.add(refused, "file" if refused.field is None else None)
    return _form(call, form, status=422)


@router.get("/{import_id}", name="import")
async def one_import(call: DeskCall, import_id: UUID) -> Response:
    """What an import would change or has changed, and what is wrong in its file, by line and column (U8)."""
    after = call.request.query_params.get("after_line", "0")
    problems = await call.ask(
        queries.import_problems, import_id, after_line=int(after) if after.isdigit() else 0, limit=100
    )
    return call.page(
        "imports/record.html",
        found=await call.ask(queries.import_record, import_id),
        groups=await call.ask(queries.problem_groups, import_id),
        problems=[(one, _said(call, one.message, one.params)) for one in problems],
        said=lambda message: _said(call, message, {}),
        form=await call.form(ChooseFile),
        titles={name: mapping.title(call.locale) for name, mapping in ready_mappings().items()},
    )


@router.get("/{import_id}/wrong-rows.csv", name="import_wrong_rows")
async def wrong_rows(call: DeskCall, import_id: UUID) -> Response:
    """The wrong lines under the file's own header, to be mended and sent again (U8)."""
    found = await call.ask(queries.import_record, import_id)
    return call.csv("wrong-rows.csv", found.header, await call.ask(queries.wrong_rows, import_id))


@router.post("/{import_id}/write", name="import_write")
async def write_import(call: DeskCall, import_id: UUID) -> Response:
    """Write an import, all of it or nothing (U8)."""
    await call.perform(commands.apply_import, commands.ImportCommand(import_id))
    return call.redirect("import", import_id=import_id, notice=call._("The import was written."))


@router.post("/{import_id}/discard", name="import_discard")
async def discard_import(call: DeskCall, import_id: UUID) -> Response:
    """Forget an import that wasn't written."""
    await call.perform(commands.discard_import, commands.ImportCommand(import_id))
    return call.redirect("import", import_id=import_id, notice=call._("Nothing was written."))


async def _mapping(call: PageCall, name: str) -> Mapping:
    if name != OWN_MAPPING:
        return mapping_named(name)
    uploads = await call.uploads("mapping_file")
    if not uploads:
        return mapping_named("")
    text = (await uploads[0].read()).decode("utf-8", errors="replace")
    return parse_mapping(text, form="json" if (uploads[0].filename or "").endswith(".json") else "toml")


def _form(call: PageCall, form: Any, *, status: int = 200) -> Response:
    options = [(name, mapping.title(call.locale)) for name, mapping in ready_mappings().items()]
    options.append((OWN_MAPPING, call._("A mapping file of your own")))
    return call.page("imports/new.html", form=form, options=options, status=status)


def _said(call: PageCall, message: str, params: dict[str, Any]) -> str:
    return fill(call._(message), params) if params else call._(message)
