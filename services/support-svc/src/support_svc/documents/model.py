"""Documents of clients, what is needed, and what of it a household has (C9)."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.tables import Base

MOST_DOCUMENTS = 100
"""Documents that are recorded of one client."""
MOST_FILES = 6
"""Files of one document: both sides of a card, pages of a letter."""


class FileType(StrEnum):
    """What a stored file is, by its content."""

    JPEG = "jpeg"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The media type by which it's answered."""
        return {FileType.JPEG: "image/jpeg", FileType.PDF: "application/pdf"}[self]


class NeededOf(StrEnum):
    """Who of a household has to have a document that is needed."""

    EACH_ADULT = "each_adult"
    HOUSEHOLD = "household"


class ClientDocument(Versioned, Base):
    """A document of a client: needed, asked for, or there until it expires. One may have two of a kind."""

    __tablename__ = "client_document"
    __table_args__ = (
        Index("ix_client_document_client", "client_id", "kind_id"),
        Index(
            "ix_client_document_recorder",
            "recorded_by",
            "expires_on",
            postgresql_where=text("have and expires_on is not null"),
        ),
        CheckConstraint("needed or have or asked_on is not null", name="says_something"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    kind_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    which: Mapped[str | None] = mapped_column(String(200))
    needed: Mapped[bool]
    asked_on: Mapped[date | None]
    have: Mapped[bool]
    expires_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    recorded_at: Mapped[datetime]


class DocumentFile(Base):
    """A file of a document: what was sent, checked by its content. Its name isn't stored."""

    __tablename__ = "client_document_file"
    __table_args__ = (
        Index("uq_client_document_file", "document_id", "digest", unique=True),
        Index("ix_client_document_file_client", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey(ClientDocument.id))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    type: Mapped[FileType] = mapped_column(words(FileType, "type"))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(200))


class NeededList(Base):
    """The list of documents that a program or a type of home needs; `version` counts its changes.

    `value_id` is the id of either, which is never deleted.
    """

    __tablename__ = "needed_list"

    value_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class NeededDocument(Base):
    """A kind of document that a program or a type of home needs."""

    __tablename__ = "needed_document"

    value_id: Mapped[UUID] = mapped_column(ForeignKey(NeededList.value_id), primary_key=True)
    kind_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id), primary_key=True)
    needed_of: Mapped[NeededOf] = mapped_column(words(NeededOf, "needed_of"))


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of document that somebody has to have; without a person, anybody of the household."""

    kind: UUID
    person: UUID | None


def needs(
    lists: Iterable[tuple[UUID, NeededOf]],
    own: Iterable[tuple[UUID, UUID]],
    adults: Sequence[UUID],
) -> list[Need]:
    """Return what a household needs, each once: by the lists, and by what is noted of its people.

    `own` are pairs of person and kind. A kind that one person has to have isn't asked of the household
    besides.
    """
    wanted = list(lists)
    of_each = {kind for kind, of in wanted if of is NeededOf.EACH_ADULT}
    persons = dict.fromkeys(Need(kind, person) for kind in of_each for person in adults)
    persons |= dict.fromkeys(Need(kind, person) for person, kind in own)
    asked = {need.kind for need in persons}
    anybody = dict.fromkeys(Need(kind, None) for kind, _ in wanted if kind not in asked)
    return [*persons, *anybody]


def missing(wanted: Sequence[Need], there: AbstractSet[tuple[UUID, UUID]]) -> list[Need]:
    """Return the needs that no document meets; `there` are pairs of person and kind."""
    kinds = {kind for _, kind in there}
    return [
        need
        for need in wanted
        if (need.kind not in kinds if need.person is None else (need.person, need.kind) not in there)
    ]


def is_there(today: date, expires_on: date | None, *, have: bool) -> bool:
    """Whether a document is there and hasn't expired; its last day counts."""
    return have and (expires_on is None or expires_on >= today)


class NothingSaid(DomainError):
    """A document is needed, was asked for or is there; else there's nothing to record."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "nothing_said"
    message: ClassVar[str] = "Say whether the document is needed, was asked for, or is here."


class TooManyDocuments(DomainError):
    """There are enough documents of this client."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_documents"
    message: ClassVar[str] = "{most} documents of this client are recorded already. Delete one first."


class TooManyFiles(DomainError):
    """There are enough files of this document."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_files"
    message: ClassVar[str] = "There are {most} files of this document already. Delete one first."


class NoFileChosen(DomainError):
    """No file was sent."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "no_file_chosen"
    message: ClassVar[str] = "Choose a file."


class NotADocument(DomainError):
    """The bytes are neither a picture nor a PDF that can be read, whatever the file is called."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_document"
    message: ClassVar[str] = (
        "This is neither a picture nor a PDF that can be read. Send a JPEG, PNG or WebP picture, or a PDF."
    )


class ActiveContent(DomainError):
    """The PDF runs something when it's opened, or holds another file."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "active_content"
    message: ClassVar[str] = (
        "This PDF contains a script or another file. Print it to a new PDF, and send that one."
    )


class Locked(DomainError):
    """The PDF is encrypted, so what it holds can't be checked."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "locked"
    message: ClassVar[str] = "This PDF is locked with a password. Send one without it."


class FileTooLarge(DomainError):
    """The file is too large, or unfolds to too much."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "file_too_large"
    message: ClassVar[str] = "The file is too large: at most {megabytes} MB and {megapixels} megapixels."


class NeededTwice(DomainError):
    """A kind of document is needed of each adult or once of the household, not both."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "needed_twice"
    message: ClassVar[str] = "Choose each kind of document for every adult or for the household, not both."
