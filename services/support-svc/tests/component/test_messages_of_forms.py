"""What the Front Desk says of forms that are empty or wrong reads as a person would write it."""

import pytest

from testkit.faults import empty, faults_of, reads_badly, wrong
from testkit.ways import follow_ways


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_what_a_form_says_is_wrong_reads_well(world, locale):
    head, child = await world.family()
    placement = await world.placement(head, child)
    await world.held(placement, await world.home())
    said = []
    for role in ("caseworker", "support_administrator"):
        async with world.desk(role, locale=locale) as browser:
            reached = await follow_ways(browser, "/front-desk")
            for filling in (empty, wrong):
                said += await faults_of(browser, reached, filling)
    assert {fault.message: fault.path for fault in said if reads_badly(fault.message, locale)} == {}
    assert len(said) > 60
