"""A document as data, of which a page and a PDF are two renderings (T4, T5)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
"""Characters that nobody sees: controls, and marks that change the direction of the text around them."""


class Language(StrEnum):
    """The language in which a document is read."""

    ENGLISH = "en"
    FRENCH = "fr"

    @classmethod
    def of(cls, locale: str) -> Language:
        """Return the language of a locale such as 'fr-CA', 'fr' or 'en'; English for any other."""
        return cls.FRENCH if locale[:2] == cls.FRENCH.value else cls.ENGLISH

    def choose(self, english: str, french: str) -> str:
        """Return the one of two texts that is in this language."""
        return french if self is Language.FRENCH else english

    @property
    def other(self) -> Language:
        """The other one of the two."""
        return Language.FRENCH if self is Language.ENGLISH else Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; a subheading belongs to the heading before it."""

    text: str
    sub: bool = False

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `quoted` when it is word for word what a person says."""

    text: str
    quoted: bool = False

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A label, and the lines beside it."""

    label: str
    lines: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        yield self.label
        yield from self.lines


@dataclass(frozen=True, slots=True)
class Rows:
    """Labels with the lines beside them."""

    rows: tuple[Row, ...]

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        for row in self.rows:
            yield from row.texts()


@dataclass(frozen=True, slots=True)
class Listing:
    """A numbered list."""

    items: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        yield from self.items


@dataclass(frozen=True, slots=True)
class SignatureLines:
    """Room for signatures: the names of who signs, and the labels of a signature and its date."""

    names: tuple[str, ...]
    signature: str
    date: str

    def texts(self) -> Iterator[str]:
        """Return its texts, in their order."""
        for name in self.names:
            yield from (name, self.signature, self.date)


Block = Heading | Paragraph | Rows | Listing | SignatureLines


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. Every page shows `mark`, when it has no force, and `running`, what it belongs to.

    `name` is that of the file, without its extension; `made_at` is the time of the record it shows.
    """

    language: Language
    name: str
    title: str
    mark: str | None
    running: str
    author: str
    made_at: dt.datetime
    blocks: tuple[Block, ...]

    def texts(self) -> Iterator[str]:
        """Return all texts of the document, in their order."""
        yield self.title
        if self.mark is not None:
            yield self.mark
        for block in self.blocks:
            yield from block.texts()


def row(label: str, *lines: str) -> Row:
    """Return a row of texts as `shown` returns them."""
    return Row(label, tuple(shown(line) for line in lines))


def paragraphs(text: str) -> Iterable[Paragraph]:
    """Return each line of a longer text as a paragraph, leaving out empty lines."""
    return [Paragraph(shown(line)) for line in text.splitlines() if line.strip()]


def shown(text: str) -> str:
    """Return a text with composed letters, and a mark for each character that nobody sees."""
    return _UNSEEN.sub(REPLACEMENT, unicodedata.normalize("NFC", text))
