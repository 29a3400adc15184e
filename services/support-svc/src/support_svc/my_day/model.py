"""What a caseworker's day is made of (F2)."""

from dataclasses import dataclass

from support_svc.consents.queries import ExpiringConsent
from support_svc.followups.queries import DueFollowUp
from support_svc.placements.queries import PlacementLine
from support_svc.signings.queries import SigningView


@dataclass(frozen=True, slots=True)
class MyDay:
    """What is due, overdue and waiting for one caseworker."""

    follow_ups: tuple[DueFollowUp, ...]
    placements: tuple[PlacementLine, ...]
    signings: tuple[SigningView, ...]
    consents: tuple[ExpiringConsent, ...]
