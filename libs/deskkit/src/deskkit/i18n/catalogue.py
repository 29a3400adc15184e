"""Message catalogues: `<package>/<language>.po`, and one beside each feature; read directly, not compiled."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES: dict[str, str] = {"en": "English", "fr": "Français"}
"""Languages of every desk, each with its name in that language."""

SOURCE_LANGUAGE = "en"
SHARED = ("deskkit", "chassis", "trade")
"""The packages whose translations every desk has; a text of theirs isn't translated again."""


def N_(msgid: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text for translation where it's written; it is translated later, where it's shown."""
    return msgid


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


def catalogues_of(package: str, language: str) -> list[Path]:
    """Return where the translations of a package stand: its own catalogue, then those of its folders."""
    root = Path(str(files(package)))
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
