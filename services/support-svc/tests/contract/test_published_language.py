"""What support-svc publishes and receives is exactly what the contracts list, word for word."""

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest

from chassis.clock import FixedClock
from contracts import support, words
from contracts.catalogue import CATALOGUE
from contracts.envelope import read
from support_svc.border import publisher
from support_svc.consents.model import Purpose
from support_svc.followups.model import HouseholdMovedOut
from support_svc.homes.model import ManagedBy, Occupancy
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.housing_loss_prevention.model import RiskKind, RiskResolution, RiskStage
from support_svc.moving_in.model import HouseholdMovedIn
from support_svc.proposals.model import FoundHome, UnitProposed
from support_svc.securing.model import (
    Applicant,
    ContactWithdrawn,
    TenancyReferralWithdrawn,
    TenancyReferred,
    UnitRequested,
    UnitRequestWithdrawn,
)
from support_svc.signings.model import (
    AbsenceReason,
    Attendance,
    SigningAnswered,
    SigningOutcome,
    SigningPlace,
)
from support_svc.subsidies.model import SubsidyChanged, SubsidyCommitted, SubsidyEnded
from support_svc.worker import DUTIES
from trade.schedule import Frequency

REQUEST, UNIT, REFERRAL, SIGNING = (uuid.UUID(int=number) for number in range(1, 5))
DAY = dt.date(2026, 4, 1)
INVENTORY, LANDLORD = "city-inventory", "lakeside-homes"
PERSON = Applicant("Anne-Marie", "Côté", None, "+1 416-555-0177 ext. 5", "anne@mail.example", "fr")
FOUND = FoundHome(
    building_name=None,
    street="12 Elm St",
    unit_number="4",
    city="Toronto",
    province="ON",
    postal_code="M5V 2T6",
    country="CA",
    region=None,
    housing_type="apartment",
    bedrooms=2,
    rent=Decimal("1250.00"),
    currency="CAD",
    landlord_name="Elm Street Homes",
    landlord_is_organisation=True,
)
SUBSIDY = {
    "landlord": LANDLORD,
    "referral": REFERRAL,
    "subsidy": SIGNING,
    "amount": Decimal("450.00"),
    "currency": "CAD",
    "frequency": Frequency.MONTHLY,
    "first_on": DAY,
    "counted_from": DAY,
    "last_on": None,
    "number": 4,
}

FACTS = {
    support.UnitRequestedV1: UnitRequested(INVENTORY, REQUEST, UNIT, DAY, DAY, 2, 1),
    support.UnitRequestWithdrawnV1: UnitRequestWithdrawn(INVENTORY, REQUEST, UNIT),
    support.HouseholdMovedInV1: HouseholdMovedIn(INVENTORY, REQUEST, UNIT, DAY, 2),
    support.HouseholdMovedOutV1: HouseholdMovedOut(INVENTORY, REQUEST, UNIT, DAY, 3),
    support.TenancyReferredV1: TenancyReferred(LANDLORD, REFERRAL, REQUEST, UNIT, DAY, 2, 1, 1, PERSON),
    support.TenancyReferralWithdrawnV1: TenancyReferralWithdrawn(LANDLORD, REFERRAL, 2),
    support.ContactWithdrawnV1: ContactWithdrawn(LANDLORD, REFERRAL, 3),
    support.SigningAttendanceV1: SigningAnswered(
        LANDLORD, REFERRAL, SIGNING, 3, Attendance.CANNOT_ATTEND, AbsenceReason.NOBODY_AVAILABLE
    ),
    support.UnitProposedV1: UnitProposed(INVENTORY, REQUEST, FOUND, DAY, DAY),
    support.UnitProposalWithdrawnV1: UnitRequestWithdrawn(INVENTORY, REQUEST, None),
    support.SubsidyCommittedV1: SubsidyCommitted(**SUBSIDY),
    support.SubsidyChangedV1: SubsidyChanged(**SUBSIDY),
    support.SubsidyEndedV1: SubsidyEnded(LANDLORD, REFERRAL, SIGNING, DAY, 4),
}


@pytest.mark.row("W1")
@pytest.mark.parametrize(("model", "fact"), FACTS.items(), ids=lambda one: type(one).__name__)
def test_each_fact_is_published_as_its_contract_requires(model, fact):
    clock = FixedClock(dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC))
    (message,) = publisher("support").to_messages(fact, clock.now())
    to = INVENTORY if model.terms.listeners == (words.Service.UNITS,) else LANDLORD
    assert (message.type, message.addressee) == (model.terms.key, to)
    assert message.subject == model.terms.subject("support", to)
    assert message.aggregate == str(getattr(fact, model.terms.aggregate))
    envelope = read(model, message.data)
    assert envelope.aggregateversion == message.version


@pytest.mark.row("W1")
def test_every_event_of_ours_has_a_fact_and_every_event_for_us_a_handler():
    ours = {model.terms.key for model in CATALOGUE.published_by("support")}
    assert ours == {model.terms.key for model in FACTS}
    assert {model.terms.key for model in CATALOGUE.received_by("support")} == set(DUTIES.listening)


@pytest.mark.row("W1")
def test_what_has_no_published_form_cannot_leave():
    with pytest.raises(TypeError):
        publisher("support").to_messages({"notes": "private"}, dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC))


@pytest.mark.row("W5")
def test_a_phone_number_crosses_in_the_characters_of_the_contract():
    clock = FixedClock(dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC))
    fact = FACTS[support.TenancyReferredV1]
    (message,) = publisher("support").to_messages(fact, clock.now())
    assert json.loads(message.data)["data"]["contact"]["phone"] == "+1 416-555-0177 x 5"


@pytest.mark.row("W1")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Occupancy, words.Occupancy),
        (ManagedBy, words.ManagedBy),
        (SigningPlace, words.SigningPlace),
        (SigningOutcome, words.SigningOutcome),
        (Attendance, words.Attendance),
        (AbsenceReason, words.AbsenceReason),
        (RiskKind, words.RiskKind),
        (RiskStage, words.RiskStage),
        (RiskResolution, words.RiskResolution),
    ],
    ids=lambda one: one.__name__,
)
def test_our_vocabularies_are_the_published_ones(ours, theirs):
    assert {one.value for one in ours} == {one.value for one in theirs}


@pytest.mark.row("C6")
def test_the_purposes_we_act_on_are_published_ones():
    assert {Purpose.BE_HOUSED.value, Purpose.SHARE_CONTACT_FOR_TENANCY.value} <= {
        one.value for one in words.Purpose
    }


@pytest.mark.row("P2", "P5")
async def test_every_published_housing_type_is_on_our_list(world):
    rows = await world.rows("SELECT published_as FROM lookup_value WHERE list = $1", HOUSING_TYPE)
    assert {row["published_as"] for row in rows} == {one.value for one in words.HousingType}
