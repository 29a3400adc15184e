"""Builds tenancy-svc from its parts."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.runtime import Runtime
from tenancy_svc.border import part_of_broker, publisher
from tenancy_svc.features import FEATURES
from tenancy_svc.settings import TenancySettings


def build_runtime(settings: TenancySettings, clock: Clock | None = None) -> Runtime:
    """Return the parts of a running tenancy-svc; tests give a clock of their own."""
    border = part_of_broker(settings)
    return Runtime.of_features(
        "tenancy",
        settings,
        FEATURES,
        publisher(settings.entity),
        application="tenancy-svc",
        parties=border.parties,
        border=border,
        clock=clock,
    )
