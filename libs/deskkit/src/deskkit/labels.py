"""Words for coded values, so that no page shows a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any


def label_of(value: Any) -> str:
    """The English words (a msgid) for a value: its `label`, or its code as a sentence.

    `housing_secured` becomes "Housing secured"; an enumeration may carry a `label` property instead.
    """
    label = getattr(value, "label", None)
    if isinstance(label, str):
        return label
    code = str(value.value) if isinstance(value, Enum) else str(value)
    return code.replace("_", " ")[:1].upper() + code.replace("_", " ")[1:]


Option = tuple[str, str]


def options_of(source: Any, translate: Callable[[str], str]) -> list[Option]:
    """(value, words) pairs from an enumeration, a mapping, pairs, or a sequence of codes."""
    if isinstance(source, dict):
        return [(_code(key), _words(text)) for key, text in source.items()]
    if isinstance(source, type) and issubclass(source, Enum):
        return [(_code(member), translate(label_of(member))) for member in source]
    pairs: list[Option] = []
    items: Iterable[Any] = source or ()
    for item in items:
        if isinstance(item, tuple):
            pairs.append((_code(item[0]), _words(item[1])))
        else:
            pairs.append((_code(item), translate(label_of(item))))
    return pairs


def groups_of(source: Any, translate: Callable[[str], str]) -> list[tuple[str, list[Option]]]:
    """(words of a group, its options) from [(words, options), …]; plain options are one without words."""
    if isinstance(source, list | tuple) and source and all(_is_group(item) for item in source):
        return [(_words(words), options_of(options, translate)) for words, options in source]
    return [("", options_of(source, translate))]


def _is_group(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], list | tuple)


def _code(value: Any) -> str:
    if value is None:
        return ""
    return str(value.value) if isinstance(value, Enum) else str(value)


def _words(text: Any) -> str:
    # `str()` of text that is escaped already would have it escaped twice.
    return text if isinstance(text, str) else str(text)
