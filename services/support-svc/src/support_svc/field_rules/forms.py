"""What a form declares of its fields: which of them the organisation may make mandatory, or hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chassis.errors import NotFound
from chassis.feature import offers_of
from support_svc.field_rules.model import FieldRule

if TYPE_CHECKING:
    from datetime import date, datetime

    from pydantic import BaseModel
    from sqlalchemy.orm import InstrumentedAttribute

    from chassis.feature import Features

MARK = "x-organisation-may"
"""Under this name the schema of a command says which rules a field can have, for those who call the API."""


def _may(*rules: FieldRule) -> dict[str, Any]:
    return {MARK: [rule.value for rule in rules]}


CONFIGURABLE = _may(*FieldRule)
"""For `json_schema_extra` of a field that may be mandatory, optional or hidden."""
NEVER_HIDDEN = _may(FieldRule.MANDATORY, FieldRule.OPTIONAL)
"""For a field that another page needs."""
NEVER_MANDATORY = _may(FieldRule.OPTIONAL, FieldRule.HIDDEN)
"""For a field that has an answer of its own when nothing is said, or that only some records can have."""


@dataclass(frozen=True, slots=True)
class ConfigurableField:
    """A field for which the organisation may choose a rule; `label` is its name on pages (a message id)."""

    name: str
    label: str
    rules: Sequence[FieldRule]
    default: object

    def is_empty(self, value: object) -> bool:
        """Whether a value says nothing: it's blank, or what the field is when nothing is said."""
        return value in (None, "", [], ()) or value == self.default


@dataclass(frozen=True)
class ConfigurableForm:
    """A form with fields that the organisation may configure: those that `model` marks.

    `label` is its name on pages (a message id). The fields that must be filled in anyway can't be marked.
    `begins` is the column with the moment, or the day, on which a record that can be changed began.
    """

    code: str
    label: str
    model: type[BaseModel]
    begins: InstrumentedAttribute[Any] | None = None

    def begun(self, record: object) -> date | datetime | None:
        """Return when a record began; nothing for one whose beginning isn't recorded."""
        found: date | datetime | None = None if self.begins is None else getattr(record, self.begins.key)
        return found

    @cached_property
    def fields(self) -> Mapping[str, ConfigurableField]:
        """The fields by their names, in the order of the form. Raises TypeError for one that is required."""
        found: dict[str, ConfigurableField] = {}
        for name, info in self.model.model_fields.items():
            extra = info.json_schema_extra
            if not isinstance(extra, dict) or MARK not in extra:
                continue
            if info.is_required() or not info.title:
                raise TypeError(f"{self.code}.{name} can't be configured: it's required, or has no title")
            rules = extra[MARK]
            found[name] = ConfigurableField(
                name,
                info.title,
                [rule for rule in FieldRule if isinstance(rules, list) and rule.value in rules],
                info.get_default(call_default_factory=True),
            )
        return found


def declared(*forms: ConfigurableForm) -> Callable[[], Sequence[ConfigurableForm]]:
    """Return what a feature offers as `configurable_forms`."""
    return lambda: forms


def forms_of(features: Features) -> dict[str, ConfigurableForm]:
    """Return all forms with fields to configure, by their codes. Raises TypeError for one declared twice."""
    found: dict[str, ConfigurableForm] = {}
    for forms in offers_of(features, "configurable_forms"):
        for one in forms():
            if one.code in found:
                raise TypeError(f"the form {one.code} is declared twice")
            found[one.code] = one
    return found


def declared_field(features: Features, form: str, field: str) -> tuple[ConfigurableForm, ConfigurableField]:
    """Return a form and its field. Raises NotFound when no feature declares them."""
    found = forms_of(features).get(form)
    if found is None:
        raise NotFound(what="form")
    if field not in found.fields:
        raise NotFound(what="field")
    return found, found.fields[field]
