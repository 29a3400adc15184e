"""The one module that puts units-svc together."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.runtime import Runtime
from units_svc.border import UnitsPublisher, part_of_broker
from units_svc.features import FEATURES
from units_svc.settings import UnitsSettings

NAME = "units"


def build_runtime(settings: UnitsSettings, clock: Clock | None = None) -> Runtime:
    """Return the parts of a running inventory; tests give a clock of their own."""
    publisher = UnitsPublisher(settings.entity)
    border = part_of_broker(settings)
    return Runtime.of_features(
        NAME,
        settings,
        FEATURES,
        publisher,
        application="units-svc",
        parties=border.parties,
        border=border,
        clock=clock,
    )
