"""What the worker of support-svc does beside sending: what it hears, when it wakes up, and its own stream."""

from support_svc.messaging.border import set_up_border
from support_svc.messaging.listening import listening, sources, timers

__all__ = ["listening", "set_up_border", "sources", "timers"]
