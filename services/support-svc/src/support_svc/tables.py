"""The declarative base of support-svc's own tables, and how its closed vocabularies are stored."""

from enum import StrEnum
from importlib import import_module

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()


def words(vocabulary: type[StrEnum], name: str) -> Enum:
    """Column type for a fixed vocabulary: its words as text, held by a check constraint named after `name`.

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


def load_models() -> None:
    """Import every feature's models, so that `Base.metadata` knows all tables."""
    for feature in (
        "lookups",
        "corrections",
        "clients",
        "consents",
        "housing_history",
        "homes",
        "followups",
        "placements",
        "housing_search",
        "signings",
    ):
        import_module(f"support_svc.{feature}.model")
