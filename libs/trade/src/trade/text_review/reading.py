"""Reads a text in one plain form, and remembers where each letter stood.

Small letters without accents, look-alike letters and digits read as the letters they imitate, invisible
characters dropped, words that were spaced out or broken over lines put together again, and slips of the
keyboard mended towards words that decide. So a rewording by typography doesn't get past a review.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авсеніјкмоорѕтухѵгԁԛԝ", "abcehijkmoopstyxvrdqw", strict=True)),
        **dict(zip("αειορνκτυχβ", "aeiopvktuxb", strict=True)),
        "ı": "i",
        "ɑ": "a",
        "ɡ": "g",
        "ł": "l",
        "ø": "o",
        "œ": "oe",
        "æ": "ae",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "‐": "-",
    }
)
_LETTERS_FOR_DIGITS = (str.maketrans("013457@$!8", "oieastasib"), str.maketrans("013457@$!8", "oleastaslb"))
_SPACED_OUT = re.compile(
    r"(?<![\w'])[a-z0-9@$](?:[ .\-_*/|]{1,2}[a-z0-9@$]){2,}(?!\w)"
    r"|(?<=')[a-z](?:[ .\-_*/|]{1,2}[a-z]){3,}(?!\w)"
)
_BROKEN_OVER_LINES = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")
_DISGUISED = re.compile(r"[a-z0-9@$!]+")
_WORD = re.compile(r"[a-z]{5,}")
_SIGNS = frozenset("0123456789@$!")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[a-z]|[ap]\.m|dr|mr|mrs|ms|mme|mlle|no|nos|art|sec|inc|ltd|lt[eé]e|st|ste|app|apt|etc|approx|cf|p\.ex|e\.g|i\.e|tel|av|boul)$"
)
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"')]|$)|\n")
_PART_END = re.compile(r";(?=\s)|\s-\s")
_LONG = 240
"""A sentence of more letters is read in the parts that semicolons make, so that a list can't hide one."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the plain text: where it begins and where it ends."""

    start: int
    end: int


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

    def sentences(self) -> Iterator[Span]:
        """Return the sentences in order; an abbreviation ends none, and a long one is cut at semicolons."""
        for sentence in self._sentences():
            if sentence.end - sentence.start <= _LONG:
                yield sentence
                continue
            begin = sentence.start
            for match in _PART_END.finditer(self.plain, sentence.start, sentence.end):
                yield Span(begin, match.end())
                begin = match.end()
            if self.plain[begin : sentence.end].strip():
                yield Span(begin, sentence.end)

    def _sentences(self) -> Iterator[Span]:
        begin = 0
        for match in _SENTENCE_END.finditer(self.plain):
            if match[0] == "." and _ABBREVIATED.search(self.plain, max(0, match.start() - 8), match.start()):
                continue
            if self.plain[begin : match.start()].strip():
                yield Span(begin, match.end())
            begin = match.end()
        if self.plain[begin:].strip():
            yield Span(begin, len(self.plain))


@dataclass(frozen=True)
class Vocabulary:
    """Words that are known, and those of them that decide: a slip of one letter is read as such a word."""

    known: frozenset[str] = frozenset()
    deciding: frozenset[str] = frozenset()
    _segments: dict[str, tuple[str, ...] | None] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _one_less(self) -> Mapping[str, str]:
        """Each deciding word under itself and under each form with a letter left out."""
        forms: dict[str, str] = {}
        for word in sorted(self.deciding):
            for form in _with_one_less(word):
                forms.setdefault(form, word)
        forms.update({word: word for word in self.deciding})
        return forms

    def mended(self, word: str) -> str | None:
        """Return the deciding word of which `word` is a slip: a letter more, less, other or exchanged."""
        if word in self.known or not self.deciding:
            return None
        forms = self._one_less
        for form in (word, *_with_one_less(word)):
            near = forms.get(form)
            if near is not None and near[0] == word[0] and abs(len(near) - len(word)) <= 1:
                return near
        return None

    def split(self, letters: str) -> tuple[str, ...] | None:
        """Return the known words that `letters` are made of, as few as possible; None if it's none."""
        best: list[tuple[str, ...] | None] = [(), *([None] * len(letters))]
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 18), end):
                before, word = best[start], letters[start:end]
                if before is None or not (word in self.known if end - start > 1 else word in "aily"):
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, word)
        return best[-1]


def _with_one_less(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


_NO_WORDS = Vocabulary()


def read(text: str, vocabulary: Vocabulary = _NO_WORDS) -> Reading:
    """Return the plain form of `text`; disguised and mistyped words are read as words of `vocabulary`."""
    letters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        for plain in _fold(character):
            letters.append(plain)
            origins.append(offset)
    plain = "".join(letters)
    steps: tuple[tuple[re.Pattern[str], Callable[[str, Vocabulary], str | None]], ...] = (
        (_BROKEN_OVER_LINES, _nothing),
        (_SPACED_OUT, _together),
        (_DISGUISED, _undisguised),
        (_WORD, _mended),
    )
    for pattern, rewrite in steps:
        plain, origins = _replaced(plain, origins, pattern, rewrite, vocabulary)
    plain, origins = _single_spaces(plain, origins)
    return Reading(plain, tuple(origins), text)


def plain_form(text: str, vocabulary: Vocabulary = _NO_WORDS) -> str:
    """Return the plain form alone."""
    return read(text, vocabulary).plain


def _fold(character: str) -> str:
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold().translate(_LOOKALIKES)
    return "".join(
        c for c in unicodedata.normalize("NFD", folded) if unicodedata.category(c) not in {"Mn", "Cf"}
    )


def _nothing(_: str, __: Vocabulary) -> str | None:
    return ""


def _together(run: str, vocabulary: Vocabulary) -> str | None:
    """Put spaced-out letters together: two separators part words, else the known words part them."""
    parts = [re.sub(r"[^a-z0-9@$]", "", part) for part in re.split(r"[ .\-_*/|]{2}", run)]
    found: list[str] = []
    for part in parts:
        letters = part
        if not part.isalpha():
            letters = next(
                (t for table in _LETTERS_FOR_DIGITS if vocabulary.split(t := part.translate(table))), part
            )
        words = vocabulary.split(letters)
        if words is None and not (len(letters) > 3 and letters.isalpha()):
            return None
        found.append(" ".join(words) if words else letters)
    if len(found) == len(run) // 3 + 1 and len(found) > 1 and all(len(word) == 1 for word in found):
        return _together("".join(found), vocabulary)
    return " ".join(found)


def _undisguised(word: str, vocabulary: Vocabulary) -> str | None:
    """Read digits and signs in a word as letters where that makes a known word, or between two letters."""
    if not _SIGNS.intersection(word) or not any(c.isalpha() for c in word):
        return None
    for table in _LETTERS_FOR_DIGITS:
        for tail in ("", "!"):
            stem = word.removesuffix(tail) if tail else word
            if len(stem) > 2 and (read_as := stem.translate(table)) in vocabulary.known:
                return read_as
    between = [
        c.translate(_LETTERS_FOR_DIGITS[0])
        if 0 < i < len(word) - 1 and word[i - 1].isalpha() and word[i + 1].isalpha()
        else c
        for i, c in enumerate(word)
    ]
    return "".join(between)


def _mended(word: str, vocabulary: Vocabulary) -> str | None:
    return vocabulary.mended(word)


def _replaced(
    plain: str,
    origins: list[int],
    pattern: re.Pattern[str],
    rewrite: Callable[[str, Vocabulary], str | None],
    vocabulary: Vocabulary,
) -> tuple[str, list[int]]:
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in pattern.finditer(plain):
        rewritten = rewrite(match[0], vocabulary)
        if rewritten is None or rewritten == match[0]:
            continue
        start, end = match.span()
        pieces.append(plain[done:start])
        offsets += origins[done:start]
        replaced = origins[start:end]
        pieces.append(rewritten)
        offsets += [
            replaced[min(i * len(replaced) // max(len(rewritten), 1), len(replaced) - 1)]
            for i in range(len(rewritten))
        ]
        if rewritten and offsets:
            offsets[-1] = replaced[-1]
        done = end
    if not done:
        return plain, origins
    pieces.append(plain[done:])
    return "".join(pieces), offsets + origins[done:]


_SPACES = re.compile(r"\s+")


def _single_spaces(plain: str, origins: list[int]) -> tuple[str, list[int]]:
    """One space for many; a line break stays where it ends a sentence: behind a full stop, before a point."""
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in _SPACES.finditer(plain):
        start, end = match.span()
        if match[0] == " ":
            continue
        lines = match[0].count("\n")
        ends = lines > 1 or (
            lines == 1
            and (plain[start - 1 : start] in tuple(".;:!?") or plain[end : end + 1] in tuple("-*•·"))
        )
        pieces += [plain[done:start], "\n" if ends else " "]
        offsets += [*origins[done:start], origins[start]]
        done = end
    return "".join([*pieces, plain[done:]]), offsets + origins[done:]
