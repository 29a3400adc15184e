"""Imports of clients (C7): where a record came from, the file, and its rows before they're written."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from importing.model import (
    BatchColumns,
    PartColumns,
    ProblemColumns,
    RecordColumns,
    StagedColumns,
    WrongRowColumns,
)
from support_svc.clients.model import Client
from support_svc.consents.model import Consent
from support_svc.tables import Base


class ClientImport(RecordColumns, Base):
    """One file of clients or of their consents."""

    __tablename__ = "client_import"


class ImportPart(PartColumns, Base):
    """A piece of the file."""

    __tablename__ = "import_part"
    record_table: ClassVar[str] = "client_import"


class ImportProblem(ProblemColumns, Base):
    """One thing that is wrong with one cell."""

    __tablename__ = "import_problem"
    record_table: ClassVar[str] = "client_import"


class WrongRow(WrongRowColumns, Base):
    """A wrong line as it is in the file."""

    __tablename__ = "import_wrong_row"
    record_table: ClassVar[str] = "client_import"


class ImportBatch(BatchColumns, Base):
    """What was found in a batch of names, until it's added to the import's counts."""

    __tablename__ = "import_batch"


class ClientSource(Base):
    """What another system calls a client, so that its next file finds the person again.

    `fingerprint` is that of the row that was last written; an equal one leaves nothing to do. It's None for a
    name that another file only mentioned.
    """

    __tablename__ = "client_source"
    __table_args__ = (Index("ix_client_source_client", "client_id"),)

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_ref: Mapped[str] = mapped_column(String(140), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id, ondelete="CASCADE"))
    fingerprint: Mapped[UUID | None]


class ConsentSource(Base):
    """Which consents came of a row of another system's file; a row of several purposes became several.

    A row that gave none, because it agrees to nothing we ask for, has one entry without a consent.
    """

    __tablename__ = "consent_source"
    __table_args__ = (
        Index("ix_consent_source_client", "client_id"),
        Index("ix_consent_source_consent", "consent_id"),
    )

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_ref: Mapped[str] = mapped_column(String(140), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id, ondelete="CASCADE"))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey(Consent.id, ondelete="CASCADE"))
    fingerprint: Mapped[UUID]


class ImportRow(StagedColumns, Base):
    """A right row of a client or a consent, waiting to be compared and written.

    Rows that may be about one person share `group_key`: the words of the name in one order, or what the file
    calls the client. `reached` are telephone numbers and e-mail addresses as they are compared. Unlogged:
    after a crash of the database server the rows are gone, and the file is read again.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        # In the database the group is in byte order there (COLLATE "C"). Comparing models with the database
        # looks at columns alone.
        Index("ix_import_row_group", "import_id", "group_key", "line"),
        Index("ix_import_row_ref", "import_id", "source_ref", "line"),
        {"prefixes": ["UNLOGGED"]},
    )

    group_key: Mapped[str]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    preferred_name: Mapped[str | None]
    other_names: Mapped[str | None]
    name_search: Mapped[str | None]
    date_of_birth: Mapped[date | None]
    estimated_age: Mapped[int | None] = mapped_column(Integer)
    estimated_on: Mapped[date | None]
    gender_id: Mapped[UUID | None]
    indigenous_id: Mapped[UUID | None]
    disability: Mapped[str | None]
    preferred_language: Mapped[str | None]
    address_line: Mapped[str | None]
    city: Mapped[str | None]
    province: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    comments: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None]
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    emails: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reached: Mapped[list[str]] = mapped_column(ARRAY(Text))
    external_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    client_ref: Mapped[str | None]
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recipient: Mapped[str | None]
    type: Mapped[str | None]
    given_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    given_how: Mapped[str | None]
    taken_by: Mapped[str | None]
    document_reference: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str | None]
