"""The messages of empty and wrong forms of the Property Desk read as a person would write them."""

import pytest

from testkit.faults import empty, faults_of, reads_badly, wrong
from testkit.ways import follow_ways


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_messages_of_a_wrong_form_read_well(world, visitor, locale):
    await world.referral()
    await world.ready_to_sign(await world.home())
    messages = []
    for role in ("property_manager", "property_administrator"):
        browser = visitor(role, locale=locale).http
        reached = await follow_ways(browser, "/property-desk")
        for filling in (empty, wrong):
            messages += await faults_of(browser, reached, filling)
    assert {fault.message: fault.path for fault in messages if reads_badly(fault.message, locale)} == {}
    assert len(messages) > 40
