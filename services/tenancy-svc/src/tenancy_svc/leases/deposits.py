"""Which deposits a lease may ask for, and how much: the law of each province as dated rules (T4).

A deposit without a rule in force isn't lawful there. The rules of the day on which the lease is drawn up,
changed or signed apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import ClassVar

from chassis.errors import DomainError, Faults, Kind
from deskkit.i18n import N_
from tenancy_svc.fields import Command
from tenancy_svc.leases.money import Money


class DepositKind(StrEnum):
    """What a deposit is taken for (vocabulary.md)."""

    LAST_MONTH_RENT = "last_month_rent"
    KEY = "key"
    SECURITY = "security"
    PET = "pet"

    @property
    def label(self) -> str:
        """The deposit in plain words (a message id)."""
        return {
            DepositKind.LAST_MONTH_RENT: "Last month's rent",
            DepositKind.KEY: "Key deposit",
            DepositKind.SECURITY: "Security deposit",
            DepositKind.PET: "Pet damage deposit",
        }[self]


class DepositState(StrEnum):
    """Where a deposit stands (vocabulary.md)."""

    DUE = "due"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    PART_RETURNED = "part_returned"
    RETURNED = "returned"
    RECOVERED_FOR_RENT = "recovered_for_rent"
    RECOVERED_FOR_DAMAGE = "recovered_for_damage"


class Most(StrEnum):
    """The upper limit of a deposit, by what it's measured against."""

    ONE_PERIODS_RENT = "one_periods_rent"
    HALF_A_MONTHS_RENT = "half_a_months_rent"
    REPLACEMENT_COST = "replacement_cost"

    @property
    def label(self) -> str:
        """The limit in plain words (a message id)."""
        return {
            Most.ONE_PERIODS_RENT: "at most the rent for one month",
            Most.HALF_A_MONTHS_RENT: "at most half of the rent for one month",
            Most.REPLACEMENT_COST: "at most what replacing the keys costs",
        }[self]


@dataclass(frozen=True, slots=True)
class DepositRule:
    """One deposit that a province allows, from one day until another."""

    province: str
    kind: DepositKind
    most: Most
    source: str
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    pays_for_damage: bool = False
    """Whether damage may be recovered from it."""

    def in_force(self, day: dt.date) -> bool:
        """Whether it is law on a day."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


_ONTARIO = dt.date(2007, 1, 31)
_BRITISH_COLUMBIA = dt.date(2004, 1, 1)
RULES: tuple[DepositRule, ...] = (
    DepositRule(
        "ON",
        DepositKind.LAST_MONTH_RENT,
        Most.ONE_PERIODS_RENT,
        N_("Residential Tenancies Act, 2006, ss. 105–106"),
        _ONTARIO,
    ),
    DepositRule("ON", DepositKind.KEY, Most.REPLACEMENT_COST, N_("O. Reg. 516/06, s. 17"), _ONTARIO),
    DepositRule(
        "BC",
        DepositKind.SECURITY,
        Most.HALF_A_MONTHS_RENT,
        N_("Residential Tenancy Act, S.B.C. 2002, c. 78, s. 19"),
        _BRITISH_COLUMBIA,
        pays_for_damage=True,
    ),
    DepositRule(
        "BC",
        DepositKind.PET,
        Most.HALF_A_MONTHS_RENT,
        N_("Residential Tenancy Act, S.B.C. 2002, c. 78, s. 19"),
        _BRITISH_COLUMBIA,
        pays_for_damage=True,
    ),
)


class Deposit(Command):
    """A deposit that a lease asks for; a key deposit also names the cost of replacing the keys."""

    kind: DepositKind
    amount: Money
    state: DepositState = DepositState.DUE
    replacement_cost: Money | None = None


def rules_for(province: str | None, day: dt.date) -> list[DepositRule]:
    """Return the deposits that a province allows on a day."""
    return [rule for rule in RULES if rule.province == province and rule.in_force(day)]


def must_be_lawful(deposits: Sequence[Deposit], *, rent: Money, province: str | None, day: dt.date) -> None:
    """Refuse deposits that the law of the home's province doesn't allow on a day, all of them at once.

    Raises DepositNotAllowed, DepositTwice, DepositInAnotherCurrency, ReplacementCostMissing, DepositTooLarge,
    DamageNotRecoverable, each with the field of the deposit, or SeveralFaults.
    """
    allowed = {rule.kind: rule for rule in rules_for(province, day)}
    faults, seen = Faults(), set[DepositKind]()
    for number, deposit in enumerate(deposits):
        path = f"deposits.{number}"
        rule = allowed.get(deposit.kind)
        if rule is None:
            faults.add(DepositNotAllowed(field=f"{path}.kind"))
        elif deposit.kind in seen:
            faults.add(DepositTwice(field=f"{path}.kind"))
        else:
            seen.add(deposit.kind)
            _must_fit(deposit, rule, rent, path, faults)
    faults.refuse()


def _must_fit(deposit: Deposit, rule: DepositRule, rent: Money, path: str, faults: Faults) -> None:
    with faults:
        _must_be_in(rent.currency, deposit.amount, f"{path}.amount")
    if deposit.replacement_cost is not None:
        with faults:
            _must_be_in(rent.currency, deposit.replacement_cost, f"{path}.replacement_cost")
    with faults:
        most = _most(rule, deposit, rent, path)
        # What is in another currency was refused above, and can't be compared.
        if deposit.amount.currency == most.currency == rent.currency and deposit.amount.amount > most.amount:
            raise TOO_LARGE[rule.most](field=f"{path}.amount", most=most)
    if deposit.state is DepositState.RECOVERED_FOR_DAMAGE and not rule.pays_for_damage:
        faults.add(DamageNotRecoverable(field=f"{path}.state"))


def _must_be_in(currency: str, money: Money, field: str) -> None:
    if money.currency != currency:
        raise DepositInAnotherCurrency(field=field, currency=currency)


def _most(rule: DepositRule, deposit: Deposit, rent: Money, path: str) -> Money:
    if rule.most is Most.ONE_PERIODS_RENT:
        return rent
    if rule.most is Most.HALF_A_MONTHS_RENT:
        half = (rent.amount / 2).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
        return rent.model_copy(update={"amount": half})
    if deposit.replacement_cost is None:
        raise ReplacementCostMissing(field=f"{path}.replacement_cost")
    return deposit.replacement_cost


class DepositNotAllowed(DomainError):
    """The law where the home is doesn't allow this deposit."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "deposit_not_allowed"
    message: ClassVar[str] = "The law of the home's province doesn't allow this deposit."


class DepositTwice(DomainError):
    """A lease asks for each kind of deposit at most once."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "deposit_twice"
    message: ClassVar[str] = "This deposit is in the list already. A lease asks for each kind once."


class DepositInAnotherCurrency(DomainError):
    """Rent and deposits of one lease are in one currency."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "deposit_in_another_currency"
    message: ClassVar[str] = "The rent is in {currency}. Enter the deposit in the same currency."


class ReplacementCostMissing(DomainError):
    """A key deposit needs the cost of replacing the keys."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "replacement_cost_missing"
    message: ClassVar[str] = "Enter what replacing the keys costs: a key deposit may not be more than that."


class DepositTooLarge(DomainError):
    """A deposit for the last month is more than the rent of one period."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "deposit_too_large"
    message: ClassVar[str] = "The law of the home's province allows at most {most}, the rent for one month."


class DepositAboveHalf(DepositTooLarge):
    """A deposit is more than half of a month's rent."""

    code: ClassVar[str] = "deposit_too_large"
    message: ClassVar[str] = "The law of the home's province allows at most {most}, half of a month's rent."


class DepositAboveCost(DepositTooLarge):
    """A key deposit is more than the keys cost."""

    code: ClassVar[str] = "deposit_too_large"
    message: ClassVar[str] = "A key deposit may not be more than what replacing the keys costs: {most}."


TOO_LARGE: dict[Most, type[DepositTooLarge]] = {
    Most.ONE_PERIODS_RENT: DepositTooLarge,
    Most.HALF_A_MONTHS_RENT: DepositAboveHalf,
    Most.REPLACEMENT_COST: DepositAboveCost,
}
"""The error for a deposit above each limit."""


class DamageNotRecoverable(DomainError):
    """Damage may not be recovered from this deposit."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "damage_not_recoverable"
    message: ClassVar[str] = "The law of the home's province doesn't let this deposit pay for damage."
