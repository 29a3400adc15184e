"""Dates, money, numbers, telephone numbers and postal codes as people here write them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific

from deskkit.i18n.catalogue import N_, Catalogue

REGION = "CA"
_BEYOND_COUNTING = 10**15
_NEAR = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}
TWO_STOPS, ONE_STOP = ".m..", ".m."
"""A sentence that ends with a time of the day ("at 2:05 p.m.") needs no full stop of its own."""


@lru_cache(maxsize=4096)
def _written(day: dt.date, pattern: str, locale: str) -> str:
    """A day as Babel writes it; a list holds a hundred days, and the same ones again on every page."""
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _priced(amount: Decimal, currency: str, locale: str) -> str:
    """An amount as Babel writes it; many homes have the same rent."""
    return format_currency(amount, currency, locale=locale)


class Formats:
    """The forms of one language; `zone` is the organisation's time zone."""

    def __init__(self, language: str, zone: dt.tzinfo, catalogue: Catalogue) -> None:
        self.language = language
        self.locale = f"{language}_{REGION}"
        self.zone = zone
        self._ = catalogue.gettext
        self.colon = "\u00a0:" if language == "fr" else ":"
        """What stands after a word that is shown before its value."""

    def date(self, value: dt.date | dt.datetime | None) -> str:
        """'23 November 2026', '1er novembre 2026'; an empty text for nothing."""
        if value is None:
            return ""
        day = self._day(value)
        if self.language == "fr":
            number = "1er" if day.day == 1 else str(day.day)
            return f"{number} {_written(day, 'MMMM y', self.locale)}"
        return _written(day, "d MMMM y", self.locale)

    def short_date(self, value: dt.date | dt.datetime | None) -> str:
        """'23 Nov 2026', for tables."""
        return "" if value is None else _written(self._day(value), "d MMM y", self.locale)

    def month(self, value: dt.date) -> str:
        """'November 2026', 'novembre 2026'."""
        return _written(value, "LLLL y", self.locale)

    def weekday(self, value: dt.date | dt.datetime) -> str:
        """'Monday 23 November 2026'."""
        return f"{_written(self._day(value), 'EEEE', self.locale)} {self.date(value)}"

    def time(self, value: dt.datetime | dt.time | None) -> str:
        """'2:05 p.m.', '14 h 05'."""
        if value is None:
            return ""
        clock = value.astimezone(self.zone).time() if isinstance(value, dt.datetime) else value
        if self.language == "fr":
            return format_time(clock, "H\u00a0'h'\u00a0mm", locale=self.locale)
        return format_time(clock, "h:mm a", locale=self.locale)

    def moment(self, value: dt.datetime | None) -> str:
        """'23 November 2026 at 2:05 p.m.'."""
        if value is None:
            return ""
        return self._("%(date)s at %(time)s") % {"date": self.date(value), "time": self.time(value)}

    def deadline(self, value: dt.datetime | None) -> str:
        """'the end of 9 December 2026' for the first moment of 10 December, else as `moment`.

        A day's first moment isn't always midnight: where clocks go forward at midnight, it is an hour later.
        """
        if value is None:
            return ""
        last = self.last_day(value)
        if last == self._day(value):
            return self.moment(value)
        return self._("the end of %(date)s") % {"date": self.date(last)}

    def last_day(self, deadline: dt.datetime) -> dt.date:
        """The last day that belongs to a deadline: the day before, when it is the first moment of a day."""
        day = self._day(deadline)
        begins = dt.datetime.combine(day, dt.time(), tzinfo=self.zone)
        over = deadline.timestamp() == begins.timestamp()
        return day - dt.timedelta(days=1) if over else day

    def in_days(self, value: dt.date | dt.datetime, today: dt.date) -> str:
        """'today', 'tomorrow', 'in 3 days', '2 days ago', 'in 3 weeks'."""
        days = (self._day(value) - today).days
        if days in (-1, 0, 1):
            return self._(_NEAR[days])
        # Days up to two weeks, then weeks, months and years from two of each on.
        return format_timedelta(
            dt.timedelta(days=days), granularity="day", threshold=2, add_direction=True, locale=self.locale
        )

    def since(self, value: dt.datetime, now: dt.datetime) -> str:
        """'4 seconds ago', '3 minutes ago', then as days."""
        passed = max(dt.timedelta(), now - value)
        if passed >= dt.timedelta(days=1):
            return self.in_days(value, now.astimezone(self.zone).date())
        return format_timedelta(-passed, threshold=1, add_direction=True, locale=self.locale)

    def money(self, amount: Any, currency: str = "CAD") -> str:
        """'$1,250.00', '1 250,00 $'; accepts a Decimal or something with `amount` and `currency`."""
        if amount is None:
            return ""
        if hasattr(amount, "amount"):
            amount, currency = amount.amount, getattr(amount, "currency", currency)
        return _priced(Decimal(amount), str(currency), self.locale)

    def number(self, value: float | Decimal | None) -> str:
        """'12,500', '12 500'; a number that only a mistake can contain, as '6.2E307'."""
        if value is None:
            return ""
        # The ordinary form writes every digit out, and has no more than 28.
        if -_BEYOND_COUNTING < value < _BEYOND_COUNTING:
            return format_decimal(value, locale=self.locale)
        return format_scientific(value, locale=self.locale)

    def percent(self, value: float | Decimal) -> str:
        """'12.5%', '12,5 %'; accepts a figure out of 100."""
        return format_percent(Decimal(str(value)) / 100, locale=self.locale, decimal_quantization=False)

    def phone(self, value: str | None) -> str:
        """'(416) 555-0123' for a number of this country, else international; as typed when unreadable."""
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, REGION)
        except phonenumbers.NumberParseException:
            return value
        home = number.country_code == phonenumbers.country_code_for_region(REGION)
        style = (
            phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        return phonenumbers.format_number(number, style)

    def postal_code(self, value: str | None) -> str:
        """'M5V 2T6'; anything that isn't a Canadian postal code stays as it is."""
        if not value:
            return ""
        bare = re.sub(r"[\s-]", "", value).upper()
        return f"{bare[:3]} {bare[3:]}" if re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", bare) else value

    def listing(self, values: list[str]) -> str:
        """'a, b, and c', 'a, b et c'."""
        return format_list(values, locale=self.locale)

    def _day(self, value: dt.date | dt.datetime) -> dt.date:
        return value.astimezone(self.zone).date() if isinstance(value, dt.datetime) else value
