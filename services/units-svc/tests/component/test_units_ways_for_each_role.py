"""What the Inventory Desk shows to a role opens for that role: navigation, search, every link and button."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from testkit.ways import follow_ways


@pytest.mark.row("X6", "W10")
@pytest.mark.parametrize("role", ["property_manager", "property_administrator", "inventory_keeper"])
async def test_every_way_that_is_shown_opens(world: Any, visitor: Any, role: str) -> None:
    unit = await world.unit(landlord_id=await world.landlord())
    await world.receive("unit_requested", request=uuid.uuid4(), unit=unit)
    reached = await follow_ways(visitor(role).client, "/inventory-desk")
    assert len(reached) >= 20
    assert all('id="desk-search"' in one.page.html for one in reached)
    assert all("Property Desk" in one.page.links() for one in reached)
