"""Alembic's entrance: the tables of every feature, and the chassis' own."""

from chassis.db.migrate import environment
from chassis.feature import load_models
from units_svc.features import FEATURES
from units_svc.tables import Base

load_models(FEATURES)
environment(Base.metadata)
