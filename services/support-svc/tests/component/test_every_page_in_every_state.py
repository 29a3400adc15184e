"""Every page of the Front Desk in every state that what it shows can have, in both languages."""

import uuid
from datetime import timedelta

import pytest
from fastapi.responses import HTMLResponse

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.feature import lookups_of
from contracts.words import DeclineReason, ProposalRefusal, RefusalReason, ReleaseReason
from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.calendars.commands import renew_calendar
from support_svc.calendars.model import RenewCalendar
from support_svc.clients.queries import client
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.features import FEATURES
from support_svc.field_rules.commands import ChangeFieldRule, change_field_rule
from support_svc.field_rules.model import FieldRule
from support_svc.history.model import Matter
from support_svc.placements.feature import REFERRAL_SOURCE
from support_svc.placements.model import TimelineKind
from support_svc.tables import Base
from testkit.rendered import Scene, go_round_desk
from testkit.written import actions_written

ROLES = ("caseworker", "supervisor", "support_administrator")
SPOKEN = {
    ("securing", "decline_reason"): [one.value for one in DeclineReason],
    ("securing", "ended_why"): [one.value for one in (*RefusalReason, *ReleaseReason, *ProposalRefusal)],
    ("home_proposal", "reason"): [one.value for one in ProposalRefusal],
    ("lookup_value", "list"): list(lookups_of(FEATURES)),
}
"""Columns of text that hold words of the published language, or the lists that features declare."""
AS_WRITTEN = frozenset(
    {
        ("placement_timeline", "kind"),
        ("correction", "kind"),
        ("lookup_value", "list"),
        ("field_rule", "form"),
        ("field_rule", "field"),
        ("restriction_person", "ended_at"),  # decides for whom the record exists
    }
)
NEVER = {
    "client.country = something",  # only an import records it
    "client_source.fingerprint = nothing",  # a name that another file mentions; no page shows it
    "client_import.failure = something",
    "client_import.failure_params = something",
    "client_import.row_limit = something",
    "placement_timeline.kind = searched",  # read from the access log
    "placement_timeline.kind = undone",  # read from the audit
}
ONLY_COUNTED = {"import_row"}
"""Tables of which no page shows a row."""
NAMES = frozenset({"Robin Hale", "Sam Okafor"})
UNWANTED = frozenset({"Something was done with the record"})


async def rounded(world, scenes, below=""):
    """Go round the desk as somebody who may see everything."""
    return await go_round_desk(
        world,
        "/front-desk",
        Base.metadata,
        scenes,
        roles=ROLES,
        below=below,
        names=NAMES,
        unwanted=UNWANTED,
        spoken=SPOKEN,
        as_written=AS_WRITTEN,
    )


@pytest.mark.timeout(1800)
@pytest.mark.row("X1", "X2", "P3", "P10", "C1", "C6", "W4")
async def test_every_page_in_every_state(world, every_stage):
    value = await world.value(REFERRAL_SOURCE, "outreach")
    scenes = (
        *await every_stage(),
        Scene("lists", {"name": "referral_source", "value_id": value}),
        await own_rules(world),
        await fields_of_forms(world),
        *(Scene(name, {"report": name}) for name in ("prevention-outcomes", "offers-in-time", "subsidies")),
    )
    await every_fact_was_written(world)
    tour = await rounded(world, scenes)
    assert not tour.faults, tour.report()
    assert tour.states.never(tour.tables() - ONLY_COUNTED) == NEVER


async def own_rules(world):
    """The organisation chose its own rules, and a caseworker's calendar has an address."""
    administrator = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
    for code, value in (("consent_types", {"words": ["implied"]}), ("consent_reminder", {"number": 20})):
        for days in (0, 9):
            command = ChangeSetting(setting=code, from_day=world.today + timedelta(days=days), **value)
            await world.do(change_setting, command, administrator)
    await world.do(renew_calendar, RenewCalendar(secret_hash="0" * 64))
    return Scene("own_rules", {"code": "consent_types"})


async def fields_of_forms(world):
    """The organisation chose every rule for fields of forms, some from a later day on."""
    administrator = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
    for form, field in (("client", "gender_id"), ("placement", "target_on"), ("subsidy", "comments")):
        for days, rule in enumerate((FieldRule.OPTIONAL, FieldRule.HIDDEN, FieldRule.MANDATORY)):
            day = world.today + timedelta(days=2 - days)
            command = ChangeFieldRule(form=form, field=field, rule=rule, from_day=day)
            await world.do(change_field_rule, command, administrator)
    return Scene("fields_of_forms", {"form": "client", "field": "gender_id"})


async def every_fact_was_written(world):
    """The scenes contain every fact that a timeline or history shows, with what its command wrote."""
    kinds = {row["kind"] for row in await world.rows("SELECT DISTINCT kind FROM placement_timeline")}
    assert kinds == set(TimelineKind) - {TimelineKind.SEARCHED, TimelineKind.UNDONE}
    assert await world.rows("SELECT 1 FROM access_log WHERE record_kind = 'placement_search'")
    audited = await world.rows("SELECT DISTINCT record_kind, action FROM audit")
    written = {(row["record_kind"], row["action"]) for row in audited}
    missing = {one for one in actions_written("support_svc") - written if one[0] in set(Matter)}
    assert not missing


@pytest.mark.row("X1")
async def test_a_page_that_breaks_in_one_state_is_found(world):
    """Planted: a page that no state breaks but one, shows a code in another, and one that nobody records."""
    person = await world.client("Noa", "Planted")
    router = DeskRouter(prefix="/front-desk/planted")

    @router.get("/{client_id}", name="planted")
    async def planted(call: DeskCall, client_id: uuid.UUID) -> HTMLResponse:
        one = await call.ask(client, client_id)
        if one.state.value == "deceased":
            raise ValueError("a state that nobody thought of")
        if one.state.value == "archived":
            raise NotFound(what="client")
        shown = "not_for_people" if one.disability.value == "yes" else "Fine"
        return HTMLResponse(PAGE.format(title=one.name, text=shown))

    @router.get("/of/{planted_id}", name="planted_alone")
    async def alone(call: DeskCall, planted_id: str) -> HTMLResponse:
        return HTMLResponse(PAGE.format(title="Alone", text=f'<a href="/front-desk/planted/{person}">On</a>'))

    world.app.include_router(router)
    scene = Scene("planted", {"client_id": person})
    with pytest.raises(AssertionError, match="no scene has the records"):
        await rounded(world, [scene], below="/front-desk/planted")
    tour = await rounded(
        world, [Scene("planted", scene.ids | {"planted_id": 1})], below="/front-desk/planted"
    )
    assert dict(tour.faults) == {
        (page, f"{fault} ({language})"): state
        for page, fault, state in (
            ("/front-desk/planted/{client_id}", "answers 500", "client: state = deceased"),
            ("/front-desk/planted/{client_id}", "a slug: 'not_for_people'", "client: disability = yes"),
            (
                "/front-desk/planted/of/{planted_id}",
                "offers /front-desk/planted/{client_id}, which is refused",
                "client: state = archived",
            ),
        )
        for language in ("en", "fr")
    }


PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"""
