"""The database of a service: connections, the chassis' own tables, and migrations."""

from chassis.db.database import Database
from chassis.db.models import Versioned, model_base

__all__ = ["Database", "Versioned", "model_base"]
