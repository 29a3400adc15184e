"""The declarative base of tenancy-svc's own tables."""

from sqlalchemy.orm import DeclarativeBase

from chassis.db import Conventions, new_metadata


class Base(Conventions, DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()
