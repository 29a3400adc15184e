"""The worker of support-svc: relay, listeners, timers."""

from chassis.bus.worker import duties_of
from support_svc.features import FEATURES

DUTIES = duties_of(FEATURES)
