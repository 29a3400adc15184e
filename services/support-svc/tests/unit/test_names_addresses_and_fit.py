"""How names and addresses are compared, and how a home is matched with a search."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_svc.clients.names import also_meant, plain_digits, searchable_name
from support_svc.homes.fitting import Seeking, affordable, fit
from support_svc.homes.model import searchable_address

TODAY = dt.date(2026, 3, 2)


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Anne", None, "Côté", "anne O'Neil"), "anne cote oneil anneoneil"),
        (("Louis", "St-Jean"), "louis st jean saint stjean saintjean"),
        (("Johannes", "van der Berg"), "johannes van der berg vanderberg"),
        (("小明", "王"), "小 明 xiao ming xiaoming 王 wang"),
        (("نور", "الاحمد"), "نور nwr ~nr الاحمد lhmd ~lhmd ~hmd al احمد"),
        (("ᐃᓄᒃ",), "ᐃᓄᒃ inok inuk"),
        (("Earlier: Kim; Lee", "%"), "earlier kim earlierkim lee"),
    ],
)
def test_a_name_is_searched_by_every_word_that_it_may_be_typed_by(names, words):
    assert searchable_name(names).split() == words.split()


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bob", "robert"),
        ("robert", "bob"),
        ("bobby", "bob"),
        ("peggy", "margaret"),
        ("debbie", "deborah"),
        ("babette", "elisabeth"),
        ("mado", "madeleine"),
        ("ahmad", "~hmd"),
        ("alahmad", "~hmd"),
        ("ирина", "irina"),
    ],
)
def test_a_short_name_also_means_its_long_one(typed, meant):
    assert meant in set(also_meant(typed))


@pytest.mark.row("C3")
@pytest.mark.parametrize("written", ["+1 416-555-0142", "(416) 555 0142", "416.555.0142", "14165550142"])
def test_a_phone_number_is_one_number_however_written(written):
    assert plain_digits(written) == "4165550142"


@pytest.mark.row("P5")
@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (("260  SHERBOURNE ST ", "M5A 1A1"), " 260 sherbourne st m5a 1a1 "),
        (("70 Heath St. W",), " 70 heath st w "),
        (("12, boul. Saint-Laurent",), " 12 blvd st laurent "),
    ],
)
def test_addresses_are_folded_as_in_all_services(written, plain):
    assert searchable_address(*written) == plain


def score(seeking, **home):
    known = {
        "housing_type": "apartment",
        "bedrooms": 2,
        "rent": Decimal(1000),
        "currency": "CAD",
        "available_from": None,
    }
    return fit(seeking, **{**known, **home}, today=TODAY)


@pytest.mark.row("P5")
def test_a_home_that_fits_in_every_way_has_all_points():
    seeking = Seeking(frozenset({"apartment"}), adults=2, children=1, affordable_rent=Decimal(1000))
    assert score(seeking).score == 100
    assert seeking.bedrooms == 2


@pytest.mark.row("P5")
def test_what_is_not_known_counts_half_and_says_so():
    seeking = Seeking(frozenset({"apartment"}), adults=2, children=1, affordable_rent=Decimal(1000))
    found = score(seeking, bedrooms=None, rent=None)
    assert found.score == 70
    assert {reason.code for reason in found.reasons} == {"type_sought", "bedrooms_unknown", "rent_unknown"}


@pytest.mark.row("P5")
def test_a_rent_in_another_currency_is_compared_with_nothing():
    found = score(Seeking(affordable_rent=Decimal(500)), currency="USD", rent=Decimal(900))
    assert "rent_in_another_currency" in {reason.code for reason in found.reasons}
    assert not {"rent_too_high", "rent_affordable"} & {reason.code for reason in found.reasons}


@pytest.mark.row("P5")
def test_reasons_against_come_first():
    seeking = Seeking(frozenset({"room"}), adults=2, children=3, affordable_rent=Decimal(800))
    found = score(seeking, available_from=TODAY + dt.timedelta(days=30))
    against = [reason.code for reason in found.reasons]
    assert against == ["type_not_sought", "bedrooms_missing", "rent_too_high", "available_later"]
    assert found.score < 30


@pytest.mark.row("P5")
@given(
    st.integers(min_value=0, max_value=8) | st.none(),
    st.decimals(min_value=0, max_value=5000, places=2) | st.none(),
    st.decimals(min_value=0, max_value=5000, places=2) | st.none(),
)
def test_a_lower_rent_never_fits_worse(bedrooms, rent, ceiling):
    seeking = Seeking(frozenset(), adults=1, affordable_rent=ceiling)
    found = score(seeking, bedrooms=bedrooms, rent=rent)
    assert 0 <= found.score <= 100
    if rent is not None:
        assert score(seeking, bedrooms=bedrooms, rent=rent / 2).score >= found.score


@pytest.mark.row("P5")
def test_three_tenths_of_the_income_are_affordable():
    assert affordable(Decimal("2333.33")) == Decimal("700.00")
    assert affordable(None) is None
