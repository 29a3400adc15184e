"""The database of a service: connections, the chassis' own tables, and migrations."""

from chassis.db.database import Database
from chassis.db.models import Conventions, Versioned, new_metadata, words

__all__ = ["Conventions", "Database", "Versioned", "new_metadata", "words"]
