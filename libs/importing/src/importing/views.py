"""Imports as people see them: how far they are, and what is wrong in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from importing.model import WORKING, ImportState, may_be_discarded
from trade.csv_import.notation import Kind, Notation


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import; counts of records, `rows` and `wrong_rows` of lines."""

    id: UUID
    mapping: str
    file_name: str
    state: ImportState
    header: list[str]
    delimiter: str
    row_limit: int | None
    rows: int
    wrong_rows: int
    new: int
    changed: int
    unchanged: int
    started_at: datetime
    finished_at: datetime | None
    started_by: str
    failure: str | None
    """Why the file couldn't be read: a msgid to be filled in with `failure_params`."""
    failure_params: dict[str, Any] | None
    at_once: bool
    progress: int
    """How much of what is being done is done, in whole per cent; 100 when nothing is."""
    left: int
    """Right lines that aren't written; 0 unless the import was stopped."""
    halted: str | None
    """Why the worker gave it up after several failures: a msgid. It waits for somebody to resume it."""

    @property
    def working(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in WORKING and self.halted is None

    @property
    def resumable(self) -> bool:
        """Whether a person can let the worker continue it."""
        stopped = self.state is ImportState.STOPPED and self.finished_at is None
        return stopped or self.halted is not None

    @property
    def discardable(self) -> bool:
        """Whether what was read of it and isn't written can be deleted."""
        return may_be_discarded(self.state, self.new + self.changed, self.finished_at)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """The notation of a column whose cells can be read in two ways; `asked` when a person has to decide."""

    column: str
    kind: Kind
    habit: Notation
    asked: bool


@dataclass(frozen=True, slots=True)
class ColumnsView:
    """What becomes of a file's columns: read as which fields, not read, and named but absent."""

    read: list[tuple[str, list[str]]]
    not_read: list[str]
    absent: list[str]
    notes: list[tuple[str, dict[str, str]]]
    """What is odd about the mapping: msgids, each with its params."""
    habits: list[NumberColumn]
    may_keep_both: bool
    """Whether lines were refused that may be right: a person can decide that they are."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One thing that is wrong; `message` is a msgid to be filled in with `params`."""

    line: int
    column: str | None
    rule: str
    value: str | None
    message: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line with something wrong in it, as it is in the file."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """How often a rule is broken in a column."""

    column: str | None
    rule: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class MappingView:
    """A ready mapping."""

    name: str
    title_en: str
    title_fr: str
    rows: str


async def wrong_lines(
    ask: Callable[..., Awaitable[Sequence[WrongLine]]], query: Any, import_id: UUID
) -> AsyncIterator[list[list[str]]]:
    """Yield all wrong lines of a file, some at a time. `ask` runs the `query` in the caller's name."""
    after = 0
    while lines := await ask(query, import_id, after_line=after):
        yield [line.cells for line in lines]
        after = lines[-1].line
