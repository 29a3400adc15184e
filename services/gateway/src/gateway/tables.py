"""The declarative base of a gateway's own tables."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()


FEATURES: tuple[str, ...] = (
    "keys",
    "staff",
    "clients",
    "sessions",
    "register",
    "single_sign_on",
    "landing",
)
"""The features in the order in which they may know each other: a later one may import an earlier one."""

_WITH_TABLES = ("keys", "staff", "clients", "sessions")


def load_models() -> None:
    """Import every feature's models, so that `Base.metadata` knows all tables."""
    for feature in _WITH_TABLES:
        import_module(f"gateway.{feature}.model")
