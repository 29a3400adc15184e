"""What was chosen for each field of a form, from which day on: rows that are added, never changed."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from support_svc.tables import Base


class FieldRule(StrEnum):
    """What an organisation asks of a field."""

    MANDATORY = "mandatory"
    """Nothing is recorded without it."""
    OPTIONAL = "optional"
    HIDDEN = "hidden"
    """It isn't on the form; what was recorded before stays readable."""


class FieldRuleChosen(Versioned, Base):
    """A rule for a field; of several from one day on the one recorded last counts."""

    __tablename__ = "field_rule"
    __table_args__ = (Index("ix_field_rule_form", "form", "from_day", "id"),)

    form: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60))
    rule: Mapped[FieldRule] = mapped_column(words(FieldRule, "rule"))
    from_day: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))


class FieldMandatory(DomainError):
    """The organisation requires a field that was left empty."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "field_mandatory"
    message: ClassVar[str] = "Fill in “{what}”: your organisation requires it since {since}."


class FieldHidden(DomainError):
    """A value was given for a field that the organisation doesn't use."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "field_hidden"
    message: ClassVar[str] = "Leave “{what}” empty: your organisation does not use it since {since}."


class RuleNotPossible(DomainError):
    """A rule was chosen that a field can't have."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "rule_not_possible"
    message: ClassVar[str] = "Choose a rule that this field can have."
