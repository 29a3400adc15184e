"""Editable lists (✎ in the specification) and the caseworkers of the support organisation.

A value in use is retired, never deleted: other tables refer to it, so the database itself refuses the
deletion.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.tables import Base


class LookupList(StrEnum):
    """The lists an administrator of the support organisation keeps."""

    GENDER = "gender"
    INDIGENOUS_INDICATOR = "indigenous_indicator"
    RELATIONSHIP = "relationship"
    HOUSING_TYPE = "housing_type"
    PROGRAM = "program"
    REFERRAL_SOURCE = "referral_source"
    REASON_NOT_SECURED = "reason_not_secured"
    REASON_LEFT = "reason_left"


class LookupValue(Base):
    """One value of a list, labelled in both languages.

    `published_as` is the closed word the value stands for in the published inventory (housing types only); a
    value without one can be recorded, and is never matched with a home.
    """

    __tablename__ = "lookup_value"
    __table_args__ = (
        UniqueConstraint("list", "code", name="uq_lookup_value_list_code"),
        Index("ix_lookup_value_list_order", "list", "sort_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    list: Mapped[LookupList] = mapped_column(words(LookupList, "list"))
    code: Mapped[str] = mapped_column(String(60))
    label_en: Mapped[str] = mapped_column(String(120))
    label_fr: Mapped[str] = mapped_column(String(120))
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(default=True)
    published_as: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def label(self, locale: str) -> str:
        """The label in the person's language."""
        return self.label_fr if locale == "fr" else self.label_en


def english(value: LookupValue | None) -> str | None:
    """The English label of a value that may be missing."""
    return None if value is None else value.label_en


def french(value: LookupValue | None) -> str | None:
    """The French label of a value that may be missing."""
    return None if value is None else value.label_fr


CASEWORKER_ROLES = ("caseworker", "supervisor")
"""Who works with clients, and so can be named as caseworker, by the roles that the gateway gives."""


class CaseworkerState(StrEnum):
    """Whether somebody can be named as caseworker."""

    AVAILABLE = "available"
    RETIRED = "retired"
    """Taken off the list by an administrator."""
    LEFT = "left"
    """Has no access any more, or no role of those who work with clients."""


class Caseworker(Base):
    """A member of staff who was named as caseworker or recorded something, or who was taken off the list.

    The gateway keeps the accounts and its register says who can be chosen; this is the name that stays on
    records, so it's never deleted.
    """

    __tablename__ = "caseworker"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    listed_at: Mapped[datetime]


class NotOnTheList(DomainError):
    """A value that isn't on the list, or was retired, can't be chosen again."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_on_the_list"
    message: ClassVar[str] = "Choose a value from the list."


class CodeTaken(DomainError):
    """Two values of one list can't have the same code."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "code_taken"
    message: ClassVar[str] = "The list already has a value with the code {value}."


class UnknownCaseworker(DomainError):
    """The caseworker named isn't on the list of caseworkers."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "unknown_caseworker"
    message: ClassVar[str] = "Choose a caseworker from the list."
