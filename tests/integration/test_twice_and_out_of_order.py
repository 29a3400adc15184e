"""Every event is published again, shuffled, at every step: the outcome is the same (wall.md, Delivery)."""

from __future__ import annotations

import random

import pytest

from partywall.journey import STEPS
from testkit.live import Live


@pytest.mark.row("W1")
async def test_events_delivered_twice_and_out_of_order_change_nothing(live: Live) -> None:
    """Each message is sent again under a new message id, past the broker's own deduplication."""
    shuffled = random.Random(20261122)  # noqa: S311 - an order, to be had again
    began = await live.now()
    async with live.journey("Twice", "Out Of Order") as journey:
        for step in STEPS:
            await journey.take(step)
            await live.publish_again(since=began, order=shuffled)
        await live.all_acted_on()
        before = await live.business_rows()
        await live.publish_again(since=began, order=shuffled)
        await live.all_received()
        after = await live.business_rows()
    assert after == before
