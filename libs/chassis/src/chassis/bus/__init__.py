"""How facts leave a service and how those of others are acted on.

Out: `relay` sends the committed rows of the outbox to the service's own stream. In: `listener` takes what the
neighbours published through the one consumer each of them granted. `timers` fires what a transaction
scheduled. `worker` runs the three together. Nothing here knows a word of the trade: a service fills
`Listening` and `Timers`.
"""

from chassis.bus.listening import Granted, Incoming, Listening, Source, Unreadable
from chassis.bus.timers import Timers

__all__ = ["Granted", "Incoming", "Listening", "Source", "Timers", "Unreadable"]
