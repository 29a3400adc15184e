"""Homes, holds, work on homes and imports that real commands took to every stage there is."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import uuid
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from chassis.actor import Actor
from contracts.words import UnitAddress
from importing.steps import ImportCommand, ReceiveFile
from testkit.rendered import Scene
from units_svc.holds.commands import (
    CorrectManager,
    ProlongHold,
    ReleaseHold,
    correct_manager,
    prolong_hold,
    release_hold,
)
from units_svc.holds.use import (
    ChangeListing,
    EndUse,
    RecordUse,
    UseBegan,
    end_use,
    list_unit_again,
    record_use,
    withdraw_unit,
)
from units_svc.imports.commands import apply_import, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.inspections.commands import (
    Area,
    EditInspection,
    RecordInspection,
    edit_inspection,
    record_inspection,
)
from units_svc.inspections.model import Grade, InspectionKind
from units_svc.inspections.queries import inspection_record
from units_svc.inventory.commands import (
    EditAddress,
    EditDetails,
    ObserveStatus,
    edit_address,
    edit_details,
    observe_status,
)
from units_svc.inventory.queries import unit_record
from units_svc.inventory.rents import (
    CancelRent,
    ChangeRent,
    CorrectRent,
    cancel_rent,
    change_rent,
    correct_rent,
)
from units_svc.landlords.commands import AddLandlord, EditLandlord, add_landlord, edit_landlord
from units_svc.landlords.model import LandlordKind, ManagedBy, Relation
from units_svc.landlords.queries import landlord_record
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
from units_svc.maintenance.entry_requests import (
    AskEntry,
    ScheduleWork,
    WithdrawEntry,
    ask_entry,
    schedule_work,
    withdraw_entry,
)
from units_svc.maintenance.queries import work_record
from units_svc.photos.commands import AddPhoto, RemovePhoto, add_photo, remove_photo
from units_svc.photos.conversion import develop
from units_svc.privacy.commands import JudgeText, judge_text
from units_svc.privacy.model import Judgement, MonitoringRefused
from units_svc.privacy.queries import doubts
from units_svc.proposals.commands import RefuseProposal, TakeIn, refuse_proposal, take_in
from units_svc.proposals.model import Refusal

ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")
DAY = dt.timedelta(days=1)
_NUMBERS = itertools.count(1)
HEADER = "address,unit,city,province,housing_type"


def picture(colour: int) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (colour, 90, 60)).save(out, "JPEG")
    return out.getvalue()


class Keeper:
    """Somebody who keeps the inventory; each method does one thing and returns what came of it."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.today = world.clock.now().date()

    async def edit(self, use_case: Any, model: Any, record: Any, **changes: Any) -> None:
        """Change some fields of a record, all others staying as they are."""
        same = {name: getattr(record, name) for name in model.model_fields if hasattr(record, name)}
        await self.world.do(use_case, model(**{**same, **changes}))

    async def home(self, **more: Any) -> uuid.UUID:
        """A home of which everything is known."""
        landlord = await self.world.do(
            add_landlord,
            AddLandlord(
                kind=LandlordKind.ORGANISATION,
                name=f"Maple Homes {next(_NUMBERS)}",
                relation=Relation.PROPERTY_ENTITY,
                phone="416 555 0100",
                email="office@maple.example",
                address="9 Oak Road, Toronto",
                comments="Rings back at noon",
                contacts=[{"name": "Ira Bell", "position": "Janitor", "phone": "416 555 0101"}],
            ),
        )
        given = {
            "building_name": "The Maples",
            "landlord_id": landlord,
            "features": ["elevator"],
            "accessible": True,
            "area_square_feet": 640,
            "year_built": 1967,
            "building_floors": 6,
            "floor": 3,
            "comments": "Quiet street",
            "latitude": Decimal("43.65"),
            "longitude": Decimal("-79.38"),
            "available_from": None,
            **more,
        }
        given.pop("available_from")
        found: uuid.UUID = await self.world.unit(**given)
        return found

    async def work(self, unit: uuid.UUID, **more: Any) -> uuid.UUID:
        """Record work on a home."""
        given = {"type": "plumbing", "description": "New tap", "company_name": "Pipes & Co", **more}
        found: uuid.UUID = await self.world.do(add_work, AddWork(unit_id=unit, **given))
        return found

    async def asks_entry(self, work: uuid.UUID) -> uuid.UUID:
        """Ask for entry in ten days."""
        version = (await self.world.see(work_record, work)).version
        starts = self.world.clock.now() + 10 * DAY
        window = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=3)}
        found: uuid.UUID = await self.world.do(ask_entry, AskEntry(work_id=work, version=version, **window))
        return found

    async def imports(self, name: str, *lines: str) -> uuid.UUID:
        """Read a list up to what there is to decide."""
        content = "\n".join((HEADER, *lines)).encode()
        received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content), name)
        found: uuid.UUID = await self.world.do(receive_file, received)
        await self.worker()
        return found

    async def worker(self) -> None:
        """Let the worker do all that an import asks of it."""
        while "import_step" in await self.world.due():
            pass


async def maintained(keeper: Keeper) -> Scene:
    """A free home: corrected, observed, photographed, inspected, its rents changed, its landlord retired."""
    world, today = keeper.world, keeper.today
    unit = await keeper.home()
    record = await world.see(unit_record, unit)
    await keeper.edit(edit_address, EditAddress, record, unit_id=unit, unit_number="305")
    record = await world.see(unit_record, unit)
    await keeper.edit(edit_details, EditDetails, record, unit_id=unit, bedrooms=3, shareable=True)
    for days in (0, 5):
        seen = ObserveStatus(unit_id=unit, status="good", observed_on=today - days * DAY, remark="Dry")
        await world.do(observe_status, seen)
    rents = [
        await world.do(
            change_rent, ChangeRent(unit_id=unit, amount=Decimal(amount), begins_on=today + days * DAY)
        )
        for amount, days in ((1400, -90), (1450, -3), (1500, 30), (1550, 60))
    ]
    await world.do(
        correct_rent, CorrectRent(unit_id=unit, rent_id=rents[1], amount=Decimal(1425), reason="Typing error")
    )
    await world.do(cancel_rent, CancelRent(unit_id=unit, rent_id=rents[3], reason="Taken back"))
    photo, other = [
        await world.do(add_photo, AddPhoto(unit, develop(picture(colour)), caption))
        for colour, caption in ((90, "The kitchen"), (60, None))
    ]
    await world.do(remove_photo, RemovePhoto(photo_id=other))
    inspection = await world.do(
        record_inspection,
        RecordInspection(
            unit_id=unit,
            kind=InspectionKind.MOVE_IN,
            inspected_on=today,
            summary="In order but for the tap",
            areas=[Area(area="kitchen", grade=Grade.POOR, remark="The tap leaks")],
        ),
    )
    seen_again = await world.see(inspection_record, inspection)
    await world.do(
        edit_inspection,
        EditInspection(
            inspection_id=inspection,
            version=seen_again.version,
            kind=InspectionKind.PERIODIC,
            inspected_on=today,
            areas=[Area(area="kitchen", grade=Grade.GOOD)],
        ),
    )
    contractor = await world.do(
        add_contractor,
        AddContractor(
            name="Pipes", trade="Plumbing", phone="416 555 0102", email="pipes@mail.example", comments="Fast"
        ),
    )
    version = 1
    await world.do(
        edit_contractor, EditContractor(contractor_id=contractor, version=version, name="Pipes & Sons")
    )
    work = await keeper.work(
        unit,
        contractor_id=contractor,
        company_name=None,
        scheduled_start=today + DAY,
        scheduled_end=today + 2 * DAY,
        scheduled_cost=Decimal(120),
    )
    done = await world.see(work_record, work)
    await keeper.edit(
        edit_work,
        EditWork,
        done,
        work_id=work,
        actual_start=today,
        actual_end=today,
        actual_cost=Decimal(130),
        completed=True,
        comments="Took an hour",
    )
    for change in (withdraw_unit, list_unit_again):
        await world.do(change, ChangeListing(unit_id=unit))
    owner = await world.see(landlord_record, record.landlord_id)
    await keeper.edit(edit_landlord, EditLandlord, owner, landlord_id=owner.id, active=False, contacts=[])
    return Scene(
        "maintained",
        {
            "unit_id": unit,
            "rent_id": rents[2],
            "photo_id": photo,
            "inspection_id": inspection,
            "contractor_id": contractor,
            "work_id": work,
            "landlord_id": owner.id,
        },
    )


async def held(keeper: Keeper) -> Scene:
    """A home that is held, its hold prolonged and its manager corrected, after holds that ended."""
    world = keeper.world
    unit = await keeper.home()
    requests = [uuid.uuid4() for _ in range(5)]
    given_up, released, refused, closed, prolonged = requests
    await world.receive("unit_requested", unit=unit, request=given_up)
    await world.receive("unit_requested", unit=unit, request=refused)
    await world.receive("unit_request_withdrawn", unit=unit, request=given_up)
    await world.receive("unit_requested", unit=unit, request=released)
    await world.do(release_hold, ReleaseHold(request_id=released, version=1, remark="The boiler broke"))
    await world.receive("unit_requested", unit=unit, request=closed)
    await world.receive("application_closed", unit=unit, request=closed)
    await world.receive("unit_requested", unit=unit, request=prolonged)
    (hold,) = await world.rows("SELECT version, deadline FROM hold WHERE request_id = $1", prolonged)
    later = hold["deadline"].date() + 5 * DAY
    await world.do(prolong_hold, ProlongHold(request_id=prolonged, version=hold["version"], last_day=later))
    manager = CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, reason="The deed says so")
    await world.do(correct_manager, manager)
    return Scene("held", {"unit_id": unit, "request_id": prolonged})


async def proposed(keeper: Keeper) -> Scene:
    """A home that waits for a decision, after one taken in, one known, one refused and one withdrawn."""
    world = keeper.world
    requests = [uuid.uuid4() for _ in range(7)]
    taken, known, refused, withdrawn, never_received, complete, waiting = requests
    named = UnitAddress(building_name="Sample Court", street="9 Sample Road", city="Toronto", province="ON")
    await world.receive("unit_proposed", request=uuid.uuid4(), address=named)
    await world.receive("unit_proposed", request=taken)
    await world.receive("unit_proposed", request=known)
    vague = {"street": "20 Sample Road", "city": "Toronto", "province": "ON"}
    for request in (refused, withdrawn, complete, waiting):
        await world.receive("unit_proposed", request=request, address=UnitAddress(**vague))
    no = RefuseProposal(request_id=refused, version=1, refusal=Refusal.LANDLORD_DECLINED)
    await world.do(refuse_proposal, no)
    for request in (withdrawn, never_received):
        await world.receive("unit_proposal_withdrawn", request=request)
    yes = TakeIn(
        request_id=complete, version=1, housing_type="apartment", region="toronto-east-york", **vague
    )
    await world.do(take_in, yes)
    return Scene("proposed", {"request_id": waiting})


async def lived_in(keeper: Keeper) -> Scene:
    """A home that is let, with work for which entry was asked: answered in every way, scheduled, given up."""
    world = keeper.world
    unit = await keeper.home()
    await world.receive("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=keeper.today - DAY)
    for answer, more in (
        ("refused", {"reason": "not_enough_notice"}),
        ("tenant_agreed", {}),
        ("notice_given", {"entry_from": world.clock.now() + 10 * DAY}),
        ("notice_given", {"entry_from": world.clock.now() + 10 * DAY}),
    ):
        work = await keeper.work(unit)
        request = await keeper.asks_entry(work)
        given = {"entry_from": None, "reason": None, **more}
        await world.receive("entry_answered", request=request, unit=unit, answer=answer, **given)
    version = (await world.see(work_record, work)).version
    await world.do(schedule_work, ScheduleWork(work_id=work, version=version))
    version = (await world.see(work_record, work)).version
    await world.do(withdraw_entry, WithdrawEntry(work_id=work, version=version))
    await keeper.asks_entry(work)
    return Scene("lived in", {"unit_id": unit, "work_id": work})


async def looked_at(keeper: Keeper) -> Scene:
    """A third party's home whose household left; texts about it that were refused, doubted and judged."""
    world = keeper.world
    unit = await world.unit(landlord_id=await world.landlord())
    request = uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=request)
    await world.receive("household_moved_in", unit=unit, request=request, moved_in_on=keeper.today - DAY)
    await world.receive("household_moved_out", unit=unit, request=request, moved_out_on=keeper.today)
    with pytest.raises(MonitoringRefused):
        await keeper.work(unit, description="A hidden camera in the bedroom")
    for text in ("Video doorbell", "A doorbell with video"):
        await keeper.work(unit, description=text)
    doubt, *_ = (await world.see(doubts)).items
    harmless = JudgeText(doubt_id=doubt.id, judgement=Judgement.HARMLESS)
    await world.do(judge_text, harmless, ADMINISTRATOR)
    return Scene("looked at", {"unit_id": unit, "request_id": request})


async def lapsed(keeper: Keeper) -> Scene:
    """A home whose hold lapsed; time has gone on."""
    world = keeper.world
    unit, request = await keeper.home(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=request)
    world.clock.advance(40 * DAY)
    await world.due()
    return Scene("lapsed", {"unit_id": unit, "request_id": request})


async def used(keeper: Keeper) -> Scene:
    """A home out of use after somebody else lived there."""
    world, today = keeper.world, keeper.today
    unit = await keeper.home()
    first = RecordUse(
        unit_id=unit, kind=UseBegan.OTHER_HOUSEHOLD, began_on=today - 40 * DAY, remark="A cousin"
    )
    occupation = await world.do(record_use, first)
    await world.do(end_use, EndUse(unit_id=unit, occupation_id=occupation, last_day=today - 9 * DAY))
    second = RecordUse(
        unit_id=unit, kind=UseBegan.OUT_OF_USE, began_on=today - DAY, free_from=today + 30 * DAY
    )
    return Scene("used", {"unit_id": unit, "occupation_id": await world.do(record_use, second)})


async def imported(keeper: Keeper) -> Scene:
    """A list that was written, one whose homes are missing from the next edition, and wrong lines in that."""
    world = keeper.world
    lines = ["1 Elm Road,1,Toronto,ON,apartment", "1 Elm Road,2,Toronto,ON,apartment"]
    first = await keeper.imports("homes.csv", *lines)
    await world.do(apply_import, ImportCommand(first))
    await keeper.worker()
    second = await keeper.imports("homes.csv", lines[0], "2 Elm Road,1,Toronto,ON,palace", "x,,,,")
    return Scene("imported", {"import_id": second, "mapping": "unit-list"})


async def listed(keeper: Keeper) -> Scene:
    """A value of a list."""
    value = await keeper.world.value("SELECT id FROM lookup_value WHERE list = 'region' LIMIT 1")
    return Scene("listed", {"kind": "region", "value_id": value})


@pytest.fixture
def every_stage(world: Any) -> Callable[[], Awaitable[tuple[Scene, ...]]]:
    """Play a home to every stage, each with its own records, and return the scenes."""

    async def play() -> tuple[Scene, ...]:
        keeper = Keeper(world)
        return tuple(
            [
                await stage(keeper)
                for stage in (maintained, held, proposed, lived_in, used, looked_at, imported, listed, lapsed)
            ]
        )

    return play
