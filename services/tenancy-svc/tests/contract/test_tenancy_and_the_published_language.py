"""Every event that tenancy-svc publishes is in the catalogue, and each that it may receive has a handler."""

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
from tenancy_svc.applications import model as applications
from tenancy_svc.border import publisher
from tenancy_svc.disclosures.model import Referral
from tenancy_svc.entry import model as entry
from tenancy_svc.homes import model as homes
from tenancy_svc.signings import model as signings
from tenancy_svc.worker import DUTIES

REF, SIGNING, UNIT = (uuid.UUID(int=number) for number in (1, 2, 3))
TO = Referral("harbour-support", REF)
INVENTORY = "city-inventory"
AT = dt.datetime(2026, 3, 5, 19, tzinfo=dt.UTC)
FACTS: tuple[Any, ...] = (
    applications.ApplicationOpened(TO, 1),
    applications.ApplicationDeclined(TO, 2, applications.DeclineReason.LEGAL_AGE_RULE),
    signings.SigningScheduled(TO, 3, SIGNING, AT, signings.Place.THE_UNIT),
    signings.SigningMoved(TO, 4, SIGNING, AT, signings.Place.BY_VIDEO),
    signings.SigningCancelled(TO, 5, SIGNING),
    signings.SigningHeld(TO, 6, SIGNING, signings.Outcome.SIGNED),
    signings.ReferredTenancyStarted(TO, 7, UNIT, AT.date(), Decimal("900.00"), "CAD"),
    signings.TenancyStarted(INVENTORY, REF, UNIT, AT.date(), REF),
    applications.ApplicationClosed(INVENTORY, REF, UNIT, 2),
    entry.EntryAnswered(INVENTORY, REF, UNIT, 8, entry.EntryAnswer.NOTICE_GIVEN, AT),
)


@pytest.mark.row("W1", "N2")
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_each_fact_becomes_the_event_of_the_catalogue(fact: Any) -> None:
    (message,) = publisher("property").to_messages(fact, AT)
    assert isinstance(message.data, bytes)
    envelope = read(CATALOGUE[message.type], message.data)
    assert envelope.source == "/property/tenancy"
    to = fact.to if isinstance(fact.to, str) else fact.to.party
    assert (message.addressee, envelope.addressee) == (to, to)
    assert message.subject == f"evt.property.{message.type}.{to}"
    assert envelope.aggregateversion == getattr(fact, "number", 1)
    assert "Robin" not in message.data.decode()


@pytest.mark.row("W1")
def test_every_event_of_tenancy_has_a_fact_and_every_event_it_may_receive_a_handler() -> None:
    published = {message.type for fact in FACTS for message in publisher("property").to_messages(fact, AT)}
    ours = [model.terms for model in CATALOGUE.published_by("tenancy")]
    assert published == {terms.key for terms in ours if not terms.awaited}
    assert set(DUTIES.listening) == {model.terms.key for model in CATALOGUE.received_by("tenancy")}


@pytest.mark.row("W1", "T1")
@pytest.mark.parametrize(
    ("own", "published"),
    [
        (applications.DeclineReason, words.DeclineReason),
        (entry.EntryPurpose, words.EntryPurpose),
        (entry.EntryAnswer, words.EntryAnswer),
        (entry.EntryRefusal, words.EntryRefusal),
        (entry.EntryWithdrawal, words.EntryWithdrawal),
        (homes.ManagedBy, words.ManagedBy),
        (homes.Occupancy, words.Occupancy),
        (homes.ReleaseReason, words.ReleaseReason),
        (signings.Place, words.SigningPlace),
        (signings.Outcome, words.SigningOutcome),
        (signings.Attendance, words.Attendance),
        (signings.AbsenceReason, words.AbsenceReason),
    ],
)
def test_our_closed_lists_are_those_of_the_language(own: type[StrEnum], published: type[StrEnum]) -> None:
    assert {member.value for member in own} == {member.value for member in published}


def test_a_thing_that_is_no_fact_is_not_published() -> None:
    with pytest.raises(TypeError):
        publisher("property").to_messages(object(), AT)


@pytest.mark.row("W2", "W10")
def test_from_support_only_referrals_subsidies_and_whether_an_advocate_comes_are_received() -> None:
    assert {type for type in DUTIES.listening if type.startswith("support.")} == {
        "support.tenancy_referred.v1",
        "support.tenancy_referral_withdrawn.v1",
        "support.contact_withdrawn.v1",
        "support.signing_attendance.v1",
        "support.subsidy_committed.v1",
        "support.subsidy_changed.v1",
        "support.subsidy_ended.v1",
    }
