"""What several desk pages show beside a record of what support learned of it (W5, W13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deskkit.call import PageCall
from tenancy_svc.disclosures.queries import Crossing
from tenancy_svc.disclosures.telling import Prospect


def crossing_items(call: PageCall, crossings: Iterable[Crossing]) -> list[dict[str, Any]]:
    """Return the lines of the crossing panel, newest first, in the reader's language."""
    items = [
        {
            "what": call._(crossing.what),
            "state": crossing.state,
            "at": crossing.at,
            "why": call._(crossing.why) if crossing.why else None,
        }
        for crossing in crossings
    ]
    return items[::-1]


def support_name(call: PageCall, prospect: Prospect | None = None) -> str:
    """Return the support organisation's name: as the tenant heard it, or as it stands in the settings."""
    named = prospect.organisation if prospect is not None else None
    return named or call._(str(getattr(call.runtime.settings, "support_organisation", "")))
