"""The service's part of the broker: its stream, what it may hear, and what it grants to others."""

from __future__ import annotations

from functools import partial

from chassis.bus.border import Border
from contracts.border import establish, redeliver, sources_for, streams_for

(_STREAM,) = streams_for("support")

BORDER = Border(
    stream=_STREAM.name,
    sources=sources_for("support"),
    kept=_STREAM.max_age,
    establish=partial(establish, "support"),
    redeliver=partial(redeliver, "support"),
)
