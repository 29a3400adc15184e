"""The progress line, over every state a record can have (P3, P10)."""

import itertools

import pytest

from support_svc.homes.model import ManagedBy
from support_svc.placements.model import ApplicationState, PlacementStatus, SecuringState
from support_svc.placements.progress import Meeting, Next, Reached, Record, Step, Turn, progress

OURS, THEIRS = ManagedBy.PROPERTY_ENTITY, ManagedBy.THIRD_PARTY
SECURED, SEARCHING = PlacementStatus.HOUSING_SECURED, PlacementStatus.HOUSING_NOT_SECURED
HELD = SecuringState.HELD
MEETINGS = (None, *(Meeting(*each) for each in itertools.product((True, False), repeat=3)))
YES_NO = (True, False)

EVERY = [
    Record(*each)
    for each in itertools.product(
        PlacementStatus,
        (None, *SecuringState),
        ManagedBy,
        YES_NO,
        YES_NO,
        YES_NO,
        (None, *ApplicationState),
        YES_NO,
        MEETINGS,
    )
]


@pytest.mark.row("P3", "P10")
def test_every_state_has_one_step_under_way_and_one_whose_turn_it_is():
    seen = set()
    for record in EVERY:
        found = progress(record)
        seen.add(found.next)
        reached = [each for _, each in found.steps]
        over = record.status in (PlacementStatus.FAILED, PlacementStatus.FOLLOW_UPS_COMPLETED)
        assert reached.count(Reached.CURRENT) == (0 if over else 1), record
        assert (found.turn is Turn.NOBODY) == over, record
        order = [Reached.DONE, Reached.CURRENT, Reached.AHEAD]
        assert reached == sorted(reached, key=order.index), record
        steps = [step for step, _ in found.steps]
        assert steps == [step for step in Step if step in steps], record
        assert found.turn is found.next.turn
        if record.managed_by is not OURS and record.request in (HELD, SecuringState.LET):
            assert found.turn is not Turn.PROPERTY_MANAGER, "the property entity isn't informed of it"
    assert seen == set(Next)


PLAY = [
    (Record(SEARCHING), Step.SEARCHING, Next.FIND_HOME, Turn.CASEWORKER),
    (Record(SEARCHING, SecuringState.REFUSED), Step.SEARCHING, Next.FIND_HOME, Turn.CASEWORKER),
    (Record(SEARCHING, SecuringState.ASKED), Step.SECURED, Next.ANSWER_REQUEST, Turn.INVENTORY),
    (Record(SECURED, HELD), Step.APPLICATION, Next.REFER_HOUSEHOLD, Turn.CASEWORKER),
    (Record(SECURED, HELD, referred=True), Step.APPLICATION, Next.BRING_DETAILS, Turn.TENANT),
    (
        Record(SECURED, HELD, referred=True, named=True),
        Step.APPLICATION,
        Next.OPEN_APPLICATION,
        Turn.PROPERTY_MANAGER,
    ),
    (
        Record(SECURED, HELD, referred=True, application=ApplicationState.OPENED),
        Step.APPLICATION,
        Next.DECIDE,
        Turn.PROPERTY_MANAGER,
    ),
    (
        Record(SECURED, HELD, referred=True, application=ApplicationState.DECLINED),
        Step.SEARCHING,
        Next.FIND_ANOTHER_HOME,
        Turn.CASEWORKER,
    ),
    (
        Record(SECURED, HELD, application=ApplicationState.DECLINED, asks_for_another=True),
        Step.SECURED,
        Next.ANSWER_REQUEST,
        Turn.INVENTORY,
    ),
    (
        Record(SECURED, HELD, referred=True, meeting=Meeting(ahead=True, answered=False, signed=False)),
        Step.SIGNING,
        Next.ANSWER_SIGNING,
        Turn.CASEWORKER,
    ),
    (
        Record(SECURED, HELD, referred=True, meeting=Meeting(ahead=True, answered=True, signed=False)),
        Step.SIGNING,
        Next.SIGN,
        Turn.TENANT,
    ),
    (
        Record(SECURED, HELD, referred=True, meeting=Meeting(ahead=False, answered=True, signed=False)),
        Step.SIGNING,
        Next.ARRANGE_SIGNING,
        Turn.PROPERTY_MANAGER,
    ),
    (
        Record(SECURED, HELD, referred=True, meeting=Meeting(ahead=False, answered=True, signed=True)),
        Step.MOVE_IN,
        Next.RECORD_MOVE_IN,
        Turn.CASEWORKER,
    ),
    (Record(SECURED, HELD, THEIRS), Step.MOVE_IN, Next.RECORD_MOVE_IN, Turn.CASEWORKER),
    (Record(SECURED, HELD, overdue=True), Step.SECURED, Next.CONFIRM_HOLD, Turn.INVENTORY),
    (Record(SECURED, SecuringState.LET), Step.MOVE_IN, Next.RECORD_MOVE_IN, Turn.CASEWORKER),
    (
        Record(PlacementStatus.MOVED_IN, SecuringState.USED),
        Step.FOLLOW_UPS,
        Next.RECORD_FOLLOW_UP,
        Turn.CASEWORKER,
    ),
]


@pytest.mark.row("P3", "P10")
@pytest.mark.parametrize(("record", "step", "following", "turn"), PLAY)
def test_who_does_what_next(record, step, following, turn):
    found = progress(record)
    (current,) = [one for one, reached in found.steps if reached is Reached.CURRENT]
    assert (current, found.next, found.turn) == (step, following, turn)


@pytest.mark.row("P3")
def test_a_placement_that_ended_is_all_done_or_not_at_all():
    done = progress(Record(PlacementStatus.FOLLOW_UPS_COMPLETED, SecuringState.USED))
    assert {reached for _, reached in done.steps} == {Reached.DONE}
    failed = progress(Record(PlacementStatus.FAILED))
    assert {reached for _, reached in failed.steps} == {Reached.AHEAD}
