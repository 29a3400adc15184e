"""How names, telephone numbers and e-mail addresses are compared: in one normal form, written beside the
original.
"""

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
)
_WORD = re.compile(r"[a-z0-9]+", re.ASCII)


def plain_words(text: str) -> list[str]:
    """The words of a text without accents, case, apostrophes or punctuation: "D’Arcy-Côté" → ["darcy",
    "cote"].
    """
    folded = text.casefold().replace("'", "").replace("’", "").translate(_LETTERS)
    stripped = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return _WORD.findall(stripped)


def searchable_name(parts: Iterable[str | None]) -> str:
    """Everything a person may be called as one line of plain words, each once, with a space before each
    word.
    """
    return "".join(
        f" {word}" for word in dict.fromkeys(w for part in parts if part for w in plain_words(part))
    )


def plain_digits(phone: str) -> str:
    """The digits of a telephone number without the country code of North America: "+1 (416) 555-0101" →
    "4165550101".
    """
    digits = "".join(c for c in phone if c.isdigit() and c.isascii())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
