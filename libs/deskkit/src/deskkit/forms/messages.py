"""Plain words for every rule a form can break; each names the field by its label."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from enum import Enum
from typing import Any

from babel.dates import get_month_names

from deskkit.forms.naming import named
from deskkit.i18n import N_, Formats
from deskkit.i18n.catalogue import Catalogue

_APART = {"number", "rows", "yes_no"}
"""Where the label is quoted in any case: one doesn't enter the adults, but a number for “Adults”."""
FALLBACK = N_("%(field)s can't be accepted as it is")
MISSING: dict[str, str] = {
    "text": N_("Enter %(field)s"),
    "money": N_("Enter %(field)s"),
    "date": N_("Enter %(field)s"),
    "number": N_("Enter a number for %(field)s"),
    "choice": N_("Select %(field)s"),
    "yes_no": N_("Choose yes or no for %(field)s"),
    "file": N_("Choose a file for %(field)s"),
    "rows": N_("Add at least one line to %(field)s"),
}
"""What to do about an empty field, by the way it's filled in."""
QUOTED_MISSING: dict[str, str] = {
    "text": N_("Fill in %(field)s"),
    "money": N_("Enter an amount for %(field)s"),
    "date": N_("Enter a date for %(field)s"),
    "choice": N_("Choose an answer for %(field)s"),
}
"""The same where the label isn't the name of a thing, such as “Held until” or “Will somebody attend?”."""

RULES: dict[str, str] = {
    # typed input that couldn't be read
    "date_unreadable": N_("%(field)s must be a date, such as 23/11/2026 or 23 November 2026"),
    "date_incomplete": N_("%(field)s must include a %(missing)s"),
    "date_month": N_("%(field)s must have a month from 1 to 12, or the name of a month"),
    "date_day": N_("%(field)s must have a day from 1 to 31"),
    "date_year": N_("%(field)s must have a year of four digits, from %(earliest)s to %(latest)s"),
    "date_no_such_day": N_("%(field)s must be a real date: %(month_name)s %(year)s has %(last)s days"),
    "time_unreadable": N_("%(field)s must be a time, such as 2:30 pm or 14:30"),
    "time_skipped": N_(
        "%(field)s names a time that doesn't exist: on %(on)s the clocks go forward past it. "
        "Enter %(instead)s or another time"
    ),
    "time_twice": N_(
        "%(field)s names a time that comes twice: on %(on)s the clocks go back. Say which of the two you mean"
    ),
    "money_unreadable": N_("%(field)s must be an amount of money, such as 1,250.50"),
    "money_cents": N_("%(field)s must have no more than 2 digits for cents"),
    "currency": N_("%(field)s must be in a currency of ISO 4217, such as CAD"),
    # Pydantic's rules
    "string_too_short": N_("%(field)s must have at least %(min_length)s characters"),
    "string_too_long": N_("%(field)s must have no more than %(max_length)s characters"),
    "string_pattern_mismatch": FALLBACK,
    "string_type": N_("%(field)s must be text"),
    "too_short": N_("%(field)s must have at least %(min_length)s entries"),
    "too_long": N_("%(field)s must have no more than %(max_length)s entries"),
    "greater_than": N_("%(field)s must be more than %(gt)s"),
    "greater_than_equal": N_("%(field)s must be %(ge)s or more"),
    "less_than": N_("%(field)s must be less than %(lt)s"),
    "less_than_equal": N_("%(field)s must be %(le)s or less"),
    "multiple_of": N_("%(field)s must be a multiple of %(multiple_of)s"),
    "int_parsing": N_("%(field)s must be a whole number"),
    "int_from_float": N_("%(field)s must be a whole number"),
    "int_type": N_("%(field)s must be a whole number"),
    "int_parsing_size": N_("%(field)s is too large a number"),
    "decimal_parsing": N_("%(field)s must be a number"),
    "decimal_type": N_("%(field)s must be a number"),
    "decimal_max_digits": N_("%(field)s is too large a number"),
    "decimal_whole_digits": N_("%(field)s is too large a number"),
    "decimal_max_places": N_("%(field)s must have no more than %(decimal_places)s decimals"),
    "float_parsing": N_("%(field)s must be a number"),
    "float_type": N_("%(field)s must be a number"),
    "finite_number": N_("%(field)s must be a number"),
    "bool_parsing": N_("Choose yes or no for %(field)s"),
    "bool_type": N_("Choose yes or no for %(field)s"),
    "enum": N_("%(field)s must be one of the choices on this page"),
    "literal_error": N_("%(field)s must be one of the choices on this page"),
    "uuid_parsing": N_("%(field)s must be one of the choices on this page"),
    "uuid_type": N_("%(field)s must be one of the choices on this page"),
    "uuid_version": N_("%(field)s must be one of the choices on this page"),
    "date_type": N_("%(field)s must be a date, such as 23/11/2026 or 23 November 2026"),
    "date_parsing": N_("%(field)s must be a date, such as 23/11/2026 or 23 November 2026"),
    "date_from_datetime_parsing": N_("%(field)s must be a date, such as 23/11/2026 or 23 November 2026"),
    "date_from_datetime_inexact": N_("%(field)s must be a date without a time"),
    "date_past": N_("%(field)s must be in the past"),
    "date_future": N_("%(field)s must be in the future"),
    "datetime_type": N_("%(field)s must be a date and a time"),
    "datetime_parsing": N_("%(field)s must be a date and a time"),
    "datetime_from_date_parsing": N_("%(field)s must be a date and a time"),
    "datetime_past": N_("%(field)s must be in the past"),
    "datetime_future": N_("%(field)s must be in the future"),
    "timezone_aware": N_("%(field)s must be a date and a time"),
    "timezone_naive": N_("%(field)s must be a date and a time"),
    "time_type": N_("%(field)s must be a time, such as 2:30 pm or 14:30"),
    "time_parsing": N_("%(field)s must be a time, such as 2:30 pm or 14:30"),
    "url_parsing": N_("%(field)s must be a web address, such as https://www.ontario.ca"),
    "extra_forbidden": N_("%(field)s isn't part of this form"),
    "range_upside_down": N_("%(field)s must be at least %(least)s, where the range begins"),
    "missing": N_("Enter %(field)s"),
    "none_required": N_("%(field)s must be left empty"),
    "list_type": N_("%(field)s must be a list"),
    "set_type": N_("%(field)s must be a list"),
    "frozen_set_type": N_("%(field)s must be a list"),
    "tuple_type": N_("%(field)s must be a list"),
    "model_type": N_("%(field)s can't be read"),
    "dict_type": N_("%(field)s can't be read"),
}
"""A message for each rule, keyed by our own problem kinds and by Pydantic's error types."""

_EMAIL = N_("%(field)s must be written like name@example.org")
_TELEPHONE = N_("%(field)s must be written with the area code, such as 416 555 0123")
_CHARACTERS = N_("%(field)s can't hold “<”, “>” or characters that can't be seen")
_PATTERNS: dict[str, str] = {
    "^[A-Z]{2}$": N_("%(field)s must be a code of two capital letters, such as CA"),
    "^[A-Z]{2,3}$": N_("%(field)s must be a code of two or three capital letters, such as ON"),
    "^[A-Za-z]{2,3}$": N_("%(field)s must be a code of two or three letters, such as ON"),
    "^[A-Z]{3}$": N_("%(field)s must be a currency, such as CAD"),
    "^(CAD|USD)$": N_("%(field)s must be a currency, such as CAD"),
    r"^[a-z0-9]+(_[a-z0-9]+)*$": N_("%(field)s may hold small letters, digits and underlines between them"),
    r"^[a-z0-9]+(-[a-z0-9]+)*$": N_("%(field)s may hold small letters, digits and hyphens between them"),
    r"^[a-z0-9]+([_-][a-z0-9]+)*$": N_(
        "%(field)s may hold small letters, digits, and hyphens or underlines between them"
    ),
    r"^[a-z][a-z0-9-]{2,39}$": N_("%(field)s may hold small letters, digits and hyphens, from 3 to 40"),
}
"""What a pattern asks for; those of addresses, telephones and forbidden characters are known by shape."""
_AMOUNTS = {
    *("decimal_parsing", "decimal_type", "float_parsing", "float_type"),
    *("finite_number", "int_parsing", "int_type"),
}
_PARTS = {"day": N_("day"), "month": N_("month"), "year": N_("year")}


def words_for(  # noqa: PLR0917 (what a sentence is made of)
    kind: str,
    context: Mapping[str, Any],
    label: str,
    widget: str,
    catalogue: Catalogue,
    formats: Formats,
    *,
    message: str | None = None,
) -> str:
    """The sentence for one broken rule; `message` is a validator's own text (a msgid with {params})."""
    _ = catalogue.gettext
    field = named(label, formats.language)
    if _is_empty(kind, context):
        pattern = MISSING.get(widget, MISSING["text"])
        if field.quoted:
            pattern = QUOTED_MISSING.get(widget, pattern)
        return _sentence(_(pattern), {"field": field.apart if widget in _APART else field.within})
    if kind == "string_pattern_mismatch":
        return _sentence(_(_pattern_rule(str(context.get("pattern", "")))), {"field": field.first})
    if widget == "money" and kind in _AMOUNTS:
        kind = "money_unreadable"
    if kind not in RULES and message:
        return _filled(_(message), context, field.first)
    values: dict[str, Any] = {name: _shown(value, formats) for name, value in context.items()}
    if kind == "date_incomplete":
        values["missing"] = formats.listing([_(_PARTS[part]) for part in context["missing"]])
    if kind == "date_no_such_day":
        names_of_months: Mapping[int, Any] = get_month_names("wide", context="format", locale=formats.locale)
        values["month_name"] = str(names_of_months[context["month"]])
        values["year"] = str(context["year"])
        values["last"] = calendar.monthrange(context["year"], context["month"])[1]
    if kind == "date_year":
        values.update({name: str(context[name]) for name in ("earliest", "latest")})
    pattern = _(RULES.get(kind, FALLBACK))
    values["field"] = field.first if pattern.startswith("%(field)s") else field.within
    return _sentence(pattern, values)


def _is_empty(kind: str, context: Mapping[str, Any]) -> bool:
    if kind in {"string_too_short", "too_short"}:
        return bool(context.get("empty")) or context.get("min_length") == 1
    return kind == "missing"


def _pattern_rule(pattern: str) -> str:
    if "@" in pattern:
        return _EMAIL
    if "0-9 ()" in pattern:
        return _TELEPHONE
    return _PATTERNS.get(pattern, _CHARACTERS if pattern.startswith("^[^") else FALLBACK)


def _sentence(pattern: str, values: Mapping[str, Any]) -> str:
    try:
        text = pattern % values
    except (KeyError, ValueError):
        text = pattern
    return text[:1].upper() + text[1:]


def _filled(pattern: str, context: Mapping[str, Any], label: str) -> str:
    try:
        return pattern.format(**{**context, "field": label})
    except (KeyError, IndexError, ValueError):
        return pattern


def _shown(value: Any, formats: Formats) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, int | float | Decimal):
        return formats.number(value)
    if isinstance(value, time):
        return formats.time(value)
    if hasattr(value, "isoformat") and hasattr(value, "month"):
        return formats.date(value)
    return value
