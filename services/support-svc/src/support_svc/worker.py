"""The worker of support-svc: relay, listeners, timers."""

from chassis.bus.worker import Duties
from support_svc.messaging.border import SOURCES
from support_svc.messaging.listening import listening, timers

DUTIES = Duties(listening=listening, sources=SOURCES, timers=timers)
