"""Who can be named as caseworker: everybody with a role for it at the gateway, until he or she is retired."""

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.errors import NotFound
from deskkit.testing import missing_translations, parse_page
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.commands import ListCaseworker, list_caseworker
from support_svc.lookups.model import CaseworkerState, UnknownCaseworker
from support_svc.lookups.queries import caseworkers
from support_svc.placements.commands import ChangePlacement, change_placement

CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


def registered(sub: str, name: str, *roles: str, active: bool = True) -> dict[str, Any]:
    return {"sub": sub, "name": name, "roles": list(roles or ("caseworker",)), "active": active}


ME = registered(CASEWORKER.subject, CASEWORKER.name)
NEW = registered("staff-new", "Noor Anders")


async def register(world: Any, *colleagues: dict[str, Any]) -> None:
    """Write the colleagues into the gateway's register, and let the service read it."""
    world.keys.write_register("support", *colleagues)
    await world.app.state.verifier.learn()


async def hand_over(world: Any, placement: uuid.UUID, to: str) -> None:
    (row,) = await world.rows("SELECT version, search_started_on FROM placement WHERE id = $1", placement)
    command = ChangePlacement(
        placement_id=placement,
        version=row["version"],
        caseworker=to,
        housing_types=[await world.value(HOUSING_TYPE, "apartment")],
        search_started_on=row["search_started_on"],
    )
    await world.do(change_placement, command)


@pytest.mark.row("P2", "X2")
async def test_somebody_added_at_the_gateway_can_be_chosen_at_once(world: Any) -> None:
    placement = await world.placement(await world.client())
    with pytest.raises(UnknownCaseworker):
        await hand_over(world, placement, "staff-new")
    others = (
        registered("staff-adm", "Ada Minor", "support_administrator"),
        registered("client:report", "Nightly report", "supervisor"),
        registered("staff-gone", "Gone Away", active=False),
    )
    await register(world, ME, NEW, *others)
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/placements/{placement}/edit")).text)
        options = {option.text for option in page.root.iter("option")}
    assert {"Noor Anders", "Robin Hale"} <= options
    assert not {"Ada Minor", "Nightly report", "Gone Away"} & options
    await hand_over(world, placement, "staff-new")
    (row,) = await world.rows("SELECT name FROM caseworker WHERE subject = 'staff-new'")
    assert row["name"] == "Noor Anders"


@pytest.mark.row("P2")
async def test_a_caseworker_is_retired_by_a_button_and_keeps_what_is_theirs(world: Any) -> None:
    await register(world, ME, NEW)
    placement = await world.placement(await world.client())
    await hand_over(world, placement, "staff-new")
    async with world.desk("support_administrator") as browser:
        lists = parse_page((await browser.get("/front-desk/lists")).text)
        assert "reference" not in lists.text
        action = "/front-desk/lists/caseworkers/staff-new"
        answer = await browser.post(action, data=lists.fields(action))
        assert answer.status_code == 303
        lists = parse_page((await browser.get("/front-desk/lists")).text)
        assert "Bring Noor Anders back" in lists.text
    other = await world.placement(await world.client("Ana", "Lima"))
    with pytest.raises(UnknownCaseworker):
        await hand_over(world, other, "staff-new")
    async with world.desk("caseworker") as browser:
        edit = f"/front-desk/placements/{placement}/edit"
        fields = parse_page((await browser.get(edit)).text).fields(edit)
        assert fields["caseworker"] == "staff-new", "the form doesn't change whose it is by itself"
        kind = str(await world.value(HOUSING_TYPE, "studio"))
        answer = await browser.post(edit, data={**fields, "housing_types": kind})
        assert answer.status_code == 303, parse_page(answer.text).text
        page = parse_page((await browser.get(f"/front-desk/placements/{other}/edit")).text)
        assert "Noor Anders" not in {option.text for option in page.root.iter("option")}
        page = parse_page((await browser.get("/front-desk/placements")).text)
        assert "Noor Anders" in {option.text for option in page.root.iter("option")}, "to find their work"
    async with world.desk("support_administrator") as browser:
        answer = await browser.post(action, data=lists.fields(action))
        assert answer.status_code == 303
    await hand_over(world, other, "staff-new")


async def test_who_has_left_the_gateway_cannot_be_chosen_and_a_new_name_is_shown(world: Any) -> None:
    await register(world, ME, NEW)
    placement = await world.placement(await world.client())
    await hand_over(world, placement, "staff-new")
    await register(world, ME, NEW | {"active": False})
    found = {one.subject: one for one in await world.see(caseworkers, everybody=True)}
    assert found["staff-new"].state is CaseworkerState.LEFT
    assert [one.subject for one in await world.see(caseworkers)] == [CASEWORKER.subject]
    await register(world, ME, NEW | {"roles": ["support_administrator"]})
    other = await world.placement(await world.client("Ana", "Lima"))
    with pytest.raises(UnknownCaseworker):
        await hand_over(world, other, "staff-new")
    await register(world, ME, NEW | {"name": "Noor Berg"})
    await hand_over(world, other, "staff-new")
    assert [one.name for one in await world.see(caseworkers)] == ["Noor Berg", CASEWORKER.name]


async def test_oneself_retired_cannot_be_chosen_and_nobody_unknown_is_listed(world: Any) -> None:
    await register(world, ME)
    await world.do(
        list_caseworker, ListCaseworker(subject=CASEWORKER.subject, active=False), actor=ADMINISTRATOR
    )
    with pytest.raises(UnknownCaseworker):
        await world.placement(await world.client())
    with pytest.raises(NotFound):
        await world.do(list_caseworker, ListCaseworker(subject="nobody", active=True), actor=ADMINISTRATOR)


@pytest.mark.row("X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("known", [False, True])
async def test_the_lists_are_shown_with_caseworkers_in_every_state(
    world: Any, locale: str, known: bool
) -> None:
    await world.placement(await world.client(), search_started_on=world.today - dt.timedelta(days=1))
    if known:
        await register(world, ME, NEW, registered("staff-r", "Rae Tired"))
        retired = ListCaseworker(subject="staff-r", active=False)
        await world.do(list_caseworker, retired, actor=ADMINISTRATOR)
        await register(world, NEW)
    for role in ("support_administrator", "caseworker"):
        async with world.desk(role, locale=locale) as browser:
            answer = await browser.get("/front-desk/lists")
            assert answer.status_code == 200
            page = parse_page(answer.text)
            words = {
                "en": {"can be chosen", "retired", "works here no longer"},
                "fr": {"peut être choisi", "retirée", "ne travaille plus ici"},
            }[locale]
            assert not known or all(word in page.text for word in words)
            assert bool(list(page.root.iter("form"))) or role == "caseworker"
    assert missing_translations("support_svc") == []
