"""Builds the gateway from its parts."""

from __future__ import annotations

from chassis.publisher import NothingPublished
from chassis.runtime import Runtime
from gateway.features import FEATURES
from gateway.settings import GatewaySettings


def build_runtime(settings: GatewaySettings) -> Runtime:
    """Return the runtime of one entity's gateway; it publishes nothing."""
    return Runtime.of_features("gateway", settings, FEATURES, NothingPublished(), application="gateway")
