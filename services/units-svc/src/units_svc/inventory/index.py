"""All homes of the inventory in memory, for the search (U1): filters, orders, and pages from any point.

A home that changes gets a new position at the end and its old one is cleared, so that readers never see half
of it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from heapq import nlargest, nsmallest
from typing import Any
from uuid import UUID

from chassis.search import Bitmaps, Bounds, Follower, Wordbook, positions
from units_svc import addressing

FACETS = (
    "housing_type", "status", "occupancy", "region", "city_key", "service_provider", "accessible",
    "shareable", "active",
)  # fmt: skip
NUMBERS = ("bedrooms", "floor", "year_built")
STEPS = {"rent": 2_500, "area": 50}
"""Numbers of many values with the width of their buckets, in cents and square feet; within one they're
compared singly."""
UNKNOWN = -1
NO_RENT = 1 << 62
"""Stands for an unknown rent where rents are ordered: at the end."""

Key = tuple[Any, ...]
"""A home's place in an order, comparable with every other."""


class UnitIndex:
    """Positions are in no order of meaning; `by_address` and `by_rent` bring them into one."""

    def __init__(self) -> None:
        self.size = 0
        self._ids: list[bytes] = []
        self._place: dict[bytes, int] = {}
        self._live = Bitmaps()
        self._facets = Bitmaps()
        self._landlords: dict[object, array[int]] = {}
        self._numbers: dict[str, Bitmaps] = {name: Bitmaps() for name in (*NUMBERS, *STEPS)}
        self._values = {name: array("q") for name in STEPS}
        self._beginnings = Bitmaps()
        self._streets: list[str] = []
        self._unit_orders: list[str] = []
        self._words = Wordbook()
        self._shared: dict[str, str] = {}

    @property
    def live(self) -> int:
        """The homes, each at its newest position."""
        return self._live.get(True)

    @property
    def wasteful(self) -> bool:
        """Whether so many positions are out of use that reading everything anew is cheaper."""
        return self.size > 50_000 and self.size > 3 * len(self._place)

    def apply(self, row: Mapping[str, Any]) -> None:
        """Take in a home as it is now."""
        identity: bytes = row["id"].bytes
        known = self._place.get(identity)
        if known is not None:
            self._live.clear(True, known)
            identity = self._ids[known]
        at = self.size
        self.size += 1
        self._place[identity] = at
        self._ids.append(identity)
        self._live.put(True, at)
        for name in FACETS:
            self._facets.put((name, row[name]), at)
        for feature in row["features"]:
            self._facets.put(("feature", feature), at)
        if row["landlord_id"] is not None:
            self._landlords.setdefault(row["landlord_id"], array("I")).append(at)
        for name in NUMBERS:
            self._numbers[name].put(row[name], at)
        self._put_stepped("rent", cents(row["rent_amount"]), at)
        self._put_stepped("area", row["area_square_feet"], at)
        self._put_words(at, row)

    def _put_stepped(self, name: str, value: int | None, at: int) -> None:
        self._values[name].append(UNKNOWN if value is None else value)
        self._numbers[name].put(None if value is None else value // STEPS[name], at)

    def _put_words(self, at: int, row: Mapping[str, Any]) -> None:
        order, unit_order = row["address_order"], row["unit_order"]
        street = self._share(order[: len(order) - len(unit_order)])
        self._beginnings.put(self._share(street[:3]), at)
        self._streets.append(street)
        self._unit_orders.append(self._share(unit_order))
        number = row["unit_number"]
        own = (row["unit_key"], *(addressing.comparable(number).split() if number else ()))
        self._words.add(at, [word for word in (*row["search_text"].split(), *own) if word])

    def _share(self, text: str) -> str:
        return self._shared.setdefault(text, text)

    # ------------------------------------------------------------------------- masks
    def facet(self, name: str, values: Iterable[object]) -> int:
        """Return the homes with any of the values."""
        return self._facets.any((name, value) for value in values)

    def landlord(self, landlord_id: UUID) -> int:
        """Return the homes of a landlord."""
        return self._mask(self._landlords.get(landlord_id, ()))

    def every_feature(self, features: Iterable[str]) -> int:
        """Return the homes that have all of the features."""
        found = self.live
        for feature in features:
            found &= self._facets.get(("feature", feature))
        return found

    def number(self, name: str, bounds: Bounds) -> int:
        """Return the homes whose number lies within bounds; `rent` is in cents."""
        if name not in STEPS:
            return self._numbers[name].within(bounds)
        numbers, values, step = self._numbers[name], self._values[name], STEPS[name]
        found = numbers.get(None) if bounds.unknown else 0
        for bucket in numbers:
            if bucket is None:
                continue
            first, last = bucket * step, (bucket + 1) * step - 1
            if bounds.holds(first) and bounds.holds(last):
                found |= numbers.get(bucket)
            elif (bounds.low is None or last >= bounds.low) and (bounds.high is None or first <= bounds.high):
                inside = positions(numbers.get(bucket) & self.live)
                found |= self._mask(at for at in inside if bounds.holds(values[at]))
        return found

    def _mask(self, found: Iterable[int]) -> int:
        bits = bytearray((self.size >> 3) + 1)
        for at in found:
            bits[at >> 3] |= 1 << (at & 7)
        return int.from_bytes(bits, "little")

    def with_word(self, typed: str) -> int:
        """Return the homes whose address or number has a word that `typed` may mean."""
        return self._words.mask(typed, self.size)

    # ------------------------------------------------------------------------- orders
    def id_at(self, at: int) -> UUID:
        """Return the home at a position."""
        return UUID(bytes=self._ids[at])

    def address_key(self, at: int) -> Key:
        """Return a home's place in the order of addresses: street with civic number, unit number, id."""
        return (self._streets[at], self._unit_orders[at], self._ids[at])

    def rent_key(self, at: int, *, dearest: bool = False) -> Key:
        """Return a home's place in the order of rents, the dearest first if asked; an unknown one is last."""
        rent = self._values["rent"][at]
        if rent == UNKNOWN:
            return (NO_RENT, self._ids[at])
        return (-rent if dearest else rent, self._ids[at])

    def by_address(self, mask: int, start: Key | None = None, *, down: bool = False) -> Iterator[int]:
        """Yield positions by address, or backwards, beginning after a place in the order."""
        buckets: list[Any] = sorted(self._beginnings)
        if start is not None:
            cut = bisect_left(buckets, start[0][:3])
            buckets = buckets[: cut + 1] if down else buckets[cut:]
        for bucket in reversed(buckets) if down else buckets:
            inside = mask & self._beginnings.get(bucket)
            if inside:
                yield from _sorted(inside, self.address_key, start, down=down)

    def by_rent(
        self,
        mask: int,
        start: Key | None = None,
        *,
        most: int,
        dearest: bool = False,
        back: bool = False,
    ) -> Iterator[int]:
        """Yield up to `most` positions by rent, or back towards the first, beginning after a place in the
        order."""
        rents = self._numbers["rent"]
        buckets: list[int | None] = [*sorted((b for b in rents if b is not None), reverse=dearest), None]
        if back:
            buckets.reverse()
        if start is not None:
            own = None if start[0] == NO_RENT else abs(start[0]) // STEPS["rent"]
            buckets = buckets[buckets.index(own) :] if own in buckets else buckets
        for bucket in buckets:
            inside = mask & rents.get(bucket)
            if inside and bucket is None:
                yield from self._of_unknown_rent(inside, start, most=most, back=back)
            elif inside:
                yield from _sorted(inside, partial(self.rent_key, dearest=dearest), start, down=back)

    def _of_unknown_rent(self, mask: int, start: Key | None, *, most: int, back: bool) -> Iterator[int]:
        """Half of a city may have no known rent: yield those that a page needs, without sorting them all."""
        ids = self._ids
        found: Iterable[int] = positions(mask)
        if start is not None and start[0] == NO_RENT:
            own = start[1]
            found = [at for at in found if (ids[at] < own if back else ids[at] > own)]
        yield from (nlargest if back else nsmallest)(most, found, key=ids.__getitem__)


def _sorted(mask: int, key: Callable[[int], Key], start: Key | None, *, down: bool) -> Iterator[int]:
    found = sorted(((key(at), at) for at in positions(mask)), reverse=down)
    for place, at in found:
        if start is None or (place < start if down else place > start):
            yield at


FOLLOWER: Follower[UnitIndex] = Follower(
    """
    SELECT u.id, u.housing_type, u.status, u.occupancy, u.region, u.city_key, u.landlord_id,
    u.service_provider,
        u.accessible, u.shareable, u.active, u.features, u.bedrooms, u.floor, u.year_built,
        u.area_square_feet, u.rent_amount, u.address_order, u.unit_order, u.unit_key, u.unit_number,
        b.search_text,
        u.written_in::text AS written_in, pg_snapshot_xmin(pg_current_snapshot())::text AS upto
    FROM unit u JOIN building b ON b.id = u.building_id
    WHERE (u.written_in, u.id) > ($1::text::xid8, $2::uuid) ORDER BY u.written_in, u.id LIMIT $3
    """,
    UnitIndex,
)
"""The indexes of this process, one for each database."""


def cents(amount: Decimal | None) -> int | None:
    """Return an amount in cents."""
    return None if amount is None else int(amount * 100)
