"""What the Front Desk shows to a role opens for that role: navigation, search, every link and button."""

import pytest

from testkit.ways import follow_ways


@pytest.mark.row("X6", "W10")
@pytest.mark.parametrize("role", ["caseworker", "supervisor", "support_administrator"])
async def test_every_way_that_is_shown_opens(world, role):
    head, child = await world.family()
    placement = await world.placement(head, child)
    await world.held(placement, await world.home())
    async with world.desk(role) as browser:
        reached = await follow_ways(browser, "/front-desk")
    assert len(reached) >= 5
    searches = [one for one in reached if 'id="desk-search"' in one.page.html]
    assert bool(searches) == (role != "support_administrator"), "only who may look for clients has the box"
