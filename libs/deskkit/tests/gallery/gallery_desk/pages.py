"""Pages of the gallery: one for each kind of page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from chassis.access import Access
from chassis.clock import FixedClock
from chassis.db.database import Database
from chassis.errors import DomainError, EditedMeanwhile, Kind
from chassis.feature import NavItem
from chassis.http.app import service_app
from chassis.runtime import Runtime
from chassis.settings import WebSettings
from contracts.parties import RegisterFile
from deskkit.call import DeskCall
from deskkit.desk import Desk, DeskLink, Search
from deskkit.due import due_parts
from deskkit.mounting import mount
from deskkit.router import DeskRouter
from gallery_desk import visits
from testkit.parties import neighbourhood

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
router = DeskRouter(prefix="/gallery")


class Silent:
    """Publishes nothing: the gallery has no facts."""

    def to_messages(self, fact: object, now: datetime) -> list[Any]:
        return []


class HousingType(StrEnum):
    apartment = "apartment"
    rooming_house = "rooming_house"
    town_house = "town_house"


class Money(BaseModel):
    amount: Decimal = Field(ge=0)
    currency: str = "CAD"


class Guest(BaseModel):
    first_name: str = Field(min_length=1, title="First name")
    born_on: date | None = Field(default=None, title="Date of birth")


class BookVisit(BaseModel):
    """A command with every kind of field."""

    address: str = Field(min_length=1, max_length=80, title="Address")
    visit_on: date = Field(title="Date of the visit")
    starts_at: AwareDatetime | None = Field(default=None, title="Start")
    rent: Money | None = Field(default=None, title="Monthly rent")
    bedrooms: Annotated[int, Field(ge=0, le=9)] | None = Field(default=None, title="Bedrooms")
    housing_type: HousingType = Field(title="Housing type")
    accessible: bool = Field(default=False, title="Accessible to a wheelchair")
    has_lift: bool | None = Field(default=None, title="Lift")
    features: frozenset[HousingType] = Field(default=frozenset(), title="Also suitable")
    guests: list[Guest] = Field(default_factory=list, title="Guests")
    notes: str = Field(default="", max_length=400, title="Notes")
    landlord: UUID | None = Field(default=None, title="Landlord")
    version: int = 1


class HomeFilter(BaseModel):
    """A filter of a list, as an address may ask for it."""

    address: str = Field(default="", max_length=80, title="Address")
    bedrooms: Annotated[int, Field(ge=0, le=9)] | None = Field(default=None, title="Bedrooms")
    free_from: date | None = Field(default=None, title="Free from")
    housing_type: HousingType | None = Field(default=None, title="Housing type")
    accessible: bool = Field(default=True, title="Accessible to a wheelchair")


class VisitRefused(DomainError):
    kind = Kind.conflict
    code = "visit_refused"
    message = "A visit on {day} isn't possible."


@router.get("/", name="gallery")
async def my_day(call: DeskCall) -> Response:
    day = NOW.date()

    def task(words: str, due: date | None = None, note: str = "") -> SimpleNamespace:
        return SimpleNamespace(words=words, href="/gallery/record", due=due, note=note)

    return call.page(
        "gallery/my_day.html",
        parts=due_parts(call, ()),
        shown=None,
        overdue=[task("Answer the signing at 120 Shuter Street", day - timedelta(days=2), "Unit 804")],
        due=[task("Call about the first follow-up", day), task("Renew a consent", day + timedelta(days=3))],
        waiting=[task("See the request for 15 Bloor Street West", None, "Asked the inventory 4 minutes ago")],
    )


@router.get("/list", name="gallery.list")
async def listing(call: DeskCall, empty: bool = False) -> Response:
    form = call.sought(HomeFilter, initial={"bedrooms": 1}, names={"q": "address"})
    wanted = form.command
    homes = [
        {
            "address": "120 Shuter Street, unit 804",
            "type": "Apartment",
            "bedrooms": 2,
            "rent": Decimal("1250"),
            "from": date(2026, 12, 1),
            "status": ("Available", "good"),
        },
        {
            "address": "15 Bloor Street West, unit 12",
            "type": "Apartment",
            "bedrooms": None,
            "rent": None,
            "from": None,
            "status": ("Secured", "waiting"),
        },
        {
            "address": "4 Sackville Green",
            "type": "Town house",
            "bedrooms": 3,
            "rent": Decimal("1980.5"),
            "from": date(2027, 1, 1),
            "status": ("Not available", "neutral"),
        },
    ]
    found = [] if empty else [home for home in homes if wanted.address.lower() in home["address"].lower()]
    sort = call.request.query_params.get("sort")
    return call.page("gallery/list.html", homes=found, form=form, wanted=wanted, sort=sort)


@router.get("/record", name="gallery.record")
async def record(call: DeskCall) -> Response:
    entries = [
        SimpleNamespace(
            title="Housing secured",
            at=NOW,
            by="Property entity",
            body="Held until 26 November 2026.",
            tone="good",
        ),
        SimpleNamespace(
            title="Unit requested", at=NOW - timedelta(minutes=3), by="Caseworker", tone="waiting"
        ),
    ]
    crossings = [
        SimpleNamespace(what="Request for the unit: 2 adults, 1 child", state="delivered", at=NOW, why=""),
        SimpleNamespace(
            what="Referral for a tenancy",
            state="waiting",
            at=NOW,
            why="With the name, under the consent of 2 November 2026",
        ),
        SimpleNamespace(what="Phone number", state="withheld", at=NOW, why="There is no consent to share it"),
    ]
    return call.page("gallery/record.html", entries=entries, crossings=crossings)


@router.get("/form", name="gallery.form")
async def form_page(call: DeskCall) -> Response:
    return call.page(
        "gallery/form.html",
        form=await call.form(
            BookVisit, initial={"rent": Money(amount=Decimal("1250")), "visit_on": date(2026, 11, 30)}
        ),
    )


@router.post("/form", name="gallery.form_sent")
async def form_sent(call: DeskCall) -> Response:
    form = await call.form(BookVisit)
    if await form.attempt(booked):
        return call.redirect("gallery.record", notice=call._("Saved."))
    return call.page("gallery/form.html", form=form, status=422)


async def booked(visit: BookVisit) -> None:
    """Store nothing: the gallery only shows how a form is refused."""
    if visit.notes == "edited":
        raise EditedMeanwhile(current={"address": "99 King Street", "version": 7})
    if visit.notes == "refuse":
        raise VisitRefused(field="visit_on", day=visit.visit_on)


@router.get("/confirm", name="gallery.confirm")
async def confirm(call: DeskCall) -> Response:
    return call.page("gallery/confirm.html", form=await call.form(Guest))


@router.get("/step", name="gallery.step")
async def step(call: DeskCall) -> Response:
    return call.page("gallery/step.html", form=await call.form(Guest))


@router.get("/report", name="gallery.report")
async def report(call: DeskCall) -> Response:
    months = [("Housing secured", 14), ("Moved in", 11), ("Follow-ups completed", 5)]
    return call.page("gallery/report.html", months=months, form=await call.form(BookVisit))


@router.get("/pending", name="gallery.pending")
async def pending(call: DeskCall, state: str = "waiting") -> Response:
    return call.page("gallery/pending.html", state=state)


@router.get("/pending/part", name="gallery.pending_part")
async def pending_part(call: DeskCall, state: str = "waiting") -> Response:
    return call.fragment("gallery/pending_part.html", state=state, stop=state != "waiting")


def gallery_app(
    *,
    issuer: str,
    jwks_url: str,
    accent: Any = "front",
    name: str = "Front Desk",
    public_url: str = "http://support.localhost",
    database_url: str = "postgresql://nobody@127.0.0.1:1/none",
) -> FastAPI:
    """The gallery as an application; only its visits read a database."""
    settings = WebSettings(
        database_url=SecretStr(database_url),
        issuer=issuer,
        jwks_url=jwks_url,
        audience="support",
        entity="support",
        public_url=public_url,
        csrf_secret=SecretStr("gallery-csrf-secret-of-enough-length"),
        **neighbourhood().settings(),
    )
    zone = ZoneInfo("America/Toronto")
    runtime = Runtime(
        name="gallery",
        entity="support",
        settings=settings,
        database=Database(database_url),
        clock=FixedClock(NOW),
        access=Access(visits.ROLES, entity="support"),
        publisher=Silent(),
        time_zone=zone,
        parties=RegisterFile(settings.parties_file, settings.parties_keys),
    )
    app = service_app(runtime, title="Gallery")
    navigation = [
        NavItem("My day", "gallery"),
        NavItem("Housing searches", "gallery.list"),
        NavItem("Placements", "gallery.record"),
        NavItem("Reports", "gallery.report"),
        NavItem("Only for others", "gallery.form", permission="do_what_nobody_may"),
    ]
    mount(
        app,
        Desk(
            name=name,
            prefix="/gallery",
            accent=accent,
            package="gallery_desk",
            routers=[router, visits.router],
            navigation=navigation,
            home="gallery",
            search=Search("gallery.list", label="Search", permission=visits.arrange_visit.permission),
            neighbours=[
                DeskLink("Another desk", "/another-desk/"),
                DeskLink("Desk of its kind", "/desk-of-its-kind/", kind="support"),
                DeskLink("Desk of another kind", "/desk-of-another-kind/", kind="inventory"),
            ],
        ),
    )
    return app
