"""What the Inventory Desk says of forms that are empty or wrong reads as a person would write it."""

import uuid

import pytest

from testkit.faults import empty, faults_of, reads_badly, wrong
from testkit.ways import follow_ways


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_what_a_form_says_is_wrong_reads_well(world, visitor, locale):
    unit = await world.unit(landlord_id=await world.landlord())
    await world.receive("unit_requested", request=uuid.uuid4(), unit=unit)
    messages = []
    for role in ("inventory_keeper", "property_administrator"):
        browser = visitor(role, locale=locale).client
        reached = await follow_ways(browser, "/inventory-desk")
        for filling in (empty, wrong):
            messages += await faults_of(browser, reached, filling)
    assert {fault.message: fault.path for fault in messages if reads_badly(fault.message, locale)} == {}
    assert len(messages) > 60
