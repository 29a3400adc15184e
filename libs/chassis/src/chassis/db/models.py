"""Conventions that every table of a service follows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> sa.MetaData:
    """Return metadata whose constraints and indexes get stable names."""
    return sa.MetaData(naming_convention=NAMING)


class Conventions:
    """How Python's types are stored: timestamptz, uuid, numeric(12,2), text, jsonb.

    A service's own base is `class Base(Conventions, DeclarativeBase): metadata = new_metadata()`.
    """

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: sa.TIMESTAMP(timezone=True),
        date: sa.Date(),
        UUID: sa.Uuid(),
        Decimal: sa.Numeric(12, 2),
        str: sa.Text(),
        dict[str, Any]: postgresql.JSONB(),
        list[str]: postgresql.ARRAY(sa.Text()),
    }


class Versioned:
    """A record that people edit: `id` is a UUIDv7, `version` counts its changes (X4)."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    version: Mapped[int] = mapped_column(sa.Integer(), nullable=False, sort_order=-1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}


def words(vocabulary: type[StrEnum], name: str) -> sa.Enum:
    """Return the type of a column for a closed vocabulary: text, restricted by `ck_<table>_<name>`.

    Text rather than a database enumeration, so that a new word only changes a constraint.
    """
    return sa.Enum(
        vocabulary,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
