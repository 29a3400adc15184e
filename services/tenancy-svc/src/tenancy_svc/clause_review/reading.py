"""Reads a text the way a person would: one plain form of it, and where each letter of that form came from.

Letters are folded (case, accents, look-alikes, digits used as letters), invisible characters dropped, words
that were
spaced out or broken over lines put together again, so that a rewording by typography doesn't get past the
review.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авсеніјкморѕтухѵ", "abceнijkmopstyxv", strict=True)),
        "н": "h",
        "α": "a",
        "ε": "e",
        "ι": "i",
        "ο": "o",
        "ρ": "p",
        "ν": "v",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "œ": "oe",
        "æ": "ae",
    }
)
_DIGITS_AS_LETTERS = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "@": "a",
    "$": "s",
    "!": "i",
}
_SPACED_OUT = re.compile(r"(?<!\w)(?:[a-z][ .\-_*/|]){3,}[a-z](?!\w)")
_BROKEN_OVER_LINES = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")
_WORD = re.compile(r"[a-z]{7,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """The plain form of a text; `origins[i]` is the offset in the original of the plain form's letter i."""

    plain: str
    origins: tuple[int, ...]
    original: str

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where plain[start:end] stood in the original."""
        if start >= end:
            return (0, 0)
        return self.origins[start], self.origins[end - 1] + 1


def read(text: str, known_words: frozenset[str] = frozenset()) -> Reading:
    """Return the plain form of `text`; words one slip away from `known_words` are read as those words."""
    letters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        for plain in _fold(character):
            letters.append(plain)
            origins.append(offset)
    letters, origins = _letters_for_digits(letters, origins)
    letters, origins = _drop(letters, origins, _BROKEN_OVER_LINES)
    letters, origins = _join_spaced_out(letters, origins)
    letters, origins = _single_spaces(letters, origins)
    letters, origins = _mend_slips(letters, origins, known_words)
    return Reading("".join(letters), tuple(origins), text)


def _fold(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold().translate(_LOOKALIKES)
    return "".join(
        c for c in unicodedata.normalize("NFD", folded) if unicodedata.category(c) not in {"Mn", "Cf"}
    )


def _letters_for_digits(letters: list[str], origins: list[int]) -> tuple[list[str], list[int]]:
    """Read a digit between two letters as the letter it imitates; numbers stay numbers."""
    read_as = list(letters)
    for index in range(1, len(letters) - 1):
        if (
            letters[index] in _DIGITS_AS_LETTERS
            and read_as[index - 1].isalpha()
            and letters[index + 1].isalpha()
        ):
            read_as[index] = _DIGITS_AS_LETTERS[letters[index]]
    return read_as, origins


def _drop(letters: list[str], origins: list[int], pattern: re.Pattern[str]) -> tuple[list[str], list[int]]:
    gone: set[int] = set()
    for match in pattern.finditer("".join(letters)):
        gone.update(range(*match.span()))
    return _without(letters, origins, gone)


def _join_spaced_out(letters: list[str], origins: list[int]) -> tuple[list[str], list[int]]:
    gone: set[int] = set()
    for match in _SPACED_OUT.finditer("".join(letters)):
        gone.update(i for i in range(*match.span()) if not letters[i].isalpha())
    return _without(letters, origins, gone)


def _single_spaces(letters: list[str], origins: list[int]) -> tuple[list[str], list[int]]:
    plain: list[str] = []
    kept: list[int] = []
    for letter, origin in zip(letters, origins, strict=True):
        space = letter.isspace()
        if space and letter == "\n" and plain and plain[-1] == " ":
            continue
        if space and (not plain or plain[-1] == " "):
            continue
        plain.append(" " if space else letter)
        kept.append(origin)
    return plain, kept


def _mend_slips(
    letters: list[str], origins: list[int], known_words: frozenset[str]
) -> tuple[list[str], list[int]]:
    """Read a long word that is one slip away from a known one as the known one."""
    if not known_words:
        return letters, origins
    mended: list[str] = []
    kept: list[int] = []
    end = 0
    for match in _WORD.finditer("".join(letters)):
        mended += letters[end : match.start()]
        kept += origins[end : match.start()]
        end = match.end()
        word = match.group()
        near = [] if word in known_words else difflib.get_close_matches(word, known_words, n=1, cutoff=0.9)
        if near and abs(len(near[0]) - len(word)) <= 1:
            places = origins[match.start() : match.end()]
            mended += list(near[0])
            kept += [places[min(i, len(places) - 1)] for i in range(len(near[0]))]
        else:
            mended += letters[match.start() : match.end()]
            kept += origins[match.start() : match.end()]
    return mended + letters[end:], kept + origins[end:]


def _without(letters: list[str], origins: list[int], gone: set[int]) -> tuple[list[str], list[int]]:
    return (
        [letter for i, letter in enumerate(letters) if i not in gone],
        [origin for i, origin in enumerate(origins) if i not in gone],
    )
