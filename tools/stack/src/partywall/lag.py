"""How far each listener is behind, as the broker counts it for the consumer that the publisher granted."""

from __future__ import annotations

from dataclasses import dataclass

import nats
from nats.js.errors import NotFoundError

from contracts.border import admin_user, streams_for
from partywall.layout import SERVICES
from partywall.stack import Stack


@dataclass(frozen=True, slots=True)
class Lag:
    """Events of `publisher` not yet delivered to `listener`, and those delivered but not acknowledged."""

    publisher: str
    listener: str
    waiting: int
    unacknowledged: int


async def _ignore(error: Exception) -> None:
    """Do nothing: each request raises its own error."""


async def lags(stack: Stack) -> list[Lag]:
    """Return the lag of every granted consumer; one that doesn't exist is left out."""
    found: list[Lag] = []
    for publisher in SERVICES:
        user = admin_user(publisher)
        connection = await nats.connect(
            stack.layout.nats_url,
            user=user,
            password=stack.vault.secret(f"nats-{user}"),
            inbox_prefix=f"_INBOX.{user}".encode(),
            allow_reconnect=False,
            # This also limits the attempts of the first connection, by default two minutes.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            error_cb=_ignore,
        )
        try:
            for stream in streams_for(publisher):
                for consumer in stream.consumers:
                    try:
                        info = await connection.jetstream().consumer_info(stream.name, consumer.name)
                    except NotFoundError:
                        continue
                    found.append(
                        Lag(publisher, consumer.name, info.num_pending or 0, info.num_ack_pending or 0)
                    )
        finally:
            await connection.close()
    return found
