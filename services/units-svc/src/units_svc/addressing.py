"""Addresses as they are compared and searched: without accents, case or the spelling of a street type.

Everything here is pure. The same function prepares what is stored and what is asked, so the two always meet.
"""

import re

from trade import letters

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

_CANADA = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d")
_UNITED_STATES = re.compile(r"\d{5}(-\d{4})?")

_CANADIAN = {
    "NL": "A", "NS": "B", "PE": "C", "NB": "E", "QC": "GHJ", "ON": "KLMNP", "MB": "R", "SK": "S", "AB": "T",
    "BC": "V", "NT": "X", "NU": "X", "YT": "Y",
}  # fmt: skip
"""Province or territory → first letters of its postal codes."""
_AMERICAN = {
    "AK": "995-999", "AL": "350-352 354-369", "AR": "716-729", "AS": "967",
    "AZ": "850-853 855-857 859-860 863-865", "CA": "900-908 910-928 930-961", "CO": "800-816",
    "CT": "060-069", "DC": "200 202-205 569", "DE": "197-199", "FL": "320-339 341-342 344 346-347 349",
    "GA": "300-319 398-399", "GU": "969", "HI": "967-968", "IA": "500-516 520-528", "ID": "832-838",
    "IL": "600-620 622-629", "IN": "460-479", "KS": "660-662 664-679", "KY": "400-418 420-427",
    "LA": "700-701 703-708 710-714", "MA": "010-027 055", "MD": "205-212 214-219", "ME": "039-049",
    "MI": "480-499", "MN": "550-551 553-567", "MO": "630-631 633-641 644-658", "MP": "969", "MS": "386-397",
    "MT": "590-599", "NC": "270-289", "ND": "580-588", "NE": "680-681 683-693", "NH": "030-038",
    "NJ": "070-089", "NM": "870-871 873-884", "NV": "889-891 893-895 897-898", "NY": "005 063 100-149",
    "OH": "430-459", "OK": "730-731 734-741 743-749", "OR": "970-979", "PA": "150-196", "PR": "006-007 009",
    "RI": "028-029", "SC": "290-299", "SD": "570-577", "TN": "370-385",
    "TX": "733 739 750-770 772-799 885", "UT": "840-847", "VA": "201 205 220-246", "VI": "008",
    "VT": "050-054 056-059", "WA": "980-986 988-994", "WI": "530-532 534-535 537-549", "WV": "247-268",
    "WY": "820-831 834",
}  # fmt: skip
"""State or territory → first three digits of its ZIP codes, as the United States Postal Service assigns them
(Domestic Mail Manual, labeling list L002); where a ZIP code lies across a state line, the state of its post
office. Compared with every ZIP code of the package `zipcodes` 3.0.0."""


def _prefixes(ranges: str) -> tuple[str, ...]:
    bounds = [part.partition("-") for part in ranges.split()]
    return tuple(
        f"{prefix:03}" for low, _, high in bounds for prefix in range(int(low), int(high or low) + 1)
    )


PROVINCES: dict[str, dict[str, tuple[str, ...]]] = {
    "CA": {province: tuple(letters) for province, letters in _CANADIAN.items()},
    "US": {state: _prefixes(ranges) for state, ranges in _AMERICAN.items()},
}
"""Country → its provinces, states or territories → how their postal codes begin."""


def plain(text: str) -> str:
    """Return `text` in lower case without accents, with one space between its words and no punctuation."""
    return letters.folded(text)


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


def is_province(province: str, country: str) -> bool:
    """Return whether a country has the province, state or territory; of most countries nobody here knows."""
    known = PROVINCES.get(country)
    return known is None or province in known


def fits_province(code_or_area: str, province: str, country: str) -> bool:
    """Return whether a postal code or area can lie in the province, as far as it's known."""
    prefixes = PROVINCES.get(country, {}).get(province)
    return prefixes is None or code_or_area.startswith(prefixes)
