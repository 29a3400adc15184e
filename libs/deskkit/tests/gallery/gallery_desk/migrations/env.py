"""Alembic's environment."""

from gallery_desk.visits import Base

from chassis.db.migrate import environment

environment(Base.metadata)
