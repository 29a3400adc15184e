"""What several desk pages show beside a record: who changed what (X3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from deskkit.call import PageCall
from deskkit.labels import label_of
from units_svc.edits import Edit
from units_svc.entities import PropertyEntities


def entity_choices(call: PageCall, stored: Collection[str | None] = ()) -> list[tuple[str, str]]:
    """Return ids and names of the property entities to choose from, `stored` ones included.

    Empty unless there is more than one: nobody is asked to choose between one option.
    """
    ids = [party.id for party in PropertyEntities.of(call.runtime, call.today).parties]
    ids += sorted({id for id in stored if id is not None and id not in ids})
    return [(id, call.party_name(id)) for id in ids] if len(ids) > 1 else []


_TECHNICAL = frozenset({"name_key"})
"""Fields that follow from others."""


def titles(*models: type[BaseModel]) -> dict[str, str]:
    """Return the titles (message ids) of the fields of commands, by name."""
    fields = (pair for model in models for pair in model.model_fields.items())
    return {name: field.title for name, field in fields if field.title}


def edits_in_words(
    call: PageCall,
    edits: Iterable[Edit],
    names: Mapping[str, str],
    *,
    words: Callable[[str, Any], str] = lambda _name, value: str(value),
    named_only: Collection[str] = (),
) -> list[tuple[Edit, list[str]]]:
    """Return each edit with a line for each field that it changed, in the reader's language.

    `names` are the titles of fields, `words` puts a value of a field into words. Of fields that are
    `named_only` the value isn't shown: it means nothing to people, or is too long for a line.
    """

    def worded(name: str, value: Any) -> str:
        if value is None or value == "":
            return call._("not known")
        if isinstance(value, bool):
            return call._("Yes") if value else call._("No")
        return words(name, value)

    def line(name: str, before: Any, after: Any) -> str:
        title = call._(names.get(name, label_of(name)))
        if name in named_only:
            return title
        change = {"name": title, "before": worded(name, before), "after": worded(name, after)}
        return call._("%(name)s: %(before)s → %(after)s", **change)

    return [
        (
            edit,
            [line(name, *both) for name, both in (edit.changes or {}).items() if name not in _TECHNICAL],
        )
        for edit in edits
    ]
