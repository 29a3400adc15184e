"""The catalogue follows from the models, and can't be changed behind their back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.event import Event, published
from contracts.examples import EXAMPLES, example
from contracts.units import UnitSecuredV1
from contracts.words import (
    Basis,
    ManagedBy,
    Marked,
    ProposalOutcome,
    ProposalRefusal,
    Purpose,
    Reference,
    Service,
)

pytestmark = pytest.mark.row("W1")


def test_every_event_of_the_journey_is_there_with_its_way() -> None:
    ways = {
        model.terms.name: (str(model.terms.publisher), {str(to) for to in model.terms.listeners})
        for model in CATALOGUE.models
    }
    everybody = {"support", "tenancy"}
    assert ways == {
        **dict.fromkeys(
            (
                "unit_published",
                "unit_withdrawn",
                "unit_availability_changed",
                "unit_secured",
                "unit_hold_ending",
                "unit_released",
            ),
            ("units", everybody),
        ),
        **dict.fromkeys(
            (
                "unit_requested",
                "unit_request_withdrawn",
                "unit_proposed",
                "unit_proposal_withdrawn",
                "household_moved_in",
                "household_moved_out",
            ),
            ("support", {"units"}),
        ),
        **dict.fromkeys(
            (
                "tenancy_referred",
                "tenancy_referral_withdrawn",
                "contact_withdrawn",
                "signing_attendance",
                "subsidy_committed",
                "subsidy_changed",
                "subsidy_ended",
            ),
            ("support", {"tenancy"}),
        ),
        **dict.fromkeys(
            (
                "application_opened",
                "application_declined",
                "signing_scheduled",
                "signing_moved",
                "signing_cancelled",
                "signing_held",
                "referred_tenancy_started",
                "tenancy_at_risk",
                "tenancy_risk_resolved",
            ),
            ("tenancy", {"support"}),
        ),
        **dict.fromkeys(("tenancy_started", "application_closed"), ("tenancy", {"units"})),
        **dict.fromkeys(("unit_refused", "unit_proposal_answered"), ("units", {"support"})),
        **dict.fromkeys(("entry_requested", "entry_request_withdrawn"), ("units", {"tenancy"})),
        "entry_answered": ("tenancy", {"units"}),
    }


def test_only_one_event_may_carry_a_person_and_only_under_consent() -> None:
    marked = [model.terms for model in CATALOGUE.models if Marked.PERSON in model.terms.carries]
    assert [terms.name for terms in marked] == ["tenancy_referred"]
    assert marked[0].purpose is Purpose.SHARE_CONTACT_FOR_TENANCY


def test_an_event_says_which_consents_it_needs() -> None:
    for model in CATALOGUE.models:
        event = example(model.terms.name)
        about_nobody = model.terms.basis in (Basis.NO_PERSON, Basis.CONTRACT)
        assert bool(event.needs) is not about_nobody
        assert event.needs <= {purpose.value for purpose in Purpose}
    named = example("tenancy_referred")
    assert named.needs == {"be_housed", "share_contact_for_tenancy"}
    assert named.model_copy(update={"name": None}).needs == named.needs
    assert named.model_copy(update={"name": None, "contact": None}).needs == {"be_housed"}


def test_the_lookups_agree_with_each_other() -> None:
    for publisher in CATALOGUE.services:
        for listener in CATALOGUE.services:
            between = set(CATALOGUE.crossing(publisher, listener))
            received = {m for m in CATALOGUE.received_by(listener) if m.terms.publisher == publisher}
            assert between == received
            assert (listener in CATALOGUE.listeners_of(publisher)) == bool(between)
            assert (publisher in CATALOGUE.publishers_for(listener)) == bool(between)
    assert CATALOGUE["units.unit_secured.v1"] is UnitSecuredV1
    assert CATALOGUE.by_name("unit_secured", 1) is UnitSecuredV1
    assert CATALOGUE.terms("units.unit_secured.v1").aggregate == "unit"
    with pytest.raises(KeyError):
        CATALOGUE.by_name("unit_secured", 2)


def test_there_is_one_example_of_each_event() -> None:
    assert set(EXAMPLES) == set(CATALOGUE)


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["units.rumour.v1"] = UnitSecuredV1  # type: ignore[index]


def test_the_same_event_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Catalogue([UnitSecuredV1, UnitSecuredV1])


class _Sketch(Event):
    unit: Reference
    request: Reference | None = None


def _named(name: str) -> type[Event]:
    return type(name, (_Sketch,), {"__module__": __name__})


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("UnitPainted", {}),
        ("unitPaintedV1", {}),
        ("UnitPaintedV0", {}),
        ("UnitPaintedV1", {"aggregate": "request"}),
        ("UnitPaintedV1", {"aggregate": "colour"}),
        ("UnitPaintedV1", {"to": ()}),
        ("UnitPaintedV1", {"to": (Service.UNITS,)}),
        ("UnitPaintedV1", {"basis": Basis.CONSENT}),
        ("UnitPaintedV1", {"purpose": Purpose.BE_HOUSED}),
        ("UnitPaintedV1", {"basis": Basis.REFERENCE, "purpose": Purpose.BE_HOUSED, "addressed": False}),
        ("UnitPaintedV1", {"basis": Basis.CONTRACT, "addressed": False}),
        (
            "UnitPaintedV1",
            {
                "basis": Basis.REFERENCE,
                "purpose": Purpose.BE_HOUSED,
                "without_person": Purpose.TELL_SUPPORT_START,
            },
        ),
    ],
)
def test_a_contract_that_makes_no_sense_does_not_import(name: str, terms: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "to": (Service.SUPPORT,),
        "aggregate": "unit",
        "row": "U1",
        "basis": Basis.NO_PERSON,
    }
    assert published(Service.UNITS, **right)(_named("UnitPaintedV1")).terms.key == "units.unit_painted.v1"
    with pytest.raises(TypeError):
        published(Service.UNITS, **(right | terms))(_named(name))


@pytest.mark.row("N2")
def test_what_everybody_may_receive_is_about_homes_alone() -> None:
    openly = {model.terms.name for model in CATALOGUE.models if not model.terms.addressed}
    assert openly == {"unit_published", "unit_withdrawn", "unit_availability_changed"}


@pytest.mark.row("N2")
def test_a_subject_names_the_publisher_and_the_addressee() -> None:
    published, secured = CATALOGUE.by_name("unit_published").terms, UnitSecuredV1.terms
    assert published.subject("maple-homes") == "evt.maple-homes.units.unit_published.v1"
    assert secured.subject("maple-homes", "harbour") == "evt.maple-homes.units.unit_secured.v1.harbour"
    with pytest.raises(ValueError, match="needs an addressee"):
        secured.subject("maple-homes")
    with pytest.raises(ValueError, match="has no addressee"):
        published.subject("maple-homes", "harbour")


@pytest.mark.row("N1")
@pytest.mark.parametrize("name", ["unit_published", "unit_secured"])
def test_a_manager_is_named_exactly_where_a_property_entity_manages(name: str) -> None:
    with pytest.raises(ValueError, match="a manager is named exactly"):
        example(name, manager=None)
    with pytest.raises(ValueError, match="a manager is named exactly"):
        example(name, managed_by=ManagedBy.THIRD_PARTY)
    elsewhere = example(name, managed_by=ManagedBy.THIRD_PARTY, manager=None)
    assert elsewhere.manager is None  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="should match pattern"):
        example(name, manager="Maple Homes")


@pytest.mark.row("P11", "W1")
def test_a_proposed_home_says_nothing_of_who_looks_for_it() -> None:
    proposed = CATALOGUE.by_name("unit_proposed")
    assert proposed.terms.carries == {Marked.UNIT_ADDRESS, Marked.BUSINESS_NAME}
    assert not {"adults", "children", "name", "contact"} & set(proposed.model_fields)
    assert [m.terms.name for m in CATALOGUE.models if Marked.BUSINESS_NAME in m.terms.carries] == [
        "unit_proposed"
    ]


@pytest.mark.row("P11")
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("unit_proposed", {"secured_on": None}),
        ("unit_proposed", {"expected_move_in": None}),
        ("unit_proposal_answered", {"unit": None}),
        ("unit_proposal_answered", {"reason": ProposalRefusal.OUTSIDE_THE_AREA}),
        ("unit_proposal_answered", {"outcome": ProposalOutcome.REFUSED, "unit": None}),
    ],
)
def test_a_proposal_and_its_answer_make_sense(name: str, changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        example(name, **changes)
