"""Privacy, maintenance, inspections, photos and reports on a real database (U5, U7, U10, W8, R3)."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from chassis.actor import Actor
from chassis.errors import EditedMeanwhile, InvalidInput, SeveralFaults
from chassis.lookups import NotOnTheList
from chassis.periods import Period
from importing.steps import ReceiveFile
from units_svc.holds.commands import CorrectManager, correct_manager
from units_svc.holds.use import EndUse, RecordUse, UseBegan, end_use, record_use
from units_svc.imports.commands import carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_problems
from units_svc.inspections.commands import (
    Area,
    EditInspection,
    RecordInspection,
    edit_inspection,
    record_inspection,
)
from units_svc.inspections.model import Grade, InspectionKind
from units_svc.inspections.queries import inspection_record
from units_svc.inventory.commands import EditDetails, edit_details
from units_svc.inventory.feature import UNIT_FEATURE
from units_svc.inventory.queries import unit_record
from units_svc.landlords.commands import AddLandlord, add_landlord
from units_svc.landlords.model import LandlordKind, ManagedBy, Relation
from units_svc.lookups.commands import AddValue, add_value
from units_svc.maintenance.commands import (
    AddContractor,
    AddWork,
    EditContractor,
    EditWork,
    add_contractor,
    add_work,
    edit_contractor,
    edit_work,
)
from units_svc.maintenance.feature import MAINTENANCE_TYPE
from units_svc.maintenance.model import ContractorKnown, DaysReversed, EntryNotAsked, NotYetDone
from units_svc.maintenance.queries import WorkFilter, work_list, work_record
from units_svc.photos.commands import AddPhoto, RemovePhoto, add_photo, remove_photo
from units_svc.photos.conversion import develop
from units_svc.photos.queries import photos_of
from units_svc.privacy.commands import JudgeText, judge_text
from units_svc.privacy.model import JudgedAlready, JudgedByAuthor, Judgement, MonitoringRefused
from units_svc.privacy.queries import doubts, refusals
from units_svc.reports.model import CostBy, Grouping
from units_svc.reports.queries import maintenance_cost, refusals_by_place, time_to_relet, vacancy

ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")
TODAY = dt.date(2026, 3, 2)


def photo(colour: int = 90) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (colour, 90, 60)).save(out, "JPEG")
    return out.getvalue()


def day(number: int) -> dt.date:
    """Return a day, counted from today."""
    return TODAY + dt.timedelta(days=number)


@pytest.mark.row("U5", "W8")
async def test_what_would_watch_people_is_refused_everywhere_and_every_refusal_is_recorded(
    world: Any,
) -> None:
    unit = await world.unit()
    record = await world.see(unit_record, unit)
    details = {name: getattr(record, name) for name in EditDetails.model_fields if hasattr(record, name)}
    offers = [
        (add_value, AddValue(list=UNIT_FEATURE, label_en="Nanny cam", label_fr="Gardienne"),
        ADMINISTRATOR), (add_value, AddValue(list=MAINTENANCE_TYPE, label_en="Works",
        label_fr="Caméra cachée"), ADMINISTRATOR), (edit_details, EditDetails(**{**details, "unit_id": unit,
        "comments": "Door sensor reporting to staff"}), None), (record_use, RecordUse(unit_id=unit,
        kind=UseBegan.OUT_OF_USE, began_on=TODAY, remark="Fit motion sensor in bedroom"), None), (add_work,
        AddWork(unit_id=unit, type="electrical", description="Install camera in the living room"), None),
        (
            record_inspection,
            RecordInspection(
                unit_id=unit,
                kind=InspectionKind.PERIODIC,
                inspected_on=TODAY,
                areas=[Area(area="kitchen", grade=Grade.GOOD, remark="Microphone above the door")],
            ),
            None,
        ),
        (add_photo, AddPhoto(unit, develop(photo()), "Hidden camera"), None),
    ]  # fmt: skip
    for use_case, command, actor in offers:
        with pytest.raises(MonitoringRefused) as refused:
            await world.do(use_case, command, *([actor] if actor else []))
        assert "no monitoring equipment may be installed inside" in str(refused.value)
    recorded = (await world.see(refusals)).items
    first = await world.see(refusals, limit=3)
    second = await world.see(refusals, limit=10, after=first.next)
    assert (first.count, first.items + second.items, second.next) == (7, recorded, None)
    assert [one.place for one in reversed(recorded)] == [
        "lookup_value", "lookup_value", "unit", "use", "maintenance", "inspection", "photo",
    ]  # fmt: skip
    assert await world.value("SELECT count(*) FROM maintenance_work") == 0
    assert await world.occupancy(unit) == "available"
    counted = {
        line.place: line.refusals for line in await world.see(refusals_by_place, Period(day(-1), day(0)))
    }
    assert counted["lookup_value"] == 2
    assert await world.see(refusals_by_place, Period(day(-9), day(-1))) == []


@pytest.mark.row("U5", "W8")
async def test_texts_of_landlords_contractors_companies_and_holds_are_reviewed_as_well(world: Any) -> None:
    unit = await world.unit()
    watching = "We keep a hidden camera in the bedroom of every tenant"
    landlord = {"kind": LandlordKind.ORGANISATION, "relation": Relation.THIRD_PARTY}
    offers: list[tuple[Any, Any]] = [
        (add_landlord, AddLandlord(name="Elm Holdings", comments=watching, **landlord)),
        (add_landlord, AddLandlord(name="Nanny cams in your bedroom Ltd.", **landlord)),
        (add_contractor, AddContractor(name="Oak Electric", comments=watching)),
        (add_contractor, AddContractor(name="Oak Electric", trade="Spy cameras in bedrooms")),
        (add_work, AddWork(unit_id=unit, type="electrical", description="Wiring",
        company_name="Hidden cameras in bedrooms Inc.")),
        (correct_manager, CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, reason=watching)),
    ]  # fmt: skip
    for use_case, command in offers:
        with pytest.raises((MonitoringRefused, SeveralFaults)) as refused:
            await world.do(use_case, command)
        faults = getattr(refused.value, "errors", [refused.value])
        assert faults[0].code == "monitoring_refused", command
    recorded = (await world.see(refusals)).items
    assert [one.place for one in reversed(recorded)] == [
        "landlord", "landlord", "contractor", "contractor", "maintenance", "hold",
    ]  # fmt: skip


@pytest.mark.row("U5", "W8")
async def test_a_doubtful_text_is_saved_and_listed_until_somebody_else_has_looked_at_it(world: Any) -> None:
    unit = await world.unit()
    for _ in range(2):
        await world.do(add_work, AddWork(unit_id=unit, type="electrical", description="Video doorbell"))
    assert await world.value("SELECT count(*) FROM maintenance_work") == 2
    (doubt,) = (await world.see(doubts)).items
    assert (doubt.place, doubt.field, doubt.text) == ("maintenance", "description", "Video doorbell")
    assert 30 <= doubt.likelihood < 100
    judged = JudgeText(doubt_id=doubt.id, judgement=Judgement.TAKEN_OUT)
    author = Actor("staff-1", "property", frozenset({"property_administrator"}), "Kim Okafor")
    await world.value("UPDATE doubtful_text SET offered_as = 'staff-1' RETURNING 1")
    with pytest.raises(JudgedByAuthor):
        await world.do(judge_text, judged, author)
    await world.do(judge_text, judged, ADMINISTRATOR)
    assert (await world.see(doubts)).items == []
    with pytest.raises(JudgedAlready):
        await world.do(judge_text, judged, ADMINISTRATOR)
    await world.do(add_work, AddWork(unit_id=unit, type="electrical", description="Video doorbell"))
    assert (await world.see(doubts)).items == [], "the same words are asked about once"


@pytest.mark.row("U5", "U8", "W8")
async def test_an_imported_comment_that_would_watch_people_is_a_wrong_row_and_recorded(world: Any) -> None:
    content = b"address,city,province,housing_type,comments\n1 A St,Toronto,ON,apartment,Spy cam installed\n"
    keeper = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content), "x.csv", at_once=True)
    written = await carry_through(world.runtime, keeper, await world.do(receive_file, received))
    (problem,) = await world.see(import_problems, written.id)
    assert (problem.column, problem.rule) == ("comments", "monitoring_refused")
    assert written.new == 0
    assert [one.place for one in (await world.see(refusals)).items] == ["import"]


@pytest.mark.row("U7")
async def test_work_is_recorded_completed_and_its_cost_added_up(world: Any) -> None:
    contractor = await world.do(add_contractor, AddContractor(name="Pipes & Co", trade="Plumbing"))
    with pytest.raises(ContractorKnown):
        await world.do(add_contractor, AddContractor(name="PIPES  CO"))
    first, second = await world.unit(street="1 A St"), await world.unit(street="2 A St")
    work = await world.do(
        add_work,
        AddWork(
            unit_id=first, type="plumbing", description="New tap", contractor_id=contractor,
            scheduled_start=day(3), scheduled_end=day(4), scheduled_cost=Decimal("120.00"),
        ),
    )  # fmt: skip
    await world.do(
        add_work,
        AddWork(
            unit_id=second, type="painting", description="Hall", completed=True, actual_start=day(-3),
            actual_end=day(-2), actual_cost=Decimal("900.00"),
        ),
    )  # fmt: skip
    world.clock.advance(dt.timedelta(days=10))
    overdue = await world.see(work_list, WorkFilter(state="overdue"))
    assert [one.id for one in overdue.items] == [work]
    found = await world.see(work_record, work)
    given = {name: getattr(found, name) for name in EditWork.model_fields if hasattr(found, name)}
    done = {
        "completed": True,
        "actual_start": day(9),
        "actual_end": day(10),
        "actual_cost": Decimal("150.00"),
    }
    await world.do(edit_work, EditWork(**{**given, **done, "work_id": work}))
    with pytest.raises(EditedMeanwhile):
        await world.do(edit_work, EditWork(**{**given, "work_id": work}))
    page = await world.see(work_list, WorkFilter())
    assert (page.count, page.actual_cost, page.scheduled_cost) == (2, Decimal("1050.00"), Decimal("120.00"))
    for filters, count in (
        (WorkFilter(type="plumbing"), 1),
        (WorkFilter(contractor_id=contractor), 1),
        (WorkFilter(state="completed"), 2),
        (WorkFilter(state="open"), 0),
        (WorkFilter(unit_id=second), 1),
        (WorkFilter(cost_from=Decimal(500)), 1),
        (WorkFilter(scheduled_from=day(1), scheduled_to=day(5)), 1),
    ):
        assert (await world.see(work_list, filters)).count == count
    period = Period(day(-30), day(30))
    by_type = await world.see(maintenance_cost, period, CostBy.TYPE)
    assert [(line.key, line.actual) for line in by_type] == [
        ("painting", Decimal("900.00")), ("plumbing", Decimal("150.00")),
    ]  # fmt: skip
    by_unit = await world.see(maintenance_cost, period, CostBy.UNIT)
    assert [(line.label, line.unit_id) for line in by_unit] == [
        ("304 – 2 A St", second),
        ("304 – 1 A St", first),
    ]
    assert [line.key for line in await world.see(maintenance_cost, period, CostBy.YEAR)] == ["2026"]
    assert len(await world.see(maintenance_cost, period, CostBy.BUILDING)) == 2


@pytest.mark.row("U7")
async def test_work_in_somebodys_home_is_scheduled_only_after_entry_was_asked_for(world: Any) -> None:
    owner = await world.landlord(Relation.PROPERTY_ENTITY)
    unit = await world.unit(landlord_id=owner)
    plain = {"unit_id": unit, "type": "plumbing", "description": "New tap"}
    await world.do(add_work, AddWork(**plain, scheduled_start=day(0)))
    await world.receive("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=day(0))
    for changes in ({"scheduled_start": day(0)}, {"scheduled_start": day(9), "agreed_on": day(0)}):
        with pytest.raises(EntryNotAsked):
            await world.do(add_work, AddWork(**plain, **changes))
    await world.do(add_work, AddWork(**plain))
    await world.do(add_work, AddWork(**plain, scheduled_start=day(0), needs_entry=False))


@pytest.mark.row("U7")
async def test_work_is_found_by_each_of_its_fields_and_keeps_a_contractor_who_retired(
    world: Any, visitor: Any
) -> None:
    firm = await world.do(add_contractor, AddContractor(name="Leaky & Sons"))
    plain = {"unit_id": await world.unit(), "type": "plumbing"}
    work = await world.do(
        add_work,
        AddWork(
            **plain,
            description="100% new tap",
            contractor_id=firm,
            comments="Under the sink",
            scheduled_start=day(-3),
            actual_start=day(-2),
            scheduled_cost=Decimal("80.10"),
            actual_cost=Decimal("99.99"),
        ),
    )
    await world.do(add_work, AddWork(**plain, description="Other", company_name="Painters United"))
    for asked, found in (
        ({"words": "new TAP"}, 1),
        ({"words": "sink"}, 1),
        ({"words": "100% tap"}, 1),
        ({"words": "%"}, 1),
        ({"company_name": "leaky"}, 1),
        ({"company_name": "united"}, 1),
        ({"company_name": "nobody"}, 0),
        ({"done_from": day(-2), "done_to": day(-2)}, 1),
        ({"done_to": day(-3)}, 0),
        ({"cost_from": Decimal("99.99"), "cost_to": Decimal("99.99")}, 1),
        ({"cost_to": Decimal("99.98")}, 0),
        # What has only a first day is overdue when that day has passed.
        ({"state": "overdue"}, 1),
    ):
        assert (await world.see(work_list, WorkFilter(**asked))).count == found, asked
    edit = EditContractor(contractor_id=firm, version=1, name="Leaky & Sons", active=False)
    await world.do(edit_contractor, edit)
    page = await visitor().see(f"/inventory-desk/maintenance/{work}/edit")
    assert page.fields(f"/inventory-desk/maintenance/{work}/edit")["contractor_id"] == str(firm)


@pytest.mark.row("U7")
async def test_work_that_cannot_be_is_refused_with_the_rule(world: Any) -> None:
    plain = {"unit_id": await world.unit(), "type": "plumbing", "description": "New tap"}
    for changes, refusal in (
        ({"scheduled_start": day(3), "scheduled_end": day(2)}, DaysReversed),
        ({"actual_start": day(-2), "actual_end": day(-3)}, DaysReversed),
        ({"completed": True}, NotYetDone),
        ({"type": "haunting"}, NotOnTheList),
    ):
        with pytest.raises(refusal):
            await world.do(add_work, AddWork(**{**plain, **changes}))


@pytest.mark.row("U10")
async def test_an_inspection_finds_things_and_a_finding_opens_work(world: Any) -> None:
    unit = await world.unit()
    inspection = await world.do(
        record_inspection,
        RecordInspection(
            unit_id=unit, kind=InspectionKind.MOVE_IN, inspected_on=TODAY, summary="Fine",
            areas=[Area(area="kitchen", grade=Grade.POOR, remark="Tap leaks"), Area(area="bathroom",
            grade=Grade.GOOD)],
        ),
    )  # fmt: skip
    found = await world.see(inspection_record, inspection)
    kitchen, bathroom = found.areas
    assert (kitchen.can_open_work, bathroom.can_open_work) == (True, False)
    work = await world.do(
        add_work, AddWork(unit_id=unit, type="plumbing", description="Tap leaks", finding_id=kitchen.id)
    )
    picture = await world.do(add_photo, AddPhoto(unit, develop(photo()), "Tap", inspection, kitchen.id))
    corrected = [
        Area(area="bathroom", grade=Grade.FAIR),
        Area(area="kitchen", grade=Grade.UNSAFE, remark="Tap leaks"),
    ]
    edit = EditInspection(
        inspection_id=inspection, version=1, kind=InspectionKind.MOVE_IN, inspected_on=TODAY, areas=corrected
    )
    await world.do(edit_inspection, edit)
    found = await world.see(inspection_record, inspection)
    assert [(area.area, area.grade, area.work_id) for area in found.areas] == [
        ("bathroom", Grade.FAIR, None), ("kitchen", Grade.UNSAFE, work),
    ]  # fmt: skip
    assert found.areas[1].id == kitchen.id
    assert [one.id for one in await world.see(photos_of, unit, inspection_id=inspection)] == [picture]
    assert await world.see(photos_of, unit) == []
    with pytest.raises(EditedMeanwhile):
        await world.do(edit_inspection, edit)
    with pytest.raises(InvalidInput):
        await world.do(
            edit_inspection, edit.model_copy(update={"areas": [*corrected, corrected[0]], "version": 2})
        )


@pytest.mark.row("U3", "U10")
async def test_a_picture_is_not_unfolded_for_somebody_who_may_not_add_it(world: Any, visitor: Any) -> None:
    unit = await world.unit()
    page = f"/inventory-desk/units/{unit}/photos"
    no_photo = {"photo": ("photo.jpg", b"<script>", "image/jpeg")}
    async with world.api("property_manager") as client:
        assert (await client.post(f"/units/{unit}/photos", files=no_photo)).status_code == 403
    manager = visitor("property_manager")
    token = (await manager.see(f"/inventory-desk/units/{unit}/rent")).fields()
    refused = await manager.client.post(page, data=token, files=no_photo)
    assert refused.status_code == 403
    assert "Your role" in refused.text


@pytest.mark.row("U3", "U10", "X5")
async def test_photos_are_sent_served_as_pictures_only_and_removed(world: Any, visitor: Any) -> None:
    unit = await world.unit()
    async with world.api("inventory_keeper") as client:
        path = f"/units/{unit}/photos"
        sent = [await client.post(path, files={"photo": ("a.html", photo(), "text/html")}) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [201, 201]
        assert sent[0].json() == sent[1].json(), "the same picture twice is one photo"
        shown = await client.get(f"/photos/{sent[0].json()['id']}")
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in shown.headers["content-security-policy"]
        bad = await client.post(path, files={"photo": ("photo.jpg", b"<script>", "image/jpeg")})
        assert (bad.status_code, bad.json()["code"]) == (422, "not_a_photo")
        large = await client.post(
            path, files={"photo": ("photo.jpg", b"\xff\xd8" + b"\0" * 40_000_000, "image/jpeg")}
        )
        assert (large.status_code, large.json()["code"]) == (422, "photo_too_large")
    keeper = visitor("inventory_keeper")
    page = f"/inventory-desk/units/{unit}/photos"
    await keeper.send(
        page, {"caption": "Kitchen"}, action=page, files={"photo": ("b.jpg", photo(200), "image/jpeg")}
    )
    assert (await keeper.see(page)).html.count("<img") == 2
    first = (await world.see(photos_of, unit))[0]
    assert (await keeper.client.get(f"/inventory-desk/photos/small/{first.id}.jpg")).content.startswith(
        b"\xff\xd8"
    )
    await world.do(remove_photo, RemovePhoto(first.id))
    assert len(await world.see(photos_of, unit)) == 1
    async with world.api(entity="support") as client:
        assert (await client.get(f"/photos/{first.id}")).status_code == 401


@pytest.mark.row("R3")
async def test_vacancy_and_the_time_to_relet_are_counted_from_what_happened(world: Any) -> None:
    homes = [await world.unit(street=f"{n} A St") for n in (1, 2)]
    use = await world.do(
        record_use, RecordUse(unit_id=homes[0], kind=UseBegan.OTHER_HOUSEHOLD, began_on=TODAY)
    )
    world.clock.advance(dt.timedelta(days=10))
    await world.do(end_use, EndUse(unit_id=homes[0], occupation_id=use, last_day=day(9)))
    world.clock.advance(dt.timedelta(days=6))
    await world.receive("unit_requested", unit=homes[0], request=uuid.uuid4())
    world.clock.advance(dt.timedelta(days=4))
    (line,) = await world.see(vacancy, Period(day(0), day(19)))
    assert (line.group, line.homes, line.free_now) == ("toronto-east-york", 2, 1)
    # Home 1 was free for 6 days, home 2 for all 20 + today's 1 that the period leaves out.
    assert (line.free_days, line.possible_days) == (6 + 20, 2 * 20)
    (line,) = await world.see(vacancy, Period(day(0), day(400)), Grouping.HOUSING_TYPE)
    assert (line.group, line.possible_days) == ("apartment", 2 * 21)
    (relet,) = await world.see(time_to_relet, Period(day(0), day(30)))
    assert (relet.homes, relet.median) == (1, 6.0)
    assert await world.see(time_to_relet, Period(day(-30), day(-1))) == []
    with pytest.raises(InvalidInput):
        Period(day(1), day(0))


@pytest.mark.row("U3", "U10", "X2")
async def test_a_photo_that_is_none_is_shown_on_the_page_where_it_was_chosen(
    world: Any, visitor: Any
) -> None:
    unit, keeper = await world.unit(), visitor("inventory_keeper")
    base = f"/inventory-desk/units/{unit}"
    target = await keeper.send(
        f"{base}/inspections/new",
        {"kind": "periodic", "areas-2-area": "kitchen", "areas-2-grade": "good"},
    )
    for files in ({"photo": ("a.jpg", b"no picture", "image/jpeg")}, {"photo": ("", b"")}):
        page = await keeper.send(target, {}, action=f"{target}/photos", files=files, status=422)
        assert page.h1 == "Periodic inspection"
        assert "There is a problem" in page.text
        page = await keeper.send(f"{base}/photos", {}, action=f"{base}/photos", files=files, status=422)
        assert "There is a problem" in page.text


@pytest.mark.row("U2", "U3", "X2")
async def test_all_that_is_wrong_with_a_home_is_shown_at_once(world: Any, visitor: Any) -> None:
    keeper = visitor("property_administrator")
    typed = {
        "street": "–", "city": "Toronto", "province": "XX", "postal_code": "nothing", "region": "nowhere",
        "housing_type": "castle", "status": "good", "status_observed_on-day": "1",
        "status_observed_on-month": "1", "status_observed_on-year": "2030", "year_built": "2400",
        "floor": "9", "building_floors": "3",
    }  # fmt: skip
    page = await keeper.send("/inventory-desk/units/new", typed, status=422)
    wrong = ("street", "province", "postal_code", "region", "status_observed_on-day", "year_built", "floor")
    assert [name for name in wrong if f'href="#{name}"' not in page.html] == []
    async with world.api("inventory_keeper") as client:
        body = {name: text for name, text in typed.items() if "-" not in name}
        answer = await client.post("/units", json={**body, "status_observed_on": "2030-01-01"})
        assert (answer.status_code, answer.json()["code"]) == (422, "several_faults")
        assert {one["field"] for one in answer.json()["errors"]} >= {"street", "province", "year_built"}


@pytest.mark.row("U7", "U10", "R3", "R5")
async def test_upkeep_by_hand_in_the_desk(world: Any, visitor: Any) -> None:
    unit, keeper = await world.unit(), visitor("inventory_keeper")
    base = f"/inventory-desk/units/{unit}"
    target = await keeper.send(
        f"{base}/inspections/new",
        {"kind": "periodic", "areas-2-area": "kitchen", "areas-2-grade": "poor", "areas-2-remark": "Tap"},
    )
    inspected = await keeper.see(target)
    link = inspected.links()["Open maintenance work"]
    await keeper.send(
        link,
        {"type": "plumbing", "scheduled_start": "tomorrow", "scheduled_cost": "120,50"},
        action=f"{base}/maintenance/new",
    )
    assert "See the work" in (await keeper.see(target)).links()
    listed = await keeper.see("/inventory-desk/maintenance?state=open")
    assert "planned $120.50" in listed.text
    refused = await keeper.send(
        f"{base}/maintenance/new", {"type": "electrical", "description": "Camera in the bedroom"}, status=422
    )
    assert "no monitoring equipment may be installed inside" in refused.text
    for name in ("vacancy", "time-to-relet", "maintenance-cost", "privacy"):
        page = await keeper.see(f"/inventory-desk/reports/{name}?first=2026-01-01&last=2026-12-31")
        assert page.h1
        csv = await keeper.client.get(
            f"/inventory-desk/reports/{name}?first=2026-01-01&last=2026-12-31&format=csv"
        )
        assert csv.headers["content-type"].startswith("text/csv")
    await keeper.see("/inventory-desk/reports/vacancy?first=2026-12-31&last=2026-01-01")
