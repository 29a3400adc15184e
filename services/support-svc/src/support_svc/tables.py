"""The declarative base of support-svc's own tables."""

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()


def party_id() -> String:
    """Return the type of a column that names a party of the register of parties."""
    return String(31)
