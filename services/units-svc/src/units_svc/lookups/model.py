"""Editable lists (✎ in the specification): housing types, conditions, features, regions and the rest.

Homes refer to a value by its code. A value in use is retired, never deleted, and no code here deletes one.
"""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.tables import Base


class LookupList(StrEnum):
    """The lists an administrator of the inventory keeps."""

    HOUSING_TYPE = "housing_type"
    STATUS = "status"
    FEATURE = "feature"
    REGION = "region"
    SERVICE_PROVIDER = "service_provider"
    MAINTENANCE_TYPE = "maintenance_type"
    INSPECTION_AREA = "inspection_area"


PUBLISHED: frozenset[LookupList] = frozenset({LookupList.HOUSING_TYPE, LookupList.FEATURE, LookupList.REGION})
"""Lists whose values are published; only their values have `published_as`."""


class LookupValue(Base):
    """One value of a list, labelled in both languages.

    `published_as` is the closed word the value stands for outside the inventory. A housing type without one
    is published as "other", a feature or region without one is not told. `grouping` orders long lists under
    headings (features: accessibility, building, included).
    """

    __tablename__ = "lookup_value"
    __table_args__ = (
        UniqueConstraint("list", "code"),
        Index("ix_lookup_value_list_order", "list", "sort_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    list: Mapped[LookupList] = mapped_column(words(LookupList, "list"))
    code: Mapped[str] = mapped_column(String(60))
    label_en: Mapped[str] = mapped_column(String(120))
    label_fr: Mapped[str] = mapped_column(String(120))
    grouping: Mapped[str | None] = mapped_column(String(40))
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(default=True)
    published_as: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration

    def label(self, locale: str) -> str:
        """The label in the person's language."""
        return self.label_fr if locale == "fr" else self.label_en


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
