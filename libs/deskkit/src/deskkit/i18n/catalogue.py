"""Message catalogues: `<package>/<language>.po`, and one beside each feature; read directly, not compiled."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from trade.texts import N_

__all__ = [
    "LANGUAGES",
    "N_",
    "SHARED",
    "SOURCE_LANGUAGE",
    "Catalogue",
    "catalogues_of",
    "folder_of",
    "load_catalogue",
]

LANGUAGES: dict[str, str] = {"en": "English", "fr": "Français"}
"""Languages of every desk, each with its name in that language."""

SOURCE_LANGUAGE = "en"
SHARED = ("deskkit", "chassis", "trade", "column_search", "importing")
"""The packages whose translations every desk has; a text of theirs isn't translated again."""


class Catalogue(gettext.NullTranslations):
    """Translations of several packages as one; a text without a translation is shown as written."""

    def __init__(
        self,
        language: str,
        messages: dict[str, tuple[str, ...]] | None = None,
        plural: Callable[[int], int] | None = None,
    ) -> None:
        super().__init__()
        self.language = language
        self.messages = messages or {}
        self._plural = plural or (lambda n: int(n != 1))

    def gettext(self, message: str) -> str:
        """The translation, or the text itself."""
        found = self.messages.get(message)
        return found[0] if found and found[0] else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation for a number of things."""
        found = self.messages.get(msgid1)
        form = self._plural(n)
        if found and len(found) > form and found[form]:
            return found[form]
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        """The same, whatever the context."""
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """The same, whatever the context."""
        return self.ngettext(msgid1, msgid2, n)


def folder_of(package: str) -> Path:
    """Return the folder of an installed package without importing it: its dependencies needn't be there.

    Raises ModuleNotFoundError.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package}", name=package)
    return Path(spec.submodule_search_locations[0])


def catalogues_of(package: str, language: str) -> list[Path]:
    """Return the paths of a package's translations: its own catalogue, then those of its folders."""
    root = folder_of(package)
    return [root / f"{language}.po", *sorted(root.glob(f"*/{language}.po"))]


def _read(source: Path, language: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    with source.open("rb") as stream:
        catalog: Any = read_po(stream, locale=language, abort_invalid=True)
    for message in catalog:
        if not message.id or message.fuzzy or not message.string:
            continue
        if isinstance(message.id, (tuple, list)):
            yield message.id[0], tuple(message.string)
        else:
            yield message.id, (message.string,)


@lru_cache(maxsize=32)
def load_catalogue(language: str, packages: tuple[str, ...]) -> Catalogue:
    """Read the catalogues of these packages as one; where two translate the same text, the later wins.

    The source language needs no file.
    """
    messages: dict[str, tuple[str, ...]] = {}
    if language != SOURCE_LANGUAGE:
        sources = [path for package in packages for path in catalogues_of(package, language)]
        for source in sources:
            if source.is_file():
                messages.update(_read(source, language))
    # In French, zero and one are singular.
    plural = (lambda n: int(n > 1)) if language == "fr" else None
    return Catalogue(language, messages, plural)
