"""Whether every text of a package has its French."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from deskkit.i18n.catalogue import SHARED, load_catalogue
from deskkit.i18n.extraction import texts_of
from deskkit.labels import label_of

_PLACES = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)")


def missing_translations(
    package: str, *, enums: Iterable[type[Enum]] = (), language: str = "fr"
) -> list[str]:
    """Return a line for each text without a translation, or whose translation has other placeholders.

    `enums` are enumerations whose values are shown to people: their words need translations too.
    """
    own = load_catalogue(language, (*SHARED, package))
    wanted = texts_of(package)
    for enum in enums:
        for member in enum:
            wanted.setdefault(label_of(member), []).append(enum.__name__)
    problems: list[str] = []
    for text, places in sorted(wanted.items()):
        translated = own.messages.get(text)
        if not translated or not all(translated):
            problems.append(f"not translated: {text!r} ({places[0]})")
            continue
        for form in translated:
            if _names(form) - _names(text):
                problems.append(
                    f"unknown placeholders in the translation of {text!r}: "
                    f"{sorted(_names(form) - _names(text))}"
                )
            elif len(translated) == 1 and _names(form) != _names(text):
                problems.append(
                    f"placeholders missing in the translation of {text!r}: "
                    f"{sorted(_names(text) - _names(form))}"
                )
    return problems


def _names(text: str) -> set[str]:
    return {first or second for first, second in _PLACES.findall(text)}
