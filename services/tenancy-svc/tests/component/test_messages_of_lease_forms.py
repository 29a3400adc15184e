"""What the Property Desk says of forms that are empty or wrong reads as a person would write it."""

import pytest

from testkit.faults import empty, faults_of, ill_said, wrong
from testkit.ways import follow_ways


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_what_a_form_says_is_wrong_reads_well(world, visitor, locale):
    await world.referral()
    await world.ready_to_sign(await world.home())
    said = []
    for role in ("property_manager", "property_administrator"):
        browser = visitor(role, locale=locale).http
        reached = await follow_ways(browser, "/property-desk")
        for filling in (empty, wrong):
            said += await faults_of(browser, reached, filling)
    assert {fault.message: fault.path for fault in said if ill_said(fault.message, locale)} == {}
    assert len(said) > 40
