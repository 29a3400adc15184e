"""What the Property Desk shows to a role opens for that role: navigation, search, every link and button."""

from __future__ import annotations

from typing import Any

import pytest

from testkit.ways import follow_ways


@pytest.mark.row("X6", "W10")
@pytest.mark.parametrize("role", ["property_manager", "property_administrator", "inventory_keeper"])
async def test_every_way_that_is_shown_opens(world: Any, visitor: Any, role: str) -> None:
    await world.referral()
    await world.ready_to_sign(await world.home())
    reached = await follow_ways(visitor(role).http, "/property-desk")
    assert len(reached) >= 2
    searches = [one for one in reached if 'id="desk-search"' in one.page.html]
    assert bool(searches) == (role == "property_manager"), "only who may look for applications has the box"
    assert all("Inventory Desk" in one.page.links() for one in reached)
