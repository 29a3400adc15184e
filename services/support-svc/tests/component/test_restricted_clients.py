"""Restricted clients: for whoever isn't named they are exactly what an unknown id is (C8, cases 9 and 57)."""

import re
import statistics
import time
import uuid

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.http.routes import account_for
from support_svc.clients.commands import AddMember, EditClient, add_member, edit_client
from support_svc.clients.queries import client, household, possible_duplicates, search_clients
from support_svc.restrictions.commands import (
    EndNaming,
    LiftRestriction,
    NamePerson,
    RestrictClient,
    TakeOver,
    end_naming,
    lift_restriction,
    name_person,
    restrict_client,
    take_over,
)
from support_svc.restrictions.model import AlreadyNamed, AlreadyRestricted, LastOneNamed
from support_svc.restrictions.queries import RestrictionFilter, restrictions, restrictions_of

NAMED = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
SUPERVISOR = Actor("staff-granting", "support", frozenset({"supervisor"}), "Sam Okafor")
UNNAMED = Actor("staff-unnamed", "support", frozenset({"caseworker"}), "Noor Anders")
OTHER_SUPERVISOR = Actor("staff-other", "support", frozenset({"supervisor"}), "Alex Wren")
EVERYBODY_ELSE = [UNNAMED, OTHER_SUPERVISOR]
each_stranger = pytest.mark.parametrize("stranger", EVERYBODY_ELSE, ids=["caseworker", "supervisor"])

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DRAWN = re.compile(r'name="(?:_csrf|form_token)" value="[^"]*"')
PROGRAMS = ("/static/", "/language/", "/calendar")
ABOUT_NOBODY = {"unit", "value_id", "person", "program_id", "budget_id", "due_on", "cases", "name", "code"}
"""Parameters of addresses that name what everybody may know."""


async def listed(world, *people):
    """Let colleagues be known, as anybody is who has recorded something."""
    for one in people:
        await world.do(edit_client, await edit(world, await world.client("Ada", one.name), one), one)
        await world.rows(
            "INSERT INTO caseworker (subject, name, active, listed_at) VALUES ($1, $2, true, now())"
            " ON CONFLICT DO NOTHING RETURNING 1",
            one.subject,
            one.name,
        )


async def edit(world, client_id, actor, **changes):
    """The command that changes a client's record as it is."""
    seen = await world.see(client, client_id, actor=actor)
    same = {name: getattr(seen, name) for name in ("given_name", "family_name", "version", "state")}
    return EditClient(client_id=client_id, **{**same, **changes})


async def restricted(world, *clients, people=(NAMED,)):
    """Restrict records to some colleagues, as the supervisor."""
    await listed(world, *people)
    found = []
    for one in clients:
        command = RestrictClient(client_id=one, reason="violence", people=[each.subject for each in people])
        found.append(await world.do(restrict_client, command, SUPERVISOR))
    return found


def as_(world, actor, how="api"):
    """A client of the API, or a browser, of somebody."""
    role = next(iter(actor.roles))
    if how == "desk":
        return world.desk(role, name=actor.name, subject=actor.subject)
    token = world.keys.key("support").token(
        roles=[role], audience=["support"], name=actor.name, subject=actor.subject
    )
    return world.api(role, Authorization=f"Bearer {token}")


@pytest.mark.row("C8")
async def test_only_who_is_named_finds_the_person_anywhere(world):
    head, child = await world.family()
    await restricted(world, head)
    for one in (NAMED,):
        found = await world.see(search_clients, "Quillfeather", actor=one)
        assert {line.id for line in found.items} == {head, child}
        assert len((await world.see(household, child, actor=one)).members) == 2
    for stranger in (*EVERYBODY_ELSE, SUPERVISOR):
        for typed in ("Quillfeather", "Zdenka", "zd", "Zde", "4165550142", "0142", "zdenka@", "1990-05-01"):
            found = await world.see(search_clients, typed, actor=stranger)
            assert head not in {line.id for line in found.items}, typed
        everybody = await world.see(search_clients, "", actor=stranger)
        assert head not in {line.id for line in everybody.items}
        assert await world.see(possible_duplicates, "Zdenka", "Quilfether", None, actor=stranger) == []
        members = (await world.see(household, child, actor=stranger)).members
        assert [member.client_id for member in members] == [child]
        with pytest.raises(NotFound):
            await world.see(client, head, actor=stranger)


@pytest.mark.row("C8")
async def test_a_record_like_a_restricted_one_is_made_without_a_warning(world):
    head, _ = await world.family()
    await restricted(world, head)
    twin = {"given_name": "Zdenka", "family_name": "Quillfeather", "phones": ["416 555 0142"]}
    async with as_(world, UNNAMED) as stranger, as_(world, NAMED) as named:
        refused = await named.post("/clients", json=twin)
        made = await stranger.post("/clients", json=twin)
    assert refused.json()["code"] == "possible_duplicates"
    assert made.status_code == 201


@pytest.mark.row("C8")
async def test_words_and_numbers_of_restricted_people_stay_when_others_lose_them(world):
    head, child = await world.family()
    other = await world.client("Ada", "Quillfeather", phones=["416 555 0142"])
    await restricted(world, head, child)
    change = await edit(world, other, UNNAMED, family_name="Marrow", phones=["416 555 0199"])
    await world.do(edit_client, change, UNNAMED)
    for typed in ("Quillfeather", "5550142"):
        found = await world.see(search_clients, typed, actor=NAMED)
        assert head in {line.id for line in found.items}
    gone = await edit(world, other, UNNAMED, family_name="Elder", phones=[])
    await world.do(edit_client, gone, UNNAMED)
    assert await world.rows("SELECT plain FROM client_contact_text WHERE plain LIKE '%0199'") == []
    assert await world.rows("SELECT word FROM client_name_word WHERE word = 'marrow'") == []


async def test_a_restriction_is_granted_changed_taken_over_and_lifted(world):
    head, _ = await world.family()
    (granted,) = await restricted(world, head, people=(NAMED, SUPERVISOR))
    command = RestrictClient(client_id=head, reason="publicity", people=[NAMED.subject])
    with pytest.raises(AlreadyRestricted):
        await world.do(restrict_client, command, SUPERVISOR)
    (line,) = (await world.see(restrictions, RestrictionFilter(), actor=OTHER_SUPERVISOR)).items
    assert (line.id, line.mine, set(line.people)) == (granted, False, {"Robin Hale", "Sam Okafor"})
    over = TakeOver(restriction_id=granted, because="Both are on leave")
    assert await world.do(take_over, over, OTHER_SUPERVISOR) == head
    with pytest.raises(AlreadyNamed):
        await world.do(take_over, over, OTHER_SUPERVISOR)
    (seen,) = await world.see(restrictions_of, head, actor=NAMED)
    assert {one.name: one.because for one in seen.named}["Alex Wren"] == "Both are on leave"
    for one in (NAMED, SUPERVISOR):
        gone = EndNaming(client_id=head, person=one.subject)
        await world.do(end_naming, gone, OTHER_SUPERVISOR)
    with pytest.raises(NotFound):
        await world.see(client, head, actor=NAMED)
    alone = EndNaming(client_id=head, person=OTHER_SUPERVISOR.subject)
    with pytest.raises(LastOneNamed):
        await world.do(end_naming, alone, OTHER_SUPERVISOR)
    await listed(world, UNNAMED)
    named = NamePerson(client_id=head, person=UNNAMED.subject, because="Takes the case")
    await world.do(name_person, named, OTHER_SUPERVISOR)
    assert (await world.see(client, head, actor=UNNAMED)).id == head
    await world.do(lift_restriction, LiftRestriction(client_id=head, because="Over"), OTHER_SUPERVISOR)
    assert (await world.see(client, head, actor=NAMED)).id == head
    audited = await world.rows("SELECT action FROM audit WHERE record_kind = 'restriction' ORDER BY id")
    assert [row["action"] for row in audited] == [
        "granted", "taken_over", "no_longer_named", "no_longer_named", "named", "lifted",
    ]  # fmt: skip


@pytest.mark.row("C8")
async def test_a_caseworker_can_neither_restrict_nor_see_that_restrictions_exist(world):
    head, _ = await world.family()
    (granted,) = await restricted(world, head)
    async with as_(world, NAMED) as named:
        answers = [
            await named.get("/restrictions"),
            await named.post(f"/restrictions/{granted}/taking-over", json={"because": "Curious"}),
            await named.post(f"/clients/{head}/restriction/lifting", json={"because": "Curious"}),
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def values(schema, document, ids, today, name=""):
    """A value that a schema of the API accepts; references are those of `ids`, by the names of fields."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if options := [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]:
        return values(options[0], document, ids, today, name)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return str(ids.get(name) or ids["client_id"])
    if schema.get("type") == "object" and "properties" in schema:
        return {
            each: values(one, document, ids, today, each)
            for each, one in schema["properties"].items()
            if each in schema.get("required", ()) or each.endswith("_id") or each.endswith("_ids")
        }
    kinds = {"string": str(today) if "date" in schema.get("format", "") else "text", "integer": 1}
    if schema.get("type") == "array":
        return [values(schema["items"], document, ids, today, name.removesuffix("s"))]
    return kinds.get(schema.get("type"), schema.get("default", False))


def asked(world, ids, today, *, prefix):
    """Every request that names a record: method, address and body, with these records."""
    document = world.app.openapi()
    for path, item in document["paths"].items():
        parameters = PARAMETER.findall(path)
        if not path.startswith(prefix) or not parameters or any(one not in ids for one in parameters):
            continue
        address = PARAMETER.sub(lambda found: str(ids[found[1]]), path)
        for method in sorted(set(item) & {"get", "post", "put", "delete"}):
            body = item[method].get("requestBody")
            schema = body and body["content"]["application/json"]["schema"]
            yield method, path, address, values(schema, document, ids, today) if schema else None


def anonymous(text):
    """A text without references and what is drawn for each page: what differs says nothing."""
    return DRAWN.sub("", REFERENCE.sub("…", text))


async def signed(browser, **fields):
    """The fields of a form that a page of this browser would send."""
    page = await browser.get("/front-desk/clients/new")
    return {"_csrf": re.search(r'name="_csrf" value="([^"]*)"', page.text)[1], **fields}


def strange(ids):
    """As many records that nobody knows; what isn't about a person stays as it is."""
    return {name: value if name in ABOUT_NOBODY else uuid.uuid4() for name, value in ids.items()}


async def played(world, two_stages):
    """Two stages, each with a restricted household; returns the scenes."""
    scenes = await two_stages()
    people = {row["client_id"] for row in await world.rows("SELECT client_id FROM placement_member")}
    await restricted(world, *people)
    for scene in scenes:
        scene.ids.setdefault("household_id", uuid.uuid4())
    return scenes


@pytest.mark.row("C8", "W1", "W10")
@pytest.mark.timeout(600)
async def test_case_57_every_route_answers_as_for_an_unknown_id(world, two_stages):
    scenes = await played(world, two_stages)
    today, compared, seen_by_named = world.today, set(), set()
    for scene in scenes:
        ids = {**scene.ids, "member_id": scene.ids["client_id"], "head_id": scene.ids["client_id"]}
        ids |= {"person": NAMED.subject, "restriction_id": uuid.uuid4()}
        unknown = strange(ids)
        for stranger in EVERYBODY_ELSE:
            async with as_(world, stranger) as http:
                known = asked(world, ids, today, prefix="/api/support/v1/")
                other = asked(world, unknown, today, prefix="/api/support/v1/")
                for (method, path, address, body), (_, _, elsewhere, instead) in zip(
                    known, other, strict=True
                ):
                    hidden = await http.request(method, f"http://support.localhost{address}", json=body)
                    nobody = await http.request(method, f"http://support.localhost{elsewhere}", json=instead)
                    what = f"{stranger.name}: {method} {path} in {scene.name}: {hidden.text}"
                    assert hidden.status_code == nobody.status_code, what
                    assert anonymous(hidden.text) == anonymous(nobody.text), what
                    compared.add((method, path))
        async with as_(world, NAMED) as http:
            for method, path, address, _ in asked(world, ids, today, prefix="/api/support/v1/"):
                if method == "get":
                    answer = await http.get(f"http://support.localhost{address}")
                    if answer.status_code == 200:
                        seen_by_named.add(path)
    assert len(compared) > 40
    assert len(seen_by_named) > 12


@pytest.mark.row("C8", "W1")
@pytest.mark.timeout(600)
async def test_every_page_answers_as_for_an_unknown_id(world, two_stages):
    scenes = await played(world, two_stages)
    paths = [
        (route.method, route.path)
        for route in account_for(world.app)
        if route.path.startswith("/front-desk/") and not any(one in route.path for one in PROGRAMS)
    ]
    compared = set()
    for scene in scenes:
        ids = {**scene.ids, "member_id": scene.ids["client_id"], "person": NAMED.subject}
        unknown = strange(ids)
        for stranger in EVERYBODY_ELSE:
            async with as_(world, stranger, "desk") as browser:
                form = await signed(browser, because="Curious", follows="", checked="yes")
                for method, path in paths:
                    if any(one not in ids for one in PARAMETER.findall(path)) or not PARAMETER.search(path):
                        continue
                    answers, notices = [], []
                    for records in (ids, unknown):
                        address = PARAMETER.sub(lambda found, by=records: str(by[found[1]]), path)
                        sent = form | {"member_id": str(records["client_id"])} if method == "POST" else None
                        answers.append(await browser.request(method, address, data=sent))
                        if method == "POST":
                            notices.append((await browser.get("/front-desk/clients/new")).text)
                    hidden, nobody = answers
                    what = f"{stranger.name}: {method} {path} in {scene.name}"
                    assert hidden.status_code == nobody.status_code, what
                    assert anonymous(hidden.text) == anonymous(nobody.text), what
                    assert len({anonymous(notice) for notice in notices}) <= 1, what
                    assert hidden.status_code != 403 or "restrict" in path or stranger is UNNAMED, what
                    compared.add((method, path))
    assert len(compared) > 40


@pytest.mark.row("C8")
@pytest.mark.timeout(600)
async def test_case_9_no_page_without_a_record_says_anything_of_a_restricted_person(world, two_stages):
    scenes = await played(world, two_stages)
    async with as_(world, NAMED, "desk") as named:
        assert "Quillfeather" in (await named.get("/front-desk/clients?q=Quillfeather")).text
    texts = ("Quillfeather", "Zdenka", "Milo", "416 555 0142", "0142", "zdenka@mail.example", "Canary-note")
    questions = ["", *(f"?q={one}" for one in ("Quillfeather", "zd", "4165550142", "1990-05-01"))]
    paths = [
        route.path
        for route in account_for(world.app)
        if route.method == "GET"
        and not PARAMETER.search(route.path)
        and route.path.startswith(("/front-desk", "/api/support/v1"))
        and not any(one in route.path for one in (*PROGRAMS, "/imports/template"))
    ]
    assert len(paths) > 10
    references = [str(one) for scene in scenes for name, one in scene.ids.items() if name not in ABOUT_NOBODY]
    for stranger in EVERYBODY_ELSE:
        async with as_(world, stranger, "desk") as browser, as_(world, stranger) as http:
            for path in paths:
                for question in questions:
                    asking = http if path.startswith("/api") else browser
                    answer = await asking.get(f"http://support.localhost{path}{question}")
                    written = (
                        answer.text.replace(question.removeprefix("?q="), "") if question else answer.text
                    )
                    shown = [one for one in (*texts, *references) if one in written]
                    assert not shown, f"{stranger.name}: {path}{question}"


@pytest.mark.row("C8")
async def test_a_household_cannot_be_joined_by_who_cannot_be_seen(world):
    head, child = await world.family()
    other = await world.client("Ada", "Marrow")
    await restricted(world, head)
    for stranger in EVERYBODY_ELSE:
        for one in (head, uuid.uuid4()):
            with pytest.raises(NotFound) as refused:
                await world.do(add_member, AddMember(client_id=other, member_id=one), stranger)
            assert refused.value.params == {"what": "client"}
    assert child


@pytest.mark.row("C8")
@each_stranger
async def test_the_answer_takes_as_long_as_for_an_unknown_id(world, stranger):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    await restricted(world, head, child)
    took = {"hidden": [], "unknown": []}
    async with as_(world, stranger) as http:
        for at in range(60):
            for kind, person, place in (
                ("hidden", head, wanted),
                ("unknown", uuid.uuid4(), uuid.uuid4()),
            ):
                for address in (f"/clients/{person}", f"/placements/{place}"):
                    began = time.perf_counter()
                    assert (await http.get(address)).status_code == 404
                    if at >= 10:
                        took[kind].append(time.perf_counter() - began)
    # The middle of each distribution, because a busy machine delays some answers by much more.
    hidden, unknown = (statistics.median(one) for one in took.values())
    assert abs(hidden - unknown) < max(0.25 * unknown, 0.001)


@pytest.mark.row("C8")
async def test_a_transaction_without_an_acting_person_sees_no_restricted_row(world):
    head, child = await world.family()
    await world.placement(head, child)
    await restricted(world, head)
    tables = ("client", "client_name", "client_contact_point", "household_member", "placement", "consent")
    for table in tables:
        about = "id" if table == "client" else "client_id"
        assert await world.rows(f"SELECT 1 FROM {table} WHERE {about} = $1", head) == []  # noqa: S608
    assert await world.rows("SELECT 1 FROM placement_member") == []


@pytest.mark.row("C8")
async def test_listeners_and_timers_act_for_restricted_people_as_well(world):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    unit = await world.home()
    request = await world.ask_for(wanted, unit)
    await restricted(world, head, child)
    await world.receive("unit_refused", request=request, unit=unit)
    async with world.runtime.reading(NAMED) as tx:
        (state,) = (await tx.execute(text("SELECT state FROM securing"))).scalars()
    assert state == "refused"
