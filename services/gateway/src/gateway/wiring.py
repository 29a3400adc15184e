"""The one place where the gateway's parts are put together."""

from __future__ import annotations

from chassis.publisher import NothingPublished
from chassis.runtime import Runtime
from gateway.features import FEATURES
from gateway.settings import GatewaySettings


def build_runtime(settings: GatewaySettings) -> Runtime:
    """Return the running parts of one entity's gateway. It publishes nothing."""
    return Runtime.of_features("gateway", settings, FEATURES, NothingPublished(), application="gateway")
