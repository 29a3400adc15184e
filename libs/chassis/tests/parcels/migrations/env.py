"""Alembic's environment."""

from parcels.trade import Base

from chassis.db.migrate import environment

environment(Base.metadata)
