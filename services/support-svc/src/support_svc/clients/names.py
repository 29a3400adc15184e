"""The normal forms in which names, telephone numbers and e-mail addresses are compared."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from support_svc.clients.nicknames import names_meant
from trade import letters

BARE = "~"
"""Marks a word of which only the consonants are there; nobody can type it."""
PARTICLES = frozenset(
    {
        *("al", "el", "ibn", "bin", "ap", "mac", "mc", "o", "d", "l", "y", "st", "ste", "saint", "sainte"),
        *("da", "das", "de", "degli", "del", "della", "den", "der", "des", "di", "do", "dos", "du"),
        *("la", "le", "les", "lo", "los", "te", "ten", "ter", "van", "vander", "vom", "von", "zu", "zum"),
    }
)
"""Words of surnames that some leave out, join to what follows, or write in another way."""
_ALSO = {"st": "saint", "ste": "sainte", "saint": "st", "sainte": "ste"}
_ARTICLES = ("al", "el", "ul")
_JOINED_AT_MOST = 4


def searchable_name(parts: Iterable[str | None]) -> str:
    """Everything a person may be called as one line of words, each once, with a space before each word.

    A name is there in its own script and in Latin letters, its parts also joined ("van der Berg" is
    "vanderberg" too), and a name in Arabic or Hebrew also by its consonants.
    """
    found = dict.fromkeys(word for part in parts if part for word in _names_in(part))
    return "".join(f" {word}" for word in found)


def _names_in(text: str) -> Iterator[str]:
    for name in re.split(r"[,;/()\n]+", text):
        words = letters.words(name)
        yield from words
        yield from (_ALSO[word] for word in words if word in _ALSO)
        yield from letters.in_latin(name)
        for word in letters.folded(name).split():
            if letters.is_vocalised(word):
                yield from _bare(word)
        if 1 < len(words) <= _JOINED_AT_MOST and all(word.isascii() for word in words):
            yield "".join(words)
            yield "".join(_ALSO.get(word, word) for word in words)


def _bare(word: str) -> Iterator[str]:
    inner = letters.without_article(word)
    for spelt in dict.fromkeys((word, inner)):
        if consonants := letters.consonants(spelt):
            yield BARE + consonants
    if inner != word:
        yield "al"
        yield inner


def also_meant(word: str) -> Iterator[str]:
    """Other words by which a name may be stored that somebody typed as `word`."""
    yield from names_meant(word)
    if not word.isascii():
        yield from letters.in_latin(word)
        return
    starts = [word, *(word.removeprefix(article) for article in _ARTICLES if word.startswith(article))]
    for start in starts:
        if len(start) > 2 and (consonants := letters.consonants(start)):
            yield BARE + consonants


def plain_digits(phone: str) -> str:
    """Return the digits of a telephone number without North America's country code.

    "+1 (416) 555-0101" becomes "4165550101".
    """
    digits = "".join(str(unicodedata.decimal(c)) for c in phone if c.isdecimal())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
