"""My day of the inventory: what every feature finds due, once, by its urgency (F2)."""

import datetime as dt
import uuid
from typing import Any

import pytest

DAY = dt.timedelta(days=1)


WORDS = {
    "en": ("Overdue", "Finish the work at", "In the next two weeks", "Look at the hold of"),
    "fr": ("En retard", "Terminer les travaux", "Dans les deux prochaines semaines", "Examiner la réser"),
}


@pytest.mark.row("F2", "U7", "U9", "X1")
@pytest.mark.parametrize("locale", WORDS)
async def test_what_is_due_stands_once_and_by_its_urgency(world: Any, visitor: Any, locale: str) -> None:
    unit, other = await world.unit(), await world.unit()
    await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    today = world.clock.now().date()
    async with world.api("inventory_keeper") as api:
        late = {"unit_id": str(other), "type": "plumbing", "description": "Burst pipe"}
        late["scheduled_end"] = str(today - DAY)
        answer = await api.post("/maintenance", json=late)
        assert answer.status_code == 201, answer.text
    world.clock.advance(32 * DAY)
    page = await visitor("inventory_keeper", locale=locale).see("/inventory-desk")
    shown = page.text.replace("\u00a0", " ")
    places = [shown.index(words) for words in WORDS[locale]]
    assert places == sorted(places)
    assert page.html.count('class="tiles"') == 1
    assert page.html.index("<h1") < page.html.index('class="tiles"')
    assert [shown.count(words) for words in WORDS[locale]] == [1, 1, 1, 1]
