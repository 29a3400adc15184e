"""Non-interference (W2): whatever happens on the support side, the property side stores, shows and publishes
the same.

Pairs of histories are run in services of their own, with the same history on the property side, and
everything is compared. The one thing that may differ is the advocate's answer itself (W4), and after a
withdrawn referral what support receives.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chassis.clock import FixedClock

SECOND = "harbour-support"
UNIT, REFERRAL, REQUEST = (uuid.UUID(int=number) for number in (1, 2, 3))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REASONS = (
    "schedule_conflict",
    "nobody_available",
    "tenant_chose_another_advocate",
    "tenant_declined_advocate",
)

# What support may answer and when: (moment of the property side's history, attendance, reason).
History = list[tuple[str, str, str | None]]
MOMENTS = ("drawn_up", "arranged", "moved", "attested", "signed")


def _generated(seed: int) -> History:
    """Return what support says: it answers, changes its mind, goes silent, answers too early or too late."""
    chance = random.Random(seed)  # noqa: S311 -- a test's histories, repeatable by their seed
    history: History = []
    for moment in MOMENTS:
        for _ in range(chance.randrange(3)):
            attending = chance.random() < 0.4
            history.append(
                (moment, "attending", None)
                if attending
                else (moment, "cannot_attend", chance.choice(_REASONS))
            )
    return history


async def _run(
    world: Any,
    history: History,
    withdrawn_at: str | None = None,
    withdrawn: str = "tenancy_referral_withdrawn",
    sender: str = "support",
    *,
    both: bool = False,
) -> dict[str, Any]:
    """Live through one history of a sender and return everything stored, shown and published.

    With `both`, another organisation supports the tenant as well, and uses the same reference.
    """
    signing = str(uuid.UUID(int=9))

    async def support(moment: str) -> None:
        for at, attendance, reason in history:
            if at == moment:
                await world.receive(
                    "signing_attendance",
                    sender=sender,
                    referral=REFERRAL,
                    signing=signing,
                    attendance=attendance,
                    reason=reason,
                )
        if withdrawn_at == moment:
            await world.receive(withdrawn, sender=sender, referral=REFERRAL)

    await world.home(unit=UNIT)
    earlier = await _referred_before(world) if both else None
    deadline = world.clock.now() + dt.timedelta(days=10)
    await world.receive("unit_secured", request=REQUEST, unit=UNIT, deadline=deadline)
    await world.receive(
        "tenancy_referred",
        referral=REFERRAL,
        request=REQUEST,
        unit=UNIT,
        name={"given": "Robin", "family": "Sample"},
    )
    (row,) = await world.rows("SELECT id FROM application WHERE request = $1", REQUEST)
    application = row["id"]
    arrangement = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
    async with world.api("property_manager") as api:

        async def post(path: str, body: Any = None) -> Any:
            answer = await api.post(path, json=body)
            assert answer.is_success, answer.text
            return answer.json() if answer.content else None

        answers = dict.fromkeys(("signing", "start", "notices"), "share")
        if earlier is not None:
            await post(f"/applications/{earlier}/joining", {"application": str(application)})
        for supporter in ("support", SECOND)[: 2 if both else 1]:
            choices = {"party": supporter, "given_on": "2026-03-02", **answers}
            await post(f"/applications/{application}/choices", choices)
        await post(f"/applications/{application}/acceptance")
        party = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
        lease = (await post("/leases", {"application_id": str(application), **terms}))["id"]
        await support("drawn_up")
        signing = (await post(f"/leases/{lease}/signings", arrangement))["id"]
        await support("arranged")
        world.clock.advance(dt.timedelta(hours=1))
        version = (await api.get(f"/signings/{signing}")).json()["version"]
        later = {**arrangement, "starts_at": "2026-03-06T10:00:00-05:00", "version": version}
        await post(f"/signings/{signing}/move", later)
        await support("moved")
        await post(f"/signings/{signing}/rights-explained")
        await world.attest(api, signing)
        await support("attested")
        world.meet("2026-03-06T10:00:00-05:00")
        await post(f"/signings/{signing}/signature")
        await support("signed")
        shown = {}
        one = f"/applications/{application}"
        for path in ("/my-day", "/applications", one, f"{one}/disclosures", "/leases", f"/leases/{lease}",
                     "/signings?status=held", f"/signings/{signing}", f"/homes/{UNIT}"):  # fmt: skip
            shown[_masked(path)] = _masked(json.dumps((await api.get(path)).json(), sort_keys=True))
    return {"stored": await _stored(world), "shown": shown}


async def _referred_before(world: Any) -> uuid.UUID:
    """Let another organisation refer the household, whose hold ended; return that application."""
    earlier = {"request": uuid.UUID(int=4), "unit": UNIT}
    await world.receive("unit_secured", **earlier, deadline=world.clock.now() + dt.timedelta(days=1))
    unnamed = {"name": None, "contact": None}
    await world.receive("tenancy_referred", sender=SECOND, referral=REFERRAL, **earlier, **unnamed)
    await world.receive("unit_released", **earlier, reason="deadline_passed")
    (row,) = await world.rows("SELECT id FROM application")
    return uuid.UUID(str(row["id"]))


async def _stored(world: Any) -> dict[str, list[str]]:
    names = await world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    stored = {}
    for name in sorted(row["tablename"] for row in names):
        rows = await world.rows(f'SELECT * FROM "{name}"')  # noqa: S608 -- the catalogue's own names
        stored[name] = sorted(_masked(repr(sorted(row.items()))) for row in rows)
    return stored


def _masked(text: str) -> str:
    """Leave out which ids were drawn; everything else has to be equal."""
    return _UUID.sub("#", text)


def _without_answers(outcome: dict[str, Any]) -> dict[str, Any]:
    """Take out the advocate's answer, the one thing that W4 lets support put here."""
    stored = {name: rows for name, rows in outcome["stored"].items() if name != "advocate_answer"}
    shown = dict(outcome["shown"])
    signing = json.loads(shown["/signings/#"])
    for invited in signing["invites"]:
        invited.pop("answer")
    shown["/signings/#"] = signing
    lines = json.loads(shown["/signings?status=held"])
    for line in lines:
        line.pop("attendance")
    shown["/signings?status=held"] = lines
    return {"stored": stored, "shown": shown}


@pytest.mark.row("W2", "W4")
async def test_the_advocates_answers_change_nothing_but_themselves(another_world: Callable[..., Any]) -> None:
    start = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
    silent = await another_world(FixedClock(start))
    expected = _without_answers(await _run(silent, []))
    await silent.runtime.close()
    everything: History = [("moved", "cannot_attend", reason) for reason in _REASONS]
    seen = False
    for history in (everything, *(_generated(seed) for seed in range(6))):
        world = await another_world(FixedClock(start))
        outcome = await _run(world, history)
        seen = seen or bool(outcome["stored"]["advocate_answer"])
        assert _without_answers(outcome) == expected, history
        await world.runtime.close()
    assert seen, "no history left an answer, so nothing was compared"


@pytest.mark.row("W2", "W12")
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_withdrawn_referral_changes_nothing_for_the_tenant(
    another_world: Callable[..., Any], moment: str
) -> None:
    start = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
    tenancies = []
    for withdrawn in (None, moment):
        world = await another_world(FixedClock(start))
        stored = (await _run(world, [], withdrawn))["stored"]
        # What support receives may differ, since it withdrew. The tenancy may not.
        for name in ("counterpart", "outbox", "advocate_answer"):
            stored.pop(name)
        to_units = await world.rows(
            "SELECT data->'data' AS sent FROM outbox WHERE subject LIKE '%.tenancy_started.%'"
        )
        tenancies.append((stored, _masked(repr(to_units))))
        await world.runtime.close()
    assert tenancies[0] == tenancies[1]


@pytest.mark.row("W2", "W5")
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_withdrawn_contact_changes_nothing_once_a_lease_is_drawn_up(
    another_world: Callable[..., Any], moment: str
) -> None:
    start = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
    tenancies = []
    for withdrawn in (None, moment):
        world = await another_world(FixedClock(start))
        stored = (await _run(world, [], withdrawn, "contact_withdrawn"))["stored"]
        # All that is recorded is that the names stay although sharing them was withdrawn.
        stored.pop("counterpart")
        stored["audit"] = [row for row in stored["audit"] if "contact_retained" not in row]
        tenancies.append(stored)
        await world.runtime.close()
    assert tenancies[0] == tenancies[1]


@pytest.mark.row("W2", "W5", "N2")
@pytest.mark.parametrize("withdrawn", [None, "tenancy_referral_withdrawn", "contact_withdrawn"])
async def test_what_one_organisation_does_changes_nothing_for_the_other_or_the_tenant(
    another_world: Callable[..., Any], withdrawn: str | None
) -> None:
    """Nothing that is published to the one, or shown about it, differs with what the other did."""
    start = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
    outcomes = []
    for history in ([], _generated(3)):
        world = await another_world(FixedClock(start))
        at = "arranged" if withdrawn and history else None
        ran = await _run(world, history, at, withdrawn or "", SECOND, both=True)
        sent = await world.rows(
            "SELECT type, status, aggregate_version, addressee, data->'data' AS sent FROM outbox"
            " WHERE addressee <> $1 ORDER BY position",
            SECOND,
        )
        (of_one,) = [shown for path, shown in ran["shown"].items() if path.endswith("/disclosures")]
        statement = next(one for one in json.loads(of_one) if one["party"] == "support")
        tables = {
            name: rows
            for name, rows in ran["stored"].items()
            if name not in {"counterpart", "outbox", "advocate_answer"}
        }
        outcomes.append((tables, statement, _masked(repr(sent))))
        if history:
            assert await world.rows("SELECT 1 FROM advocate_answer WHERE party = $1", SECOND)
        await world.runtime.close()
    assert outcomes[0] == outcomes[1]
