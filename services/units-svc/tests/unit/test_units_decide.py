"""The life of a request as a play: given what came before, when this is received, expect that (U9, U4)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from units_svc.holds.model import Decision, Fact, HoldState, HoldTerms, Release, Step, deadline_of, decide
from units_svc.holds.occupations import Standing, first_occupancy, occupancy_of
from units_svc.inventory.model import Occupancy

TORONTO = ZoneInfo("America/Toronto")
ENDED = [state for state in HoldState if state is not HoldState.HELD]


@pytest.mark.row("U9")
@pytest.mark.parametrize(
    ("given_", "when", "expect"),
    [
        (None, Fact.REQUESTED, Decision(Step.TRY_TO_HOLD, None)),
        (None, Fact.WITHDRAWN, Decision(Step.REMEMBER, HoldState.RELEASED, Release.REQUEST_WITHDRAWN)),
        (None, Fact.MOVED_IN, Decision(Step.OCCUPY, HoldState.MOVED_IN)),
        (None, Fact.MOVED_OUT, Decision(Step.REMEMBER, HoldState.MOVED_OUT)),
        (None, Fact.DEADLINE_PASSED, Decision(Step.NOTHING, None)),
        (HoldState.HELD, Fact.REQUESTED, Decision(Step.NOTHING, HoldState.HELD)),
        (
            HoldState.HELD,
            Fact.WITHDRAWN,
            Decision(Step.RELEASE, HoldState.RELEASED, Release.REQUEST_WITHDRAWN),
        ),
        (HoldState.HELD, Fact.ENDING_SOON, Decision(Step.ANNOUNCE_ENDING, HoldState.HELD)),
        (
            HoldState.HELD,
            Fact.DEADLINE_PASSED,
            Decision(Step.RELEASE, HoldState.LAPSED, Release.DEADLINE_PASSED),
        ),
        (
            HoldState.HELD,
            Fact.UNIT_WITHDRAWN,
            Decision(Step.RELEASE, HoldState.RELEASED, Release.UNIT_WITHDRAWN),
        ),
        (HoldState.HELD, Fact.TENANCY_STARTED, Decision(Step.BECOME_TENANCY, HoldState.TENANCY)),
        (HoldState.HELD, Fact.MOVED_IN, Decision(Step.OCCUPY, HoldState.MOVED_IN)),
        (
            HoldState.HELD,
            Fact.MOVED_OUT,
            Decision(Step.RELEASE, HoldState.MOVED_OUT, Release.REQUEST_WITHDRAWN),
        ),
        (HoldState.LAPSED, Fact.MOVED_IN, Decision(Step.OCCUPY, HoldState.MOVED_IN)),
        (HoldState.MOVED_IN, Fact.MOVED_OUT, Decision(Step.VACATE, HoldState.MOVED_OUT)),
        (HoldState.MOVED_OUT, Fact.MOVED_IN, Decision(Step.NOTHING, HoldState.MOVED_OUT)),
        (HoldState.TENANCY, Fact.MOVED_IN, Decision(Step.NOTHING, HoldState.TENANCY)),
        (HoldState.TENANCY, Fact.DEADLINE_PASSED, Decision(Step.NOTHING, HoldState.TENANCY)),
    ],
)
def test_each_fact_in_each_state(given_: HoldState | None, when: Fact, expect: Decision) -> None:
    assert decide(given_, when) == expect


@pytest.mark.row("U9")
@given(some.lists(some.sampled_from(Fact), max_size=12))
def test_whatever_is_received_in_whatever_order_a_hold_ends_once_and_stays_ended(facts: list[Fact]) -> None:
    state: HoldState | None = None
    releases = 0
    for fact in facts:
        decision = decide(state, fact)
        held = state is HoldState.HELD
        if decision.step is Step.TRY_TO_HOLD:
            state = HoldState.HELD
            continue
        assert decision.step is not Step.RELEASE or held, "only what is held can be released"
        releases += decision.step is Step.RELEASE
        # Hearing the same again must change nothing more.
        again = decide(decision.state, fact)
        assert again.step in {Step.NOTHING, Step.ANNOUNCE_ENDING}
        assert again.state == decision.state
        state = decision.state
    assert releases <= 1


@pytest.mark.row("U9")
@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("fact", [Fact.REQUESTED, Fact.ENDING_SOON, Fact.DEADLINE_PASSED, Fact.WITHDRAWN])
def test_what_has_ended_stays_ended(state: HoldState, fact: Fact) -> None:
    assert decide(state, fact) == Decision(Step.NOTHING, state)


@pytest.mark.row("U9")
@given(
    today=some.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)),
    ahead=some.integers(-30, 400),
    days=some.integers(1, 60),
    grace=some.integers(0, 10),
    longer=some.integers(0, 60),
)
def test_a_hold_ends_at_the_end_of_a_day_and_never_later_than_allowed(
    today: dt.date, ahead: int, days: int, grace: int, longer: int
) -> None:
    terms = HoldTerms(days=days, grace_days=grace, most_days=days + longer)
    deadline = deadline_of(
        terms, today=today, expected_move_in=today + dt.timedelta(days=ahead), zone=TORONTO
    )
    assert deadline.astimezone(TORONTO).time() == dt.time(0)
    last_day = deadline.astimezone(TORONTO).date() - dt.timedelta(days=1)
    assert days <= (last_day - today).days <= days + longer


@pytest.mark.row("U4")
@pytest.mark.parametrize(
    ("standing", "occupancy", "day"),
    [
        (Standing(), Occupancy.AVAILABLE, None),
        (Standing(held=True), Occupancy.SECURED, None),
        (Standing(held=True, out_of_use=True), Occupancy.SECURED, None),
        (
            Standing(out_of_use=True, usable_from=dt.date(2026, 4, 1)),
            Occupancy.TEMPORARILY_UNAVAILABLE,
            dt.date(2026, 4, 1),
        ),
        (Standing(held=True, occupied_by_other=True), Occupancy.OCCUPIED_BY_OTHER, None),
        (Standing(occupied_by_client=True, occupied_by_other=True), Occupancy.OCCUPIED_BY_CLIENT, None),
        (
            Standing(occupied_by_client=True, free_from=dt.date(2026, 4, 1)),
            Occupancy.NOTICE_GIVEN,
            dt.date(2026, 4, 1),
        ),
    ],
)
def test_occupancy_follows_from_what_is_known(
    standing: Standing, occupancy: Occupancy, day: dt.date | None
) -> None:
    assert occupancy_of(standing) == (occupancy, day)


@pytest.mark.row("U4", "U8")
@pytest.mark.parametrize(
    ("stated", "with_day"),
    [
        (Occupancy.AVAILABLE, None),
        (Occupancy.OCCUPIED_BY_OTHER, Occupancy.NOTICE_GIVEN),
        (Occupancy.TEMPORARILY_UNAVAILABLE, Occupancy.TEMPORARILY_UNAVAILABLE),
    ],
)
def test_a_home_that_is_lived_in_until_a_known_day_is_under_notice_in_a_list_too(
    stated: Occupancy, with_day: Occupancy | None
) -> None:
    day = dt.date(2026, 4, 1)
    assert first_occupancy(stated, None) == (stated, None)
    assert first_occupancy(stated, day) == ((with_day, day) if with_day else (stated, None))
