"""Our own sentences: written by hand, or made from a grammar, each with what it is.

A file is sections, each under a heading `# <class> <family>`, with one sentence a line. In a grammar a line
is a pattern with `{slots}`, and `@slot: one | another` says what may stand there. A section whose heading
says `held out` is never trained on.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trade.text_review.reading import plain_form
from trade.text_review.words import tokens

FOLDER = Path(__file__).parent / "corpus"
LANGUAGES = ("en", "fr")
NEARLY = 0.6
"""Two sentences of which this part of all pairs of words is the same are nearly the same."""
_SLOT = re.compile(r"\{(\w+)\}")
_HEADING = re.compile(r"# (\w+)\b\s*(.*)")
_VOWEL = "aeiouyàâéèêëîïôûAEIOUYÉÈÊÀ"
_CONTRACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bà les\b"), "aux"),
    (re.compile(r"\bà le\b"), "au"),
    (re.compile(r"\bde les\b"), "des"),
    (re.compile(r"\bde le\b"), "du"),
    (re.compile(r"\b(?:de|d') ?(?:un|une|des) (?=caméra|webcam)"), "d'une "),
    (re.compile(rf"\b([dDlLnNsSjJ])e (?=[{_VOWEL}])"), r"\1'"),
    (re.compile(rf"\b(qu|jusqu|lorsqu|Qu|Lorsqu)e (?=[{_VOWEL}])"), r"\1'"),
    (re.compile(r"\b([sS])i (?=ils?\b)"), r"\1'"),
    (re.compile(r"\bne (?=h(?:abit|onor))"), "n'"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, its class, its language, and the family it belongs to."""

    text: str
    label: str
    language: str
    family: str
    by_hand: bool
    held_out: bool


class HeldOut:
    """Sentences that are held out, to be compared with what is learned from."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index the sentences by the pairs of neighbouring words in them."""
        self._sizes = [len(_pairs(text)) for text in texts]
        self._where: dict[tuple[str, str], list[int]] = {}
        for number, text in enumerate(texts):
            for pair in _pairs(text):
                self._where.setdefault(pair, []).append(number)

    def nearly(self, text: str) -> bool:
        """Whether a held-out sentence has nearly the same words."""
        pairs = _pairs(text)
        shared = Counter(number for pair in pairs for number in self._where.get(pair, ()))
        return any(
            count >= NEARLY * (len(pairs) + self._sizes[number] - count) for number, count in shared.items()
        )


def _pairs(text: str) -> set[tuple[str, str]]:
    words = ["^", *(token.word for token in tokens(plain_form(text)) if token.word.isalnum()), "$"]
    return set(itertools.pairwise(words))


def written(kind: str, folder: str) -> Iterator[Example]:
    """Return the sentences written by hand in `corpus/<folder>/<kind>_<language>.txt`."""
    for language in LANGUAGES:
        path = FOLDER / folder / f"{kind}_{language}.txt"
        label = family = ""
        for line in path.read_text("utf-8").splitlines():
            if heading := _HEADING.match(line):
                label, family = heading[1], heading[2]
            elif line.strip():
                yield Example(
                    line.strip(), label, language, f"by hand {family}".strip(), True, folder == "held_out"
                )


def generated(kind: str, *, each: int, seed: int = 20_26) -> Iterator[Example]:
    """Return sentences made from the grammars of `kind`: at most `each` for every pattern, all different."""
    for language in LANGUAGES:
        yield from _expanded(
            (FOLDER / "training" / f"{kind}_{language}.grammar.txt").read_text("utf-8"), language, each, seed
        )


def _expanded(grammar: str, language: str, each: int, seed: int) -> Iterator[Example]:
    slots: dict[str, list[str]] = {}
    patterns: list[tuple[str, str, str]] = []
    label = family = ""
    for line in grammar.splitlines():
        if line.startswith("@"):
            name, choices = line[1:].split(":", 1)
            slots[name] = [choice.strip() for choice in choices.split(" | ")]
        elif heading := _HEADING.match(line):
            label, family = heading[1], heading[2]
        elif line.strip():
            patterns.append((label, family, line.strip()))
    draw = random.Random(f"{seed}{language}")  # noqa: S311 -- the same sentences each time
    seen: set[str] = set()
    for label, family, pattern in patterns:
        for _ in range(each if _SLOT.search(pattern) else 1):
            text = _filled(pattern, slots, draw)
            if language == "fr":
                for wrong, right in _CONTRACTIONS:
                    text = wrong.sub(right, text)
            text = text[0].upper() + text[1:]
            if text not in seen:
                seen.add(text)
                yield Example(text, label, language, family, False, family.startswith("held out"))


def _filled(pattern: str, slots: dict[str, list[str]], draw: random.Random) -> str:
    while slot := _SLOT.search(pattern):
        pattern = pattern[: slot.start()] + draw.choice(slots[slot[1]]) + pattern[slot.end() :]
    return pattern
