"""Finds the rows that have a word in their text, tolerating misspellings: an inverted index with trigrams."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.5
"""Share of a typed word's trigrams that a known word must have to match."""
_INSIDE = 3
"""Letters from which a typed word may be anywhere in a known one; shorter ones must be at its start."""


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a word, with its start and end marked: "elm" → {"  e", " el", "elm", "lm "}."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


class Wordbook:
    """The words of all rows. A position is a row's in the index that owns this object."""

    def __init__(self) -> None:
        self._postings: dict[str, array[int]] = {}
        self._by_trigram: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, position: int, words: Iterable[str]) -> None:
        """Add the words of the row at a position."""
        for word in set(words):
            known = self._postings.get(word)
            (self._learn(word) if known is None else known).append(position)

    def _learn(self, word: str) -> array[int]:
        for trigram in trigrams(word):
            self._by_trigram[trigram].append(word)
        known = self._postings[word] = array("I")
        return known

    def meant(self, typed: str) -> list[str]:
        """Return the known words that a typed word may mean.

        A number matches only itself. Other words match every word that contains them or, when there is none,
        those spelled similarly.
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

    def mask(self, typed: str, size: int) -> NDArray[np.bool_]:
        """Return for each position below `size` whether its text has a word that `typed` may mean."""
        found = np.zeros(size, np.bool_)
        for word in self.meant(typed):
            found[np.frombuffer(self._postings[word], np.uint32)] = True
        return found

    def retained(self, positions: NDArray[np.int64], size: int) -> Wordbook:
        """Return an index of only the rows at these positions, renumbered without gaps."""
        moved = np.full(size, -1, np.int64)
        moved[positions] = np.arange(len(positions))
        fresh = Wordbook()
        for word, postings in self._postings.items():
            now = moved[np.frombuffer(postings, np.uint32)]
            now = now[now >= 0]
            if len(now):
                fresh._learn(word).frombytes(now.astype(np.uint32).tobytes())
        return fresh
