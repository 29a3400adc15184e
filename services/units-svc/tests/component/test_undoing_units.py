"""Every change that another organisation is informed of can be taken back, completely, until then (X8)."""

import pytest

from testkit.undoing import undo_everything
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
