"""What a service brings for its records: tables, mappings, a reader of rows, and how a batch is compared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID

from importing.views import ImportView
from trade.csv_import.columns import Columns
from trade.csv_import.mapping import TableMapping
from trade.csv_import.notation import Kind, Notations
from trade.csv_import.problems import Problem

if TYPE_CHECKING:
    from chassis.tx import ReadTx, Tx

AnyMapping = TableMapping[Any]


class Reader(Protocol):
    """Reads the rows of one file by one mapping (`trade.csv_import.rows.TableReader`)."""

    columns: Columns
    notations: Notations

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | list[Problem]:
        """Return the row's values by staging column, or everything that is wrong with it."""

    def key_of(self, cells: Sequence[str]) -> str | None:
        """Return what names a row that may be wrong, if its mapping has a key."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a service's imports, mapped by the columns of `importing.model`.

    All but `record` and `row` have the same names in every service.
    """

    record: type[Any]
    part: type[Any]
    problem: type[Any]
    wrong: type[Any]
    batch: type[Any]
    row: type[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """So many staged `rows`: those of the groups behind `after`, up to and including `upto`."""

    after: str
    upto: str
    rows: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records a plan adds, changes and leaves as they are."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class WorkOnBatch:
    """A batch of an import, to be compared, and with `writing` also written in the name of `by`."""

    import_id: UUID
    mapping: AnyMapping
    batch: Batch
    writing: bool
    by: str


class Importing(ABC):
    """The import of one service's records.

    `grouped_by` is the column of the staging table by whose values rows are batched: rows that have to be
    compared with each other share one. `weight` is how many records a row stands for, `batch_size` how many
    a batch has, `lock` the name of the lock that lets imports of the same records take turns. What isn't
    abstract does nothing unless a service has something to do there.
    """

    tables: ClassVar[Tables]
    kinds: ClassVar[Mapping[Any, Kind]]
    grouped_by: ClassVar[str]
    weight: ClassVar[str] = "1"
    batch_size: ClassVar[int] = 2_500
    lock: ClassVar[str]
    view: ClassVar[type[ImportView]] = ImportView

    @cached_property
    def staged(self) -> tuple[str, ...]:
        """Columns of the staging table in the order in which rows are copied."""
        return tuple(column.name for column in self.tables.row.__table__.columns)

    @property
    def shown_besides(self) -> Sequence[Any]:
        """Columns of the import that its view shows besides those of all imports, in their order."""
        return ()

    @abstractmethod
    def mapping_of(self, definition: Mapping[str, Any]) -> Any:
        """Return the mapping that is stored with an import. Raises ValidationError."""

    @abstractmethod
    async def reader(
        self, tx: ReadTx | Tx, mapping: Any, header: Sequence[str], notations: Notations | None = None
    ) -> Reader:
        """Return the reader of the rows of a file with that header."""

    def columns_besides(self, mapping: Any) -> list[tuple[str, tuple[str, ...]]]:
        """Return what is read besides the fields of a mapping: names with their columns."""
        return []

    def may_be_right(self, mapping: Any) -> Collection[str]:
        """Return the rules that a person can decide not to apply to a file of this mapping."""
        return ()

    def notes(self, mapping: Any, reader: Any, not_read: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
        """Return what is odd about a mapping, as msgids with their params."""
        return []

    def look_closer(self, values: Mapping[str, Any]) -> list[Any]:
        """Return what a person must look at in a right row; `store_besides` stores it."""
        return []

    async def store_besides(self, tx: Tx, doubts: Sequence[Any], problems: Sequence[Problem]) -> None:  # noqa: B027
        """Store what `look_closer` found, and what follows from problems, with the rows of a window."""

    @abstractmethod
    async def set_wrong_aside(self, tx: Tx, import_id: UUID, mapping: Any, batch: Batch) -> None:
        """Set rows of a batch aside that contradict each other or what is there, each with its problem."""

    @abstractmethod
    async def plan(self, tx: Tx, import_id: UUID, mapping: Any, batch: Batch) -> Counts:
        """Compare the rows of a batch with what is there and return what would be written."""

    @abstractmethod
    async def write(self, tx: Tx, import_id: UUID, mapping: Any, by: str) -> None:
        """Do what the plan of this transaction says in the name of `by`."""

    @abstractmethod
    async def perform_batch(self, tx: Tx, command: WorkOnBatch) -> None:
        """Perform the service's use case of a batch apart: it calls `batches.work_on_batch`."""

    async def prepare(self, tx: Tx, command: WorkOnBatch) -> None:  # noqa: B027
        """Write what several batches have in common before they're written at the same time."""

    async def conclude(self, tx: Tx, found: Any, mapping: Any) -> None:  # noqa: B027
        """Find out what follows from a whole file once all of it was compared or written."""

    def forget_conclusion(self, found: Any) -> None:  # noqa: B027
        """Forget what `conclude` found, as the file is read again."""
