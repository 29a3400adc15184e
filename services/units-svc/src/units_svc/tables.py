"""The declarative base of units-svc's own tables, and how rows become views."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()


View = TypeVar("View")


def views(view: Callable[..., View], rows: Iterable[Sequence[Any]]) -> list[View]:
    """Return rows as views, their columns in the order of the view's fields."""
    return [view(*row) for row in rows]
