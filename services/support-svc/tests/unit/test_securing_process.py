"""Securing a home, played out: given a state, when a fact arrives, expect what follows."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_svc.placements.model import OPEN, SecuringState
from support_svc.securing.process import (
    DeadlinePassed,
    Effect,
    GivenUp,
    HoldEnding,
    MovedIn,
    NoAnswer,
    Process,
    Refused,
    Released,
    Replaced,
    Secured,
    TenancyStarted,
    decide,
)

SOON = dt.datetime(2026, 3, 12, 4, 59, tzinfo=dt.UTC)
LATER = SOON + dt.timedelta(days=3)

ASKED = Process()
HELD = Process(state=SecuringState.HELD, deadline=SOON, referred=True)
LET = Process(state=SecuringState.LET, deadline=SOON, referred=True)
THIRD_PARTY = Process(through_property_entity=False)


def state(name):
    return Process(state=SecuringState(name), deadline=SOON, referred=True)


PLAY = [
    # given, when, expect: the state afterwards, what is done, the line on the timeline
    (ASKED, Secured(SOON), "held", {"stop_waiting", "show_secured", "watch_deadline", "refer"}, "secured"),
    (THIRD_PARTY, Secured(SOON), "held", {"stop_waiting", "show_secured", "watch_deadline"}, "secured"),
    (ASKED, Refused("secured_by_another"), "refused", {"stop_waiting", "back_to_search"}, "refused"),
    (ASKED, NoAnswer(), "asked", set(), "no_answer"),
    (ASKED, GivenUp(), "given_up", {"stop_waiting", "back_to_search", "publish_withdrawal"}, "given_up"),
    (
        ASKED,
        HoldEnding(SOON),
        "held",
        {"stop_waiting", "show_secured", "watch_deadline", "refer"},
        "hold_ending",
    ),
    (ASKED, Released("deadline_passed"), "released", {"stop_waiting", "back_to_search"}, "released"),
    (ASKED, TenancyStarted(), "let", {"stop_waiting", "stop_watching", "show_secured"}, "tenancy_started"),
    (ASKED, DeadlinePassed(), "asked", set(), None),
    (ASKED, MovedIn(), "asked", set(), None),
    (HELD, Secured(SOON), "held", set(), None),
    (HELD, Secured(LATER), "held", {"watch_deadline"}, "secured"),
    (HELD, Refused("not_available"), "held", set(), "overtaken"),
    (HELD, HoldEnding(SOON), "held", {"watch_deadline"}, "hold_ending"),
    (HELD, DeadlinePassed(), "held", set(), "deadline_passed"),
    (HELD, NoAnswer(), "held", set(), None),
    (
        HELD,
        Released("deadline_passed"),
        "released",
        {"stop_watching", "back_to_search", "withdraw_referral"},
        "released",
    ),
    (
        HELD,
        GivenUp(),
        "given_up",
        {"stop_watching", "back_to_search", "publish_withdrawal", "withdraw_referral"},
        "given_up",
    ),
    (
        HELD,
        Replaced(),
        "replaced",
        {"stop_watching", "back_to_search", "publish_withdrawal", "withdraw_referral"},
        "replaced",
    ),
    (HELD, TenancyStarted(), "let", {"stop_waiting", "stop_watching"}, "tenancy_started"),
    (HELD, MovedIn(), "used", {"stop_watching"}, "moved_in"),
    (LET, MovedIn(), "used", {"stop_watching"}, "moved_in"),
    (LET, HoldEnding(SOON), "let", set(), None),
    (LET, Released("deadline_passed"), "let", set(), "overtaken"),
    (LET, GivenUp(), "let", set(), None),
    (LET, DeadlinePassed(), "let", set(), None),
    (state("refused"), Secured(SOON), "refused", set(), "overtaken"),
    (state("refused"), Refused("not_available"), "refused", set(), None),
    (state("given_up"), Secured(SOON), "given_up", set(), "overtaken"),
    (state("given_up"), Released("request_withdrawn"), "given_up", set(), None),
    (state("given_up"), NoAnswer(), "given_up", set(), None),
    (state("replaced"), Secured(SOON), "replaced", set(), "overtaken"),
    (state("released"), Secured(SOON), "released", set(), "overtaken"),
    (state("released"), TenancyStarted(), "released", set(), "overtaken"),
    (state("used"), Released("deadline_passed"), "used", set(), None),
]


@pytest.mark.row("P3", "P6")
@pytest.mark.parametrize(("given_process", "fact", "after", "effects", "line"), PLAY)
def test_each_fact_means_something_in_each_state(given_process, fact, after, effects, line):
    decision = decide(given_process, fact)
    assert decision.process.state.value == after
    assert {effect.value for effect in decision.effects} == effects
    assert decision.line == line


FACTS = st.sampled_from(
    [
        Secured(SOON),
        Secured(LATER),
        Refused("not_available"),
        HoldEnding(SOON),
        Released("deadline_passed"),
        NoAnswer(),
        DeadlinePassed(),
        GivenUp(),
        Replaced(),
        TenancyStarted(),
        MovedIn(),
    ]
)


@pytest.mark.row("P6")
@given(st.lists(FACTS, max_size=8), FACTS)
def test_a_fact_that_comes_twice_has_its_effect_once(before, fact):
    process = Process()
    for earlier in before:
        process = decide(process, earlier).process
    once = decide(process, fact)
    twice = decide(once.process, fact)
    assert twice.process == once.process
    assert twice.effects == ()


@pytest.mark.row("P6")
@given(st.lists(FACTS, max_size=10))
def test_each_event_for_the_inventory_or_the_property_entity_is_published_once_at_most(facts):
    process, done = Process(), []
    for fact in facts:
        decision = decide(process, fact)
        process = decision.process
        done += decision.effects
    for effect in (Effect.REFER, Effect.PUBLISH_WITHDRAWAL, Effect.WITHDRAW_REFERRAL):
        assert done.count(effect) <= 1
    if Effect.WITHDRAW_REFERRAL in done:
        assert Effect.REFER in done


@pytest.mark.row("P6")
def test_any_order_of_the_inventorys_events_ends_the_same():
    events = (Secured(SOON), HoldEnding(SOON), Released("deadline_passed"))
    ends = set()
    for order in itertools.permutations(events):
        process = Process()
        for fact in order:
            process = decide(process, fact).process
        ends.add(process.state)
    assert ends == {SecuringState.RELEASED}
    assert not ends & OPEN
