"""Whatever day a neighbour could send, support can act on it and show it; what staff enter stays sensible."""

import datetime as dt
import itertools
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from deskkit.testing import parse_page
from trade.dates import FIRST, LAST

days = some.dates(FIRST, LAST) | some.sampled_from([FIRST, LAST])
moments = some.datetimes(
    dt.datetime.combine(FIRST, dt.time()),
    dt.datetime.combine(LAST, dt.time.max),
    timezones=some.just(dt.UTC),
)
anything = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_names = itertools.count()


@pytest.mark.row("P6", "P7", "W4")
@anything
@given(free=days, deadline=moments, starts=moments, start=days)
async def test_events_of_any_day_are_acted_on_and_shown(world, free, deadline, starts, start):
    unit = await world.home(available_from=free)
    placement = await world.placement(await world.client(f"Robin {next(_names)}", "Sample"))
    request = await world.ask_for(placement, unit)
    await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
    await world.receive("unit_hold_ending", request=request, unit=unit, deadline=deadline)
    referral = await world.referral(request)
    await world.receive("signing_scheduled", referral=referral, signing=uuid.uuid4(), starts_at=starts)
    await world.receive("referred_tenancy_started", referral=referral, start=start)
    async with world.api("caseworker") as api:
        shown = await api.get(f"/placements/{placement}")
        assert shown.status_code == 200, shown.text
    async with world.desk("caseworker") as desk:
        assert (await desk.get(f"/front-desk/placements/{placement}")).status_code == 200


@pytest.mark.row("C1", "X2")
@pytest.mark.parametrize(
    ("born", "rule", "words"),
    [
        ("1890-01-01", "day_too_early", "This is too long ago. Choose a day from"),
        ("1902-01-01", None, ""),
        ("2190-01-01", "born_in_the_future", "The date of birth must not be in the future."),
    ],
)
async def test_a_birth_is_bounded_in_words(world, born, rule, words):
    person = {"given_name": "Robin", "family_name": "Sample", "date_of_birth": born, "checked": True}
    async with world.api("caseworker") as api:
        answer = await api.post("/clients", json=person)
    if rule is None:
        assert answer.status_code == 201
        return
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["rule"]) == (422, "date_of_birth", rule)
    assert error["detail"].startswith(words)


@pytest.mark.row("P6", "X1")
async def test_a_move_far_ahead_is_refused_before_anything_is_asked(world):
    unit = await world.home()
    placement = await world.placement(await world.client())
    posted = {
        "unit": str(unit),
        "secured_on": world.today.isoformat(),
        "expected_move_in": f"{world.today.year + 6}-01-01",
    }
    async with world.api("caseworker") as api:
        answer = await api.post(f"/placements/{placement}/secure-unit", json=posted)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [
        ("expected_move_in", "day_too_late")
    ]
    assert await world.published() == []
    async with world.desk("caseworker", locale="fr") as desk:
        page = f"/front-desk/placements/{placement}/secure/{unit}"
        form = parse_page((await desk.get(page)).text).fields(page)
        sent = {**form, "expected_move_in-year": str(world.today.year + 6)}
        refused = await desk.post(page, data=sent)
    assert refused.status_code == 422
    assert "C’est trop lointain. Choisissez un jour au plus tard le" in refused.text
