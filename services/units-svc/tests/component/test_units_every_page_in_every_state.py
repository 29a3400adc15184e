"""Every page of the Inventory Desk in every state that what it shows can have, in both languages."""

from typing import Any

import pytest

from chassis.feature import lookups_of
from testkit.rendered import go_round_desk
from testkit.written import actions_written
from units_svc.features import FEATURES
from units_svc.tables import Base

ROLES = ("inventory_keeper", "property_administrator", "property_manager")
NAMES = frozenset({"Kim Okafor", "Ada Pike"})
LISTS = {("lookup_value", "list"): list(lookups_of(FEATURES))}
AS_WRITTEN = frozenset(LISTS)
HISTORIES = frozenset({"unit", "landlord", "contractor"})
"""Kinds of records whose history a page shows."""
NEVER = {
    "building.source = something",
    "building.source_ref = something",
    "contractor.comments = something",
    "contractor.email = something",
    "contractor.phone = something",
    "contractor.trade = something",
    "import_wrong_row.source_ref = something",
    "inspected_area.remark = something",
    "inspection.summary = something",
    "landlord_contact.email = something",
    "lookup_value.list = service_provider",
    "maintenance_work.finding_id = something",
    "photo.area_id = something",
    "photo.inspection_id = something",
    "unit.service_provider = something",
    "unit_import.failure = something",
    "unit_import.failure_params = something",
    "unit_import.missing = something",
    "unit_import.row_limit = something",
}


@pytest.mark.timeout(1800)
@pytest.mark.row("X1", "X2", "U1", "U2", "U3", "U4", "U6", "U7", "U9")
async def test_units_every_page_in_every_state(world: Any, every_stage: Any) -> None:
    scenes = await every_stage()
    audited = await world.rows("SELECT DISTINCT record_kind, action FROM audit")
    recorded = {(row["record_kind"], row["action"]) for row in audited}
    missing = {one for one in actions_written("units_svc") - recorded if one[0] in HISTORIES}

    tour = await go_round_desk(
        world,
        "/inventory-desk",
        Base.metadata,
        scenes,
        roles=ROLES,
        names=NAMES,
        spoken=LISTS,
        as_written=AS_WRITTEN,
    )
    assert not tour.faults, tour.report()
    assert tour.states.never(tour.tables()) == NEVER
    assert not missing, "the play holds every fact that a history shows"
