"""What several desk pages show about disclosures: what was disclosed to whom, and what will be (W5, W13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from deskkit.call import PageCall
from tenancy_svc.disclosures.model import Withheld
from tenancy_svc.disclosures.queries import DisclosureStatement, Prospect

SentLines = list[tuple[str, str]]
"""Labels and values of what is sent, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An organisation by name, with what it will receive; without any, `withheld` says why not."""

    name: str
    sent: SentLines
    withheld: Withheld | None


def recipients(call: PageCall, *parts: tuple[Sequence[Prospect], SentLines]) -> list[Recipient]:
    """Return what each organisation will receive of several parts, each disclosed on its own terms."""

    def of(party: str) -> Iterator[tuple[Prospect, SentLines]]:
        return ((one, lines) for prospects, lines in parts for one in prospects if one.party == party)

    return [
        Recipient(
            call.party_name(party),
            [line for one, lines in of(party) if one.discloses for line in lines],
            next((one.withheld for one, _ in of(party) if one.withheld is not None), None),
        )
        for party in dict.fromkeys(one.party for prospects, _ in parts for one in prospects)
    ]


def disclosure_panel(call: PageCall, statements: Sequence[DisclosureStatement]) -> dict[str, Any]:
    """Return what a page needs to show statements: `statements`, and `crossings`, by organisation.

    Its lines are in the reader's language, newest first.
    """
    return {
        "statements": statements,
        "crossings": [
            (call.party_name(statement.party), _lines(call, statement)) for statement in statements
        ],
    }


def _lines(call: PageCall, statement: DisclosureStatement) -> list[dict[str, Any]]:
    items = [
        {
            "what": call._(crossing.what),
            "state": crossing.state,
            "at": crossing.at,
            "why": call._(crossing.why) if crossing.why else None,
        }
        for crossing in statement.crossings
    ]
    return items[::-1]
