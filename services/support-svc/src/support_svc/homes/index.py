"""The copy of the inventory as bitmaps in memory: any combination of filters over any number of homes in
milliseconds.

Every property of a home is a bitmap over positions, so that filters are bitwise AND and counts are exact. A
home that changes gets a new position at the end and its old one is cleared: positions are in the order in
which homes were heard of. The database stays the truth; each process's index follows it before each search.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.search import Bitmaps, Bounds, Wordbook, positions

RENT_STEP = 2500
"""Width of a bucket of rents, in cents: within one, rents are compared one by one."""
UNKNOWN = -1

Matters = tuple[str, int | None, Decimal | None, date | None]
"""What a fit depends on: housing type, bedrooms, rent, available from."""

_STREET = re.compile(r"^[\d\s\-/]*")


class HomeIndex:
    """All listed homes of the copy, in memory."""

    def __init__(self) -> None:
        self.size = 0
        self._units = bytearray()
        self._place: dict[bytes, int] = {}
        self._version = array("i")
        self._live = Bitmaps()
        self._facets = Bitmaps()
        self._numbers: dict[str, Bitmaps] = {
            name: Bitmaps() for name in ("bedrooms", "floor", "year_built", "area_square_feet", "rent")
        }
        self._available_from = Bitmaps()
        self._streets = Bitmaps()
        self._rent = array("q")
        self._street_of: list[str] = []
        self._matters: list[Matters] = []
        self._shared: dict[object, Any] = {}
        self._words = Wordbook()

    def __len__(self) -> int:
        return self.live.bit_count()

    @property
    def live(self) -> int:
        """The homes that are listed."""
        return self._live.get(True)

    @property
    def wasteful(self) -> bool:
        """Whether so many positions are out of use that reading everything anew is cheaper."""
        return self.size > 50_000 and self.size > 3 * len(self)

    def apply(self, row: Mapping[str, Any]) -> None:
        """Take in a row of the table; one that is older than what is known changes nothing."""
        unit: bytes = row["id"].bytes
        known = self._place.get(unit)
        if known is not None:
            if self._version[known] >= row["listing_version"]:
                return
            self._live.clear(True, known)
        at = self.size
        self.size += 1
        self._place[unit] = at
        self._version.append(row["listing_version"])
        self._units += unit
        self._put(at, row)

    def _put(self, at: int, row: Mapping[str, Any]) -> None:
        self._live.put(True, at)
        if not row["listed"]:
            self._live.clear(True, at)
        for name in ("housing_type", "region", "city", "managed_by", "occupancy", "accessible", "shareable"):
            self._facets.put((name, row[name]), at)
        for feature in row["features"]:
            self._facets.put(("feature", feature), at)
        rent = UNKNOWN if row["rent"] is None else int(row["rent"] * 100)
        self._rent.append(rent)
        self._numbers["rent"].put(None if rent == UNKNOWN else rent // RENT_STEP, at)
        for name in ("bedrooms", "floor", "year_built", "area_square_feet"):
            self._numbers[name].put(row[name], at)
        if row["available_from"] is not None:
            self._available_from.put(row["available_from"], at)
        matters = (row["housing_type"], row["bedrooms"], row["rent"], row["available_from"])
        self._matters.append(self._shared.setdefault(matters, matters))
        street = _STREET.sub("", row["street"].strip().casefold())
        whole = f"{street}\0{row['street']}"
        self._street_of.append(self._shared.setdefault(whole, whole))
        self._streets.put(street[:3], at)
        self._words.add(at, row["address_search"].split())

    # ------------------------------------------------------------------------- masks
    def facet(self, name: str, values: Iterable[object]) -> int:
        """The homes with any of the values."""
        return self._facets.any((name, value) for value in values)

    def every_feature(self, features: Iterable[str]) -> int:
        """The homes that have all of the features."""
        found = self.live
        for feature in features:
            found &= self._facets.get(("feature", feature))
        return found

    def number(self, name: str, bounds: Bounds) -> int:
        """The homes whose number lies within bounds."""
        return self._rents(bounds) if name == "rent" else self._numbers[name].within(bounds)

    def _rents(self, bounds: Bounds) -> int:
        """Whole buckets at once; the buckets at the two ends rent by rent."""
        numbers = self._numbers["rent"]
        found = numbers.get(None) if bounds.unknown else 0
        for bucket in numbers:
            if bucket is None:
                continue
            first, last = bucket * RENT_STEP, (bucket + 1) * RENT_STEP - 1
            if bounds.holds(first) and bounds.holds(last):
                found |= numbers.get(bucket)
            elif not (bounds.low is not None and last < bounds.low) and not (
                bounds.high is not None and first > bounds.high
            ):
                found |= self._rents_one_by_one(numbers.get(bucket), bounds)
        return found

    def _rents_one_by_one(self, mask: int, bounds: Bounds) -> int:
        bits = bytearray((self.size >> 3) + 1)
        for at in positions(mask):
            if bounds.holds(self._rent[at]):
                bits[at >> 3] |= 1 << (at & 7)
        return int.from_bytes(bits, "little")

    def later_than(self, day: date) -> int:
        """The homes that are free only after a day."""
        return self._available_from.any(key for key in self._available_from if key > day)

    def with_word(self, typed: str) -> int:
        """The homes whose address has a word that `typed` may mean."""
        return self._words.mask(typed, self.size)

    # ------------------------------------------------------------------------ orders
    def unit(self, at: int) -> UUID:
        """The home at a position."""
        return UUID(bytes=bytes(self._units[at * 16 : at * 16 + 16]))

    def matters(self, at: int) -> Matters:
        """What the fit of the home at a position depends on."""
        return self._matters[at]

    def position(self, unit: UUID) -> int | None:
        """Where a home is, listed or not; None when it was never heard of."""
        return self._place.get(unit.bytes)

    def by_rent(self, mask: int, after: int | None = None) -> Iterator[int]:
        """Positions by rent, those without one last; equal rents by position. Begins after a position."""
        start = None if after is None else self._rent_key(after)
        buckets = sorted(key for key in self._numbers["rent"] if key is not None)
        return self._walk(mask, self._numbers["rent"], [*buckets, None], self._rent_key, start)

    def _rent_key(self, at: int) -> tuple[int, int]:
        rent = self._rent[at]
        return (1 << 62 if rent == UNKNOWN else rent, at)

    def by_street(self, mask: int, after: int | None = None) -> Iterator[int]:
        """Positions by the name of the street, then its number. Begins after a position."""
        start = None if after is None else self._street_key(after)
        return self._walk(mask, self._streets, sorted(self._streets), self._street_key, start)

    def _street_key(self, at: int) -> tuple[str, int]:
        return (self._street_of[at], at)

    @staticmethod
    def _walk(
        mask: int, buckets: Bitmaps, order: Iterable[Any], key: Callable[[int], Any], start: Any
    ) -> Iterator[int]:
        for bucket in order:
            inside = mask & buckets.get(bucket)
            if not inside:
                continue
            for found in sorted(map(key, positions(inside))):
                if start is None or found > start:
                    yield found[-1]


def cents(amount: Decimal | None) -> int | None:
    """An amount in cents."""
    return None if amount is None else int(amount * 100)
