"""The messages about empty or wrong forms on the Front Desk read as a person would write them."""

import pytest

from testkit.faults import empty, faults_of, reads_badly, wrong
from testkit.ways import follow_ways


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_messages_about_wrong_forms_read_well(world, locale):
    head, child = await world.family()
    placement = await world.placement(head, child)
    await world.held(placement, await world.home())
    faults = []
    for role in ("caseworker", "support_administrator"):
        async with world.desk(role, locale=locale) as browser:
            reached = await follow_ways(browser, "/front-desk")
            for filling in (empty, wrong):
                faults += await faults_of(browser, reached, filling)
    assert {fault.message: fault.path for fault in faults if reads_badly(fault.message, locale)} == {}
    assert len(faults) > 60
