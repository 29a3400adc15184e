"""Two records of one person: merged with what each has, led to by the old id, and parted again (C3)."""

import datetime as dt
import uuid

import pytest

from chassis.errors import EditedMeanwhile, NotFound, SeveralFaults
from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, FormHousehold, add_member, form_household
from support_svc.clients.queries import client, search_clients
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import ConsentStatus, Purpose
from support_svc.consents.queries import consents_of
from support_svc.contacts.commands import AddContact, add_contact
from support_svc.contacts.queries import contacts_of
from support_svc.followups.commands import Outcome, RecordFollowUp, record_follow_up
from support_svc.followups.model import Cases, StillInHousing
from support_svc.housing_history.commands import AddHousing, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.housing_history.queries import housing_history
from support_svc.merging.commands import Answer, MergeClients, UndoMerge, merge_clients, undo_merge
from support_svc.merging.model import AlreadyUndone, ChoiceNeeded, KnownToDiffer, MergedSince, OneRecordOnly
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.model import BothPlaced
from support_svc.placements.queries import active_placement, placement

DAY = dt.timedelta(days=1)
BORN = dt.date(1990, 5, 1)


async def merge(world, survivor, merged, *answers, **chosen):
    """Merge two records as they are now."""
    mine, theirs = await world.see(client, survivor), await world.see(client, merged)
    command = MergeClients(
        client_id=survivor,
        merged_id=merged,
        version=mine.version,
        merged_version=theirs.version,
        answers=[Answer(about=about, choice=str(choice)) for about, choice in answers],
        **chosen,
    )
    return await world.do(merge_clients, command)


async def everything(world):
    """Every row of every table of a client but the log: what a merge that is refused must not change."""
    tables = (
        "client",
        "client_contact_point",
        "household_member",
        "consent",
        "contact",
        "housing_record",
        "placement",
        "placement_member",
        "followup",
        "followup_outcome",
    )
    return {one: sorted(map(str, await world.rows(f"SELECT * FROM {one}"))) for one in tables}  # noqa: S608


async def two(world, **more):
    """Two records of one person: the second knows more."""
    mine = await world.client("Zoe", "Adler", phones=["416 555 0147"], comments="First note")
    fields = {
        "date_of_birth": BORN,
        "preferred_name": "Zed",
        "phones": ["+1 416-555-0147", "416 555 0148"],
        "emails": ["zoe@mail.example"],
        "city": "Toronto",
        "comments": "Second note",
        **more,
    }
    return mine, await world.client("Zoé", "Adler-Bell", **fields)


@pytest.mark.row("C3")
async def test_facts_are_chosen_and_blanks_never_overwrite(world):
    """Case 4: blanks never overwrite, and no telephone is there twice."""
    mine, theirs = await two(world)
    with pytest.raises(SeveralFaults) as refused:
        await merge(world, mine, theirs)
    assert {one.field for one in refused.value.errors} == {"name", "comments"}
    await merge(world, mine, theirs, name="survivor", comments="merged")
    person = await world.see(client, mine)
    assert (person.given_name, person.family_name) == ("Zoe", "Adler")
    assert (person.date_of_birth, person.preferred_name, person.city) == (BORN, "Zed", "Toronto")
    assert person.comments == "Second note"
    assert sorted(person.phones) == ["+1 416-555-0147", "+1 416-555-0148"]
    assert person.emails == ("zoe@mail.example",)
    assert person.other_names == "Zoé Adler-Bell"
    for q in ("Adler-Bell", "Zoe Adler"):
        assert [one.id for one in (await world.see(search_clients, q)).items] == [mine]
    (numbered,) = await world.rows("SELECT number FROM client WHERE id = $1", theirs)
    assert [one.id for one in (await world.see(search_clients, str(numbered["number"]))).items] == [mine]


@pytest.mark.row("C3", "X4")
async def test_what_was_changed_since_the_page_was_shown_is_not_merged(world):
    mine, theirs = await two(world)
    seen = MergeClients(
        client_id=mine, merged_id=theirs, version=1, merged_version=2, name="survivor", comments="survivor"
    )
    with pytest.raises(EditedMeanwhile):
        await world.do(merge_clients, seen)


@pytest.mark.row("C3", "X6")
async def test_the_old_id_and_address_lead_to_the_survivor(world):
    """Case 4: old addresses and ids lead to the survivor."""
    mine, theirs = await two(world)
    await merge(world, mine, theirs, name="survivor", comments="merged")
    async with world.api("caseworker") as api:
        answer = await api.get(f"/clients/{theirs}")
        assert (answer.status_code, answer.headers["location"]) == (307, f"{world.API}/clients/{mine}")
        for path in ("", "/consents", "/contacts", "/housing-history", "/household", "/history"):
            found = await api.get(f"/clients/{theirs}{path}", follow_redirects=True)
            assert (found.status_code, str(mine) in str(found.url)) == (200, True), path
        added = await api.post(f"/clients/{theirs}/contacts", json={"name": "Ana"}, follow_redirects=True)
        assert added.status_code == 201
        assert (await api.get(f"/clients/{uuid.uuid4()}")).status_code == 404
    assert [one.name for one in await world.see(contacts_of, mine)] == ["Ana"]
    async with world.desk("caseworker") as browser:
        for path in ("", "/consents", "/edit", "/duplicates"):
            page = await browser.get(f"/front-desk/clients/{theirs}{path}", follow_redirects=True)
            assert (page.status_code, page.url.path) == (200, f"/front-desk/clients/{mine}{path}")
        typed = parse_page((await browser.get(f"/front-desk/clients/{mine}/contacts/new")).text)
        fields = typed.fields(f"/front-desk/clients/{mine}/contacts/new")
        sent = await browser.post(
            f"/front-desk/clients/{theirs}/contacts/new",
            data={**fields, "name": "Ben"},
            follow_redirects=True,
        )
        assert "Ben" in parse_page(sent.text).text


@pytest.mark.row("C3", "C4", "C6")
async def test_consents_and_contacts_are_not_doubled(world):
    """Case 4: nothing is doubled, and a consent that the other record withdrew later is in force no more."""
    mine, theirs = await two(world)
    same = {"purpose": Purpose.COORDINATE_SERVICES, "given_on": world.today - 9 * DAY}
    for person in (mine, theirs):
        await world.do(give_consent, GiveConsent(client_id=person, **same))
        await world.do(add_contact, AddContact(client_id=person, name="Ana Bell", about=["housing"]))
    await world.do(add_contact, AddContact(client_id=theirs, name="Ben Roy"))
    housed = {"purpose": Purpose.BE_HOUSED, "given_on": world.today - 8 * DAY}
    await world.do(give_consent, GiveConsent(client_id=mine, **housed))
    gone = await world.do(give_consent, GiveConsent(client_id=theirs, **housed))
    await world.do(withdraw_consent, WithdrawConsent(client_id=theirs, consent_id=gone))
    shared = Purpose.SHARE_CONTACT_FOR_TENANCY
    for person, days in ((mine, 5), (theirs, 4)):
        given = GiveConsent(client_id=person, purpose=shared, given_on=world.today - days * DAY)
        await world.do(give_consent, given)
    before = await everything(world)
    done = await merge(world, mine, theirs, name="survivor", comments="survivor")
    found = await world.see(consents_of, mine)
    by_purpose = {
        purpose: [(one.status, one.given_on) for one in found if one.purpose is purpose]
        for purpose in Purpose
    }
    assert by_purpose[Purpose.COORDINATE_SERVICES] == [(ConsentStatus.ACTIVE, world.today - 9 * DAY)]
    assert {status for status, _ in by_purpose[Purpose.BE_HOUSED]} == {
        ConsentStatus.WITHDRAWN,
        ConsentStatus.SUPERSEDED,
    }
    assert by_purpose[shared] == [
        (ConsentStatus.ACTIVE, world.today - 4 * DAY),
        (ConsentStatus.SUPERSEDED, world.today - 5 * DAY),
    ]
    assert [one.name for one in await world.see(contacts_of, mine)] == ["Ana Bell", "Ben Roy"]
    await undo(world, done, mine)
    assert without_versions(await everything(world)) == without_versions(before)


def without_versions(tables):
    """The rows without the number of their changes."""
    return {
        name: [part for row in rows for part in row.split(", '") if not part.startswith("version'")]
        for name, rows in tables.items()
    }


async def undo(world, done, stays_with):
    """Undo a merge as a supervisor."""
    actor = world.STAFF.__class__("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
    await world.do(undo_merge, UndoMerge(merge_id=done, stays_with=stays_with), actor=actor)


@pytest.mark.row("C2", "C3")
@pytest.mark.parametrize("head", ["survivor", "merged"])
async def test_both_in_one_household(world, head):
    """Case 4 and 6: the person is a member once; a head who is merged is asked for."""
    mine, theirs = await two(world)
    child = await world.client("Kim", "Adler", date_of_birth=dt.date(2015, 1, 1))
    first, second = (mine, theirs) if head == "survivor" else (theirs, mine)
    await world.do(form_household, FormHousehold(head_id=first, member_ids=[second, child]))
    before = await everything(world)
    chosen = {"name": "survivor", "comments": "survivor"}
    answers = []
    if head == "merged":
        with pytest.raises(ChoiceNeeded):
            await merge(world, mine, theirs, **chosen)
        assert await everything(world) == before
        answers = [("head", mine)]
    done = await merge(world, mine, theirs, *answers, **chosen)
    household = (await world.see(client, mine)).household
    assert {(one.client_id, one.is_head) for one in household.members} == {(mine, True), (child, False)}
    await undo(world, done, mine)
    assert without_versions(await everything(world)) == without_versions(before)


@pytest.mark.row("C2", "C3")
async def test_in_two_households_one_is_chosen_and_the_other_gets_a_head(world):
    """Case 4 and 6."""
    mine, theirs = await two(world)
    aunt, uncle = await world.client("Ada", "Adler"), await world.client("Udo", "Bell")
    await world.do(form_household, FormHousehold(head_id=mine, member_ids=[aunt]))
    await world.do(form_household, FormHousehold(head_id=theirs, member_ids=[uncle]))
    before = await everything(world)
    chosen = {"name": "survivor", "comments": "survivor"}
    for answers in ((), (("household", "merged"),), (("household", "merged"), ("head", uncle))):
        with pytest.raises((ChoiceNeeded, SeveralFaults)):
            await merge(world, mine, theirs, *answers, **chosen)
        assert await everything(world) == before
    done = await merge(world, mine, theirs, ("household", "merged"), ("head", aunt), **chosen)
    household = (await world.see(client, mine)).household
    assert {(one.client_id, one.is_head) for one in household.members} == {(mine, True), (uncle, False)}
    left = (await world.see(client, aunt)).household
    assert [(one.client_id, one.is_head) for one in left.members] == [(aunt, True)]
    await undo(world, done, theirs)
    assert without_versions(await everything(world)) == without_versions(before)


async def housed(world, person, address, first, last=None):
    kind = await world.value(HOUSING_TYPE, "room")
    stay = AddHousing(
        client_id=person, housing_type_id=kind, address=address, started_on=first, ended_on=last
    )
    return await world.do(add_housing, stay)


@pytest.mark.row("C3", "C5")
@pytest.mark.parametrize("whose", ["survivor", "merged"])
async def test_each_with_an_active_stay(world, whose):
    """Case 4: of two stays at one time those of the chosen record are stored; the others come back."""
    mine, theirs = await two(world)
    await housed(world, mine, "1 Elm Street", world.today - 30 * DAY)
    await housed(world, mine, "2 Oak Street", world.today - 90 * DAY, world.today - 60 * DAY)
    await housed(world, theirs, "3 Ash Street", world.today - 20 * DAY)
    await housed(world, theirs, "4 Fir Street", world.today - 300 * DAY, world.today - 200 * DAY)
    before = await everything(world)
    chosen = {"name": "survivor", "comments": "survivor"}
    with pytest.raises(ChoiceNeeded):
        await merge(world, mine, theirs, **chosen)
    assert await everything(world) == before
    done = await merge(world, mine, theirs, ("stays", whose), **chosen)
    found = {one.address for one in await world.see(housing_history, mine)}
    stored = "1 Elm Street" if whose == "survivor" else "3 Ash Street"
    assert found == {stored, "2 Oak Street", "4 Fir Street"}
    await undo(world, done, mine)
    assert without_versions(await everything(world)) == without_versions(before)


@pytest.mark.row("C3", "P2")
async def test_each_with_an_active_placement_is_refused_with_both(world):
    """Case 4: refused with the choices, nothing half done."""
    mine, theirs = await two(world)
    placed = {await world.placement(mine), await world.placement(theirs)}
    before = await everything(world)
    with pytest.raises(BothPlaced) as refused:
        await merge(world, mine, theirs, name="survivor", comments="survivor")
    assert set(refused.value.placements) == placed
    assert await everything(world) == before
    async with world.desk("caseworker") as browser:
        page = await browser.get(f"/front-desk/clients/{mine}/merge/{theirs}")
        assert all(f"/front-desk/placements/{one}" in page.text for one in placed)


@pytest.mark.row("C3", "P2", "P8")
async def test_both_in_one_placement_from_the_search_to_the_follow_up(world):
    """Case 4: the person is in the placement once, with one stay and one answer."""
    mine, theirs = await two(world)
    await world.do(form_household, FormHousehold(head_id=theirs, member_ids=[mine]))
    wanted = await world.placement(theirs, mine)
    await world.held(wanted, await world.home())
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    world.clock.advance(40 * DAY)
    answers = [Outcome(client_id=one, still_in_housing=StillInHousing.YES) for one in (mine, theirs)]
    await world.do(
        record_follow_up,
        RecordFollowUp(
            cases=Cases.PLACEMENTS,
            case_id=wanted,
            done_on=world.today,
            outcomes=answers,
            next_months=1,
        ),
    )
    before = await everything(world)
    chosen = {"name": "survivor", "comments": "survivor"}
    done = await merge(world, mine, theirs, ("stays", "survivor"), **chosen)
    one = await world.see(placement, wanted)
    assert [(person.client_id, person.is_head) for person in one.people] == [(mine, True)]
    assert await world.see(active_placement, mine) == wanted
    assert len(await world.see(housing_history, mine)) == 1
    assert len(await world.rows("SELECT 1 FROM followup_outcome")) == 1
    await undo(world, done, mine)
    assert without_versions(await everything(world)) == without_versions(before)


@pytest.mark.row("C3")
@pytest.mark.parametrize("whose", ["survivor", "merged"])
async def test_what_was_recorded_since_stays_with_the_person_named(world, whose):
    """Case 5: both are restored, and what was recorded since has a person."""
    mine, theirs = await two(world)
    wanted = await world.placement(theirs)
    done = await merge(world, mine, theirs, name="survivor", comments="survivor")
    await world.do(add_contact, AddContact(client_id=mine, name="Since"))
    friend = await world.client("Ida", "Friend")
    await world.do(add_member, AddMember(client_id=mine, member_id=friend))
    seen = await world.see(client, mine)
    async with world.api("caseworker") as api:
        known = {
            name: getattr(seen, name)
            for name in ("given_name", "family_name", "preferred_name", "other_names", "comments", "version")
        }
        changed = {
            **known,
            "date_of_birth": BORN.isoformat(),
            "phones": [*seen.phones, "416 555 0199"],
            "emails": list(seen.emails),
            "city": "Ottawa",
        }
        assert (await api.put(f"/clients/{mine}", json=changed)).status_code == 204
    named, other = (mine, theirs) if whose == "survivor" else (theirs, mine)
    await undo(world, done, named)
    persons = {one: await world.see(client, one) for one in (mine, theirs)}
    assert persons[named].city == "Ottawa"
    assert persons[other].city == (None if other == mine else "Toronto")
    assert "+1 416-555-0199" in persons[named].phones
    assert "+1 416-555-0199" not in persons[other].phones
    assert "+1 416-555-0148" not in persons[mine].phones
    assert persons[mine].preferred_name is None
    assert [one.name for one in await world.see(contacts_of, named)] == ["Since"]
    assert await world.see(contacts_of, other) == []
    assert {one.client_id for one in persons[named].household.members} == {named, friend}
    assert await world.see(active_placement, theirs) == wanted
    assert await world.see(active_placement, mine) is None


@pytest.mark.row("C3")
async def test_a_follow_up_recorded_since_goes_with_its_placement(world):
    """Case 5."""
    mine, theirs = await two(world)
    wanted = await world.placement(theirs)
    done = await merge(world, mine, theirs, name="survivor", comments="survivor")
    await world.held(wanted, await world.home())
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    await undo(world, done, mine)
    assert [one.client_id for one in (await world.see(placement, wanted)).people] == [theirs]
    assert len(await world.see(housing_history, theirs)) == 1
    assert await world.see(housing_history, mine) == []
    (due,) = await world.rows("SELECT client_id FROM followup")
    assert due["client_id"] == theirs


@pytest.mark.row("C3")
async def test_people_who_were_parted_are_not_merged_again(world):
    """Cases 3 and 5: undone once, by a supervisor, and never merged or proposed again."""
    mine, theirs = await two(world)
    done = await merge(world, mine, theirs, name="survivor", comments="survivor")
    async with world.api("caseworker") as api:
        refused = await api.post(f"/merges/{done}/undoing", json={"stays_with": str(mine)})
        assert refused.status_code == 403
    async with world.api("supervisor") as api:
        other = await api.post(f"/merges/{done}/undoing", json={"stays_with": str(uuid.uuid4())})
        assert (other.status_code, other.json()["code"]) == (422, "neither_of_the_two")
        answer = await api.post(f"/merges/{done}/undoing", json={"stays_with": str(mine)})
        assert answer.status_code == 204
    with pytest.raises(AlreadyUndone):
        await undo(world, done, mine)
    for pair in ((mine, theirs), (theirs, mine)):
        with pytest.raises(KnownToDiffer):
            await merge(world, *pair, name="survivor", comments="survivor")


@pytest.mark.row("C3")
async def test_a_record_that_was_merged_twice_is_parted_in_turn(world):
    mine, theirs = await two(world)
    third = await world.client("Zoe", "Adler")
    first = await merge(world, mine, theirs, name="survivor", comments="survivor")
    second = await merge(world, third, mine)
    async with world.api("caseworker") as api:
        answer = await api.get(f"/clients/{theirs}")
        assert answer.headers["location"].endswith(str(third))
    with pytest.raises(MergedSince):
        await undo(world, first, mine)
    await undo(world, second, mine)
    async with world.api("caseworker") as api:
        assert (await api.get(f"/clients/{theirs}")).headers["location"].endswith(str(mine))
    await undo(world, first, mine)
    for person in (mine, theirs, third):
        assert (await world.see(client, person)).id == person


@pytest.mark.row("C3")
async def test_nobody_merges_what_they_may_not_see(world):
    mine, theirs = await two(world)
    with pytest.raises(OneRecordOnly):
        await merge(world, mine, mine)
    await merge(world, mine, theirs, name="survivor", comments="survivor")
    gone = MergeClients(client_id=mine, merged_id=theirs, version=1, merged_version=1)
    with pytest.raises(NotFound):
        await world.do(merge_clients, gone)
    async with world.api("support_administrator") as api:
        body = {"merged_id": str(theirs), "version": 1, "merged_version": 1}
        assert (await api.post(f"/clients/{mine}/merges", json=body)).status_code == 403


@pytest.mark.row("C3", "X3")
async def test_the_history_of_both_records_is_read_together(world):
    mine, theirs = await two(world)
    await merge(world, mine, theirs, name="survivor", comments="survivor")
    async with world.api("caseworker") as api:
        lines = (await api.get(f"/clients/{mine}/history?about=client")).json()
    actions = [line["action"] for line in lines]
    assert actions.count("created") == 2
    assert {"merged", "merged_into", "viewed"} <= set(actions)
