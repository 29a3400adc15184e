"""How events leave a service, and how it acts on those of others.

`relay` sends the committed rows of the outbox to the service's own stream. `listener` receives what the
neighbours publish, through the one consumer that each of them granted. `firing` fires the timers that
transactions scheduled. `worker` runs the three together. Nothing here knows a word of the trade: a service
registers its handlers in `Listening` and `Timers`.
"""

from chassis.border import Granted
from chassis.bus.listening import Incoming, Listening, Source, Unreadable
from chassis.bus.timers import Timers

__all__ = ["Granted", "Incoming", "Listening", "Source", "Timers", "Unreadable"]
