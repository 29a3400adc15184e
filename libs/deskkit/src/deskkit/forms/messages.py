"""Plain words for every rule a form can break; each names the field by its label."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import time
from enum import Enum
from typing import Any

from babel.dates import get_month_names

from deskkit.i18n import N_, Formats
from deskkit.i18n.catalogue import Catalogue

MISSING: dict[str, str] = {
    "text": N_("Enter %(field)s"),
    "date": N_("Enter %(field)s"),
    "choice": N_("Select %(field)s"),
    "rows": N_("Add at least one line to %(field)s"),
}
"""What to do about an empty field, by the way it's filled in."""

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
    "string_pattern_mismatch": N_("%(field)s isn't in the right format"),
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
    "bool_parsing": N_("Select yes or no for %(field)s"),
    "bool_type": N_("Select yes or no for %(field)s"),
    "enum": N_("Select %(field)s from the list"),
    "literal_error": N_("Select %(field)s from the list"),
    "uuid_parsing": N_("Select %(field)s from the list"),
    "uuid_type": N_("Select %(field)s from the list"),
    "uuid_version": N_("Select %(field)s from the list"),
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

FALLBACK = N_("%(field)s can't be accepted as it is")
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
    if kind in {"missing", "string_too_short", "too_short"} and _is_empty(kind, context):
        return _sentence(_(MISSING.get(widget, MISSING["text"])), {"field": _inside(label, formats)})
    if kind not in RULES and message:
        return _filled(_(message), context, label)
    values: dict[str, Any] = {"field": label}
    for name, value in context.items():
        values[name] = _shown(value, formats)
    if kind == "date_incomplete":
        values["missing"] = formats.listing([_(_PARTS[part]) for part in context["missing"]])
    if kind == "date_no_such_day":
        names: Mapping[int, Any] = get_month_names("wide", context="format", locale=formats.locale)
        values["month_name"] = str(names[context["month"]])
        values["year"] = str(context["year"])
        values["last"] = calendar.monthrange(context["year"], context["month"])[1]
    if kind == "date_year":
        values.update({name: str(context[name]) for name in ("earliest", "latest")})
    pattern = _(RULES.get(kind, FALLBACK))
    if not pattern.startswith("%(field)s"):
        values["field"] = _inside(label, formats)
    return _sentence(pattern, values)


def _is_empty(kind: str, context: Mapping[str, Any]) -> bool:
    return kind == "missing" or bool(context.get("empty"))


def _inside(label: str, formats: Formats) -> str:
    """A label in the middle of a sentence: 'Date of birth' becomes 'date of birth', 'PIN' stays.

    French quotes the label instead, because it would need an article.
    """
    if formats.language == "fr":
        return label
    return label if label[1:2].isupper() or not label else label[0].lower() + label[1:]


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
    if isinstance(value, int | float):
        return formats.number(value)
    if isinstance(value, time):
        return formats.time(value)
    if hasattr(value, "isoformat") and hasattr(value, "month"):
        return formats.date(value)
    return value
