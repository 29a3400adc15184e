"""Imports on the Front Desk: choose a file, look at what it would change, write it (C7)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.errors import fill
from chassis.usecase import UseCase
from deskkit.call import DeskCall, PageCall
from deskkit.csv_files import csv_stream
from deskkit.forms import Form, Nothing
from deskkit.labels import label_of
from deskkit.router import DeskRouter
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ImportView
from support_svc.client_imports import commands, queries
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.mapping import (
    ClientMapping,
    mapping_named,
    mapping_text,
    ready_mappings,
    received_mapping,
)
from support_svc.client_imports.template import field_titles, template_columns, template_table
from trade.csv_import.notation import Choices, Notation

router = DeskRouter(prefix="/front-desk/imports")

OWN_MAPPING = "own"


class ChooseFile(BaseModel):
    """Which file is to be read, and how."""

    model_config = ConfigDict(frozen=True)

    mapping: Annotated[str, Field(title="How the file is laid out")]
    row_limit: Annotated[int | None, Field(title="Read no more rows than", ge=1)] = None


@router.get("", name="imports")
async def import_list(call: DeskCall, after: str | None = None) -> Response:
    """Imports, newest first."""
    return call.page("client_imports/list.html", page=await call.ask(queries.import_list, after=after))


@router.get("/new", name="import_new")
async def choose_form(call: DeskCall) -> Response:
    """The form to choose a file."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return _form(call, await call.form(ChooseFile, initial={"mapping": "client-list"}))


@router.post("/new", name="import_read")
async def read_file(call: DeskCall) -> Response:
    """Receive the file; the worker reads and compares it, and nothing of the register changes yet (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    form = await call.form(ChooseFile)
    uploads = await call.uploads("file")
    if form.ok and not uploads:
        form.add(call._("Choose a file."), "file")

    async def received(chosen: ChooseFile) -> UUID:
        mapping = await _mapping(call, chosen.mapping)
        name = uploads[0].filename or "upload.csv"
        command = ReceiveFile(mapping, uploads[0].file, name, chosen.row_limit)
        return await call.perform(commands.receive_file, command)

    if done := await form.attempt(received, at="file"):
        return call.redirect("import", import_id=done.result)
    return _form(call, form, status=422)


@router.get("/template", name="import_template")
async def template(call: DeskCall) -> Response:
    """What the template's columns are and what may stand in them, to be downloaded and filled in (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return call.page("client_imports/template.html", columns=template_columns())


@router.get("/template.csv", name="import_template_file")
async def template_file(call: DeskCall) -> Response:
    """The table to be filled in, with an example."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return call.csv("client-list.csv", *template_table())


@router.get("/mappings/{mapping}.toml", name="import_mapping_file")
async def mapping_file(call: DeskCall, mapping: str) -> Response:
    """A ready mapping with its explanations, to make one's own of it."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return Response(
        mapping_text(mapping),
        media_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{mapping_named(mapping).name}.toml"'},
    )


@router.get("/{import_id}", name="import")
async def one_import(call: DeskCall, import_id: UUID) -> Response:
    """What an import would change or has changed, and what is wrong in its file, by line and column (C7)."""
    found = await call.ask(queries.import_record, import_id)
    if call.is_htmx and found.working and call.request.query_params.get("seen") == found.state:
        return call.fragment("importing/progress.html", found=found)
    if call.is_htmx:
        # Other parts of the page have changed too: the browser loads it again.
        return Response(headers={"HX-Refresh": "true"})
    return await _record(call, found)


@router.get("/{import_id}/wrong-rows.csv", name="import_wrong_rows")
async def wrong_rows(call: DeskCall, import_id: UUID) -> Response:
    """The wrong lines under the file's own header, to be corrected and sent again (C7)."""
    found = await call.ask(queries.import_record, import_id)
    return csv_stream("wrong-rows.csv", found.header, queries.wrong_lines(call.ask, import_id))


class AnswerFile(BaseModel):
    """Decisions about what a file leaves open."""

    model_config = ConfigDict(frozen=True)

    decimal: Annotated[
        Literal[Notation.COMMA, Notation.POINT] | None, Field(title="What marks the decimals in numbers")
    ] = None
    days: Annotated[
        Literal[Notation.DAY_FIRST, Notation.MONTH_FIRST] | None, Field(title="What comes first in a day")
    ] = None
    keep_doubles: Annotated[
        bool, Field(title="They were looked at, and are other people: import them too")
    ] = False


@router.post("/{import_id}/answers", name="import_answer")
async def answer_notation(call: DeskCall, import_id: UUID) -> Response:
    """Read a file again with a decision about its commas and days (C7)."""
    form = await call.form(AnswerFile)

    async def answer(given: AnswerFile) -> None:
        choices = Choices(given.decimal, given.days)
        command = commands.AnswerNotation(import_id, choices, given.keep_doubles)
        await call.perform(commands.answer_notation, command)

    if await form.attempt(answer):
        return call.redirect("import", import_id=import_id)
    found = await call.ask(queries.import_record, import_id)
    return await _record(call, found, answers=form, status=422)


@router.post("/{import_id}/write", name="import_write")
async def write_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker write what is right in the file (C7)."""
    return await _decided(call, import_id, commands.apply_import)


@router.post("/{import_id}/stop", name="import_stop")
async def stop_import(call: DeskCall, import_id: UUID) -> Response:
    """Stop writing an import (C7)."""
    return await _decided(call, import_id, commands.stop_import)


@router.post("/{import_id}/resume", name="import_resume")
async def resume_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker continue an import that was stopped, or that it gave up (C7)."""
    return await _decided(call, import_id, commands.resume_import)


@router.post("/{import_id}/discard", name="import_discard")
async def discard_import(call: DeskCall, import_id: UUID) -> Response:
    """Discard an import that isn't being written, or the rest of one that was stopped."""
    return await _decided(call, import_id, commands.discard_import)


async def _decided(call: PageCall, import_id: UUID, use_case: UseCase[ImportCommand, None]) -> Response:
    """Carry a decision about an import out; when it comes too late, show the import as it is now."""
    form = await call.form(Nothing)

    async def decide(_: Nothing) -> None:
        await call.perform(use_case, ImportCommand(import_id))

    if await form.attempt(decide):
        return call.redirect("import", import_id=import_id)
    found = await call.ask(queries.import_record, import_id)
    return await _record(call, found, problem=form.problem, status=409)


async def _record(
    call: PageCall,
    found: ImportView,
    *,
    problem: str | None = None,
    answers: Form[AnswerFile] | None = None,
    status: int = 200,
) -> Response:
    after = call.request.query_params.get("after_line", "0")
    problems = await call.ask(
        queries.import_problems, found.id, after_line=int(after) if after.isdecimal() else 0, limit=100
    )
    return call.page(
        "client_imports/record.html",
        status=status,
        found=found,
        problem=problem,
        fields=field_titles(call._),
        columns=await call.ask(queries.import_columns, found.id),
        answers=answers or await call.form(AnswerFile, initial={}),
        groups=await call.ask(queries.problem_groups, found.id),
        problems=[(one, _shown(call, one.message, one.params)) for one in problems],
        shown=lambda message, params: _shown(call, message, params or {}),
        titles={name: mapping.title(call.locale) for name, mapping in ready_mappings().items()},
    )


async def _mapping(call: PageCall, name: str) -> ClientMapping:
    if name != OWN_MAPPING:
        return mapping_named(name)
    uploads = await call.uploads("mapping_file")
    if not uploads:
        return mapping_named("")
    return received_mapping(await uploads[0].read(), uploads[0].filename or "")


def _form(call: PageCall, form: Any, *, status: int = 200) -> Response:
    options = [(name, mapping.title(call.locale)) for name, mapping in ready_mappings().items()]
    options.append((OWN_MAPPING, call._("A mapping file of your own")))
    return call.page("client_imports/new.html", form=form, options=options, status=status)


def _shown(call: PageCall, message: str, params: dict[str, Any]) -> str:
    if "choices" in params:
        words = (call._(label_of(word)) for word in params["choices"])
        params = {**params, "choices": ", ".join(words)}
    if "what" in params:
        params = {**params, "what": call._(params["what"])}
    return fill(call._(message), params) if params else call._(message)
