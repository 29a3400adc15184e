"""Reports against the same figures worked out in plain Python, and the records behind each (R1, R5)."""

import csv
import datetime as dt
import io
import re
import uuid
from itertools import product

import pytest
from sqlalchemy import Date, Integer, bindparam, select

from chassis.actor import Actor
from chassis.errors import NotPermitted
from deskkit.testing import parse_page
from support_svc.reports import facts
from support_svc.reports.definitions import REPORTS, report_named
from support_svc.reports.model import CellFilter, Of, ReportFilter
from support_svc.reports.queries import counted_records, report
from trade.dates import months_after

from . import reported

SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
DAY = dt.timedelta(days=1)
EVERY = [(one.name, by.name) for one in REPORTS for by in one.groupings]


def periods(today):
    """A period of some years that isn't over, one of three months, and one day."""
    yield today - 1000 * DAY, today + 90 * DAY
    yield today - 400 * DAY, today - 310 * DAY
    yield today - 200 * DAY, today - 200 * DAY


async def table_of(world, name, actor=SUPERVISOR, **asked):
    return await world.see(report, name, ReportFilter(**asked), actor=actor)


def lines_of(table):
    return {(line.key, line.currency): dict(line.figures) for line in (*table.lines, *table.totals)}


async def every_record(world, name, wanted):
    """What is behind a figure, and the ids on all its pages."""
    pages = [await world.see(counted_records, name, wanted, actor=SUPERVISOR)]
    while pages[-1].next is not None:
        further = wanted.model_copy(update={"after": pages[-1].next})
        pages.append(await world.see(counted_records, name, further, actor=SUPERVISOR))
    return pages[0], [one.id for page in pages for one in page.items]


@pytest.mark.row("R1", "R5")
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_figure_is_what_plain_arithmetic_says(world, seed):
    found = await reported.generate(world, seed)
    for (name, by), (first, last) in product(EVERY, periods(world.today)):
        table = await table_of(world, name, by=by, first=first, last=last)
        counted = reported.facts(found, name, by, first, min(last, world.today))
        expected = reported.figures(counted, report_named(name))
        assert lines_of(table) == expected, (name, by, first, last)


@pytest.mark.row("R1", "R5")
async def test_every_figure_opens_to_exactly_its_records(world):
    """Case 50: the records behind a figure are as many as it says, and those that arithmetic names."""
    found = await reported.generate(world, 3)
    first, last = world.today - 500 * DAY, world.today
    for name, by in EVERY:
        of = report_named(name)
        table = await table_of(world, name, by=by, first=first, last=last)
        counted = reported.facts(found, name, by, first, last)
        for line, measure in product((*table.lines, *table.totals), of.measures):
            wanted = CellFilter(
                by=by, first=first, last=last, measure=measure.name, key=line.key, currency=line.currency
            )
            behind, ids = await every_record(world, name, wanted)
            assert behind.count == len(ids) == len(set(ids)), (name, by, measure.name)
            where = set(measure.where).union(*(of.measure(one).where for one in measure.part))
            fitting = {
                getattr(one, measure.unit.column)
                for one in counted
                if line.key in (None, one.key)
                and one.currency == line.currency
                and (not where or one.outcome in where)
                and (measure.of is not Of.SUM or one.value)
                and (measure.of in (Of.COUNT, Of.SUM, Of.SHARE) or one.value is not None)
            }
            assert set(ids) == fitting, (name, by, measure.name)
            if measure.of is Of.COUNT:
                assert behind.count == line.figures[measure.name]
            if measure.of is not Of.SHARE:
                assert behind.figure == (line.figures[measure.name] or behind.figure)


@pytest.mark.row("R1", "S1")
async def test_filters_narrow_by_program_and_caseworker(world):
    """Also by a program that has ended: it keeps what it funded (case 53)."""
    found = await reported.generate(world, 4)
    first, last = world.today - 900 * DAY, world.today
    program = await world.program("Rapid rehousing")
    for name in ("placements", "days-to-move-in", "prevention-outcomes", "subsidies"):
        for asked in ({"program": program}, {"caseworker": "staff-b"}):
            of = report_named(name)
            by = of.groupings[0].name
            narrowed = await table_of(world, name, by=by, first=first, last=last, **asked)
            ((field, value),) = asked.items()
            grouped = reported.facts(found, name, field, first, last)
            services = {one.service for one in grouped if one.key == str(value)}
            counted = [one for one in reported.facts(found, name, by, first, last) if one.service in services]
            assert lines_of(narrowed) == reported.figures(counted, of), (name, asked)


@pytest.mark.row("R1")
async def test_a_family_is_counted_once_however_many_services_it_has(world):
    """Case 49: people, households and services are counted each, and never multiplied."""
    head, child = await world.family()
    await world.placement(head, child)
    table = await table_of(world, "services", period="this_fiscal_year")
    assert lines_of(table) == {
        ("placement", None): {"services": 1, "households": 1, "people": 2},
        (None, None): {"services": 1, "households": 1, "people": 2},
    }


@pytest.mark.row("R1", "P1")
async def test_today_the_report_shows_the_status_that_the_list_shows(world, every_stage):
    await every_stage()
    table = await table_of(world, "placements", first=world.today - 400 * DAY)
    listed = await world.rows("SELECT status, count(*) AS n FROM placement GROUP BY status")
    assert {line.key: line.figures["services"] for line in table.lines if line.key} == {
        row["status"]: row["n"] for row in listed
    }


@pytest.mark.row("R1", "R5")
async def test_nothing_to_count_shows_no_figure_and_no_median(world):
    for name, by in EVERY:
        table = await table_of(world, name, by=by)
        assert (table.lines, table.totals) == ([], [])


@pytest.mark.row("R5", "W10")
async def test_who_may_see_figures_and_who_the_records(world):
    """An administrator sees no client: the figures alone (case 50). A caseworker sees no report."""
    client = await world.client("Zdenka", "Quillfeather")
    await world.placement(client)
    for role, figures, rows in (
        ("caseworker", 403, 403),
        ("support_administrator", 200, 403),
        ("supervisor", 200, 200),
    ):
        async with world.api(role) as api, world.desk(role) as desk:
            assert (await api.get("/reports")).status_code == figures
            assert (await api.get("/reports/placements")).status_code == figures
            assert (await api.get("/reports/placements/rows")).status_code == rows
            assert (await desk.get("/front-desk/reports")).status_code == figures
            page = await desk.get("/front-desk/reports/placements")
            assert page.status_code == figures
            assert ("/front-desk/reports/placements/rows" in page.text) == (rows == 200)
            for format_ in ("", "?format=csv"):
                answer = await desk.get(f"/front-desk/reports/placements/rows{format_}")
                assert answer.status_code == rows
    with pytest.raises(NotPermitted):
        await world.see(counted_records, "placements", CellFilter(), actor=ADMINISTRATOR)


@pytest.mark.row("R5", "X2")
async def test_what_is_asked_wrongly_is_refused_or_shown(world):
    async with world.api("supervisor") as api, world.desk("supervisor") as desk:
        for address, status in (
            ("/reports/nothing", 404),
            ("/reports/nothing/rows", 404),
            ("/reports/placements?by=colour", 422),
            ("/reports/placements/rows?measure=colour", 422),
            ("/reports/placements?first=2026-05-02&last=2026-05-01", 422),
            ("/reports/placements?first=0001-01-01&last=9999-12-31", 422),
            ("/reports/still-housed?first=0001-01-01&last=9999-12-30", 422),
            ("/reports/still-housed?first=1900-01-01&last=2190-12-30", 200),
            ("/reports/days-to-move-in?last=1900-01-01", 200),
            ("/reports/placements?period=sometime", 422),
            ("/reports/placements?program=7", 422),
            ("/reports/placements/rows?key=nobody&after=7", 422),
            ("/reports/subsidies/rows?key=nobody&by=program", 200),
        ):
            assert (await api.get(address)).status_code == status, address
        for query in (
            "first=2026-05-02&last=2026-05-01", "by=colour", "first=x", "program=7", "last=9999-12-31",
        ):  # fmt: skip
            answer = await desk.get(f"/front-desk/reports/placements?{query}")
            assert answer.status_code == 200, query
        assert (await desk.get("/front-desk/reports/nothing")).status_code == 404
        assert (await desk.get("/front-desk/reports/placements/rows?key=nobody")).status_code == 200


async def visit(browser, address):
    answer = await browser.get(address)
    assert answer.status_code == 200, (address, answer.text[:300])
    return parse_page(answer.text)


def table_in(answer):
    """The lines of a CSV file, without its byte order mark."""
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.row("R1", "R5", "X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_pages_of_every_report_with_nothing_one_and_many(world, locale):
    """Each opens, has its chart as drawings with words beside them, and its figures lead to records."""
    days = f"first={world.today - 900 * DAY}&last={world.today}"
    async with world.desk("supervisor", locale=locale) as desk:
        for name, by in EVERY:
            page = await visit(desk, f"/front-desk/reports/{name}?by={by}")
            assert "<figure" not in page.html
        await world.placement(await world.client("Ada", "Lone"))
        for name in ("services", "placements"):
            page = await visit(desk, f"/front-desk/reports/{name}?{days}")
            assert "<figure" in page.html
        await reported.generate(world, 11)
        opened = 0
        for name, by in EVERY:
            page = await visit(desk, f"/front-desk/reports/{name}?{days}&by={by}")
            assert '<svg class="chart-drawing"' in page.html, name
            links = re.findall(rf'href="(/front-desk/reports/{name}/rows[^"]*)"', page.html)
            for link in links[:: max(1, len(links) // 6)]:
                rows = await visit(desk, link.replace("&amp;", "&"))
                assert rows.html.count("<tr>") > 1, link
                file = await desk.get(link.replace("&amp;", "&") + "&format=csv")
                assert len(table_in(file)) - 1 >= min(50, rows.html.count("<tr>") - 1)
                opened += 1
            file = table_in(await desk.get(f"/front-desk/reports/{name}?{days}&by={by}&format=csv"))
            assert len(file) > 1
            assert len({len(line) for line in file}) == 1
        assert opened > 60


@pytest.mark.row("R5", "W11")
async def test_what_leaves_the_organisation_shows_nothing_under_five(world):
    """Case 52: on the page, in the file and through the API, without ways to the records."""
    await reported.generate(world, 12)
    days = f"first={world.today - 900 * DAY}&last={world.today}&outside=true"
    async with world.desk("supervisor") as desk, world.api("supervisor") as api:
        for name, by in EVERY:
            of = report_named(name)
            page = await visit(desk, f"/front-desk/reports/{name}?{days}&by={by}")
            assert f"/front-desk/reports/{name}/rows" not in page.html
            header, *lines = table_in(await desk.get(f"/front-desk/reports/{name}?{days}&by={by}&format=csv"))
            counts = {one.title for one in of.measures if one.of is Of.COUNT}
            for line in lines:
                for title, cell in zip(header, line, strict=True):
                    assert title not in counts or cell in {"not shown", "0"} or int(cell) >= 5
            answer = (await api.get(f"/reports/{name}?{days}&by={by}")).json()
            for line in (*answer["lines"], *answer["totals"]):
                for one in of.measures:
                    if one.of is Of.COUNT:
                        assert line["figures"][one.name] not in {1, 2, 3, 4}


@pytest.mark.row("R5", "C7")
async def test_no_file_runs_anything_in_a_spreadsheet(world):
    """Case 45."""
    client = await world.client("=1+1", "@Family")
    program = await world.program("-2+3", kinds=["arrears"])
    await world.placement(client, program_id=program)
    days = f"first={world.today}&last={world.today}"
    async with world.desk("supervisor") as desk:
        table = table_in(await desk.get(f"/front-desk/reports/placements?{days}&by=program&format=csv"))
        rows = table_in(await desk.get(f"/front-desk/reports/placements/rows?{days}&format=csv"))
    assert table[1][0] == "'-2+3"
    assert rows[1][1] == "'=1+1 @Family"


@pytest.mark.row("R1")
@pytest.mark.parametrize("start", [dt.date(2023, 11, 30), dt.date(2024, 2, 29), dt.date(2025, 8, 31)])
async def test_months_are_counted_as_everywhere_else(world, start):
    """From the anchor: `months_after` for rows is that of the trade, at month ends and in leap years."""
    day, months = bindparam("day", type_=Date), bindparam("months", type_=Integer)
    statement = select(facts.months_after_on(day, months))
    async with world.runtime.transaction(Actor.system("tests", "support")) as tx:
        for number in range(40):
            one = start + number * DAY
            for count in facts.MILESTONES:
                found = await tx.scalar(statement, {"day": one, "months": count})
                assert found == months_after(one, count)


@pytest.mark.row("R1", "H3", "P8")
async def test_help_is_offered_on_the_day_on_which_the_report_arrives(world):
    """A later stage of the same notice doesn't make the offer late, and an end alone offers nothing."""
    person = await world.client("Ivo", "Prevented")
    wanted = await world.placement(person)
    request = await world.held(wanted, unit := await world.home())
    referral = await world.referral(request)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    served = {"served_on": world.today, "remedy_by": world.today + 5 * DAY}
    risk, ended = uuid.uuid4(), uuid.uuid4()
    await world.receive("tenancy_at_risk", referral=referral, risk=risk, stage="notice", **served)
    world.clock.advance(20 * DAY)
    later = {"served_on": world.today - 20 * DAY, "remedy_by": world.today - 15 * DAY}
    await world.receive("tenancy_at_risk", referral=referral, risk=risk, stage="application", **later)
    await world.receive("tenancy_risk_resolved", referral=referral, risk=ended)
    table = await table_of(world, "offers-in-time", first=world.today - 30 * DAY, by="timing")
    (line,) = table.lines
    assert (line.key, line.figures["services"], line.figures["median"]) == ("inside", 1, 5.0)
