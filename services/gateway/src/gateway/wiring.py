"""Builds the gateway from its parts."""

from __future__ import annotations

from chassis.publisher import NothingPublished
from chassis.runtime import Runtime
from gateway.border import register_of
from gateway.features import FEATURES
from gateway.settings import GatewaySettings


def build_runtime(settings: GatewaySettings) -> Runtime:
    """Return the runtime of one organisation's gateway; it publishes nothing."""
    return Runtime.of_features(
        "gateway",
        settings,
        FEATURES,
        NothingPublished(),
        application="gateway",
        parties=register_of(settings),
    )
