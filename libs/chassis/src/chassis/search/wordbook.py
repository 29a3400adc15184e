"""Which rows have a word in their text, tolerant of spelling: a word list with postings."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable

ALIKE = 0.5
"""Share of a typed word's trigrams that a known word needs to count as meant."""
COMMON = 2_000
"""Rows from which the bits of a word are kept, rather than made from its postings each time."""
_INSIDE = 3
"""Letters from which a typed word may stand anywhere in a known one; shorter ones must begin it."""


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a word with its edges marked: "elm" → {"  e", " el", "elm", "lm "}."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


class Wordbook:
    """The words of all rows. A position is a row's place in the index that owns this book."""

    def __init__(self) -> None:
        self._postings: dict[str, array[int]] = {}
        self._by_trigram: defaultdict[str, list[str]] = defaultdict(list)
        self._common: dict[str, tuple[int, int]] = {}

    def add(self, position: int, words: Iterable[str]) -> None:
        """Note the words of the row at a position."""
        for word in set(words):
            known = self._postings.get(word)
            if known is None:
                known = self._postings[word] = array("I")
                for trigram in trigrams(word):
                    self._by_trigram[trigram].append(word)
            known.append(position)

    def meant(self, typed: str) -> list[str]:
        """Return the known words that a typed word may mean.

        A number means itself. Other words mean every word they are part of or, when there is none, those
        spelt alike.
        """
        if typed.isdigit():
            return [typed] if typed in self._postings else []
        if len(typed) < _INSIDE:
            return [word for word in self._postings if word.startswith(typed)]
        mine = trigrams(typed)
        inner = [typed[at : at + 3] for at in range(len(typed) - 2)]
        rarest = min((self._by_trigram.get(trigram, []) for trigram in inner), key=len)
        inside = [word for word in rarest if typed in word]
        if inside:
            return inside
        shared = Counter(word for trigram in mine for word in self._by_trigram.get(trigram, ()))
        needed = ALIKE * len(mine)
        return [word for word, count in shared.items() if count >= needed and not word.isdigit()]

    def mask(self, typed: str, size: int) -> int:
        """Return the positions below `size` whose text has a word that `typed` may mean, as bits."""
        found = 0
        bits = bytearray(size // 8 + 1)
        for word in self.meant(typed):
            postings = self._postings[word]
            if len(postings) > COMMON:
                found |= self._kept(word, postings)
                continue
            for position in postings:
                bits[position >> 3] |= 1 << (position & 7)
        return found | int.from_bytes(bits, "little")

    def _kept(self, word: str, postings: array[int]) -> int:
        """Return the bits of a common word, kept until it gets more postings."""
        known = self._common.get(word)
        if known is None or known[0] != len(postings):
            bits = bytearray((max(postings) >> 3) + 1)
            for position in postings:
                bits[position >> 3] |= 1 << (position & 7)
            known = self._common[word] = (len(postings), int.from_bytes(bits, "little"))
        return known[1]
