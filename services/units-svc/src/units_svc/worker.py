"""The worker of units-svc: relay, listeners, timers."""

from chassis.bus.worker import Duties
from units_svc.messaging.border import BORDER
from units_svc.messaging.listening import listening, timers

DUTIES = Duties(listening=listening, stream=BORDER.stream, sources=BORDER.sources, timers=timers)
