"""Addresses as they are compared and searched: without accents, case or the spelling of a street type.

Everything here is pure. The same function prepares what is stored and what is asked, so the two always meet.
"""

import re
import unicodedata

_STREET_WORDS: dict[str, str] = {
    # street types, English and French
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "boul": "blvd",
    "road": "rd", "drive": "dr", "crescent": "cres", "cr": "cres", "court": "ct", "crt": "ct", "place": "pl",
    "lane": "ln", "terrace": "ter", "terr": "ter", "square": "sq", "gardens": "gdns", "garden": "gdns",
    "gate": "gt", "grove": "grv", "heights": "hts", "highway": "hwy", "parkway": "pkwy", "pky": "pkwy",
    "trail": "trl", "circle": "cir", "park": "pk", "mount": "mt", "saint": "st", "sainte": "ste",
    "rue": "rue", "chemin": "ch", "route": "rte", "apartment": "apt", "appartement": "apt", "suite": "ste",
    "unit": "apt",
    # directions
    "east": "e", "west": "w", "north": "n", "south": "s", "est": "e", "ouest": "w", "nord": "n", "sud": "s",
}  # fmt: skip
"""Word → the short form under which it is compared."""

STREET_TYPES: tuple[str, ...] = (
    "st", "ave", "blvd", "rd", "dr", "cres", "ct", "pl", "ln", "ter", "sq", "gdns", "gt", "grv", "hts", "hwy",
    "pkwy", "trl", "cir", "rue", "ch", "rte", "apt",
)  # fmt: skip
"""Words that name a kind of street, in their short forms."""

_SHOWN_UPPER = frozenset({"N", "S", "E", "W", "NE", "NW", "SE", "SW"})
_SHOWN_SHORT: dict[str, str] = {
    "ST": "St", "AVE": "Ave", "BLVD": "Blvd", "RD": "Rd", "DR": "Dr", "CRES": "Cres", "CRT": "Crt",
    "CT": "Ct", "PL": "Pl", "LANE": "Lane", "TER": "Ter", "SQ": "Sq", "GDNS": "Gdns", "GT": "Gt",
    "GRV": "Grv", "HTS": "Hts", "PKWY": "Pkwy", "TRL": "Trl", "CIR": "Cir", "CRCL": "Crcl",
}  # fmt: skip

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_CANADA = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d")
_UNITED_STATES = re.compile(r"\d{5}(-\d{4})?")

PROVINCES: dict[str, str] = {
    "NL": "A", "NS": "B", "PE": "C", "NB": "E", "QC": "GHJ", "ON": "KLMNP", "MB": "R", "SK": "S", "AB": "T",
    "BC": "V", "NT": "X", "NU": "X", "YT": "Y",
}  # fmt: skip
"""Canadian province or territory → first letters of its postal codes."""


def plain(text: str) -> str:
    """Return `text` in lower case without accents, with one space between its words and no punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae").casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return _NOT_WORD.sub(" ", bare).strip()


def comparable(text: str) -> str:
    """Return `text` as addresses are compared: plain, with street types and directions in their short forms.

    >>> comparable("260  Sherbourne Street East")
    '260 sherbourne st e'
    """
    return " ".join(_STREET_WORDS.get(word, word) for word in plain(text).split())


def address_key(*, street: str, city: str, province: str, country: str) -> str:
    """Return what makes two addresses the same building."""
    return "|".join((comparable(street), plain(city), province.lower(), country.lower()))


def unit_key(number: str | None) -> str:
    """Return what makes two unit numbers of one building the same; empty for a home without a number."""
    words = plain(number or "").split()
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
    """Return the column that text is looked for in: all parts comparable, framed by blanks so words have
    edges."""
    return f" {' '.join(filter(None, (comparable(part) for part in parts if part)))} "


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


def fits_province(code_or_area: str, province: str) -> bool:
    """Return whether a Canadian postal code or area can lie in the province."""
    letters = PROVINCES.get(province)
    return letters is None or code_or_area[:1] in letters
