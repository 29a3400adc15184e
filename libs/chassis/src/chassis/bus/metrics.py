"""Metrics of delivery; each series has the service, as the local stack runs several in one process."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

OUTBOX_PENDING = Gauge("outbox_pending_events", "Events committed and not yet at the broker.", ["service"])
OUTBOX_OLDEST = Gauge(
    "outbox_oldest_pending_seconds", "Age of the oldest event not yet at the broker.", ["service"]
)
PUBLISHED = Counter("outbox_published_events", "Events the broker has acknowledged.", ["service"])
PUBLISH_PROBLEMS = Counter(
    "outbox_publish_problems", "Attempts the broker did not acknowledge, by kind.", ["service", "kind"]
)
LEADING = Gauge("bus_leading", "1 while this process holds the duty.", ["service", "duty"])
ACTED_ON = Counter("inbox_acted_on_events", "Events whose effect was committed.", ["service", "source"])
SEEN_BEFORE = Counter("inbox_repeated_events", "Events that had been received before.", ["service", "source"])
DUTY_FAILURES = Counter("duty_failures", "Times that a duty ended unexpectedly.", ["service", "duty"])
LAG = Gauge("inbox_lag_events", "Events that the publisher holds for this listener.", ["service", "source"])
FAILED = Counter("inbox_failed_attempts", "Attempts at an event that failed.", ["service", "source"])
PARKED = Gauge("inbox_parked_events", "Events parked until an operator decides.", ["service", "source"])
WAITING = Gauge(
    "inbox_waiting_events",
    "Events waiting for another attempt, or behind one that does.",
    ["service", "source"],
)
TIMERS_FIRED = Counter("timers_fired", "Timers whose effect was committed.", ["service", "kind"])
TIMERS_FAILED = Counter("timers_failed_attempts", "Attempts at a timer that failed.", ["service", "kind"])
TIMERS_PARKED = Counter(
    "timers_parked", "Timers given up until somebody schedules them again.", ["service", "kind"]
)
