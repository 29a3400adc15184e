"""The texts and formats of one language, for documents in another language than the reader's desk."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from deskkit.i18n import Formats, load_catalogue
from deskkit.i18n.formats import ONE_STOP, TWO_STOPS
from deskkit.labels import label_of
from tenancy_svc.documents.model import Language

_PACKAGES = ("deskkit", "chassis", "tenancy_svc")


class Translation:
    """The texts and formats of one language; `zone` is the organisation's time zone."""

    def __init__(self, language: Language, zone: dt.tzinfo) -> None:
        self.language = language
        self._catalogue = load_catalogue(language.value, _PACKAGES)
        self.formats = Formats(language.value, zone, self._catalogue)

    def _(self, msgid: str, **params: Any) -> str:
        """Return a text in this language, with its `%(name)s` filled in."""
        text = self._catalogue.gettext(msgid)
        return (text % params).replace(TWO_STOPS, ONE_STOP) if params else text

    def label(self, value: Any) -> str:
        """Return the label of a value of a closed list."""
        return self._catalogue.gettext(label_of(value))

    def sum(self, money: Any) -> str:
        """Return an amount with the code of its currency: '$900.00 CAD'."""
        return f"{self.formats.money(money)} {money.currency}"


@lru_cache(maxsize=8)
def translation(language: Language, zone: dt.tzinfo) -> Translation:
    """Return the translation of a language; each is made once."""
    return Translation(language, zone)
