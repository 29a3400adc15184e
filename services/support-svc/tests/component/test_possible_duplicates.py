"""Who may be one person: shown, never by blanks, and never again once they're known to be two (C3)."""

import datetime as dt
import uuid

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.clients.commands import CreateClient, create_client
from support_svc.merging.commands import TwoPeople, UndoMerge, forget_difference, note_different_people
from support_svc.merging.commands import undo_merge as undo
from support_svc.merging.model import AlreadyUndone
from support_svc.merging.queries import (
    SharedFact,
    duplicates_of,
    likely_duplicates,
    possible_duplicates_of_all,
)

SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
BORN = dt.date(1990, 5, 1)
PHONE = "416 555 0142"


async def listed(world, because):
    """The pairs that supervisors see, over all pages."""
    found, after = [], None
    while True:
        page = await world.see(possible_duplicates_of_all, because, after, actor=SUPERVISOR)
        found += [{one.client_id, one.other_id} for one in page.items]
        if (after := page.next) is None:
            return found


async def proposed(world, person):
    """Who is proposed to be the same as a client, anywhere."""
    ids = {one.id for one in await world.see(duplicates_of, person)}
    ids |= set(await world.see(likely_duplicates, person))
    pairs = [one for because in SharedFact for one in await listed(world, because)]
    return ids | {one for pair in pairs if person in pair for one in pair - {person}}


@pytest.mark.row("C3")
async def test_children_of_one_family_rank_below_a_true_match(world):
    """Case 1: a family's telephone and surname are shown as alike, and nothing is refused or lost."""
    father = await world.client("Ali", "Haddad", date_of_birth=dt.date(1980, 1, 1), phones=[PHONE])
    twin = dt.date(2015, 3, 3)
    first = await world.client("Sami", "Haddad", date_of_birth=twin, phones=[PHONE])
    second = await world.client("Rima", "Haddad", date_of_birth=twin, phones=[PHONE])
    double = await world.client("Haddad", "Sami", date_of_birth=twin)
    found = await world.see(duplicates_of, first)
    assert found[0].id == double
    assert (found[0].same_name, found[0].same_birth, found[0].same_contact) == (True, True, False)
    assert [(one.id, one.same_name, one.same_contact) for one in found[1:]] == [(second, False, True)]
    assert await listed(world, SharedFact.BIRTH) == [{first, double}]
    assert await listed(world, SharedFact.CONTACT) == []
    assert await proposed(world, father) == set()
    async with world.api("caseworker") as api:
        third = {"given_name": "Nour", "family_name": "Haddad", "phones": [PHONE], "checked": True}
        made = (await api.post("/clients", json=third)).json()["id"]
        assert (await api.get(f"/clients/{made}")).json()["phones"] == ["+1 416-555-0142"]


@pytest.mark.row("C3", "C7")
async def test_blanks_match_nothing(world):
    """Case 2: people without telephone, e-mail or birth date are never listed as the same."""
    people = [await world.client(given, "Unknown") for given in ("Ana", "Bo", "Cy")]
    same = [await world.client("John", "Doe") for _ in range(3)]
    for because in SharedFact:
        assert await listed(world, because) == []
    for person in (*people, *same):
        assert await world.see(likely_duplicates, person) == []
    assert await world.see(duplicates_of, people[0]) == []
    shown = await world.see(duplicates_of, same[0])
    assert {one.id for one in shown} == set(same[1:])
    assert not any(one.same_birth or one.same_contact for one in shown)


@pytest.mark.row("C3")
async def test_accents_hyphens_and_the_order_of_names_make_no_other_name(world):
    one = await world.client("Éloïse", "St-Pierre", date_of_birth=BORN)
    other = await world.client("st pierre", "Eloise", date_of_birth=BORN)
    reached = await world.client("Eloise", "Saint", emails=["el@mail.example"])
    again = await world.client("Eloïse", "Saint", emails=["EL@mail.example"])
    assert await listed(world, SharedFact.BIRTH) == [{one, other}]
    assert await listed(world, SharedFact.CONTACT) == [{reached, again}]
    assert await world.see(likely_duplicates, again) == [reached]


@pytest.mark.row("C3")
async def test_not_the_same_person_is_remembered_through_edits(world):
    """Case 3."""
    one = await world.client("Kim", "Roy", date_of_birth=BORN, phones=[PHONE])
    other = await world.client("Kim", "Roy", date_of_birth=BORN, phones=[PHONE])
    assert await proposed(world, one) == {other}
    await world.do(note_different_people, TwoPeople(client_id=other, other_id=one))
    await world.do(note_different_people, TwoPeople(client_id=one, other_id=other))
    assert await proposed(world, one) == await proposed(world, other) == set()
    async with world.api("caseworker") as api:
        for person in (one, other):
            seen = (await api.get(f"/clients/{person}")).json()
            changed = {
                "given_name": "Kim",
                "family_name": "Roy",
                "date_of_birth": "1991-06-02",
                "emails": ["kim@mail.example"],
                "version": seen["version"],
            }
            assert (await api.put(f"/clients/{person}", json=changed)).status_code == 204
    assert await proposed(world, one) == await proposed(world, other) == set()
    mistake = TwoPeople(client_id=one, other_id=other)
    await world.do(forget_difference, mistake, actor=SUPERVISOR)
    assert await proposed(world, one) == {other}


@pytest.mark.row("C3")
async def test_whoever_was_looked_at_before_somebody_is_recorded_is_not_proposed_again(world):
    """Case 3: "None of these people is the one" is remembered."""
    known = await world.client("Kim", "Roy", date_of_birth=BORN)
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get("/front-desk/clients/new")).text)
        typed = {"given_name": "Kim", "family_name": "Roy", "date_of_birth": "1990-05-01"}
        asked = await browser.post(
            "/front-desk/clients/new", data={**page.fields("/front-desk/clients/new"), **typed}
        )
        assert asked.status_code == 422
        fields = parse_page(asked.text).fields("/front-desk/clients/new")
        assert fields["differs_from"] == str(known)
        saved = await browser.post("/front-desk/clients/new", data={**fields, "checked": "yes"})
        assert saved.status_code == 303
    made = uuid.UUID(saved.headers["location"].rsplit("/", 1)[1])
    assert await proposed(world, made) == await proposed(world, known) == set()


@pytest.mark.row("C3")
async def test_a_hint_of_somebody_unknown_notes_nothing(world):
    command = CreateClient(given_name="Kim", family_name="Roy", checked=True, differs_from=[uuid.uuid4()])
    await world.do(create_client, command)
    assert await world.rows("SELECT 1 FROM different_people") == []


@pytest.mark.row("C3", "P1")
async def test_the_list_is_read_in_pages(world):
    for at in range(14):
        for _ in range(3 if at < 6 else 2):
            await world.client("Kim", f"Roy{at:02}", date_of_birth=BORN, phones=[PHONE])
    for because in SharedFact:
        found = await listed(world, because)
        assert len(found) == len({frozenset(one) for one in found}) == 6 * 3 + 8
    async with world.api("caseworker") as api:
        assert (await api.get("/possible-duplicates")).status_code == 403
    async with world.api("supervisor") as api:
        page = (await api.get("/possible-duplicates?because=contact")).json()
        assert (len(page["items"]), page["next"] is None) == (25, False)
        assert (await api.get("/possible-duplicates?because=name")).status_code == 422


@pytest.mark.row("C3", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_a_supervisor_compares_merges_and_parts_at_the_desk(world, locale):
    one = await world.client("Kim", "Roy", date_of_birth=BORN, preferred_name="Kimmie")
    other = await world.client("Kim", "Roy", date_of_birth=BORN, preferred_name="Kiki", phones=[PHONE])
    third = await world.client("Kim", "Roy", date_of_birth=BORN)
    base = f"/front-desk/clients/{one}"
    async with world.desk("supervisor", locale=locale) as browser:

        async def page(path):
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            return parse_page(answer.text)

        assert f"/merge/{other}" in (await browser.get("/front-desk/possible-duplicates")).text
        assert f"{base}/duplicates" in (await browser.get(base)).text
        assert f"{base}/merge/{other}" in (await browser.get(f"{base}/duplicates?q=Kim")).text
        apart = f"{base}/different-people/{third}"
        fields = (await page(f"{base}/duplicates")).fields(apart)
        answer = await browser.post(apart, data=fields, follow_redirects=True)
        assert f"{base}/merge/{third}" not in answer.text
        fields = (await page(f"{base}/duplicates")).fields(f"{apart}/mistake")
        assert (await browser.post(f"{apart}/mistake", data=fields)).status_code == 303
        where = f"{base}/merge/{other}"
        shown = await page(where)
        assert "Kimmie" in shown.text
        assert "Kiki" in shown.text
        fields = shown.fields(where)
        fields.pop("preferred_name", None)
        refused = await browser.post(where, data=fields)
        assert refused.status_code == 422
        answer = await browser.post(where, data={**fields, "preferred_name": "merged"}, follow_redirects=True)
        assert "Kiki" in parse_page(answer.text).text
        (done,) = await world.rows("SELECT id FROM client_merge")
        undoing = f"/front-desk/merges/{done['id']}/undo"
        assert undoing in (await browser.get(f"{base}/duplicates")).text
        fields = (await page(undoing)).fields(undoing)
        assert (await browser.post(undoing, data=fields)).status_code == 422
        answer = await browser.post(undoing, data={**fields, "stays_with": str(one)}, follow_redirects=True)
        assert answer.url.path == base
    assert await proposed(world, one) == {third}
    with pytest.raises(AlreadyUndone):
        await world.do(undo, UndoMerge(merge_id=done["id"], stays_with=one), actor=SUPERVISOR)
