"""Every change that another organisation is informed of can be taken back, completely, until then (X8)."""

import datetime as dt

import pytest

from chassis.undo import ChangedSince, UndoChange, own_delayed_changes, undo_change
from testkit.undoing import undo_everything
from units_svc.holds.commands import ReleaseHold, release_hold
from units_svc.undo.feature import UNDOABLE

AT_ONCE = {
    "inventory.add_unit": "facts of a home; the next version replaces them",
    "inventory.edit_address": "facts of a home; the next version replaces them",
    "inventory.edit_details": "facts of a home; the next version replaces them",
    "proposals.take_in": "an answer to Secure Unit",
    "proposals.refuse_proposal": "an answer to Secure Unit",
}
"""Use cases by which a person publishes something that doesn't wait, and why."""


@pytest.mark.row("X8")
async def test_whatever_is_undone_in_the_play_is_as_it_was(world, every_stage, monkeypatch):
    found = undo_everything(world, monkeypatch)
    await every_stage()
    assert found.differences == []
    assert len(found.undone) >= 7
    assert set(found.undone) <= set(UNDOABLE)
    assert found.at_once == set(AT_ONCE)


@pytest.mark.row("X8", "U9")
async def test_a_released_hold_is_taken_back_unless_the_home_was_given_to_others(world):
    """The household's request stands again; a request that was answered in the meantime prevents it."""
    unit = await world.unit()
    asked = await world.asked_for(unit)
    world.runtime.undo_for = dt.timedelta(minutes=1)
    (hold,) = await world.rows("SELECT version FROM hold WHERE request_id = $1", asked)
    release = ReleaseHold(request_id=asked, version=hold["version"], remark="The wrong line")
    await world.do(release_hold, release)
    assert await world.occupancy(unit) == "available"
    (change,) = await world.see(own_delayed_changes)
    await world.do(undo_change, UndoChange(change_id=change.change_id))
    assert await world.occupancy(unit) == "secured"
    assert await world.published("undone") == ["unit_released", "unit_availability_changed"]
    (hold,) = await world.rows("SELECT version, state FROM hold WHERE request_id = $1", asked)
    assert hold["state"] == "held"

    await world.do(release_hold, release.model_copy(update={"version": hold["version"]}))
    await world.asked_for(unit)
    (change,) = await world.see(own_delayed_changes)
    with pytest.raises(ChangedSince):
        await world.do(undo_change, UndoChange(change_id=change.change_id))
    assert await world.published("delayed") == ["unit_released", "unit_availability_changed"]
