"""Two property entities, two inventories and two support organisations at once: each has its own alone."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio

from contracts.catalogue import CATALOGUE
from contracts.seats import Seat
from partywall.journey import Between, Journey
from testkit.live import Live, trespasses
from testkit.local import LocalBack
from testkit.parties import plan

pytestmark = pytest.mark.timeout(1800)

FIVE = plan("two-of-each")
PAIRS = [
    Between("support", "property", "property"),
    Between("support", "lakeside-homes", "city-inventory"),
    Between("harbour-support", "property", "property"),
    Between("harbour-support", "lakeside-homes", "city-inventory"),
]
OF_EACH_PAIR = 10
"""Whole journeys of each pair, all at once."""


def name_of(between: Between) -> str:
    """A family name that households of this pair have, and nobody else."""
    return f"Canary-{between.support}-{between.landlord}"


@dataclass
class Lived:
    """A stack of five parties in which forty households have moved in."""

    live: Live
    back: LocalBack
    journeys: list[Journey] = field(default_factory=list)
    stored: dict[Seat, str] = field(default_factory=dict)
    """Everything in the database of each seat, as text."""

    def at_the_broker(self, seat: Seat) -> str:
        """Return everything that the broker has of a seat's account, as text."""
        store = self.back.stack.layout.nats_folder / "jetstream" / "jetstream" / seat.account
        files = sorted(path for path in store.rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files).decode(errors="replace")


@pytest.fixture(scope="module")
def five() -> Iterator[LocalBack]:
    """A stack of this file's own, with two of each kind."""
    back = LocalBack(FIVE)
    try:
        back.up()
        yield back
    finally:
        back.down()


@pytest_asyncio.fixture(scope="module")
async def lived(five: LocalBack) -> AsyncIterator[Lived]:
    """All four pairs at once, from forty searches to forty move-ins."""
    found = Lived(Live(five), five)
    async with AsyncExitStack() as sessions:
        for between in PAIRS:
            same_pair = found.live.journeys("Household", OF_EACH_PAIR, between)
            found.journeys += await sessions.enter_async_context(same_pair)
        for at, journey in enumerate(found.journeys):
            journey.family_name = f"{name_of(journey.between)}-{at}"
            journey.patience = 300.0
        # Each home is for one household; those of a pair look for theirs one after the other.
        await asyncio.gather(*(_look_for_homes(pair, found.journeys) for pair in PAIRS))
        await asyncio.gather(*(journey.run() for journey in found.journeys))
    await found.live.all_acted_on(patience=300)
    for name, seat in five.seats.items():
        found.stored[seat] = await found.live.everything_stored(name)
    yield found


async def _look_for_homes(between: Between, journeys: list[Journey]) -> None:
    own = [journey for journey in journeys if journey.between == between]
    lists = {id: [one for one in PAIRS if one.inventory == id].index(between) for id in [between.inventory]}
    first = own[0]
    await first.take("record_the_client")
    await first.take("start_the_placement")
    await first.take("search_a_home")
    path = f"/api/support/v1/placements/{first.placement}/homes"
    wanted = {"managed_by": "property_entity", "inventory": between.inventory, "include_unknown": "true"}
    homes: list[str] = []
    after: dict[str, str] = {}
    while len(homes) < 2 * OF_EACH_PAIR:
        page = await first.caseworker.get(path, **wanted, **after)
        homes += [home["unit"] for home in page["items"] if home["manager"] == between.landlord]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    # The two support organisations take every other home.
    mine = sorted(homes)[lists[between.inventory] :: 2]
    for journey, unit in zip(own, mine, strict=False):
        journey.unit = unit
    assert all(journey.unit for journey in own)


@pytest.mark.row("N1", "N2", "N3", "N6", "W1")
async def test_forty_journeys_of_four_pairs_end_with_a_move_in(lived: Lived) -> None:
    assert len(lived.journeys) == 4 * OF_EACH_PAIR
    for between in PAIRS:
        taken = [journey.unit for journey in lived.journeys if journey.between == between]
        assert len(set(taken)) == OF_EACH_PAIR
        async with lived.live.person(between.landlord, "property_manager") as manager:
            page = await manager.get("/api/tenancy/v1/applications", limit=200)
        assert len(page["items"]) == 2 * OF_EACH_PAIR, "those of both support organisations"


@pytest.mark.row("N2", "W1")
async def test_every_fact_reached_exactly_those_it_was_for(lived: Lived) -> None:
    """Whatever a seat published is in the inboxes of its addressee's seats that listen, and in no other."""
    grants = lived.back.grants
    events = {
        seat: await lived.live.rows(name, "SELECT id, subject, addressee, type, status FROM outbox")
        for name, seat in lived.back.seats.items()
    }
    received = {
        seat: {row["id"] for row in await lived.live.rows(name, "SELECT id FROM inbox")}
        for name, seat in lived.back.seats.items()
    }
    compared = 0
    for publisher, rows in events.items():
        for row in rows:
            terms = CATALOGUE.terms(row["type"])
            assert row["status"] in ("published", "withheld")
            assert terms.addressed == (row["addressee"] is not None)
            assert row["subject"] == terms.subject(publisher.party, row["addressee"])
            listening = {
                seat
                for seat in grants.seats
                if seat.service in terms.listeners and row["addressee"] in (None, seat.party)
            }
            expected = listening if row["status"] == "published" else set()
            assert {seat for seat, ids in received.items() if row["id"] in ids} == expected, row
            compared += 1
    # Thirteen events a journey, one of them open, and the lists of homes.
    assert compared > 13 * len(lived.journeys)


@pytest.mark.row("N2", "N4", "W1", "W2")
async def test_no_name_is_with_a_party_that_it_was_not_for(lived: Lived) -> None:
    """Each database, and every byte that the broker has of each account."""
    for between in PAIRS:
        concerned = {Seat.named(f"{between.support}/support"), Seat.named(f"{between.landlord}/tenancy")}
        for seat, text in lived.stored.items():
            assert (name_of(between) in text) == (seat in concerned), (between, seat)
        for seat in lived.stored:
            # The referral has it, in the stream of the organisation that refers.
            refers = seat == Seat.named(f"{between.support}/support")
            assert (name_of(between) in lived.at_the_broker(seat)) == refers, (between, seat)


@pytest.mark.row("N2", "W1", "W3")
async def test_no_reference_of_one_pair_is_known_to_another_party(lived: Lived) -> None:
    """Requests, applications and leases are known to the parties of their journey alone."""
    for journey in lived.journeys:
        parties = {journey.between.support, journey.between.landlord, journey.between.inventory}
        for seat, text in lived.stored.items():
            if seat.party not in parties:
                for reference in (journey.request, journey.application, journey.lease, journey.client):
                    assert reference not in text, (journey.between, seat)
        for seat in lived.stored:
            stream = lived.at_the_broker(seat)
            assert (journey.request in stream) <= (seat.party in parties), (journey.between, seat)
    for seat in lived.stored:
        assert set(re.findall(r"evt\.([a-z][a-z0-9-]+)\.", lived.at_the_broker(seat))) == {seat.party}


@pytest.mark.row("N2", "N6", "W1")
@pytest.mark.parametrize(
    ("own", "other"),
    [
        (str(own), str(other))
        for own, other in itertools.permutations(FIVE.seats, 2)
        if own.service == other.service or own.party == other.party
    ],
)
async def test_the_credentials_of_a_seat_give_nothing_of_another(
    five: LocalBack, own: str, other: str
) -> None:
    """Also among parties of a kind, and between the two seats of one party."""
    live = Live(five)
    attempts = trespasses(Seat.named(own), Seat.named(other))
    answers = await live.broker_refuses(own, attempts)
    assert set(answers.values()) <= {"refused", "nobody there"}, answers
    assert len(answers) == len(attempts)
    assert await live.database_refuses(own, other) in {"28000", "28P01", "42501", "unreachable"}


@pytest.mark.row("N2", "N6", "W10")
async def test_a_token_is_for_its_own_party_also_among_those_of_a_kind(five: LocalBack) -> None:
    live = Live(five)
    async with live.person("property", "property_manager") as manager:
        token = await manager.token()
    account = live.account("property", "property_manager")
    async with live.door("lakeside-homes").client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.get("/api/tenancy/v1/applications", headers=headers)
        assert answer.status_code == httpx.codes.UNAUTHORIZED
        body = {"email": account.email, "password": account.password}
        assert (await client.post("/api/gateway/v1/sign-in", json=body)).status_code == 401
        # There is no inventory here, so no route to one: the path ends at the gateway.
        assert (await client.get("/api/units/v1/units", headers=headers)).status_code == 404
