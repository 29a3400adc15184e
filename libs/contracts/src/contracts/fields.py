"""The kind of each field of an event, and the check that there is no other kind (W1)."""

from __future__ import annotations

import types
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from contracts import words
from contracts.event import Event
from contracts.words import Marked

_LONGEST_SET = 100


class FieldKind(StrEnum):
    """The kinds of field."""

    REFERENCE = "reference"
    PARTY = "party"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    COUNT = "count"
    MONEY = "money"
    ENUMERATION = "enumeration"
    ENUMERATION_SET = "enumeration_set"
    PERSON_NAME = "person_name"
    PERSON_CONTACT = "person_contact"
    UNIT_ADDRESS = "unit_address"
    BUSINESS_NAME = "business_name"


_WORDS: dict[Any, FieldKind] = {
    words.Reference: FieldKind.REFERENCE,
    words.PartyId: FieldKind.PARTY,
    words.Date: FieldKind.DATE,
    words.Moment: FieldKind.MOMENT,
    words.Flag: FieldKind.FLAG,
    words.Count: FieldKind.COUNT,
    words.Money: FieldKind.MONEY,
    words.PersonName: FieldKind.PERSON_NAME,
    words.PersonContact: FieldKind.PERSON_CONTACT,
    words.UnitAddress: FieldKind.UNIT_ADDRESS,
    words.BusinessName: FieldKind.BUSINESS_NAME,
}

_MARKS = {
    FieldKind.PERSON_NAME: Marked.PERSON,
    FieldKind.PERSON_CONTACT: Marked.PERSON,
    FieldKind.UNIT_ADDRESS: Marked.UNIT_ADDRESS,
    FieldKind.BUSINESS_NAME: Marked.BUSINESS_NAME,
}


_MORE_THAN_A_HOME = {FieldKind.PERSON_NAME, FieldKind.PERSON_CONTACT, FieldKind.BUSINESS_NAME}


def field_kinds(model: type[Event]) -> dict[str, FieldKind | None]:
    """Return the kind of each field; None for one of no kind that is allowed."""
    hints = get_type_hints(model, include_extras=True)
    return {name: _kind(hints[name]) for name in model.model_fields}


def violations(model: type[Event]) -> list[str]:
    """Return every way in which an event could contain more than is allowed; empty for a narrow one."""
    found = []
    if model.model_config.get("extra") != "forbid":
        found.append(f"{model.__name__} takes fields it doesn't declare")
    if not model.model_config.get("frozen"):
        found.append(f"{model.__name__} can be changed after it was checked")
    kinds = field_kinds(model)
    for name, kind in kinds.items():
        if kind is None:
            found.append(f"{model.__name__}.{name} has a type that no event may have")
        elif (mark := _MARKS.get(kind)) is not None and mark not in model.terms.carries:
            found.append(f"{model.__name__}.{name} needs the mark {mark}")
    if not model.terms.addressed:
        found += [
            f"{model.__name__}.{name} is about more than a home: the event needs an addressee"
            for name, kind in kinds.items()
            if kind in _MORE_THAN_A_HOME or (kind is FieldKind.REFERENCE and name != "unit")
        ]
    unused = model.terms.carries - {_MARKS[kind] for kind in kinds.values() if kind in _MARKS}
    found += [f"{model.__name__} is marked {mark} and carries none" for mark in sorted(unused)]
    return found


def _kind(hint: Any) -> FieldKind | None:
    if get_origin(hint) in (Union, types.UnionType):
        inner = [option for option in get_args(hint) if option is not type(None)]
        return _kind(inner[0]) if len(inner) == 1 else None
    try:
        if hint in _WORDS:
            return _WORDS[hint]
    except TypeError:  # metadata that can't be hashed isn't one of ours
        return None
    if _is_closed_enumeration(hint):
        return FieldKind.ENUMERATION
    return FieldKind.ENUMERATION_SET if _is_bounded_set(hint) else None


def _is_closed_enumeration(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum) and hint.__module__ == words.__name__


def _is_bounded_set(hint: Any) -> bool:
    if get_origin(hint) is not Annotated:
        return False
    base, *metadata = get_args(hint)
    limits = [
        limit.max_length
        for item in metadata
        for limit in getattr(item, "metadata", [item])
        if getattr(limit, "max_length", None) is not None
    ]
    inner = get_args(base)
    return (
        get_origin(base) is tuple
        and len(inner) == 2
        and inner[1] is Ellipsis
        and _is_closed_enumeration(inner[0])
        and any(limit <= _LONGEST_SET for limit in limits)
    )
