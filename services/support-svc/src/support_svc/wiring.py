"""The composition root of support-svc."""

from chassis.clock import Clock
from chassis.runtime import Runtime
from support_svc.border import part_of_broker, publisher
from support_svc.features import FEATURES
from support_svc.settings import Settings


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Return the parts of a running support-svc; tests give a clock of their own."""
    border = part_of_broker(settings)
    return Runtime.of_features(
        "support",
        settings,
        FEATURES,
        publisher(settings.entity),
        application="support-svc",
        parties=border.parties,
        border=border,
        clock=clock,
        by_person=True,
    )
