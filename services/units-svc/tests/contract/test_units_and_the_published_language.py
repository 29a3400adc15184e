"""What units-svc publishes is in the catalogue, what it may receive has a handler, and its words are the
language's words."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from contracts import words
from contracts.catalogue import CATALOGUE
from contracts.envelope import read
from units_svc.border import UnitsPublisher
from units_svc.holds import model as holds
from units_svc.inventory import model as inventory
from units_svc.inventory.facts import KnownFacts
from units_svc.inventory.published import PUBLISHED_FEATURES, PUBLISHED_TYPES
from units_svc.landlords.model import NOBODY_KNOWN, ManagedBy, Manager
from units_svc.maintenance import model as maintenance
from units_svc.proposals import model as proposals
from units_svc.worker import DUTIES

UNIT, REQUEST = (uuid.UUID(int=number) for number in (1, 2))
AT = dt.datetime(2026, 3, 5, 19, tzinfo=dt.UTC)
MANAGED = Manager(ManagedBy.PROPERTY_ENTITY, "lakeside-homes")
BOTH = ("support", "lakeside-homes")
LISTED = inventory.UnitListed(
    unit_id=UNIT, listing_version=3, building_name=None, street="1 Example St", unit_number="304",
    city="Toronto", province="ON", country="CA", postal_code="M5A 1A1", region="north-york",
    housing_type="apartment", facts=KnownFacts(2, 700, 3, 1961, 4, False, False),
    rent_amount=Decimal("1350.00"), rent_currency="CAD", features=("elevator",),
    manager=MANAGED,
    occupancy=inventory.Occupancy.NOTICE_GIVEN, available_from=AT.date(),
)  # fmt: skip
FACTS: tuple[Any, ...] = (
    LISTED,
    inventory.UnitUnlisted(UNIT, 3),
    inventory.AvailabilityChanged(UNIT, 3, inventory.Occupancy.SECURED, None),
    holds.UnitSecured(REQUEST, UNIT, 3, AT, MANAGED, BOTH),
    holds.UnitSecured(REQUEST, UNIT, 3, AT, NOBODY_KNOWN, ("support",)),
    holds.UnitRefused(REQUEST, UNIT, holds.Refusal.NOT_AVAILABLE, "support"),
    holds.HoldEnding(REQUEST, UNIT, 3, AT, BOTH),
    holds.UnitReleased(REQUEST, UNIT, 3, holds.Release.DEADLINE_PASSED, BOTH),
    maintenance.EntryRequested(REQUEST, UNIT, maintenance.EntryPurpose.INSPECTION, AT, AT, "lakeside-homes"),
    maintenance.EntryWithdrawn(REQUEST, UNIT, maintenance.Withdrawal.WINDOW_CHANGED, "lakeside-homes"),
    proposals.ProposalAnswered(REQUEST, proposals.ProposalState.TAKEN_IN, UNIT, None, "support"),
    proposals.ProposalAnswered(
        REQUEST, proposals.ProposalState.REFUSED, None, proposals.Refusal.LANDLORD_DECLINED, "support"
    ),
)


def _published(fact: Any) -> Any:
    return UnitsPublisher("property").to_messages(fact, AT)


@pytest.mark.row("W1", "N2")
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_each_fact_becomes_the_event_of_the_catalogue_for_each_of_its_addressees(fact: Any) -> None:
    to = getattr(fact, "to", None)
    messages = _published(fact)
    assert [one.addressee for one in messages] == ([to] if to is None or isinstance(to, str) else [*to])
    for message in messages:
        envelope = read(CATALOGUE[message.type], message.data)
        assert envelope.source == "/property/units"
        assert envelope.addressee == message.addressee
        assert message.subject == CATALOGUE.terms(message.type).subject("property", message.addressee)
        assert str(envelope.subject) == message.aggregate
        assert envelope.aggregateversion == message.version


@pytest.mark.row("W1")
def test_every_event_of_units_has_a_fact_and_every_event_it_may_receive_a_handler() -> None:
    assert {message.type for fact in FACTS for message in _published(fact)} == {
        m.terms.key for m in CATALOGUE.published_by("units")
    }
    assert set(DUTIES.listening) == {model.terms.key for model in CATALOGUE.received_by("units")}


@pytest.mark.row("W1", "U4")
@pytest.mark.parametrize(
    ("own", "published"),
    [
        (inventory.Occupancy, words.Occupancy),
        (holds.Refusal, words.RefusalReason),
        (holds.Release, words.ReleaseReason),
        (maintenance.EntryPurpose, words.EntryPurpose),
        (maintenance.Answer, words.EntryAnswer),
        (maintenance.Refusal, words.EntryRefusal),
        (maintenance.Withdrawal, words.EntryWithdrawal),
    ],
)
def test_our_closed_lists_are_those_of_the_language(own: type[StrEnum], published: type[StrEnum]) -> None:
    assert {member.value for member in own} == {member.value for member in published}


@pytest.mark.row("P5", "U3")
def test_the_words_that_list_values_stand_for_are_those_of_the_language() -> None:
    assert set(PUBLISHED_TYPES) == {word.value for word in words.HousingType}
    assert set(PUBLISHED_FEATURES) == {word.value for word in words.UnitFeature}


def test_a_thing_that_is_no_fact_is_not_published() -> None:
    with pytest.raises(TypeError):
        _published(object())
