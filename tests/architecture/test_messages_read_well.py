"""Every message of a form reads as a person would write it, in both languages."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import re
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from deskkit.forms.binding import (
    default_label,
    is_collection,
    is_model,
    is_money,
    item_of,
    shape_of,
    widget_of,
)
from deskkit.forms.messages import words_for
from deskkit.i18n import SHARED, Formats, load_catalogue
from testkit.faults import reads_badly

PACKAGES = ["units_svc", "support_svc", "tenancy_svc", "gateway"]
TORONTO = zoneinfo.ZoneInfo("America/Toronto")
WRONG: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "text": (("string_too_long", {"max_length": 1200}), ("string_too_short", {"min_length": 2})),
    "date": (
        ("date_incomplete", {"missing": ["month", "year"]}),
        ("date_past", {}),
        ("date_no_such_day", {"month": 2, "year": 2027}),
        ("time_skipped", {"on": dt.date(2026, 3, 8), "instead": dt.time(3, 30)}),
    ),
    "choice": (("enum", {}), ("literal_error", {})),
    "yes_no": (("bool_parsing", {}),),
    "number": (("int_parsing", {}), ("greater_than_equal", {"ge": 1000})),
    "money": (("decimal_parsing", {}), ("money_cents", {})),
    "rows": (("too_short", {"min_length": 1}), ("too_long", {"max_length": 20})),
}


@cache
def models_of(package: str) -> tuple[type[BaseModel], ...]:
    """Return the models that the desks of a package use, commands and filters."""
    found: dict[type[BaseModel], None] = {}
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        if module.name.rsplit(".", 1)[-1].startswith("desk"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and issubclass(value, BaseModel):
                    found[value] = None
    return tuple(found)


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Key, bare type and pattern of each field, those of lines and of models within as well."""
    for name, info in model.model_fields.items():
        bare, _ = shape_of(info.annotation)
        yield (
            prefix + name,
            bare,
            next((one.pattern for one in info.metadata if hasattr(one, "pattern")), None),
        )
        inner = item_of(bare) if is_collection(bare) else bare
        if is_model(inner) and not is_money(inner):
            yield from fields(inner, f"{prefix}{name}-0-" if is_collection(bare) else f"{prefix}{name}-")


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("package", PACKAGES)
def test_missing_and_wrong_fields_are_reported_in_sentences(package: str, language: str) -> None:
    catalogue = load_catalogue(language, (*SHARED, package))
    formats = Formats(language, TORONTO, catalogue)
    ill: dict[str, list[str]] = {}
    messages = 0
    for model in models_of(package):
        for key, bare, pattern in fields(model):
            if key.rsplit("-", 1)[-1].endswith(("_id", "version")) or bare is Any:
                continue
            label = catalogue.gettext(default_label(model, key))
            widget = "money" if is_money(bare) else "number" if bare in {int, float} else widget_of(bare)
            faults = [("missing", {}), *WRONG[widget]]
            if pattern:
                faults.append(("string_pattern_mismatch", {"pattern": pattern}))
            for kind, context in faults:
                message = words_for(kind, context, label, widget, catalogue, formats)
                messages += 1
                if found := reads_badly(message, language):
                    ill[message] = [*found, f"{model.__name__}.{key}"]
    assert ill == {}
    assert messages > 30


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Enter enter from", "en"),
        ("Select is Zdenka still in housing?", "en"),
        ("Enter the held until", "en"),
        ("Select the the day", "en"),
        ("Enter the moved_in_on", "en"),
        ("Rent can't be accepted as it is", "en"),
        ("People must have at least 1 entries", "en"),
        ("Remplissez le champ « Loyer »", "fr"),
        ("«\u00a0Name of the home\u00a0» manque", "fr"),
    ],
)
def test_a_message_that_reads_badly_is_found(message: str, language: str) -> None:
    assert reads_badly(message, language)


RUN_TOGETHER = re.compile(r"\w[.!?][A-ZÀ-Þ]\w")
"""A sentence that begins right after another one, as when a text was pasted behind its former wording."""


@pytest.mark.row("X1")
@pytest.mark.parametrize("package", PACKAGES)
def test_no_sentence_of_a_translation_runs_into_the_next(package: str) -> None:
    messages = load_catalogue("fr", (*SHARED, package)).messages
    assert [form for forms in messages.values() for form in forms if RUN_TOGETHER.search(form)] == []
    assert len(messages) > 100
