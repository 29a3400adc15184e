"""A lease takes the deposits that the law of its province allows, and nothing else (T4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from chassis.errors import DomainError, SeveralFaults
from tenancy_svc.leases.deposits import RULES, Deposit, DepositKind, DepositState, must_be_lawful, rules_for
from tenancy_svc.leases.money import Money

DAY = dt.date(2026, 3, 2)
RENT = Money(amount=Decimal("1000.00"))
LAST, KEY, SECURITY, PET = (
    DepositKind.LAST_MONTH_RENT,
    DepositKind.KEY,
    DepositKind.SECURITY,
    DepositKind.PET,
)


def _deposit(kind: DepositKind, amount: str, *, cost: str | None = None, **more: object) -> Deposit:
    return Deposit.model_validate(
        {
            "kind": kind,
            "amount": {"amount": amount},
            "replacement_cost": {"amount": cost} if cost else None,
            **more,
        }
    )


def _refusal(province: str | None, *deposits: Deposit, rent: Money = RENT, day: dt.date = DAY) -> str | None:
    try:
        must_be_lawful(deposits, rent=rent, province=province, day=day)
    except DomainError as refused:
        return f"{refused.field} {refused.code}"
    return None


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("province", "deposit", "refusal"),
    [
        ("ON", _deposit(LAST, "1000.00"), None),
        ("ON", _deposit(LAST, "1000.01"), "deposits.0.amount deposit_too_large"),
        ("ON", _deposit(LAST, "3000.00"), "deposits.0.amount deposit_too_large"),
        ("ON", _deposit(KEY, "40.00", cost="40.00"), None),
        ("ON", _deposit(KEY, "40.01", cost="40.00"), "deposits.0.amount deposit_too_large"),
        ("ON", _deposit(KEY, "40.00"), "deposits.0.replacement_cost replacement_cost_missing"),
        ("ON", _deposit(SECURITY, "1.00"), "deposits.0.kind deposit_not_allowed"),
        ("ON", _deposit(PET, "1.00"), "deposits.0.kind deposit_not_allowed"),
        (
            "ON",
            _deposit(LAST, "1000.00", state=DepositState.RECOVERED_FOR_DAMAGE),
            "deposits.0.state damage_not_recoverable",
        ),
        ("BC", _deposit(SECURITY, "500.00"), None),
        ("BC", _deposit(SECURITY, "500.01"), "deposits.0.amount deposit_too_large"),
        ("BC", _deposit(PET, "500.00", state=DepositState.RECOVERED_FOR_DAMAGE), None),
        ("BC", _deposit(PET, "1000.00"), "deposits.0.amount deposit_too_large"),
        ("BC", _deposit(LAST, "1000.00"), "deposits.0.kind deposit_not_allowed"),
        ("BC", _deposit(KEY, "10.00", cost="40.00"), "deposits.0.kind deposit_not_allowed"),
        ("QC", _deposit(SECURITY, "1.00"), "deposits.0.kind deposit_not_allowed"),
        (None, _deposit(LAST, "1.00"), "deposits.0.kind deposit_not_allowed"),
    ],
)
def test_each_deposit_is_held_to_the_law_of_the_province(
    province: str | None, deposit: Deposit, refusal: str | None
) -> None:
    assert _refusal(province, deposit) == refusal


@pytest.mark.row("T4")
def test_half_of_an_odd_rent_is_never_rounded_up() -> None:
    rent = Money(amount=Decimal("999.99"))
    assert _refusal("BC", _deposit(SECURITY, "499.99"), rent=rent) is None
    assert _refusal("BC", _deposit(SECURITY, "500.00"), rent=rent) == "deposits.0.amount deposit_too_large"


@pytest.mark.row("T4")
def test_all_that_is_wrong_with_the_deposits_is_named_at_once() -> None:
    recovered = _deposit(LAST, "1000.01", state=DepositState.RECOVERED_FOR_DAMAGE)
    foreign = Deposit.model_validate(
        {
            "kind": KEY,
            "amount": {"amount": "50.00", "currency": "USD"},
            "replacement_cost": {"amount": "40.00", "currency": "USD"},
        }
    )
    with pytest.raises(SeveralFaults) as refused:
        must_be_lawful(
            [recovered, foreign, _deposit(LAST, "1.00"), _deposit(PET, "1.00")],
            rent=RENT,
            province="ON",
            day=DAY,
        )
    assert [f"{one.field} {one.code}" for one in refused.value.errors] == [
        "deposits.0.amount deposit_too_large",
        "deposits.0.state damage_not_recoverable",
        "deposits.1.amount deposit_in_another_currency",
        "deposits.1.replacement_cost deposit_in_another_currency",
        "deposits.2.kind deposit_twice",
        "deposits.3.kind deposit_not_allowed",
    ]


@pytest.mark.row("T4")
def test_each_kind_is_asked_for_once() -> None:
    twice = (_deposit(SECURITY, "250.00"), _deposit(SECURITY, "250.00"))
    assert _refusal("BC", *twice) == "deposits.1.kind deposit_twice"
    assert _refusal("BC", _deposit(SECURITY, "500.00"), _deposit(PET, "500.00")) is None


@pytest.mark.row("T4")
@pytest.mark.parametrize("field", ["amount", "replacement_cost"])
def test_money_of_another_currency_than_the_rents_is_refused_at_its_field(field: str) -> None:
    whole = {"kind": KEY, "amount": {"amount": "40.00"}, "replacement_cost": {"amount": "40.00"}}
    whole[field] = {"amount": "1.00", "currency": "USD"}
    assert _refusal("ON", Deposit.model_validate(whole)) == f"deposits.0.{field} deposit_in_another_currency"


@pytest.mark.row("T4")
def test_a_rule_counts_on_the_days_it_is_in_force_and_names_its_source() -> None:
    for rule in RULES:
        assert rule.source
        assert rule in rules_for(rule.province, rule.in_force_from)
        assert rule not in rules_for(rule.province, rule.in_force_from - dt.timedelta(days=1))
