"""The organisation's own rules: set from a day on by an administrator, and followed by what begins then."""

import datetime as dt

import pytest

from chassis.actor import Actor
from chassis.errors import InvalidInput, NotFound, NotPermitted
from chassis.feature import Setting, settings_of
from deskkit.testing import parse_page
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.configuration.queries import number_of, settings
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.feature import CONSENT_TYPES, REMINDER
from support_svc.consents.model import ConsentType, Purpose, TypeNotOffered
from support_svc.consents.queries import consents_of, expiring_consents
from support_svc.features import FEATURES
from support_svc.housing_history.commands import AddHousing, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE, OUT_OF_DATE_AFTER
from support_svc.housing_history.queries import housing_history

DAY = dt.timedelta(days=1)
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


async def choose(world, setting, value, from_day=None):
    given = {"number": value} if isinstance(value, int) else {"words": value}
    command = ChangeSetting(setting=setting.code, from_day=from_day or world.today, **given)
    return await world.do(change_setting, command, ADMINISTRATOR)


async def reminder(world):
    async with world.runtime.reading(ADMINISTRATOR) as tx:
        return await number_of(tx, REMINDER)


@pytest.mark.row("C6")
async def test_a_setting_counts_from_its_day_on_and_its_history_stays(world):
    assert await reminder(world) == REMINDER.default == 30
    await choose(world, REMINDER, 10, world.today + 2 * DAY)
    assert await reminder(world) == 30
    world.clock.advance(2 * DAY)
    assert await reminder(world) == 10
    await choose(world, REMINDER, 12)
    await choose(world, REMINDER, 14)
    assert await reminder(world) == 14
    (one,) = [one for one in await world.see(settings, actor=ADMINISTRATOR) if one.code == REMINDER.code]
    assert [line.value for line in one.history] == [14, 12, 10]
    assert {line.recorded_by_name for line in one.history} == {"Alex Wren"}
    audit = await world.rows("SELECT changes FROM audit WHERE record_kind = 'setting' ORDER BY at LIMIT 1")
    assert '"value": [30, 10]' in audit[0]["changes"]


@pytest.mark.row("C6", "W10")
async def test_what_a_setting_cannot_be_is_refused_with_its_field(world):
    for value, field in ((0, "number"), (366, "number"), (["implied"], "number")):
        with pytest.raises(InvalidInput) as refused:
            await choose(world, REMINDER, value)
        assert refused.value.field == field
    with pytest.raises(InvalidInput):
        await choose(world, CONSENT_TYPES, ["telepathic"])
    with pytest.raises(NotFound):
        await choose(world, Setting(code="nothing", label="", hint="", default=1), 1)
    with pytest.raises(NotPermitted):
        await world.do(change_setting, ChangeSetting(setting=REMINDER.code, number=9, from_day=world.today))
    async with world.api("support_administrator") as http:
        body = {"number": 9, "from_day": str(world.today - DAY)}
        late = await http.post(f"/settings/{REMINDER.code}/values", json=body)
        assert late.status_code == 422
        assert late.json()["errors"][0]["field"] == "from_day"
        body["from_day"] = str(world.today)
        assert (await http.post(f"/settings/{REMINDER.code}/values", json=body)).status_code == 201
        assert (await http.post("/settings/nothing/values", json=body)).status_code == 404
        assert {one["code"]: one["value"] for one in (await http.get("/settings")).json()}[REMINDER.code] == 9


@pytest.mark.row("C6")
async def test_case_55_a_consent_type_switched_off_is_not_offered_and_refused_and_old_ones_stay(world):
    person = await world.client("Ines", "Marrow")

    def consent(type_, purpose=Purpose.COORDINATE_SERVICES):
        return GiveConsent(client_id=person, purpose=purpose, type=type_, given_on=world.today)

    await world.do(give_consent, consent(ConsentType.IMPLIED))
    await choose(world, CONSENT_TYPES, ["inherited", "coordinated_access"], world.today + DAY)
    await world.do(give_consent, consent(ConsentType.IMPLIED, Purpose.BE_HOUSED))
    world.clock.advance(DAY)
    with pytest.raises(TypeNotOffered):
        await world.do(give_consent, consent(ConsentType.IMPLIED))
    for always in (ConsentType.EXPLICIT, ConsentType.INHERITED, ConsentType.DECLINED_ANONYMOUS):
        await world.do(give_consent, consent(always, Purpose.BE_HOUSED))
    async with world.api("caseworker") as http:
        body = {"purpose": "coordinate_services", "type": "implied", "given_on": str(world.today)}
        answer = await http.post(f"/clients/{person}/consents", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "type")
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/clients/{person}/consents/new")).text)
    offered = {option.get("value") for option in page.root.iter("option")}
    assert offered >= {"explicit", "inherited", "coordinated_access"}
    assert not offered & {"implied", "coordinated_access_explicit"}
    types = {one.type for one in await world.see(consents_of, person)}
    assert ConsentType.IMPLIED in types


@pytest.mark.row("C6", "F2")
async def test_the_reminder_lists_consents_so_many_days_before_they_expire(world):
    person = await world.client("Ines", "Marrow")
    command = GiveConsent(
        client_id=person,
        purpose=Purpose.BE_HOUSED,
        given_on=world.today,
        expires_on=world.today + 20 * DAY,
    )
    await world.do(give_consent, command)
    assert len(await world.see(expiring_consents)) == 1
    assert [one.expiring for one in await world.see(consents_of, person)] == [True]
    await choose(world, REMINDER, 5)
    assert await world.see(expiring_consents) == []
    assert [one.expiring for one in await world.see(consents_of, person)] == [False]


@pytest.mark.row("C5")
async def test_a_stay_is_out_of_date_after_as_many_days_as_the_organisation_says(world):
    person = await world.client("Ines", "Marrow")
    room = await world.value(HOUSING_TYPE, "room")
    await world.do(
        add_housing,
        AddHousing(client_id=person, housing_type_id=room, started_on=world.today, address="9 Oak Road"),
    )

    async def out_of_date():
        return [one.out_of_date for one in await world.see(housing_history, person)]

    world.clock.advance(180 * DAY)
    assert await out_of_date() == [False]
    await choose(world, OUT_OF_DATE_AFTER, 179)
    assert await out_of_date() == [True]


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Settings", "30 days", "10 days from")),
        ("fr", ("Paramètres", "30 jours", "10 jours à partir du")),
    ],
)
async def test_an_administrator_sets_a_rule_at_the_desk(world, locale, words):
    address = f"/front-desk/settings/{REMINDER.code}"
    async with world.desk("support_administrator", locale=locale) as browser:
        page = parse_page((await browser.get(address)).text)
        day = world.today + 3 * DAY
        sent = {**page.fields(address), "number": "10"}
        sent |= {"from_day-day": day.day, "from_day-month": day.month, "from_day-year": day.year}
        assert (await browser.post(address, data=sent)).status_code == 303
        listed = parse_page((await browser.get("/front-desk/settings")).text).text.replace("\u00a0", " ")
        wrong = await browser.post(address, data={**sent, "number": "4000"})
        assert wrong.status_code == 422
        history = parse_page((await browser.get(address)).text).text
    for word in words:
        assert word in listed, word
    assert "10" in history
    async with world.desk("caseworker") as browser:
        assert (await browser.post(address, data=sent)).status_code == 403


@pytest.mark.row("X1")
def test_every_setting_has_a_default_that_it_may_have():
    for one in settings_of(FEATURES).values():
        if isinstance(one.default, int):
            assert one.low <= one.default <= one.high
        else:
            assert set(one.default) <= one.words.keys()
