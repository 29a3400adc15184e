"""The declarative base of units-svc's own tables, and how its closed vocabularies are stored."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()


View = TypeVar("View")


def words(vocabulary: type[StrEnum], name: str) -> Enum:
    """Column type for a fixed vocabulary: its words as text, held by a check constraint `ck_<table>_<name>`.

    Text rather than a database enumeration, so that a new word is an ordinary constraint change.
    """
    return Enum(
        vocabulary,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def views(view: Callable[..., View], rows: Iterable[Sequence[Any]]) -> list[View]:
    """Return rows as views, their columns in the order of the view's fields."""
    return [view(*row) for row in rows]


FEATURES: tuple[str, ...] = (
    "privacy",
    "lookups",
    "landlords",
    "inventory",
    "maintenance",
    "holds",
    "photos",
    "inspections",
    "imports",
)
"""The features in the order in which they may know each other: a later one may import an earlier one."""


def load_models() -> None:
    """Import every feature's models, so that `Base.metadata` knows all tables."""
    for feature in FEATURES:
        import_module(f"units_svc.{feature}.model")
