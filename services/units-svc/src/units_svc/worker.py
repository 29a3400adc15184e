"""The worker of units-svc: relay, listeners, timers."""

from chassis.bus.worker import duties_of
from units_svc.features import FEATURES

DUTIES = duties_of(FEATURES)
