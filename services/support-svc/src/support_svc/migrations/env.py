"""Alembic's entrance: the tables of every feature, and the chassis' own."""

from pathlib import Path

from chassis.db.migrate import environment, read_former_ids
from chassis.feature import load_models
from support_svc.features import FEATURES
from support_svc.tables import Base

load_models(FEATURES)
environment(Base.metadata, former_ids=read_former_ids(Path(__file__).parent))
