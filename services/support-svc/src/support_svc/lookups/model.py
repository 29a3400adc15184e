"""Values of the look-up lists (✎ in the specification) and the caseworkers of the support organisation.

A value in use is retired, never deleted: other tables refer to it, so the database itself refuses the
deletion.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from chassis.lookups import LookupColumns
from support_svc.tables import Base


class LookupValue(LookupColumns, Base):
    """One value of a list, labelled in both languages.

    `published_as` is the closed word the value stands for in the published inventory (housing types only); a
    value without one can be recorded, and is never matched with a home.
    """

    __tablename__ = "lookup_value"


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


class UnknownCaseworker(DomainError):
    """The caseworker named isn't on the list of caseworkers."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "unknown_caseworker"
    message: ClassVar[str] = "Choose a caseworker from the list."
