"""A document as data: what a page shows and a PDF holds are two renderings of it (T4, T5)."""

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
"""What nobody sees: controls, and the marks that turn the order of what stands beside them."""


class Language(StrEnum):
    """The language in which a document is read."""

    ENGLISH = "en"
    FRENCH = "fr"

    @classmethod
    def of(cls, locale: str) -> Language:
        """The language of a reader whose locale is 'fr-CA', 'fr', 'en', …; English where it is neither."""
        return cls.FRENCH if locale[:2] == cls.FRENCH.value else cls.ENGLISH

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
        """What it says."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `said` when it is word for word what a person says."""

    text: str
    said: bool = False

    def texts(self) -> Iterator[str]:
        """What it says."""
        yield self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A name, and what it stands for: one line or several."""

    label: str
    lines: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        """What it says."""
        yield self.label
        yield from self.lines


@dataclass(frozen=True, slots=True)
class Rows:
    """Names with what they stand for."""

    rows: tuple[Row, ...]

    def texts(self) -> Iterator[str]:
        """What it says."""
        for row in self.rows:
            yield from row.texts()


@dataclass(frozen=True, slots=True)
class Listing:
    """Points in their order."""

    items: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        """What it says."""
        yield from self.items


@dataclass(frozen=True, slots=True)
class SignatureLines:
    """Room for signatures: who signs, each with the words for a signature and a date."""

    names: tuple[str, ...]
    signature: str
    date: str

    def texts(self) -> Iterator[str]:
        """What it says."""
        for name in self.names:
            yield from (name, self.signature, self.date)


Block = Heading | Paragraph | Rows | Listing | SignatureLines


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; `mark` says on every page that it has no force, `running` what the page belongs to.

    `name` is that of the file, without what stands for its kind; `made_at` is the moment of the record.
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
        """Everything that it says, in its order."""
        yield self.title
        if self.mark is not None:
            yield self.mark
        for block in self.blocks:
            yield from block.texts()


def row(label: str, *lines: str) -> Row:
    """Return a row whose texts can be shown."""
    return Row(label, tuple(shown(line) for line in lines))


def paragraphs(text: str) -> Iterable[Paragraph]:
    """Return a longer text as its paragraphs; an empty line parts nothing more than a line does."""
    return [Paragraph(shown(line)) for line in text.splitlines() if line.strip()]


def shown(text: str) -> str:
    """Return a text with composed letters, and a mark for each sign that would turn or hide others."""
    return _UNSEEN.sub(REPLACEMENT, unicodedata.normalize("NFC", text))
