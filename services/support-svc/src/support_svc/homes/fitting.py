"""How well a home fits what a household looks for and can pay (P5), and why: advice for a person, never a
gate.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import ceil

AFFORDABLE_SHARE = Decimal("0.30")
"""Share of the income that a rent may take to count as affordable."""


@dataclass(frozen=True, slots=True)
class Seeking:
    """What a placement looks for: published housing types, people, and what they can pay a month."""

    housing_types: frozenset[str] = frozenset()
    adults: int = 1
    children: int = 0
    affordable_rent: Decimal | None = None
    currency: str = "CAD"
    needed_by: date | None = None

    @property
    def bedrooms(self) -> int:
        """Bedrooms the household needs: two adults or two children to a room, none for a single person."""
        if self.adults + self.children <= 1:
            return 0
        return ceil(self.adults / 2) + ceil(self.children / 2)


class Tone(StrEnum):
    """Whether a reason speaks for a home, against it, or leaves a question."""

    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code that the page puts into words, with its figures."""

    code: str
    tone: Tone
    figures: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    """0 to 100, and the reasons, those against first."""

    score: int
    reasons: tuple[Reason, ...]


def affordable(monthly_income: Decimal | None) -> Decimal | None:
    """The highest rent that counts as affordable, in whole cents; None when the income isn't known."""
    if monthly_income is None:
        return None
    return (monthly_income * AFFORDABLE_SHARE).quantize(Decimal("0.01"))


def fit(
    seeking: Seeking,
    *,
    housing_type: str,
    bedrooms: int | None,
    rent: Decimal | None,
    currency: str,
    available_from: date | None,
    today: date,
) -> Fit:
    """How well a home fits: type 40, bedrooms 30, rent 30; what isn't known counts half; late costs up to
    20.
    """
    reasons = [
        *_type(seeking, housing_type)[1],
        *_bedrooms(seeking.bedrooms, bedrooms)[1],
        *_rent(seeking, rent, currency)[1],
    ]
    if _late(seeking, available_from, today):
        reasons.append(Reason("available_later", Tone.AGAINST, {"day": available_from}))
    points = score(
        seeking,
        housing_type=housing_type,
        bedrooms=bedrooms,
        rent=rent,
        currency=currency,
        available_from=available_from,
        today=today,
    )
    order = {Tone.AGAINST: 0, Tone.UNKNOWN: 1, Tone.FOR: 2}
    return Fit(points, tuple(sorted(reasons, key=lambda reason: order[reason.tone])))


def score(
    seeking: Seeking,
    *,
    housing_type: str,
    bedrooms: int | None,
    rent: Decimal | None,
    currency: str,
    available_from: date | None,
    today: date,
) -> int:
    """The score of `fit` alone, for ranking many homes."""
    found = _type(seeking, housing_type)[0] + _bedrooms(seeking.bedrooms, bedrooms)[0]
    found += _rent(seeking, rent, currency)[0] - _late(seeking, available_from, today)
    return max(0, min(100, round(found)))


def _late(seeking: Seeking, available_from: date | None, today: date) -> float:
    """What it costs that a home is free only after the day it is wanted."""
    wanted = max(seeking.needed_by or today, today)
    if available_from is None or available_from <= wanted:
        return 0
    return min(20, (available_from - wanted).days / 3)


def _type(seeking: Seeking, housing_type: str) -> tuple[float, list[Reason]]:
    if not seeking.housing_types:
        return 40, []
    if housing_type in seeking.housing_types:
        return 40, [Reason("type_sought", Tone.FOR)]
    return 0, [Reason("type_not_sought", Tone.AGAINST)]


def _bedrooms(needed: int, bedrooms: int | None) -> tuple[float, list[Reason]]:
    if bedrooms is None:
        return 15, [Reason("bedrooms_unknown", Tone.UNKNOWN, {"needed": needed})]
    if bedrooms >= needed:
        return 30, [Reason("bedrooms_enough", Tone.FOR, {"bedrooms": bedrooms, "needed": needed})]
    missing = needed - bedrooms
    return max(0, 15 - 15 * (missing - 1)), [Reason("bedrooms_missing", Tone.AGAINST, {"missing": missing})]


def _rent(seeking: Seeking, rent: Decimal | None, currency: str) -> tuple[float, list[Reason]]:
    affordable_rent = seeking.affordable_rent
    if rent is None:
        return 15, [Reason("rent_unknown", Tone.UNKNOWN)]
    if currency != seeking.currency:
        return 15, [Reason("rent_in_another_currency", Tone.UNKNOWN)]
    if affordable_rent is None:
        return 15, [Reason("income_unknown", Tone.UNKNOWN)]
    if rent <= affordable_rent:
        return 30, [Reason("rent_affordable", Tone.FOR, {"affordable": affordable_rent})]
    over = rent - affordable_rent
    share = float(over / affordable_rent) if affordable_rent else 1.0
    return max(0.0, 20 - 40 * share), [Reason("rent_too_high", Tone.AGAINST, {"over": over})]
