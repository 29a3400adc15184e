"""Alembic's entrance: the models of every feature, and the chassis' own tables."""

from chassis.db.migrate import environment
from gateway.tables import Base, load_models

load_models()
environment(Base.metadata)
