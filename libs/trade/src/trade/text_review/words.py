"""Classes of words that play one part in a sentence, read from a table, and the sentence as such classes.

That lets what was learned from one wording hold for another, and what was learned in English for French.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that lists them."""
    return frozenset(text.split())


_TOKEN = re.compile(r"[a-z]+?(?=n't\b)|n't\b|[a-z]+|\d+|[,;:()\"]")
_UNDONE = {"n't": "not", "ca": "can", "wo": "will", "sha": "shall"}
_ENTRY = re.compile(r'"([^"]+)"|(\S+)')
NEGATORS = words_of(
    "not no never nor neither nothing nobody none without cannot ne n pas jamais aucun "
    "aucune aucunement ni sans rien nul nulle personne nullement free"
)
_ENDS_NEGATION = frozenset(
    (', ; : ( ) " but unless except however mais sauf toutefois si if when lorsque who qui').split()  # noqa: SIM905 -- a list of words is read as a line
)
_SCOPE = 7
NOT = "NOT"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the plain text; `negated` when a word before it takes it back."""

    word: str
    start: int
    end: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A class of words that was found, and where."""

    name: str
    start: int
    end: int
    negated: bool

    @property
    def sign(self) -> str:
        """Its name, with a minus where it's negated."""
        return f"-{self.name}" if self.negated else self.name


def tokens(plain: str) -> list[Token]:
    """Return the words and marks of a plain text; numbers are one word, "isn't" is "is not"."""
    found: list[Token] = []
    scope = 0
    for match in _TOKEN.finditer(plain):
        written = match[0]
        word = "0" if written[0].isdigit() else written
        if plain.startswith("n't", match.end()) or written == "n't":
            word = _UNDONE.get(written, written)
        if word in _ENDS_NEGATION:
            scope = 0
        found.append(Token(word, match.start(), match.end(), scope > 0))
        if word in NEGATORS:
            scope = _SCOPE
        elif scope and word.isalnum():
            scope -= 1
    return found


@dataclass(frozen=True)
class Words:
    """The table of classes."""

    exact: Mapping[str, str]
    beginnings: Mapping[str, str]
    several: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    _known: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    def class_of(self, word: str) -> str | None:
        """Return the class of a single word."""
        if word not in self._known:
            found = self.exact.get(word)
            for length in range(len(word), 1, -1):
                if found is not None:
                    break
                found = self.beginnings.get(word[:length])
            self._known[word] = found
        return self._known[word]

    def parts(self, tokens: Sequence[Token]) -> list[Part]:
        """Return the classes of the words in their order; marks that part a sentence are one as well."""
        found: list[Part] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            name, length = self._several(tokens, at)
            if token.word in NEGATORS:
                name, length = NOT, 1
            elif not token.word.isalnum():
                name = "," if token.word in ",;:" else None
            elif name is None:
                name = self.class_of(token.word)
            if name is not None:
                last = tokens[at + length - 1]
                found.append(Part(name, token.start, last.end, token.negated and name not in {NOT, ","}))
            at += length
        return found

    def _several(self, tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
        best: tuple[str | None, int] = (None, 1)
        for pattern, name in self.several.get(tokens[at].word, ()):
            if best[1] < len(pattern) <= len(tokens) - at and all(
                tokens[at + i].word.startswith(word[:-1])
                if word.endswith("*")
                else tokens[at + i].word == word
                for i, word in enumerate(pattern)
            ):
                best = (name, len(pattern))
        return best


def load(path: Path) -> Words:
    """Return the table of a file: `CLASS: word begin* "several words"` on each line."""
    exact: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    several: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, entries = line.split(":", 1)
        for quoted, single in _ENTRY.findall(entries):
            words = tuple((quoted or single).split())
            if len(words) > 1:
                several.setdefault(words[0], []).append((words, name))
            elif words[0].endswith("*"):
                beginnings.setdefault(words[0][:-1], name)
            else:
                exact.setdefault(words[0], name)
    return Words(exact, beginnings, several)
