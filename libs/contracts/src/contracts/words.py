"""The words an event may be made of, and nothing else (wall.md, Contracts).

An event field is a reference, a date, a moment, an enumeration (or a set of them), a boolean, a small count
or money; in events marked for it also a person's name and contact, or the address of a unit. There is
deliberately no text type and no map: what has no field can't cross. `contracts.narrowness` checks every
model against this module.

Enumerations are closed: a new value is a new version of every event that uses it, because a listener that
doesn't know the value can't act on it.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StringConstraints,
)

from trade.dates import FIRST, LAST, can_be_named
from trade.money import USUAL, Currency

# ---------------------------------------------------------------- scalar words
Reference = UUID
"""An opaque id. Its only meaning is that the publisher will use the same one again."""


def _of_a_record(day: dt.date) -> dt.date:
    if not can_be_named(day):
        raise ValueError(f"lies outside {FIRST} to {LAST}")
    return day


def _in_utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as beyond:
        raise ValueError("lies beyond the calendar") from beyond


Date = Annotated[dt.date, Field(strict=True), AfterValidator(_of_a_record)]
"""A calendar day in the publisher's time zone, from 1880 to 2199 (`trade.dates`)."""

Moment = Annotated[AwareDatetime, Field(strict=True), AfterValidator(_in_utc), AfterValidator(_of_a_record)]
"""A point in time, from 1880 to 2199; a naive one is refused, and it is written in UTC."""

Flag = StrictBool
"""Yes or no."""

Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]
"""A small number of things, 0 to 10,000."""


class Closed(BaseModel):
    """A frozen model that refuses what it doesn't know: the base of everything written to the bus."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True
    )


_AMOUNT = re.compile(r"-?\d{1,10}(\.\d{1,2})?")


def _plain_amount(value: object) -> object:
    """Refuse floats and exponents: an amount is a Decimal or plain digits, with at most two decimals."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    if not isinstance(value, str) or _AMOUNT.fullmatch(value) is None:
        raise ValueError("an amount is a decimal with at most two places, such as '1250.00'")
    return Decimal(value).quantize(Decimal("0.01"))


class Money(Closed):
    """An amount with its currency; a decimal string, so that no reader converts it to a float."""

    amount: Annotated[
        Decimal,
        BeforeValidator(_plain_amount, json_schema_input_type=str),
        PlainSerializer(str, return_type=str),
        Field(json_schema_extra={"pattern": r"^-?\d{1,10}\.\d{2}$"}),
    ]
    """Decimal string with two places, for example "1250.00"."""
    currency: Currency = USUAL
    """ISO 4217 code."""


# ------------------------------------------------- words about a person or a home
_NO_CONTROL = r"^[^\x00-\x1f\x7f<>]+$"
_Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_NO_CONTROL)
]
_Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30, pattern=_NO_CONTROL)
]
PARTY = r"[a-z][a-z0-9-]{1,30}"
"""What the id of a party looks like, to be used inside a regular expression."""
PartyId = Annotated[str, StringConstraints(pattern=rf"^{PARTY}$")]
"""The id of a party in the register of parties, such as "maple-homes" (N1)."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", min_length=1, max_length=60)]
"""A code of a look-up list that its owner published, such as the region "toronto-east-york"."""


class PersonName(Closed):
    """A person's name; only in an event whose catalogue entry allows it, under the consent named there."""

    given: _Label
    """Given name as the person gave it."""
    family: _Label
    """Family name as the person gave it."""
    preferred: _Label | None = None
    """The name the person wishes to be called."""
    one_name: Flag | None = None
    """That the person has one name only: given and family name both are it. Absent otherwise."""


class PersonContact(Closed):
    """How a person wishes to be reached; only in an event whose catalogue entry allows it."""

    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ().x-]{5,30}$")] | None = None
    """Telephone number."""
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s<>]{1,64}@[^@\s<>]{1,190}$")] | None = None
    """E-mail address."""
    language: Language | None = None
    """Language the person wishes to be written to in."""


class Language(StrEnum):
    """Languages the product speaks."""

    EN = "en"
    FR = "fr"


class UnitAddress(Closed):
    """Where a unit is (U2)."""

    building_name: _Label | None = None
    """Name of the building."""
    street: _Label
    """Civic number and street."""
    unit_number: _Short | None = None
    """Number of the unit in the building."""
    city: _Label
    """Municipality."""
    province: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")]
    """Code of the province or state, such as "ON"."""
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9 -]{1,9}$")] | None = None
    """Postal code in the form of its country."""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "CA"
    """ISO 3166 code of the country."""
    region: Slug | None = None
    """Code of the geographic region in the inventory's own list."""


class BusinessName(Closed):
    """The name under which somebody lets homes; only in an event marked for it, and never a client's."""

    name: _Label
    """The name, as on a sign or a lease."""
    organisation: Flag
    """Whether it's an organisation's, not that of a person who lets homes."""


# ------------------------------------------------------------------ enumerations
class PartyKind(StrEnum):
    """What a party is to its neighbours: each kind runs one service (N1)."""

    PROPERTY = "property"
    SUPPORT = "support"
    INVENTORY = "inventory"


class Service(StrEnum):
    """A deployable that publishes; each party that runs one has an account of its own at the broker."""

    UNITS = "units"
    SUPPORT = "support"
    TENANCY = "tenancy"

    @property
    def kind(self) -> PartyKind:
        """The kind of party that runs it."""
        return _RUN_BY[self]


_RUN_BY = {
    Service.UNITS: PartyKind.INVENTORY,
    Service.SUPPORT: PartyKind.SUPPORT,
    Service.TENANCY: PartyKind.PROPERTY,
}


class Basis(StrEnum):
    """Why an event may cross (wall.md, Contracts, last column)."""

    NO_PERSON = "no_person"
    REFERENCE = "reference"
    """A pseudonymous reference; the person's consent to be housed."""
    CONSENT = "consent"
    """The consent named by the event's purpose."""
    CONTRACT = "contract"
    """The lease itself."""


class Purpose(StrEnum):
    """What a person consents to when something about them is disclosed to the other side."""

    BE_HOUSED = "be_housed"
    SHARE_CONTACT_FOR_TENANCY = "share_contact_for_tenancy"
    SHARE_SUBSIDIES = "share_subsidies"
    TELL_SUPPORT_SIGNING = "tell_support_signing"
    TELL_SUPPORT_START = "tell_support_start"
    TELL_SUPPORT_NOTICES = "tell_support_notices"


class Marked(StrEnum):
    """What only an event marked for it may contain."""

    PERSON = "person"
    """A person's name and contact."""
    UNIT_ADDRESS = "unit_address"
    """The address of a unit."""
    BUSINESS_NAME = "business_name"
    """A landlord's name as a business contact."""


class HousingType(StrEnum):
    """Kind of home; an inventory's own list carries one of these as `published_as`."""

    APARTMENT = "apartment"
    BASEMENT_APARTMENT = "basement_apartment"
    STUDIO = "studio"
    TOWNHOUSE = "townhouse"
    ROW_HOUSE = "row_house"
    DUPLEX = "duplex"
    SEMI_DETACHED = "semi_detached"
    SINGLE_DETACHED = "single_detached"
    ROOM = "room"
    ROOMING_HOUSE = "rooming_house"
    SHARED_HOME = "shared_home"
    CO_OPERATIVE = "co_operative"
    SENIORS_HOUSING = "seniors_housing"
    TRANSITIONAL = "transitional"
    SUPPORTIVE = "supportive"
    MOBILE_HOME = "mobile_home"
    OTHER = "other"


class UnitFeature(StrEnum):
    """What a unit or its building offers; an inventory's own list carries one of these as `published_as`."""

    BARRIER_FREE_ENTRANCE = "barrier_free_entrance"
    WHEELCHAIR_ACCESSIBLE = "wheelchair_accessible"
    ROLL_IN_SHOWER = "roll_in_shower"
    GRAB_BARS = "grab_bars"
    VISUAL_ALARM = "visual_alarm"
    GROUND_FLOOR = "ground_floor"
    ELEVATOR = "elevator"
    INTERCOM = "intercom"
    LAUNDRY_IN_BUILDING = "laundry_in_building"
    LAUNDRY_IN_UNIT = "laundry_in_unit"
    AIR_CONDITIONING = "air_conditioning"
    BALCONY = "balcony"
    FURNISHED = "furnished"
    PETS_ALLOWED = "pets_allowed"
    SMOKE_FREE = "smoke_free"
    PARKING = "parking"
    VISITOR_PARKING = "visitor_parking"
    BICYCLE_STORAGE = "bicycle_storage"
    STORAGE_LOCKER = "storage_locker"
    COMMON_ROOM = "common_room"
    EXERCISE_ROOM = "exercise_room"
    POOL = "pool"
    PLAYGROUND = "playground"
    SPRINKLERS = "sprinklers"
    EMERGENCY_POWER = "emergency_power"
    COOLING_ROOM = "cooling_room"
    RECYCLING = "recycling"
    HEAT_INCLUDED = "heat_included"
    ELECTRICITY_INCLUDED = "electricity_included"
    WATER_INCLUDED = "water_included"
    INTERNET_INCLUDED = "internet_included"


class ManagedBy(StrEnum):
    """Who is the landlord: decides between a lease here and a confirmed move-in elsewhere."""

    PROPERTY_ENTITY = "property_entity"
    THIRD_PARTY = "third_party"
    NOT_KNOWN = "not_known"
    """No landlord is recorded: before a referral it has to be asked."""


class Occupancy(StrEnum):
    """Occupancy status (vocabulary.md); "notice given" comes with the day the unit is expected to be free."""

    AVAILABLE = "available"
    SECURED = "secured"
    OCCUPIED_BY_CLIENT = "occupied_by_client"
    OCCUPIED_BY_OTHER = "occupied_by_other"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    NOTICE_GIVEN = "notice_given"


class RefusalReason(StrEnum):
    """Why the inventory could not secure a unit (P6)."""

    SECURED_BY_ANOTHER = "secured_by_another"
    NOT_AVAILABLE = "not_available"
    NOT_PUBLISHED = "not_published"
    UNKNOWN_UNIT = "unknown_unit"


class ReleaseReason(StrEnum):
    """Why a hold ended without a tenancy (U9)."""

    REQUEST_WITHDRAWN = "request_withdrawn"
    DEADLINE_PASSED = "deadline_passed"
    UNIT_WITHDRAWN = "unit_withdrawn"
    INVENTORY_DECISION = "inventory_decision"
    LET_TO_ANOTHER = "let_to_another"
    """A lease for another household crossed the hold: the property entity received the hold too late."""
    APPLICATION_CLOSED = "application_closed"
    """The property entity declined the application, or the applicant withdrew it."""


class ProposalOutcome(StrEnum):
    """What became of a home that was found outside of the inventory and proposed to it (P11)."""

    TAKEN_IN = "taken_in"
    KNOWN_ALREADY = "known_already"
    REFUSED = "refused"


class ProposalRefusal(StrEnum):
    """Why an inventory doesn't take a home in (P11)."""

    ADDRESS_NOT_VALID = "address_not_valid"
    MONITORING_DEVICE = "monitoring_device"
    """Its description would put something in the home that watches people there (W8)."""
    OUTSIDE_THE_AREA = "outside_the_area"
    NOT_A_HOME_TO_LET = "not_a_home_to_let"
    LANDLORD_DECLINED = "landlord_declined"
    """The landlord doesn't want the home in the inventory."""


class DeclineReason(StrEnum):
    """The only reasons to decline an application (T1); those Housing First forbids don't exist."""

    UNIT_NO_LONGER_AVAILABLE = "unit_no_longer_available"
    HOUSEHOLD_EXCEEDS_LEGAL_OCCUPANCY = "household_exceeds_legal_occupancy"
    APPLICANT_WITHDREW = "applicant_withdrew"
    INCOME_ABOVE_LEGAL_LIMIT = "income_above_legal_limit"
    LEGAL_AGE_RULE = "legal_age_rule"
    OTHER_LEGAL_BAR = "other_legal_bar"


class SigningPlace(StrEnum):
    """Kind of place where a lease is signed; not an address, which the parties give each other."""

    PROPERTY_OFFICE = "property_office"
    THE_UNIT = "the_unit"
    SUPPORT_OFFICE = "support_office"
    COMMUNITY_PLACE = "community_place"
    BY_VIDEO = "by_video"


class SigningOutcome(StrEnum):
    """How a signing ended."""

    SIGNED = "signed"
    NOT_SIGNED = "not_signed"


class Attendance(StrEnum):
    """The advocate's answer to a scheduled signing (W4)."""

    ATTENDING = "attending"
    CANNOT_ATTEND = "cannot_attend"


class AbsenceReason(StrEnum):
    """Why no advocate comes to a signing (W4)."""

    SCHEDULE_CONFLICT = "schedule_conflict"
    NOBODY_AVAILABLE = "nobody_available"
    TENANT_CHOSE_ANOTHER_ADVOCATE = "tenant_chose_another_advocate"
    TENANT_DECLINED_ADVOCATE = "tenant_declined_advocate"


class PayFrequency(StrEnum):
    """How often an amount is paid (vocabulary.md)."""

    ONE_TIME = "one_time"
    DAILY = "daily"
    WEEKLY = "weekly"
    BI_WEEKLY = "bi_weekly"
    SEMI_MONTHLY = "semi_monthly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class RiskKind(StrEnum):
    """Why a tenancy is at risk (W5): the kind of ground of the notice that was served."""

    ARREARS = "arrears"
    CONDUCT = "conduct"
    END_OF_TERM = "end_of_term"
    LANDLORDS_USE = "landlords_use"


class RiskStage(StrEnum):
    """How far the landlord has gone since the notice was served (W5)."""

    NOTICE = "notice"
    APPLICATION = "application"
    """The landlord has applied to the tribunal."""
    HEARING = "hearing"
    ORDER = "order"


class RiskResolution(StrEnum):
    """How a tenancy ceased to be at risk from a notice (W5)."""

    REMEDIED = "remedied"
    """The tenant did within the time given what the notice asked for, so it is void."""
    AGREEMENT = "agreement"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISMISSED = "dismissed"
    TENANCY_ENDED = "tenancy_ended"
    """Nothing is left to be remedied."""


class EntryPurpose(StrEnum):
    """The purpose of an entry to a home (U7, T11): those for which the law allows a notice."""

    REPAIR_OR_WORK = "repair_or_work"
    INSPECTION = "inspection"
    SAFETY_CHECK = "safety_check"
    OTHER_IN_LEASE = "other_in_lease"
    """Another reasonable purpose that the lease names."""


class EntryAnswer(StrEnum):
    """The outcome of a request to enter a home (U7)."""

    NOTICE_GIVEN = "notice_given"
    TENANT_AGREED = "tenant_agreed"
    REFUSED = "refused"


class EntryRefusal(StrEnum):
    """Why there is no entry in the requested window (U7)."""

    NO_TENANCY = "no_tenancy"
    NOT_ENOUGH_NOTICE = "not_enough_notice"
    TENANT_ASKS_ANOTHER_TIME = "tenant_asks_another_time"
    TENANT_TOOK_AGREEMENT_BACK = "tenant_took_agreement_back"
    PURPOSE_NOT_PERMITTED = "purpose_not_permitted"


class EntryWithdrawal(StrEnum):
    """Why a request to enter a home is withdrawn (U7)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    WINDOW_CHANGED = "window_changed"
    NOBODY_LIVES_THERE = "nobody_lives_there"


Features = Annotated[tuple[UnitFeature, ...], Field(max_length=len(UnitFeature))]
"""A set of features, each at most once."""

PersonContact.model_rebuild()
