"""Alembic's entrance: the tables of every feature, and the chassis' own."""

from chassis.db.migrate import environment
from chassis.feature import load_models
from tenancy_svc.features import FEATURES
from tenancy_svc.tables import Base

load_models(FEATURES)
environment(Base.metadata)
