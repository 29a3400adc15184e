"""An import: its states, its tables and what can be wrong with a decision about it.

A service maps the tables by these columns, beside the staging table with the columns of its own records.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from deskkit.i18n import N_
from trade.csv_import.problems import TableUnreadable


class ImportState(StrEnum):
    """How far an import is."""

    READING = "reading"
    COMPARING = "comparing"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    DISCARDED = "discarded"
    FAILED = "failed"
    STOPPED = "stopped"


WORKING = frozenset({ImportState.READING, ImportState.COMPARING, ImportState.APPLYING})
"""States in which the worker has something to do."""
STEP = "import_step"
"""Kind of the timer of an import's next step; its key is the import's id."""
CELL_END = "\x1f"
"""What stands between the cells of a staged row."""

_HALTED = (
    ("53100", N_("The database has no room left.")),
    ("57014", N_("A step took longer than the database allows.")),
    ("55P03", N_("Somebody else was changing the same records for too long.")),
)
"""What database codes in the reason of a failed step mean to people."""


def may_be_discarded(state: ImportState, counted: int, finished_at: datetime | None) -> bool:
    """Return whether what isn't written of an import can be forgotten: not while it's being written.

    Records that are `counted` while the file is read are written: it's only read again to go on.
    """
    being_written = state is ImportState.APPLYING or (state is ImportState.READING and counted > 0)
    return finished_at is None and not being_written


def why_halted(reason: str) -> str:
    """Return in plain words, as a msgid, why the worker gave an import up."""
    known = (words for code, words in _HALTED if code in reason)
    return next(known, N_("A step failed for an unexpected reason. The system’s log has the details."))


class RecordColumns:
    """One file, what was found in it, and what became of it. Counts are of records, `wrong_rows` of lines.

    `position` is how many of the `size` bytes that are stored were read, `line` the lines up to there;
    `reached` the last group that was compared or written, `compared` the staged rows up to there. While
    contradictions are looked for, `reached` is the last key or, once `keys_checked`, the last group. A
    stopped import resumes there, unless it's `finished_at`. `reading` holds where its rows begin, the
    notation of its columns, and about which of them a person is asked.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mapping: Mapped[str] = mapped_column(String(60))
    definition: Mapped[dict[str, Any]]
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ImportState] = mapped_column(words(ImportState, "state"))
    header: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    delimiter: Mapped[str] = mapped_column(String(1), default=",")
    row_limit: Mapped[int | None]
    at_once: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    line: Mapped[int] = mapped_column(Integer, default=0)
    reached: Mapped[str] = mapped_column(Text, default="")
    compared: Mapped[int] = mapped_column(Integer, default=0)
    keys_checked: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    wrong_rows: Mapped[int] = mapped_column(Integer, default=0)
    new: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(String(200))
    failure: Mapped[str | None] = mapped_column(Text)
    failure_params: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a directive of SQLAlchemy gets the class
        return {"version_id_col": cls.version}


class _OfImport:
    record_table: ClassVar[str]


class PartColumns(_OfImport):
    """A piece of the file, as UTF-8 with plain line ends; `PART` bytes each, the last one fewer."""

    @declared_attr
    def import_id(cls) -> Mapped[UUID]:  # noqa: N805
        """The import."""
        return mapped_column(ForeignKey(f"{cls.record_table}.id", ondelete="CASCADE"), primary_key=True)

    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ProblemColumns(_OfImport):
    """One thing that is wrong with one cell. `message` is a msgid, to be filled in with `params`."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)

    @declared_attr
    def import_id(cls) -> Mapped[UUID]:  # noqa: N805
        """The import."""
        return mapped_column(ForeignKey(f"{cls.record_table}.id", ondelete="CASCADE"))

    line: Mapped[int]
    column: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(60))
    value: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (Index("ix_import_problem_import", "import_id", "line", "id"),)


class WrongRowColumns(_OfImport):
    """A wrong line as it is in the file, so that it can be downloaded, corrected and sent again."""

    @declared_attr
    def import_id(cls) -> Mapped[UUID]:  # noqa: N805
        """The import."""
        return mapped_column(ForeignKey(f"{cls.record_table}.id", ondelete="CASCADE"), primary_key=True)

    line: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source_ref: Mapped[str | None] = mapped_column(Text)


class MarkColumns:
    """The fingerprint of a row of a source when it was last written; an equal one leaves nothing to do."""

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_ref: Mapped[str] = mapped_column(String(140), primary_key=True)
    fingerprint: Mapped[UUID]


class BatchColumns:
    """What was found in the groups behind `after`, until it's added to the import's counts.

    It's committed with what was written of them, so that nothing is written twice.
    """

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    after: Mapped[str] = mapped_column(Text, primary_key=True)
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]


class StagedColumns:
    """A right row, waiting to be compared and written; its cells are joined by `CELL_END`."""

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    source_ref: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[UUID]
    cells: Mapped[str]


class UnknownMapping(DomainError):
    """There is no mapping of that name."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "unknown_mapping"
    message: ClassVar[str] = "There is no mapping called {name}."


class FileUnreadable(DomainError):
    """The file isn't a table that this mapping can read; `reason` is a msgid of its own."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "file_unreadable"
    message: ClassVar[str] = TableUnreadable.message

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(**params)
        self.message = reason  # type: ignore[misc]


@contextmanager
def readable() -> Iterator[None]:
    """Refuse a file that can't be read within the block. Raises FileUnreadable."""
    try:
        yield
    except TableUnreadable as found:
        raise FileUnreadable(found.message, **found.params) from found


class NotReady(DomainError):
    """The import is in another state by now: written, stopped or discarded, or still being read."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "import_not_ready"
    message: ClassVar[str] = "This can't be done with the import in its present state."
