"""Every page of the Property Desk in every state that what it shows can have, in both languages."""

from typing import Any

import pytest

from chassis.feature import sentences_of
from tenancy_svc.features import FEATURES
from tenancy_svc.tables import Base
from testkit.rendered import go_round_desk
from testkit.written import actions_written

ROLES = ("property_manager", "property_administrator")
NAMES = frozenset({"Dana Roy"})
NO_LONGER_WRITTEN = {("template", "clause_written"), ("template", "clause_approved")}
"""Sentences that only histories older than the approval of clauses hold."""
NEVER = {
    "lease_deposit.replacement_cost = something",
    "organisation_clause.doubtful_words = something",
    "template_clause.doubtful_words = something",
}

SENTENCES = sentences_of(FEATURES)


@pytest.mark.timeout(1800)
@pytest.mark.row("X1", "X2", "T1", "T2", "T4", "T5", "W4", "W5", "U7")
async def test_every_page_in_every_state(world: Any, every_stage: Any) -> None:
    scenes = await every_stage()
    audited = await world.rows("SELECT DISTINCT record_kind, action FROM audit")
    written = {(row["record_kind"], row["action"]) for row in audited}
    # The sentence of what was undone is one for all kinds of record; test_undoing_tenancy.py reads it.
    missing = {one for one in SENTENCES.keys() - written if one[1] != "undone"}
    assert missing == NO_LONGER_WRITTEN, "the play holds every fact that a timeline shows"
    kinds = {kind for kind, _ in SENTENCES}
    assert {one for one in actions_written("tenancy_svc") if one[0] in kinds} <= set(SENTENCES)

    tour = await go_round_desk(world, "/property-desk", Base.metadata, scenes, roles=ROLES, names=NAMES)
    assert not tour.faults, tour.report()
    assert tour.states.never(tour.tables()) == NEVER
