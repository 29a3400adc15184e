"""The pages of imports: a service declares their routes and what is its own, and this answers them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.errors import fill
from deskkit.csv_files import csv_stream
from deskkit.forms import Nothing
from deskkit.labels import label_of
from importing.steps import ImportCommand, ReceiveFile
from trade.csv_import.notation import Choices, Notation

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.usecase import Query, UseCase
    from deskkit.call import PageCall
    from deskkit.forms import Form
    from importing.mappings import ReadyMappings
    from importing.views import ImportView

OWN_MAPPING = "own"


class ChooseFile(BaseModel):
    """Which file is to be read, and how."""

    model_config = ConfigDict(frozen=True)

    mapping: Annotated[str, Field(title="How the file is laid out")]
    row_limit: Annotated[int | None, Field(title="Read no more rows than", ge=1)] = None


class AnswerFile(BaseModel, ABC):
    """Decisions about what a file leaves open; a service adds those about its own records."""

    model_config = ConfigDict(frozen=True)

    decimal: Annotated[
        Literal[Notation.COMMA, Notation.POINT] | None, Field(title="What marks the decimals in numbers")
    ] = None
    days: Annotated[
        Literal[Notation.DAY_FIRST, Notation.MONTH_FIRST] | None, Field(title="What comes first in a day")
    ] = None

    @property
    def choices(self) -> Choices:
        """The decisions about commas and days."""
        return Choices(self.decimal, self.days)

    @abstractmethod
    def command(self, import_id: UUID) -> Any:
        """Return the command of `Commands.answer_notation`."""


class Commands(Protocol):
    """The use cases of a service's imports."""

    @property
    def receive_file(self) -> UseCase[ReceiveFile, UUID]:
        """Store a file and open an import."""

    @property
    def answer_notation(self) -> UseCase[Any, None]:
        """Read a file again with a decision."""


class Queries(Protocol):
    """The queries of a service's imports."""

    @property
    def import_record(self) -> Query[..., Any]:
        """One import."""

    @property
    def import_columns(self) -> Query[..., Any]:
        """What becomes of a file's columns."""

    @property
    def import_problems(self) -> Query[..., Any]:
        """What is wrong in a file, by line."""

    @property
    def problem_groups(self) -> Query[..., Any]:
        """What is wrong in a file, by column and rule."""

    def wrong_lines(self, ask: Callable[..., Any], import_id: UUID, /) -> AsyncIterator[list[list[str]]]:
        """Yield all wrong lines of a file."""


async def nothing_besides(_call: PageCall, _found: Any) -> Mapping[str, Any]:
    """Return that a page of an import shows no more than every service's."""
    return {}


@dataclass(frozen=True, slots=True)
class ImportPages:
    """The pages of a service's imports.

    `folder` has their templates, `answers` is the form of the decisions, `field_titles` translates what
    fields are called, and `besides` returns what the page of one import shows besides.
    """

    folder: str
    mappings: ReadyMappings[Any]
    commands: Commands
    queries: Queries
    answers: type[AnswerFile]
    field_titles: Callable[[Callable[[str], str]], Mapping[str, str]]
    besides: Callable[[PageCall, Any], Awaitable[Mapping[str, Any]]] = nothing_besides

    async def choose(self, call: PageCall) -> Response:
        """Return the form to choose a file."""
        initial = {"mapping": self.mappings.template}
        return self._form(call, await call.form(ChooseFile, initial=initial))

    async def read(self, call: PageCall) -> Response:
        """Receive the file that was chosen, or return the form with what is wrong."""
        form = await call.form(ChooseFile)
        uploads = await call.uploads("file")
        if form.ok and not uploads:
            form.add(call._("Choose a file."), "file")

        async def received(chosen: ChooseFile) -> UUID:
            mapping = await self._mapping(call, chosen.mapping)
            name = uploads[0].filename or "upload.csv"
            command = ReceiveFile(mapping, uploads[0].file, name, chosen.row_limit)
            return await call.perform(self.commands.receive_file, command)

        if done := await form.attempt(received, at="file"):
            return call.redirect("import", import_id=done.result)
        return self._form(call, form, status=422)

    def mapping_file(self, name: str) -> Response:
        """Return a ready mapping as a file. Raises UnknownMapping."""
        return Response(
            self.mappings.text(name),
            media_type="application/toml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.toml"'},
        )

    async def show(self, call: PageCall, import_id: UUID) -> Response:
        """Return the page of an import, or its part that is loaded again while the worker has to do."""
        found = await call.ask(self.queries.import_record, import_id)
        if call.is_htmx and found.working and call.request.query_params.get("seen") == found.state:
            return call.fragment("importing/progress.html", found=found)
        if call.is_htmx:
            # Other parts of the page have changed too: the browser loads it again.
            return Response(headers={"HX-Refresh": "true"})
        return await self._record(call, found)

    async def wrong_rows(self, call: PageCall, import_id: UUID) -> Response:
        """Return the wrong lines under the file's own header."""
        found = await call.ask(self.queries.import_record, import_id)
        return csv_stream("wrong-rows.csv", found.header, self.queries.wrong_lines(call.ask, import_id))

    async def answer(self, call: PageCall, import_id: UUID) -> Response:
        """Let a file be read again with a decision, or return the page with what is wrong."""
        form = await call.form(self.answers)

        async def answer(given: AnswerFile) -> None:
            await call.perform(self.commands.answer_notation, given.command(import_id))

        if await form.attempt(answer):
            return call.redirect("import", import_id=import_id)
        found = await call.ask(self.queries.import_record, import_id)
        return await self._record(call, found, answers=form, status=422)

    async def decide(
        self, call: PageCall, import_id: UUID, use_case: UseCase[ImportCommand, None]
    ) -> Response:
        """Carry a decision about an import out; when it comes too late, show the import as it is now."""
        form = await call.form(Nothing)

        async def decide(_: Nothing) -> None:
            await call.perform(use_case, ImportCommand(import_id))

        if await form.attempt(decide):
            return call.redirect("import", import_id=import_id)
        found = await call.ask(self.queries.import_record, import_id)
        return await self._record(call, found, problem=form.problem, status=409)

    async def _record(
        self,
        call: PageCall,
        found: ImportView,
        *,
        problem: str | None = None,
        answers: Form[Any] | None = None,
        status: int = 200,
    ) -> Response:
        after = call.request.query_params.get("after_line", "0")
        problems = await call.ask(
            self.queries.import_problems,
            found.id,
            after_line=int(after) if after.isdecimal() else 0,
            limit=100,
        )
        return call.page(
            f"{self.folder}/record.html",
            status=status,
            found=found,
            problem=problem,
            fields=self.field_titles(call._),
            columns=await call.ask(self.queries.import_columns, found.id),
            answers=answers or await call.form(self.answers, initial={}),
            groups=await call.ask(self.queries.problem_groups, found.id),
            problems=[(one, _shown(call, one.message, one.params)) for one in problems],
            shown=lambda message, params: _shown(call, message, params or {}),
            titles=self._titles(call),
            **await self.besides(call, found),
        )

    async def _mapping(self, call: PageCall, name: str) -> Any:
        uploads = await call.uploads("mapping_file") if name == OWN_MAPPING else []
        if uploads:
            return await self.mappings.sent(uploads[0])
        return self.mappings.named("" if name == OWN_MAPPING else name)

    def _form(self, call: PageCall, form: Any, *, status: int = 200) -> Response:
        options = [*self._titles(call).items(), (OWN_MAPPING, call._("A mapping file of your own"))]
        return call.page(f"{self.folder}/new.html", form=form, options=options, status=status)

    def _titles(self, call: PageCall) -> dict[str, str]:
        return {name: mapping.title(call.locale) for name, mapping in self.mappings.by_name.items()}


def _shown(call: PageCall, message: str, params: dict[str, Any]) -> str:
    if "choices" in params:
        words = (call._(label_of(word)) for word in params["choices"])
        params = {**params, "choices": ", ".join(words)}
    if "what" in params:
        params = {**params, "what": call._(params["what"])}
    return fill(call._(message), params) if params else call._(message)
