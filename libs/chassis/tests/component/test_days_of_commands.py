"""How far from today the days of a command may lie, and who says so first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from parcels import trade
from pydantic import AwareDatetime, BaseModel

from chassis.actor import Actor
from chassis.days import DayToCome, DayTooEarly, DayTooLate
from chassis.errors import DomainError, SeveralFaults
from chassis.perform import perform, rehearse
from chassis.runtime import Runtime
from chassis.tx import Tx
from chassis.usecase import use_case


@dataclass(frozen=True)
class Within:
    back: int
    ahead: int

    def earliest(self, today: dt.date) -> dt.date:
        return today - dt.timedelta(days=self.back)

    def latest(self, today: dt.date) -> dt.date:
        return today + dt.timedelta(days=self.ahead)


NEAR, PAST = Within(10, 10), Within(10, 0)


class Stop(BaseModel):
    due_on: Annotated[dt.date, NEAR]


class Journey(BaseModel):
    begun_on: Annotated[dt.date, PAST] | None = None
    seen_at: Annotated[AwareDatetime | None, PAST] = None
    stops: list[Stop] = []
    heavy: bool = False


class TooHeavy(DomainError):
    code = "too_heavy"
    message = "This is too heavy."


@use_case(trade.Permission.SHELVE_PARCEL)
async def begin_journey(tx: Tx, command: Journey) -> str:
    if command.heavy:
        raise TooHeavy(field="heavy")
    return "begun"


async def refusal(runtime: Runtime, actor: Actor, **fields: Any) -> dict[str | None, type[DomainError]]:
    found: list[dict[str | None, type[DomainError]]] = []
    for way in (perform, rehearse):
        try:
            await way(runtime, actor, begin_journey, Journey(**fields))
        except SeveralFaults as several:
            found.append({one.field: type(one) for one in several.errors})
        except DomainError as one:
            found.append({one.field: type(one)})
        else:
            found.append({})
    assert found[0] == found[1]
    return found[0]


@pytest.mark.row("X2")
async def test_a_day_is_refused_with_its_field_and_how_far_it_may_lie(
    runtime: Runtime, porter: Actor
) -> None:
    today = runtime.clock.now().astimezone(runtime.time_zone).date()
    day = dt.timedelta(days=1)
    for distance in (-10, 0, 10):
        assert await refusal(runtime, porter, stops=[{"due_on": today + distance * day}]) == {}
    late = [{"due_on": today}, {"due_on": today + 11 * day}]
    assert await refusal(runtime, porter, stops=late) == {"stops.1.due_on": DayTooLate}
    both = {"begun_on": today - 11 * day, "stops": [{"due_on": today - 11 * day}]}
    assert await refusal(runtime, porter, **both) == {
        "begun_on": DayTooEarly,
        "stops.0.due_on": DayTooEarly,
    }
    assert await refusal(runtime, porter, begun_on=today) == {}
    assert await refusal(runtime, porter, begun_on=today + day) == {"begun_on": DayToCome}
    # The day of a moment is that of the organisation, wherever it was written down.
    now = runtime.clock.now()
    ahead = now.astimezone(dt.timezone(dt.timedelta(hours=14)))
    assert await refusal(runtime, porter, seen_at=ahead) == {}
    assert await refusal(runtime, porter, seen_at=now + day) == {"seen_at": DayToCome}


@pytest.mark.row("X2")
async def test_a_use_case_says_it_first_in_its_own_words(runtime: Runtime, porter: Actor) -> None:
    tomorrow = runtime.clock.now().astimezone(runtime.time_zone).date() + dt.timedelta(days=1)
    assert await refusal(runtime, porter, begun_on=tomorrow, heavy=True) == {"heavy": TooHeavy}


@pytest.mark.row("X2")
async def test_what_has_yet_to_come_is_never_recorded(runtime: Runtime, porter: Actor) -> None:
    begun: list[str] = []

    @use_case(trade.Permission.SHELVE_PARCEL)
    async def shelve_tomorrow(tx: Tx, command: Journey) -> str:
        tx.touched("parcel", "1", "shelved")
        begun.append("begun")
        return "begun"

    tomorrow = runtime.clock.now().astimezone(runtime.time_zone).date() + dt.timedelta(days=1)
    with pytest.raises(DayToCome):
        await perform(runtime, porter, shelve_tomorrow, Journey(begun_on=tomorrow))
    async with runtime.reading(porter) as tx:
        assert await tx.scalar(trade.sa.text("SELECT count(*) FROM audit")) == 0
    assert begun == ["begun"]
