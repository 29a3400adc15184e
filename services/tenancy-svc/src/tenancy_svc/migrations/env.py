"""Alembic's environment: the chassis holds the connection and the lock time-out."""

from __future__ import annotations

from chassis.db.migrate import environment
from tenancy_svc.models import metadata

environment(metadata)
