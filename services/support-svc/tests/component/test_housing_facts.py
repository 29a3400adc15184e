"""The quarterly export: whose facts are in it, and that nobody can be recognised by it (R1, case 52)."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from chassis.actor import Actor
from chassis.periods import FiscalQuarter
from support_svc.reports.housing_facts import FILES, PERSONAL, QuarterNotOver, housing_facts, unrecognisable
from support_svc.reports.model import ReportFilter
from support_svc.reports.queries import report
from support_svc.restrictions.commands import RestrictClient, restrict_client

from . import reported

SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
LAYOUT = Path(__file__).resolve().parents[4] / "docs/how-it-works/housing-facts.md"
DAYS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def quarter_before(world):
    return FiscalQuarter.of(world.today).before


def files_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def lines_of(text):
    return list(csv.DictReader(io.StringIO(text)))


async def made(world, quarter):
    async with world.api("supervisor") as api:
        answer = await api.post("/quarterly-exports", json={"quarter": quarter.code})
    assert answer.status_code == 200, answer.text
    return files_of(answer)


async def everything_that_names_people(world):
    """Every value in the database by which somebody could be known."""
    found = set()
    for row in await world.rows("SELECT to_jsonb(client) AS one FROM client"):
        one = json.loads(row["one"])
        for name in ("id", "given_name", "family_name", "preferred_name", "other_names", "date_of_birth",
                     "address_line", "postal_code", "comments"):  # fmt: skip
            if one[name]:
                found.add(str(one[name]))
    for table in (
        "placement",
        "housing_loss_prevention",
        "housing_record",
        "household",
        "subsidy",
        "followup",
    ):
        found |= {str(row["id"]) for row in await world.rows(f"SELECT id FROM {table}")}  # noqa: S608 - ours
    for row in await world.rows("SELECT value FROM client_contact_point"):
        found.add(row["value"])
    for row in await world.rows("SELECT DISTINCT address FROM housing_record WHERE address IS NOT NULL"):
        found.add(row["address"])
    return found


@pytest.mark.row("R1", "R5")
async def test_nothing_in_the_files_names_anybody(world, every_stage):
    await every_stage()
    await reported.generate(world, 6)
    quarter = quarter_before(world)
    files = await made(world, quarter)
    text = "\n".join(files.values())
    names = await everything_that_names_people(world)
    assert len(names) > 200
    assert sorted(one for one in names if one in text) == []
    assert not DAYS.search("\n".join(files[name] for name in FILES))
    again = await made(world, quarter)
    for name in FILES:
        one, other = lines_of(files[name]), lines_of(again[name])
        assert len(one) == len(other) > 0
        named = ("person", "household", "placement", "prevention")
        words = [{line.get(field) for line in lines for field in named} for lines in (one, other)]
        assert words[0] & words[1] <= {None, ""}, "two exports can be joined"


@pytest.mark.row("R1")
async def test_the_files_hold_what_the_reports_count(world):
    found = await reported.generate(world, 7)
    quarter = quarter_before(world)
    files = {name: lines_of(text) for name, text in (await made(world, quarter)).items() if name in FILES}
    first, last = quarter.period.first, quarter.period.last
    for name, of in (("placements.csv", "placements"), ("preventions.csv", "prevention-outcomes")):
        table = await world.see(report, of, ReportFilter(first=first, last=last), actor=SUPERVISOR)
        (total,) = table.totals
        assert len(files[name]) == total.figures["services"]
        assert len({line["household"] for line in files[name]}) == total.figures["households"]
        counted = Counter(line["status" if of == "placements" else "outcome"] for line in files[name])
        assert counted == {line.key: line.figures["services"] for line in table.lines}
    stays = [one for one in found.stays if reported.was_open(one["started_on"], one["ended_on"], first, last)]
    assert len(files["stays.csv"]) == len(stays)
    assert len({line["person"] for line in files["stays.csv"]}) == len({one["client_id"] for one in stays})
    moved = [one for one in found.placements if one["moved_in_on"] and one["moved_in_on"] <= last
             and reported.was_open(one["search_started_on"], one["ended_on"], first, last)]  # fmt: skip
    days = Counter(str((one["moved_in_on"] - one["search_started_on"]).days) for one in moved)
    assert Counter(line["days_to_move_in"] for line in files["placements.csv"] if line["moved_in"]) == days


@pytest.mark.row("R5", "W11")
async def test_fewer_than_five_people_are_never_told_apart(world):
    """Case 52, for what is told of a person."""
    await reported.generate(world, 8, families=40)
    files = await made(world, quarter_before(world))
    for name in ("stays.csv", "preventions.csv"):
        people = {(line["person"], *(line[one] for one in PERSONAL)) for line in lines_of(files[name])}
        shared = Counter(one[1:] for one in people if one[1] != "left_out")
        assert not shared or min(shared.values()) >= 5, (name, shared)


@pytest.mark.row("R5", "W11")
def test_what_few_have_in_common_is_left_out_from_the_end():
    columns = ("word", *PERSONAL)
    lines = [[f"p{at}", f"w{at}", "25_to_54", "woman", "not_indigenous"] for at in range(6)]
    lines += [[f"q{at}", f"v{at}", "25_to_54", "woman", "inuit"] for at in range(2)]
    lines += [["r", "u", "65_and_over", "man", "not_indigenous"]]
    found = {line[0]: line[1:] for line in unrecognisable(lines, columns)}
    assert found["w0"] == ["25_to_54", "woman", "not_indigenous"]
    assert found["u"] == ["left_out"] * 3
    assert found["v0"][2] == "left_out"


@pytest.mark.row("R1", "R5", "X3")
async def test_an_export_is_recorded_listed_and_only_for_supervisors(world):
    await reported.generate(world, 9)
    quarter = quarter_before(world)
    async with world.desk("supervisor", name="Sam Okafor") as desk, world.api("supervisor") as api:
        page = await desk.get("/front-desk/reports/exports/quarters")
        token = re.search(r'name="_csrf" value="([^"]+)"', page.text)[1]
        answer = await desk.post(
            f"/front-desk/reports/exports/quarters/{quarter.code}",
            data={"_csrf": token, "form_token": "t" * 22},
        )
        assert answer.headers["content-type"] == "application/zip"
        assert set(files_of(answer)) == {*FILES, "layout.txt"}
        page = await desk.get("/front-desk/reports/exports/quarters")
        assert "Sam Okafor" in page.text
        now = FiscalQuarter.of(world.today)
        early = await api.post("/quarterly-exports", json={"quarter": now.code})
        assert (early.status_code, early.json()["code"]) == (409, "quarter_not_over")
        for wrong in ("2026", "2026-9", "nothing", "9999-4"):
            assert (await api.post("/quarterly-exports", json={"quarter": wrong})).status_code == 422
            assert (
                await desk.post(f"/front-desk/reports/exports/quarters/{wrong}", data={"_csrf": token})
            ).status_code in (404, 422)
        listed = {one["code"]: one for one in (await api.get("/quarterly-exports")).json()}
    files = {name: lines_of(text) for name, text in files_of(answer).items()}
    assert listed[quarter.code]["placements"] == len(files["placements.csv"])
    assert listed[quarter.code]["made_by_name"] == "Sam Okafor"
    (audited,) = await world.rows("SELECT action, changes FROM audit WHERE record_kind = 'quarterly_export'")
    assert audited["action"] == "made"
    for role in ("caseworker", "support_administrator"):
        async with world.api(role) as api:
            assert (await api.get("/quarterly-exports")).status_code == 403
            answer = await api.post("/quarterly-exports", json={"quarter": quarter.code})
            assert answer.status_code == 403


@pytest.mark.row("C8", "R1", "R5")
async def test_restricted_people_are_in_no_figure_record_or_file_of_others(world):
    """As if they weren't there (C8); supervisors read how many restrictions there are (case 50)."""
    found = await reported.generate(world, 10)
    placed = found.placements[0]
    quarter = quarter_before(world)
    first, last = world.today - reported.DAY * 900, world.today
    wanted = ReportFilter(first=first, last=last)
    before = {}
    for name in ("services", "placements", "still-housed", "subsidies"):
        before[name] = await world.see(report, name, wanted, actor=SUPERVISOR)
    (number,) = await world.rows("SELECT number FROM client WHERE id = $1", placed["client_id"])
    named = Actor("staff-a", "support", frozenset({"supervisor"}), "Ana Bell")
    grant = RestrictClient(client_id=placed["client_id"], reason="violence", people=["staff-a"])
    await world.do(restrict_client, grant, SUPERVISOR)
    for name, table in before.items():
        seen = await world.see(report, name, wanted, actor=named)
        assert (seen.lines, seen.totals) == (table.lines, table.totals)
    async with world.desk("supervisor", subject=SUPERVISOR.subject, name=SUPERVISOR.name) as desk:
        days = f"first={first}&last={last}"
        page = await desk.get(f"/front-desk/reports/placements?{days}")
        assert "1 restriction is in force on which you are not named." in page.text
        for name in before:
            for measure in ("services", "households", "people"):
                rows = await desk.get(
                    f"/front-desk/reports/{name}/rows?{days}&measure={measure}&format=csv"
                    + ("&key=3" if name == "still-housed" else "&currency=CAD" if name == "subsidies" else "")
                )
                assert rows.status_code == 200
                assert str(placed["client_id"]) not in rows.text
                assert not re.search(rf"^{number['number']},", rows.text, re.MULTILINE)
    seen = await world.see(report, "placements", wanted, actor=SUPERVISOR)
    open_ = [
        one
        for one in found.placements
        if reported.was_open(one["search_started_on"], one["ended_on"], first, last)
    ]
    assert seen.totals[0].figures["services"] == len(
        [one for one in open_ if placed["client_id"] not in one["people"]]
    )
    theirs = await world.see(housing_facts, quarter, actor=SUPERVISOR)
    all_ = await world.see(housing_facts, quarter, actor=named)
    assert len(theirs.lines["stays.csv"]) < len(all_.lines["stays.csv"])


async def test_a_quarter_that_is_not_over_is_refused(world):
    with pytest.raises(QuarterNotOver):
        await world.see(housing_facts, FiscalQuarter.of(world.today), actor=SUPERVISOR)


@pytest.mark.row("R1")
def test_the_documented_layout_names_every_column_in_its_order():
    described = LAYOUT.read_text(encoding="utf-8")
    for name, columns in FILES.items():
        part = described.split(f"## `{name}`", 1)[1].split("\n## ", 1)[0]
        assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == list(columns), name
