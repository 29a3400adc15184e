"""Stays of one person, ages on a day, consents on a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_svc.clients.model import age_on, display_name, is_adult
from support_svc.consents.model import ConsentStatus, ConsentType, is_expiring, status_on
from support_svc.housing_history.model import Stay, overlaps

DAY = st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2020, 3, 1))


@st.composite
def stays(draw):
    started = draw(DAY)
    length = draw(st.none() | st.integers(min_value=0, max_value=40))
    return Stay(started, None if length is None else started + dt.timedelta(days=length))


def days_of(stay):
    end = stay.ended_on or dt.date(2020, 6, 1)
    return {stay.started_on + dt.timedelta(days=at) for at in range((end - stay.started_on).days)}


@pytest.mark.row("C5", "P7")
@given(stays(), stays())
def test_stays_overlap_exactly_when_they_share_a_day(one, other):
    assert overlaps(one, other) == bool(days_of(one) & days_of(other))
    assert overlaps(one, other) == overlaps(other, one)


@pytest.mark.row("C5")
def test_the_last_day_of_one_stay_may_be_the_first_of_the_next():
    day = dt.date(2026, 3, 2)
    assert not overlaps(Stay(dt.date(2026, 1, 1), day), Stay(day))


@pytest.mark.row("C1", "C2")
@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2008-03-02", "2026-03-01", 17),
        ("2008-03-02", "2026-03-02", 18),
        ("2004-02-29", "2022-02-28", 17),
        ("2004-02-29", "2022-03-01", 18),
    ],
)
def test_age_is_counted_at_a_day(born, day, age):
    found = age_on(dt.date.fromisoformat(day), dt.date.fromisoformat(born), None, None)
    assert found == age
    assert is_adult(found) == (age >= 18)


@pytest.mark.row("C2")
def test_an_estimated_age_grows_and_an_unknown_one_counts_as_adult():
    assert age_on(dt.date(2026, 3, 2), None, 16, dt.date(2023, 3, 1)) == 19
    assert age_on(dt.date(2026, 3, 2), None, None, None) is None
    assert is_adult(None)


@pytest.mark.row("C1")
def test_a_preferred_name_stands_between_given_and_family_name():
    assert display_name("Jordan", "Davis", "Jo") == "Jordan “Jo” Davis"
    assert display_name("Jordan", "Davis", "jordan") == "Jordan Davis"


@pytest.mark.row("C6")
@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2026-02-28", "pending"),
        ("2026-03-01", "active"),
        ("2026-06-01", "active"),
        ("2026-06-02", "expired"),
    ],
)
def test_a_consent_expires_by_the_day_alone(day, status):
    found = status_on(
        dt.date.fromisoformat(day),
        dt.date(2026, 3, 1),
        dt.date(2026, 6, 1),
        withdrawn=False,
        superseded=False,
        type_=ConsentType.EXPLICIT,
    )
    assert found is ConsentStatus(status)


@pytest.mark.row("C6")
def test_a_withdrawal_and_a_refusal_stand_above_everything():
    given_on, day = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
    withdrawn = status_on(day, given_on, None, withdrawn=True, superseded=False, type_=ConsentType.EXPLICIT)
    declined = status_on(
        day, given_on, None, withdrawn=False, superseded=False, type_=ConsentType.DECLINED_ANONYMOUS
    )
    assert withdrawn is declined is ConsentStatus.WITHDRAWN
    reminder = dt.timedelta(days=30)
    assert is_expiring(day, day + reminder, reminder)
    assert not is_expiring(day, day + dt.timedelta(days=31), reminder)
    assert not is_expiring(day, None, reminder)
