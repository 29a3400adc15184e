"""Letters as names, addresses and searches compare them: one folding for every script, and how others sound.

Everything here is pure. What is stored and what is asked go through the same functions, so the two always
meet. A script is never thrown away: what isn't Latin is stored in its own letters, and `in_latin` adds
how it is written by those who can't type them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = frozenset("'’‘ʼʻ`´′ʹʾʿ׳՚＇")
"""Signs within a word that some write and others leave out: O’Brien and OBrien are one name."""
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")
"""Scripts whose accents are left out by many; in others a mark is part of the letter."""
_VOCALISED = ("ARABIC", "HEBREW", "SYRIAC")
"""Scripts in which vowels are marks that are mostly not written."""
_JOINED = ("CJK", "HANGUL")
"""Scripts without blanks between names, so that each of their signs is a word."""
_IGNORED = frozenset({"Cf", "Cc", "Sk"})
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_SYLLABLE = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_VOWELS = re.compile(r"[aeiouyw]")
_ARTICLE = "ال"


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """Return the first word of a character's name, such as LATIN, CJK or CANADIAN."""
    return unicodedata.name(character, "NONE").split()[0].split("-")[0]


@lru_cache(maxsize=4096)
def _latin(character: str) -> str:
    """Return a Latin letter without its peculiarities: "ø" → "o"; nothing for a mere glottal stop."""
    return "".join(c for c in anyascii(character).lower() if c.isalnum())


def folded(text: str) -> str:
    """Return a text in one form: lower case, words parted by one blank, no accents and no punctuation.

    >>> folded("  D’Arcy-CÔTÉ,  Œuvre")
    'darcy cote oeuvre'
    >>> folded("ᐃᓄᒃ ᓄᓇ"), folded("الاحمد"), folded("Sḵwx̱wú7mesh"), folded("%")
    ('ᐃᓄᒃ ᓄᓇ', 'الاحمد', 'skwxwu7mesh', '')
    """
    return " ".join(_words(text))


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared; each sign of Chinese or Korean is one.

    >>> words("Saint-Jean"), words("王小明")
    (['saint', 'jean'], ['王', '小', '明'])
    """
    return [part for word in _words(text) for part in _signs(word)]


def in_latin(text: str) -> list[str]:
    """Return how words in other scripts are written in Latin letters, one beside the other; Latin ones add
    nothing.

    >>> in_latin("王小明"), in_latin("ᐃᓄᒃ"), in_latin("Ирина"), in_latin("Côté")
    (['wang', 'xiao', 'ming', 'wangxiaoming'], ['inok', 'inuk'], ['irina'], [])
    """
    found: list[str] = []
    for word in _words(text):
        if word.isascii():
            continue
        written = anyascii(word)
        parts = [part.lower() for part in _SYLLABLE.findall(written)] if _is_joined(word) else []
        whole = "".join(c for c in written.lower() if c.isalnum())
        found += [*parts, whole]
        if _script(word[0]) == "CANADIAN":
            # The same sign is o in Cree and u in Inuktitut.
            found.append(whole.replace("o", "u"))
    return list(dict.fromkeys(word for word in found if word))


def searchable(*parts: str | None) -> str:
    """Return the words of some texts on one line, as they are and in Latin letters, a space before each.

    What stands in it is found by any part of any word: each of `words(typed)` is looked for by itself.

    >>> searchable("Lefèvre", None, "Zoë")
    ' lefevre zoe'
    >>> searchable("Ирина")
    ' ирина irina'
    """
    found = dict.fromkeys(word for part in parts if part for word in (*words(part), *in_latin(part)))
    return "".join(f" {word}" for word in found)


def consonants(word: str) -> str:
    """Return the consonants of a word, which is all that Arabic and Hebrew write.

    "Muhammad" and "محمد" both are "mhmd". Nothing when fewer than two are left, because that says too little.
    """
    spelt = "".join(c for c in anyascii(word.replace("ة", "")).lower() if c.isalnum())
    bare = _VOWELS.sub("", spelt).replace("q", "k")
    bare = re.sub(r"(.)\1+", r"\1", bare)
    return bare if len(bare) > 1 else ""


def is_vocalised(word: str) -> bool:
    """Return whether a word is of a script that leaves its vowels out."""
    return bool(word) and _script(word[0]) in _VOCALISED


def without_article(word: str) -> str:
    """Return an Arabic name without its article, which is "al-" in Latin letters: "الاحمد" → "احمد"."""
    return word[2:] if word.startswith(_ARTICLE) and len(word) > 3 else word


def _words(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text.replace("'", "").replace("`", "").lower())
    folded: list[str] = []
    base = "NONE"
    without = "".join(c for c in text if c not in _APOSTROPHES)
    for character in unicodedata.normalize("NFKD", without.casefold()):
        kind = unicodedata.category(character)
        if kind in _IGNORED or character in _APOSTROPHES:
            continue
        if kind.startswith("M"):
            # A mark without a letter means nothing.
            if base != "NONE" and base not in _ACCENTED and base not in _VOCALISED:
                folded.append(character)
        elif kind.startswith(("L", "N")):
            base = _script(character)
            folded.append(_latin(character) if base == "LATIN" else character)
        else:
            base = "NONE"
            folded.append(" ")
    return unicodedata.normalize("NFC", "".join(folded)).split()


def _is_joined(word: str) -> bool:
    return _script(word[0]) in _JOINED


def _signs(word: str) -> list[str]:
    return list(word) if _is_joined(word) else [word]
