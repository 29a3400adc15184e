"""Fields that an organisation makes mandatory or hides: every form, at the desk and through the API."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from chassis.errors import NotFound, NotPermitted, SeveralFaults
from deskkit.testing import parse_page
from deskkit.testing.pages import text_of
from support_svc.clients.commands import EditClient, edit_client
from support_svc.clients.feature import GENDER, INDIGENOUS_INDICATOR, RELATIONSHIP
from support_svc.clients.model import YesNoUnknown
from support_svc.clients.queries import client
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.contacts.feature import CONTACT_RELATIONSHIP
from support_svc.documents.commands import RecordDocument, record_document
from support_svc.documents.due import due as documents_due
from support_svc.documents.feature import DOCUMENT_KIND
from support_svc.documents.queries import documents_of
from support_svc.features import FEATURES
from support_svc.field_rules.commands import ChangeFieldRule, change_field_rule
from support_svc.field_rules.forms import forms_of
from support_svc.field_rules.model import FieldHidden, FieldMandatory, FieldRule, RuleNotPossible
from support_svc.field_rules.queries import field_rules, rules_on
from support_svc.housing_history.commands import AddHousing, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_loss_prevention.feature import REASON_FOR_SERVICE
from support_svc.merging.commands import MergeClients, merge_clients
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.feature import REASON_NOT_SECURED, REFERRAL_SOURCE
from support_svc.programs.commands import add_budget
from support_svc.programs.model import AddBudget, SubsidyKind
from support_svc.subsidies.feature import SUBSIDY_REASON
from trade.due import Wanted

DAY = dt.timedelta(days=1)
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
MANDATORY, OPTIONAL, HIDDEN = FieldRule.MANDATORY, FieldRule.OPTIONAL, FieldRule.HIDDEN
NOT_NEEDED = {"en": "(optional)", "fr": "(facultatif)"}
REFUSED = {
    "en": ("requires it since", "does not use it since"),
    "fr": ("l’exige depuis", "ne l’utilise plus"),
}


async def choose(world, form, name, rule, from_day=None):
    """Choose a rule as an administrator."""
    command = ChangeFieldRule(form=form, field=name, rule=rule, from_day=from_day or world.today)
    return await world.do(change_field_rule, command, ADMINISTRATOR)


@dataclass
class Entry:
    """Where a form is filled in: its page and its address of the API, what it needs, and its fields."""

    desk: str
    api: str
    body: dict[str, Any]
    values: dict[str, Any]
    typed: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"


async def _client(world):
    return Entry(
        "/front-desk/clients/new",
        "/clients",
        {"given_name": "Ines", "family_name": "Marrow", "checked": True},
        {
            "preferred_name": "Nes",
            "other_names": "Quill",
            "gender_id": await world.value(GENDER, "woman"),
            "indigenous_id": await world.value(INDIGENOUS_INDICATOR, "not_indigenous"),
            "disability": "yes",
            "preferred_language": "fr",
            "comments": "Prefers the telephone",
        },
    )


async def _household_member(world):
    head = await world.client("Ines", "Marrow", estimated_age=40)
    other = await world.client("Kit", "Lowell")
    return Entry(
        f"/front-desk/clients/{head}/household?q=Kit",
        f"/clients/{head}/household/members",
        {"member_id": other},
        {"relationship_id": await world.value(RELATIONSHIP, "friend")},
    )


async def _contact(world):
    person = await world.client("Ines", "Marrow")
    return Entry(
        f"/front-desk/clients/{person}/contacts/new",
        f"/clients/{person}/contacts",
        {"name": "Ana Bell"},
        {
            "relationship_id": await world.value(CONTACT_RELATIONSHIP, "relative"),
            "phone": "416 555 0146",
            "email": "ana@mail.example",
            "about": ["emergency"],
        },
    )


async def _consent(world):
    person = await world.client("Ines", "Marrow")
    return Entry(
        f"/front-desk/clients/{person}/consents/new",
        f"/clients/{person}/consents",
        {"purpose": "be_housed", "given_on": world.today},
        {"document_reference": "A-17"},
    )


async def _housing(world):
    person = await world.client("Ines", "Marrow")
    return Entry(
        f"/front-desk/clients/{person}/housing-history/new",
        f"/clients/{person}/housing-history",
        {"housing_type_id": await world.value(HOUSING_TYPE, "room"), "started_on": world.today},
        {"rent": {"amount": "900"}},
    )


async def _stay(world, person):
    room = await world.value(HOUSING_TYPE, "room")
    given = {"client_id": person, "housing_type_id": room, "started_on": world.today - 90 * DAY}
    return await world.do(add_housing, AddHousing(**given))


async def _housing_end(world):
    person = await world.client("Ines", "Marrow")
    record = await _stay(world, person)
    return Entry(
        f"/front-desk/clients/{person}/housing-history/{record}/end",
        f"/clients/{person}/housing-history/{record}/end",
        {"ended_on": world.today},
        {"reason_left_id": await world.value(REASON_LEFT, "health")},
    )


async def _placement(world):
    person = await world.client("Ines", "Marrow", estimated_age=40)
    (source,) = await world.rows("SELECT code FROM lookup_value WHERE list = 'referral_source' LIMIT 1")
    return Entry(
        f"/front-desk/placements/new?client={person}",
        "/placements",
        {
            "client_id": person,
            "caseworker": "staff-7",
            "housing_types": [await world.value(HOUSING_TYPE, "apartment")],
            "search_started_on": world.today,
        },
        {
            "target_on": world.today + 5 * DAY,
            "program_id": await world.program(),
            "referral_source_id": await world.value(REFERRAL_SOURCE, source["code"]),
            "referral_organisation": "Harbour House",
            "referral_person": "Dana Roy",
            "referral_phone": "416 555 0144",
            "monthly_income": {"amount": "4200"},
        },
    )


async def _attempt(world):
    placement = await world.placement(await world.client("Ines", "Marrow"))
    return Entry(
        f"/front-desk/placements/{placement}/attempts/new",
        f"/placements/{placement}/attempts",
        {
            "attempted_on": world.today,
            "reason_id": await world.value(REASON_NOT_SECURED, "client_declined"),
            "caseworker": "staff-7",
        },
        {"comments": "The door was shut"},
    )


async def _viewing(world):
    placement = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()
    return Entry(
        f"/front-desk/placements/{placement}/viewings/{unit}",
        f"/placements/{placement}/viewings/{unit}",
        {"shown_on": world.today},
        {"viewed_on": world.today, "offered_on": world.today},
        method="PUT",
    )


async def _ready(world):
    person = await world.client("Ines", "Marrow")
    placement = await world.placement(person)
    unit = await world.home()
    request = await world.held(placement, unit)
    await world.receive(
        "referred_tenancy_started", referral=await world.referral(request), unit=unit, start=world.today
    )
    return person, placement


async def _move_in(world):
    _, placement = await _ready(world)
    return Entry(
        f"/front-desk/placements/{placement}/move-in",
        f"/placements/{placement}/move-in",
        {"moved_in_on": world.today, "next_months": 1},
        {"rent": {"amount": "900"}, "phone": "416 555 0145", "email": "ines@mail.example"},
        # The page suggests the rent of the tenancy.
        {"rent": ""},
    )


async def _follow_up(world):
    person, placement = await _ready(world)
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
    return Entry(
        f"/front-desk/placements/{placement}/follow-ups/new",
        f"/placements/{placement}/follow-ups",
        {
            "done_on": world.today,
            "next_months": 3,
            "outcomes": [{"client_id": person, "still_in_housing": "yes"}],
        },
        {"comments": "Rang twice"},
        {"outcomes-0-still_in_housing": "yes"},
    )


async def _prevention(world):
    person = await world.client("Ines", "Marrow")
    await _stay(world, person)
    return Entry(
        f"/front-desk/housing-loss-preventions/new?client={person}",
        "/housing-loss-preventions",
        {
            "client_id": person,
            "reason_id": await world.value(REASON_FOR_SERVICE, "rent_arrears"),
            "started_on": world.today,
            "caseworker": "staff-7",
        },
        {"program_id": await world.program(), "first_follow_up_on": world.today + 9 * DAY},
    )


async def _subsidy(world):
    placement = await world.placement(await world.client("Ines", "Marrow"))
    days = {"starts_on": world.today - 90 * DAY, "ends_on": world.today + 90 * DAY}
    program = await world.program(f"Bridge {placement}", kinds=list(SubsidyKind), **days)
    budget = AddBudget(program_id=program, amount={"amount": "5000"}, **days)
    await world.do(add_budget, budget, actor=ADMINISTRATOR)
    return Entry(
        f"/front-desk/placements/{placement}/subsidies/new",
        f"/placements/{placement}/subsidies",
        {
            "program_id": program,
            "starts_on": world.today,
            "reason_id": await world.value(SUBSIDY_REASON, "other"),
            "amount": {"amount": "300"},
            "kind": "rent_supplement",
            "frequency": "one_time",
        },
        {"comments": "Asked for twice"},
    )


async def _document(world):
    person = await world.client("Ines", "Marrow")
    return Entry(
        f"/front-desk/clients/{person}/documents/new",
        f"/clients/{person}/documents",
        {"kind_id": await world.value(DOCUMENT_KIND, "identity"), "needed": True},
        {"which": "Passport", "asked_on": world.today},
    )


ENTRIES = {
    "client": _client,
    "household_member": _household_member,
    "contact": _contact,
    "consent": _consent,
    "housing": _housing,
    "housing_end": _housing_end,
    "placement": _placement,
    "attempt": _attempt,
    "viewing": _viewing,
    "move_in": _move_in,
    "follow_up": _follow_up,
    "prevention": _prevention,
    "subsidy": _subsidy,
    "document": _document,
}


def as_typed(values):
    """What a person types for values of the API."""
    typed: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dt.date):
            typed |= {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}
        elif isinstance(value, dict):
            typed[name] = value["amount"]
        elif value is True:
            typed[name] = "yes"
        elif not (isinstance(value, list) and value and isinstance(value[0], dict)):
            typed[name] = [str(one) for one in value] if isinstance(value, list) else str(value)
    return typed


def as_sent(values):
    """Values as they are sent to the API."""
    if isinstance(values, dict):
        return {name: as_sent(value) for name, value in values.items()}
    if isinstance(values, list):
        return [as_sent(value) for value in values]
    return str(values) if isinstance(values, UUID | dt.date) else values


async def page_of(browser, entry):
    """The page of a form."""
    found = await browser.get(entry.desk)
    assert found.status_code == 200, entry.desk
    return parse_page(found.text)


async def send_page(browser, entry, **values):
    """Fill in the page of a form as it stands and send it."""
    page = await page_of(browser, entry)
    sent = page.fields(entry.desk) | as_typed(entry.body) | entry.typed | as_typed(values)
    return await browser.post(entry.desk, data=sent)


async def call_api(http, entry, **values):
    """Send a form to the API."""
    return await http.request(entry.method, entry.api, json=as_sent(entry.body | values))


def refused_fields(answer, rule):
    """The fields for which the API refused a command."""
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"] if one["rule"] == rule}


def labels_on(page):
    """The words by which a page names its fields, by their names."""
    found = {}
    for box in page.root.iter():
        if "field" not in box.get("class", "").split():
            continue
        named = next(one.get("name") for one in box.iter() if one.get("name"))
        words = next(one for one in box.iter() if one.tag in ("label", "legend"))
        found[named.removesuffix("-day")] = text_of(words)
    return found


@pytest.mark.row("C1", "C2", "C4", "C5", "C6", "C9", "P2", "P4", "P7", "P8", "P12", "H1", "S1", "X1")
@pytest.mark.parametrize("code", sorted(ENTRIES))
async def test_every_form_follows_the_rules_for_its_fields(world, code):
    fields = forms_of(FEATURES)[code].fields
    first, second = await ENTRIES[code](world), await ENTRIES[code](world)
    assert first.values.keys() == fields.keys()
    may = {rule: [name for name, one in fields.items() if rule in one.rules] for rule in FieldRule}
    for locale, words in NOT_NEEDED.items():
        async with world.desk("caseworker", locale=locale) as browser:
            page = await page_of(browser, first)
        for name in fields:
            assert name in labels_on(page), (locale, name)
            if name not in ("disability", "about"):
                assert words in labels_on(page)[name], (locale, name)

    for name in may[HIDDEN]:
        await choose(world, code, name, HIDDEN)
    given = {name: first.values[name] for name in may[HIDDEN]}
    for locale in NOT_NEEDED:
        async with world.desk("caseworker", locale=locale) as browser:
            page = await page_of(browser, first)
            assert not labels_on(page).keys() & set(may[HIDDEN])
            if may[HIDDEN]:
                refused = await send_page(browser, first, **given)
                assert refused.status_code == 422
                text = parse_page(refused.text).text
                assert text.count(REFUSED[locale][1]) >= len(may[HIDDEN])
    async with world.api("caseworker") as http:
        if may[HIDDEN]:
            assert refused_fields(await call_api(http, first, **given), "field_hidden") == set(may[HIDDEN])
    async with world.desk("caseworker") as browser:
        assert (await send_page(browser, first)).status_code == 303

    for name in fields:
        await choose(world, code, name, MANDATORY if name in may[MANDATORY] else OPTIONAL)
    for locale, words in NOT_NEEDED.items():
        async with world.desk("caseworker", locale=locale) as browser:
            page = await page_of(browser, second)
            for name in may[MANDATORY]:
                assert words not in labels_on(page)[name], (locale, name)
            if may[MANDATORY]:
                refused = await send_page(browser, second)
                assert refused.status_code == 422
                assert parse_page(refused.text).text.count(REFUSED[locale][0]) >= len(may[MANDATORY])
    async with world.api("caseworker") as http:
        if may[MANDATORY]:
            assert refused_fields(await call_api(http, second), "field_mandatory") == set(may[MANDATORY])
        done = await call_api(http, second, **second.values)
        assert done.status_code in (200, 201, 204), done.text


@pytest.mark.row("X1")
def test_every_form_with_fields_to_configure_is_in_the_matrix():
    assert forms_of(FEATURES).keys() == ENTRIES.keys()


async def names_refused(world, error, given, family, **fields):
    """The fields for which a client isn't recorded."""
    with pytest.raises((error, SeveralFaults)) as refused:
        await world.client(given, family, **fields)
    found = refused.value
    return {one.field for one in getattr(found, "errors", (found,)) if isinstance(one, error)}


@pytest.mark.row("C1")
async def test_a_rule_counts_from_its_day_on_in_the_time_zone_of_the_organisation(world):
    await choose(world, "client", "comments", MANDATORY, world.today + DAY)
    await world.client("Ines", "Marrow")
    midnight = dt.datetime.combine(world.today + DAY, dt.time(), tzinfo=world.runtime.time_zone)
    world.clock.advance(midnight - world.clock.now() - dt.timedelta(seconds=1))
    await world.client("Lou", "Lowell")
    world.clock.advance(dt.timedelta(seconds=1))
    assert await names_refused(world, FieldMandatory, "Kit", "Arden") == {"comments"}
    await world.client("Kit", "Arden", comments="Was there")
    await choose(world, "client", "comments", HIDDEN)
    refused = await names_refused(world, FieldHidden, "Uma", "Holt", comments="x")
    assert refused == {"comments"}
    await world.client("Uma", "Holt", comments="")


async def edit(world, person, **changes):
    """Change a client's record as its page does."""
    seen = await world.see(client, person)
    known = {name: getattr(seen, name) for name in EditClient.model_fields if hasattr(seen, name)}
    await world.do(edit_client, EditClient(**{**known, "one_name": False, "client_id": person, **changes}))


@pytest.mark.row("C1", "P2")
async def test_case_26_a_record_follows_the_rules_of_the_day_on_which_it_began(world):
    gender = await world.value(GENDER, "woman")
    old = await world.client("Ines", "Marrow", comments="Prefers the telephone")
    waiting = await world.placement(old)
    world.clock.advance(DAY)
    for name, rule in (("gender_id", MANDATORY), ("comments", HIDDEN)):
        await choose(world, "client", name, rule)
    await choose(world, "placement", "target_on", MANDATORY)
    young = await world.client("Lou", "Lowell", gender_id=gender)

    await edit(world, old, preferred_name="Nes", comments="Prefers letters")
    assert (await world.see(client, old)).comments == "Prefers letters"
    await edit(world, old, comments=None)
    with pytest.raises(FieldMandatory):
        await edit(world, young, gender_id=None)
    with pytest.raises(FieldHidden):
        await edit(world, young, comments="Prefers letters")
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/clients/{old}/edit")).text)
        assert "(optional)" in labels_on(page)["gender_id"]
        assert "comments" in labels_on(page)
        page = parse_page((await browser.get(f"/front-desk/clients/{young}/edit")).text)
        assert "(optional)" not in labels_on(page)["gender_id"]
        assert "comments" not in labels_on(page)
        address = f"/front-desk/placements/{waiting}/edit"
        page = parse_page((await browser.get(address)).text)
        sent = page.fields(address) | {"housing_types": str(await world.value(HOUSING_TYPE, "apartment"))}
        assert (await browser.post(address, data=sent)).status_code == 303
    with pytest.raises(FieldMandatory):
        await world.placement(young)


@pytest.mark.row("C1", "C4")
async def test_a_hidden_field_keeps_what_a_record_has_and_is_never_shown_empty(world):
    other = await world.client("Lou", "Lowell")
    value = {
        "disability": YesNoUnknown.YES,
        "indigenous_id": await world.value(INDIGENOUS_INDICATOR, "metis"),
    }
    await choose(world, "client", "disability", HIDDEN)
    await choose(world, "client", "indigenous_id", HIDDEN)
    # A merge demands no field, refuses none, and can give a record what its form doesn't ask.
    person = await world.client("Ines", "Marrow")
    await world.rows(
        "UPDATE client SET disability = 'yes', indigenous_id = $2 WHERE id = $1 RETURNING id",
        person,
        value["indigenous_id"],
    )
    async with world.desk("caseworker") as browser:
        address = f"/front-desk/clients/{person}/edit"
        page = parse_page((await browser.get(address)).text)
        assert not labels_on(page).keys() & value.keys()
        sent = page.fields(address) | {"preferred_name": "Nes"}
        assert (await browser.post(address, data=sent)).status_code == 303
        shown = parse_page((await browser.get(f"/front-desk/clients/{person}")).text).text
        empty = parse_page((await browser.get(f"/front-desk/clients/{other}")).text).text
    seen = await world.see(client, person)
    assert {name: getattr(seen, name) for name in value} == value
    assert seen.preferred_name == "Nes"
    for words in ("Lives with a disability", "Indigenous indicator"):
        assert words in shown
        assert words not in empty
    assert "Gender" in empty
    await edit(world, person, **value)
    with pytest.raises(FieldHidden):
        await edit(world, person, disability=YesNoUnknown.NO)


@pytest.mark.row("C1", "W10")
async def test_what_a_rule_cannot_be_is_refused_with_its_field(world):
    for form, name in (("client", "family_name"), ("client", "date_of_birth"), ("nothing", "comments")):
        with pytest.raises(NotFound):
            await choose(world, form, name, MANDATORY)
    with pytest.raises(RuleNotPossible):
        await choose(world, "client", "disability", MANDATORY)
    with pytest.raises(RuleNotPossible):
        await choose(world, "placement", "monthly_income", HIDDEN)
    command = ChangeFieldRule(form="client", field="comments", rule=HIDDEN, from_day=world.today)
    for role in ("caseworker", "supervisor"):
        with pytest.raises(NotPermitted):
            await world.do(change_field_rule, command, Actor("staff-1", "support", frozenset({role}), "Ash"))
    address, page = "/field-rules/client/comments", "/front-desk/fields/client/comments"
    for role, status in (("caseworker", 403), ("supervisor", 403), ("support_administrator", 201)):
        async with world.api(role) as http:
            body = {"rule": "mandatory", "from_day": str(world.today)}
            assert (await http.post(f"{address}/values", json=body)).status_code == status
            assert (await http.get("/field-rules")).status_code == 200
    async with world.api("support_administrator") as http:
        late = await http.post(f"{address}/values", json={**body, "from_day": str(world.today - DAY)})
        assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "from_day")
        assert (await http.post("/field-rules/client/given_name/values", json=body)).status_code == 404
        one = (await http.get(address)).json()
    assert (one["rule"], one["history"][0]["recorded_by_name"]) == ("mandatory", "Robin Hale")
    async with world.desk("caseworker") as browser:
        sent = {"rule": "hidden", "from_day": str(world.today), "_csrf": "", "form_token": "t"}
        assert (await browser.post(page, data=sent)).status_code == 403


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Fields of forms", "Mandatory from", "Alex Wren", "Hidden")),
        ("fr", ("Champs des formulaires", "Obligatoire à partir du", "Alex Wren", "Masqué")),
    ],
)
async def test_an_administrator_chooses_at_the_desk_and_everything_set_up_has_one_page(world, locale, words):
    await choose(world, "client", "comments", HIDDEN)
    address = "/front-desk/fields/client/gender_id"
    async with world.desk("support_administrator", locale=locale) as browser:
        settings = parse_page((await browser.get("/front-desk/settings")).text)
        for area in ("/front-desk/lists", "/front-desk/programs", "/front-desk/fields"):
            assert area in settings.links().values()
        page = parse_page((await browser.get(address)).text)
        sent = {**page.fields(address), "rule": "mandatory", **as_typed({"from_day": world.today + 3 * DAY})}
        assert (await browser.post(address, data=sent)).status_code == 303
        listed = parse_page((await browser.get("/front-desk/fields")).text).text.replace("\u00a0", " ")
        past = await browser.post(address, data={**sent, **as_typed({"from_day": world.today - DAY})})
        assert past.status_code == 422
    for word in words:
        assert word in listed, word
    rules = {(one.form, one.field): one for one in await world.see(field_rules, actor=ADMINISTRATOR)}
    assert rules["client", "gender_id"].rule is OPTIONAL
    assert rules["client", "comments"].rule is HIDDEN


@pytest.mark.row("C1")
async def test_the_description_of_the_api_names_what_can_be_configured(world):
    schemas = world.app.openapi()["components"]["schemas"]
    assert schemas["CreateClient"]["properties"]["gender_id"]["x-organisation-may"] == [
        "mandatory",
        "optional",
        "hidden",
    ]
    assert "x-organisation-may" not in schemas["CreateClient"]["properties"]["family_name"]


@pytest.mark.row("C9", "P6", "F2")
async def test_reminders_and_the_suggested_move_in_follow_their_settings(world):
    person = await world.client("Ines", "Marrow")
    kind = await world.value(DOCUMENT_KIND, "identity")
    given = {"client_id": person, "kind_id": kind, "have": True, "expires_on": world.today + 20 * DAY}
    await world.do(record_document, RecordDocument(**given))
    unit, wanted = await world.home(), await world.placement(person)

    async def state():
        (one,) = await world.see(documents_of, person)
        due = await world.see(documents_due, Wanted(caseworker="staff-7"))
        async with world.desk("caseworker") as browser:
            page = parse_page((await browser.get(f"/front-desk/placements/{wanted}/secure/{unit}")).text)
        fields = page.fields(f"/front-desk/placements/{wanted}/secure/{unit}")
        day = dt.date(*(int(fields[f"expected_move_in-{part}"]) for part in ("year", "month", "day")))
        return one.expiring, len(due.items), day - world.today

    assert await state() == (True, 1, 14 * DAY)
    for code, number in (("document_reminder", 5), ("expected_move_in", 30)):
        command = ChangeSetting(setting=code, number=number, from_day=world.today + DAY)
        await world.do(change_setting, command, ADMINISTRATOR)
    assert await state() == (True, 1, 14 * DAY)
    world.clock.advance(DAY)
    assert await state() == (False, 0, 30 * DAY)


@pytest.mark.row("C1", "X1")
async def test_a_page_says_everything_that_is_missing_at_once(world):
    await choose(world, "client", "gender_id", MANDATORY)
    await choose(world, "client", "preferred_language", MANDATORY)
    address = "/front-desk/clients/new"
    async with world.desk("caseworker") as browser:
        sent = parse_page((await browser.get(address)).text).fields(address)
        answer = await browser.post(address, data=sent | {"preferred_language": "fr"})
        complete = {"given_name": "Ines", "family_name": "Marrow", "preferred_language": "fr"}
        alone = await browser.post(address, data=sent | complete)
    said = parse_page(answer.text).text
    assert "Enter the family name" in said
    assert "Select the gender" in said
    assert "preferred language" not in said.split("Name")[0]
    assert (
        "Fill in “Gender”: your organisation requires it since 2 March 2026." in parse_page(alone.text).text
    )


@pytest.mark.row("C4")
async def test_two_records_are_merged_whatever_is_mandatory_or_hidden(world):
    born = {"date_of_birth": dt.date(1980, 2, 3)}
    one, other = [await world.client("Eli", "Twice", comments="Likes tea", **born) for _ in range(2)]
    for name, rule in (("gender_id", MANDATORY), ("comments", HIDDEN)):
        await choose(world, "client", name, rule)
    seen = [await world.see(client, each) for each in (one, other)]
    versions = {"version": seen[0].version, "merged_version": seen[1].version}
    await world.do(merge_clients, MergeClients(client_id=one, merged_id=other, **versions))
    assert (await world.see(client, one)).comments == "Likes tea"


@pytest.mark.row("P2")
async def test_the_rules_are_read_once_for_many_records_and_at_once_after_a_change(world):
    looks = []

    async def placed():
        async with world.runtime.transaction(CASEWORKER, use_case="test") as tx:
            real = tx.look

            async def look(question, params):
                looks.append(question)
                return await real(question, params)

            tx.look = look
            return [one.keys() for one in await rules_on(tx, forms_of(FEATURES)["placement"], tx.today)]

    assert [await placed() for _ in range(3)] == [[set()]] * 3
    assert len(looks) == 1
    await choose(world, "placement", "target_on", MANDATORY)
    assert await placed() == [{"target_on"}]
