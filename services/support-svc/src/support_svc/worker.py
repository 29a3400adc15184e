"""The worker of support-svc: relay, listeners, timers."""

from chassis.bus.worker import Duties
from support_svc.messaging.border import BORDER
from support_svc.messaging.listening import listening, timers

DUTIES = Duties(listening=listening, stream=BORDER.stream, sources=BORDER.sources, timers=timers)
