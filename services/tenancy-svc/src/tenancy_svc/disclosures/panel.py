"""What several desk pages show beside a record: what was disclosed about it to support (W5, W13)."""

from __future__ import annotations

from typing import Any

from deskkit.call import PageCall
from tenancy_svc.disclosures.queries import DisclosureStatement, Prospect
from tenancy_svc.organisations import Organisation, organisation_named
from tenancy_svc.settings import settings_of


def disclosure_panel(call: PageCall, statement: DisclosureStatement) -> dict[str, Any]:
    """Return what a page needs to show a statement: `statement`, `other`, and the lines of `crossings`.

    The lines are in the reader's language, newest first.
    """
    items = [
        {
            "what": call._(crossing.what),
            "state": crossing.state,
            "at": crossing.at,
            "why": call._(crossing.why) if crossing.why else None,
        }
        for crossing in statement.crossings
    ]
    return {
        "statement": statement,
        "other": support_name(call, statement),
        "crossings": items[::-1],
    }


def support_name(call: PageCall, known: Prospect | DisclosureStatement | None = None) -> Organisation:
    """Return the support organisation's name: as the tenant was shown it, or as the settings have it."""
    named = known.organisation if known is not None else None
    return organisation_named(named or settings_of(call.runtime).support_organisation, call._)
