"""The worker of tenancy-svc: relay and listeners (it has no timers)."""

from chassis.bus.worker import Duties
from tenancy_svc.messaging.border import BORDER
from tenancy_svc.messaging.listening import listening

DUTIES = Duties(listening=listening, stream=BORDER.stream, sources=BORDER.sources)
