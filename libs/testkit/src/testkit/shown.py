"""What a page shows to a person, and what in it isn't for people: codes, placeholders, untranslated words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from html.parser import HTMLParser

from deskkit.labels import label_of
from testkit.faults import NOT_FOR_PEOPLE

_UNSEEN = frozenset({"script", "style", "template", "code", "kbd"})
_TEXT_ATTRIBUTES = ("alt", "aria-label", "placeholder")
_INLINE = frozenset({"a", "abbr", "b", "em", "i", "small", "span", "strong", "time", "bdi", "s"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-")
_DATE_OF_A_MACHINE = re.compile(r"(?<!such as )(?<!comme )\b\d{4}-\d\d-\d\d(?:T|\b)")
"""A day as programs write it, other than as the example of what a file holds."""


def texts_shown(html: str) -> list[str]:
    """Every text of a page as a person reads it: each block as one, and the text alternative of a picture.

    Text that is marked as being in another language than the page's is left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return [text for text in (" ".join(text.split()) for text in reader.found) if text]


class _Reader(HTMLParser):
    """Reads a page that is known to be well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._block: list[str] = []
        self._language: str | None = None
        self._unread: list[str] = []

    def end_block(self) -> None:
        """What stood together was one text."""
        self.found.append("".join(self._block))
        self._block.clear()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self._language = given.get("lang")
        foreign = given.get("lang", self._language) != self._language
        if (self._unread or foreign or tag in _UNSEEN) and tag not in _VOID:
            self._unread.append(tag)
        if not self._unread:
            self.found += [given.get(name) or "" for name in _TEXT_ATTRIBUTES]
        if tag not in _INLINE:
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()
        if tag not in _INLINE:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._block.append(data)


def codes_of(vocabularies: Iterable[type[Enum]]) -> frozenset[str]:
    """The words that programs write of closed vocabularies; none of them is for people."""
    return frozenset(str(member.value) for vocabulary in vocabularies for member in vocabulary)


def english_of(vocabularies: Iterable[type[Enum]], messages: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The English words for closed vocabularies, of those that a catalogue's language calls otherwise."""
    words = {label_of(member) for vocabulary in vocabularies for member in vocabulary}
    return frozenset(word for word in words if messages.get(word, (word,))[0] not in ("", word))


def not_for_people(texts: Iterable[str], codes: frozenset[str], foreign: frozenset[str]) -> Iterator[str]:
    """What is wrong with texts that a page shows: a code, a placeholder, a word of another language."""
    for text in texts:
        for pattern, why in (
            *NOT_FOR_PEOPLE,
            (_ID, "an identifier"),
            (_DATE_OF_A_MACHINE, "a date of a machine"),
        ):
            if pattern.search(text):
                yield f"{why}: {text[:160]!r}"
        if text in codes and text.islower():
            yield f"a code: {text!r}"
        if text in foreign:
            yield f"not translated: {text!r}"
