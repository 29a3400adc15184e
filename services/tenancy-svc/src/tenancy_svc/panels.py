"""What several desk pages show beside a record: its history (X3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deskkit.call import PageCall
from tenancy_svc.timeline import Entry


def timeline_items(call: PageCall, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the lines of a timeline in the reader's language."""
    return [{"at": entry.at, "title": call._(entry.title), "by": entry.by} for entry in entries]
