"""The worker of tenancy-svc: relay, listeners, timers."""

from chassis.bus.worker import duties_of
from tenancy_svc.features import FEATURES

DUTIES = duties_of(FEATURES)
