"""Which payments a subsidy consists of, and where each stands (S2). Pure.

A payment isn't stored before somebody records that it was paid or missed: until then it follows from the
amounts, the frequency and the days.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from trade.schedule import Frequency, due_days

NOTHING = Decimal("0.00")
AHEAD = timedelta(days=366 * 30)
"""Within so long after the start every payment falls due that is looked for."""


class PaymentState(StrEnum):
    """Where a payment stands."""

    PAID = "paid"
    MISSED = "missed"
    DUE = "due"
    """It fell due, and nobody has recorded what became of it."""
    FUTURE = "future"

    @property
    def label(self) -> str:
        """The state in plain words (a message id)."""
        return {
            PaymentState.PAID: "Paid",
            PaymentState.MISSED: "Missed",
            PaymentState.DUE: "Not recorded",
            PaymentState.FUTURE: "Future",
        }[self]


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount and how often it is paid, from a day on; payments are counted from the day `anchor`."""

    from_on: date
    amount: Decimal
    frequency: Frequency
    anchor: date


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment and the amount that it should have."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a payment: the amount that was paid and when, or nothing because it was missed."""

    paid: bool
    amount: Decimal
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A payment with where it stands; `amount` is what was paid, or what is to be paid."""

    due_on: date
    amount: Decimal
    state: PaymentState

    @property
    def counted(self) -> Decimal:
        """What of a budget it takes: a payment that was missed takes nothing."""
        return NOTHING if self.state is PaymentState.MISSED else self.amount


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that the payments of a subsidy follow from; the rates are in the order of their days."""

    rates: tuple[Rate, ...]
    ends_on: date | None
    currency: str
    recorded: Mapping[date, Recorded]


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of payments by where they stand."""

    paid: Decimal
    missed: Decimal
    due: Decimal
    future: Decimal


def payments(rates: Sequence[Rate], ends_on: date | None, until: date) -> Iterator[Payment]:
    """Return the payments that fall due until a day, each once and in order.

    Each rate counts from its own day to the day before the next one's, and none after the end.
    """
    last = until if ends_on is None else min(ends_on, until)
    for at, rate in enumerate(rates):
        following = rates[at + 1].from_on - timedelta(days=1) if at + 1 < len(rates) else last
        for day in due_days(rate.anchor, rate.frequency, min(following, last)):
            if day >= rate.from_on:
                yield Payment(day, rate.amount)


def standings(terms: Terms, until: date, today: date) -> list[Standing]:
    """Return the payments that fall due until a day with where each stands; what was recorded stays."""
    found = [
        _standing(one, terms.recorded.get(one.due_on), today)
        for one in payments(terms.rates, terms.ends_on, until)
    ]
    known = {one.due_on for one in found}
    found += [
        _standing(Payment(day, NOTHING), one, today)
        for day, one in terms.recorded.items()
        if day not in known and day <= until
    ]
    return sorted(found, key=lambda one: one.due_on)


def _standing(payment: Payment, recorded: Recorded | None, today: date) -> Standing:
    if recorded is None:
        state = PaymentState.FUTURE if payment.due_on > today else PaymentState.DUE
        return Standing(payment.due_on, payment.amount, state)
    if recorded.paid:
        return Standing(payment.due_on, recorded.amount, PaymentState.PAID)
    return Standing(payment.due_on, payment.amount or recorded.amount, PaymentState.MISSED)


def totals(found: Iterable[Standing]) -> Totals:
    """Return the sums of payments by where they stand."""
    sums = dict.fromkeys(PaymentState, NOTHING)
    for one in found:
        sums[one.state] += one.amount
    return Totals(*(sums[state] for state in PaymentState))


def spent(found: Iterable[Standing], first: date, last: date) -> tuple[Decimal, Decimal]:
    """Return what payments that fall due in a period take of its budget, and what of that is paid."""
    committed = paid = NOTHING
    for one in found:
        if first <= one.due_on <= last:
            committed += one.counted
            paid += one.amount if one.state is PaymentState.PAID else NOTHING
    return committed, paid


def amount_due(terms: Terms, day: date) -> Decimal | None:
    """Return the amount that falls due on a day; None when nothing does."""
    return next((one.amount for one in payments(terms.rates, terms.ends_on, day) if one.due_on == day), None)


def next_to_record(terms: Terms, today: date) -> date | None:
    """Return the first day on which a payment falls due that nobody has recorded yet, also a coming one."""
    latest = max(today, *(rate.anchor for rate in terms.rates), *terms.recorded) + AHEAD
    for one in payments(terms.rates, terms.ends_on, latest):
        if one.due_on not in terms.recorded:
            return one.due_on
    return None


def with_rate(
    rates: Sequence[Rate], amount: Decimal, frequency: Frequency, day: date, anchor: date | None
) -> tuple[Rate, ...]:
    """Return the rates once another one applies from a day on; what was to apply later is given up.

    Without `anchor` payments go on being counted from the same day while the frequency stays, and from the
    day of the change otherwise.
    """
    before = tuple(rate for rate in rates if rate.from_on < day)
    current = before[-1] if before else next(iter(rates), None)
    if anchor is None:
        anchor = current.anchor if current is not None and current.frequency is frequency else day
    return (*before, Rate(day, amount, frequency, anchor))
