"""The service's part of the broker: its stream, what it may hear, and what it grants to others."""

from __future__ import annotations

from functools import partial

from chassis.bus.border import Border
from contracts.border import establish, redeliver, sources_for, streams_for
from units_svc.inventory.recovering import follow_taken_back

(_STREAM,) = streams_for("units")

BORDER = Border(
    stream=_STREAM.name,
    sources=sources_for("units"),
    kept=_STREAM.max_age,
    establish=partial(establish, "units"),
    redeliver=partial(redeliver, "units"),
    follow=follow_taken_back,
)
