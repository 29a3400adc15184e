"""The property desk by hand: every page parses, and the whole way works through its forms, in both
languages.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

WHEN = {
    "starts_at__day": "5",
    "starts_at__month": "3",
    "starts_at__year": "2026",
    "starts_at__time": "14:00",
    "place": "property_office",
    "landlord_name": "Dana Roy",
}


@pytest.mark.row("X2", "T1", "T5")
async def test_what_is_wrong_is_shown_before_anything_has_to_be_confirmed(world: Any, visitor: Any) -> None:
    application, _, _ = await world.referral()
    desk = visitor("property_manager")
    base = f"/property-desk/applications/{application}"
    await desk.go(f"{base}/decline")
    page = await desk.send("/decline", status=422, reason="other_legal_bar")
    assert "legal bar" in page.text.lower()
    assert "word for word" not in page.text.split("There is a problem")[0]
    await desk.go(f"{base}/people")
    person = {
        "people__0__part": "tenant",
        "people__0__given_name": "Robin",
        "people__0__family_name": "Sample",
    }
    await desk.send("/people", **person)
    await desk.go(f"{base}/accept")
    await desk.send("/accept")
    await desk.go(f"{base}/lease")
    page = await desk.send(
        "/lease",
        status=422,
        rent="0",
        deposit="500",
        term="fixed",
        start_on__day="",
        parties__0__family_name="",
    )
    for words in (
        "The rent must be more than zero.",
        "A fixed term needs a last day, and only a fixed term has one.",
        "First day of the tenancy must include a day",
        "Enter the family name",
    ):
        assert words in page.text, f"all at once: {words}"
    # A line that is wrong is there all the same.
    assert "at least one line" not in page.text
    await desk.go(f"{base}/lease")
    await desk.send("/lease", rent="1250,50")
    lease = desk.path
    await desk.go(f"{lease}/signings/new")
    page = await desk.send("/signings/new", status=422, **{**WHEN, "starts_at__year": "2025"})
    assert "There is a problem" in page.text
    assert 'name="confirmed"' not in page.html


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


@pytest.mark.row("T1", "T4", "T5", "W4", "W5", "W13", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_from_referral_to_tenancy_by_hand(world: Any, visitor: Any, locale: str) -> None:
    application, referral, _ = await world.referral(name=None, contact=None)
    desk = visitor("property_manager", locale=locale)
    base = f"/property-desk/applications/{application}"
    await desk.go("/property-desk")
    await desk.go("/property-desk/applications")
    await desk.go(base)
    await desk.go(f"{base}/people")
    person = {"people__0__part": "tenant", "people__0__given_name": "Robin", "people__0__family_name": ""}
    await desk.send("/people", status=422, **person)
    await desk.send("/people", **{**person, "people__0__family_name": "Sample"})
    assert desk.path == base
    await desk.go(f"{base}/choices/support")
    await desk.send("/choices/support", status=422)
    await desk.send("/choices/support", signing="share", start="share", notices="do_not_share")
    assert desk.path == f"{base}/disclosures"
    await desk.go(f"{base}/choices/support/start/withdraw")
    await desk.go(f"{base}/decline")
    await desk.send("/decline", reason="unit_no_longer_available")  # shows what will be sent; not confirmed
    await desk.go(f"{base}/withdraw")
    await desk.go(f"{base}/accept")
    await desk.send("/accept")
    await desk.go(f"{base}/lease")
    await desk.send("/lease", status=422, rent="0")
    await desk.send("/lease", rent="1250,50")
    lease = desk.path
    assert "/leases/" in lease
    for tab in ("", "/clauses", "/versions", "/signings", "/discard"):
        await desk.go(lease + tab)
    await desk.go(f"{lease}/change")
    await desk.send("/change", rent="1,275.00")
    await desk.go("/property-desk/leases")
    await desk.go(f"{lease}/signings/new")
    await desk.send("/signings/new", status=422, place="")
    shown = await desk.send("/signings/new", **WHEN)  # what will be sent, word for word
    assert {"en": "Support organisation", "fr": "Organisme de soutien"}[locale] in shown.html
    await desk.send("/signings/new")
    signing = desk.path
    assert "/property-desk/signings/" in signing
    await world.receive(
        "signing_attendance", referral=referral, signing=_last(signing), attendance="cannot_attend",
        reason="nobody_available",
    )  # fmt: skip
    await desk.go("/property-desk/signings")
    await desk.go("/property-desk")
    await desk.go(f"{signing}/move")
    await desk.send("/move", starts_at__day="6")
    await desk.send("/move")
    for page in ("cancel", "unsigned", "sign"):
        await desk.go(f"{signing}/{page}")
    await desk.send("/sign", status=422)
    await desk.go(signing)
    await desk.send("/rights")
    (tenant,) = await world.rows(
        "SELECT p.id FROM lease_party p JOIN lease_edition e ON e.id = p.edition_id"
        " ORDER BY e.number DESC LIMIT 1"
    )
    for whom in (f"side=tenant&party={tenant['id']}", "side=landlord"):
        await desk.go(f"{signing}/attestation?{whom}")
        await desk.send("/attestation")
    world.meet("2026-03-06T14:00:00-05:00")
    await desk.go(f"{signing}/sign")
    await desk.send("/sign")
    assert desk.path == signing
    statement = await desk.go(f"{base}/disclosures")
    assert ("Delivered" if locale == "en" else "Transmis") in statement.html or "waiting" in statement.html
    assert await world.published("pending") == [
        "application_opened",
        "signing_scheduled",
        "signing_moved",
        "tenancy_started",
        "signing_held",
        "referred_tenancy_started",
    ]


@pytest.mark.row("T2", "T3")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_a_template_version_by_hand(world: Any, visitor: Any, locale: str) -> None:
    desk = visitor("property_administrator", locale=locale, name="Ada Pike")
    await desk.go("/property-desk/lease-templates")
    rows = await world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'")
    template = f"/property-desk/lease-templates/{rows[0]['id']}"
    await desk.go(template)
    await desk.send("/draft")
    await desk.go("/property-desk/clauses")
    await desk.go("/property-desk/clauses/new")
    clause = {"title_en": "Support", "title_fr": "Soutien"}
    refused = await desk.send(
        "/new", status=422, **clause,
        text_en="The tenant must meet weekly with the case manager.",
        text_fr="Le locataire doit suivre une thérapie.",
    )  # fmt: skip
    assert "case manager" in refused.html
    assert {'href="#text_en"', 'href="#text_fr"'} <= set(re.findall(r'href="#\w+"', refused.html))
    assert ("retain housing" if locale == "en" else "conserver leur logement") in refused.html
    await desk.send(
        "/new", **clause, text_en="A list of support services hangs in the lobby.",
        text_fr="Une liste des services de soutien est affichée dans le hall.",
    )  # fmt: skip
    written = desk.path
    assert "/approve/" not in desk.page.html
    for name in ("Bo Lund", "Cy Reed"):
        other = visitor("property_administrator", locale=locale, name=name)
        await other.go(written)
        await other.send("/approve/1")
        assert "/approve/" not in other.page.html
        assert name in other.page.html
    await desk.go(f"{written}/change")
    await desk.go("/property-desk/clauses")
    await desk.go(f"{template}/clauses/add")
    await desk.send("/add", status=422)
    await desk.go(f"{template}/clauses/add")
    await desk.send("/add", clause_id=_last(written))
    await desk.go(f"{template}/publish")
    await desk.send("/publish")
    assert "Bo Lund, Cy Reed" in desk.page.html
    await desk.go("/property-desk/clause-check")
    checked = await desk.send("/clause-check", text="The tenant agrees to stay sober.")
    assert "sober" in checked.html
    await desk.go(template)
    await desk.send("/draft")
    await desk.go(f"{template}/discard")
    await desk.send("/discard")


@pytest.mark.row("T1")
async def test_an_application_that_comes_directly_by_hand(world: Any, visitor: Any) -> None:
    unit = await world.home()
    desk = visitor("property_manager")
    await desk.go("/property-desk/homes?free=yes")
    await desk.go(f"/property-desk/applications/new?unit={unit}")
    more = await desk.send(
        "/new", _more="people", people__0__given_name="Robin", people__0__family_name="Sample"
    )
    assert 'value="Robin"' in more.html
    assert 'id="people-1-given_name"' in more.html
    await desk.send("/new", adults="0", status=422)
    await desk.send("/new", adults="1")
    statement = await desk.go(f"{desk.path}/disclosures")
    assert "directly" in statement.html
    assert await world.published() == []


@pytest.mark.row("W10")
async def test_each_role_sees_its_own_pages_only(world: Any, visitor: Any) -> None:
    application, _, _ = await world.referral()
    administrator = visitor("property_administrator")
    await administrator.go("/property-desk")
    await administrator.go("/property-desk/applications", status=403)
    await administrator.go(f"/property-desk/applications/{application}", status=403)
    keeper = visitor("inventory_keeper")
    await keeper.go("/property-desk/homes")
    await keeper.go("/property-desk/leases", status=403)
    await keeper.go("/property-desk/lease-templates", status=403)
    manager = visitor("property_manager")
    rows = await world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'")
    await manager.go(f"/property-desk/lease-templates/{rows[0]['id']}")


@pytest.mark.row("X1")
@pytest.mark.parametrize(("locale", "words"), [("en", "Property entity"), ("fr", "Organisme immobilier")])
async def test_the_header_names_the_organisation_in_the_readers_language(world, locale, words):
    async with world.desk("property_manager", locale=locale) as browser:
        page = (await browser.get("/property-desk")).text
    assert f'<span class="brand-org">{words}</span>' in page
