"""Sets of positions as bits: filters are bitwise AND, and counts are exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range of a number, both ends included; None is open. `unknown` lets rows match whose number isn't
    known."""

    low: int | None = None
    high: int | None = None
    unknown: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self.low is not None or self.high is not None

    def holds(self, value: int) -> bool:
        """Whether a known value lies within."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class Bitmaps:
    """Bitmaps by key; kept as bytes to be written, read as integers to be combined."""

    def __init__(self) -> None:
        self._bytes: dict[Any, bytearray] = {}
        self._read: dict[Any, int] = {}

    def put(self, key: Any, position: int) -> None:
        """Set a bit."""
        bits = self._bytes.get(key)
        if bits is None:
            bits = self._bytes[key] = bytearray()
        at = position >> 3
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits)))
        bits[at] |= 1 << (position & 7)
        self._read.pop(key, None)

    def clear(self, key: Any, position: int) -> None:
        """Unset a bit."""
        self._bytes[key][position >> 3] &= ~(1 << (position & 7))
        self._read.pop(key, None)

    def get(self, key: Any) -> int:
        """Return the bitmap of a key; empty when the key is unknown."""
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = int.from_bytes(self._bytes.get(key, b""), "little")
        return found

    def any(self, keys: Iterable[Any]) -> int:
        """Return the bits that any of the keys has."""
        found = 0
        for key in keys:
            found |= self.get(key)
        return found

    def within(self, bounds: Bounds) -> int:
        """Return the bits whose key, a number or None for unknown, lies within bounds."""
        found = self.any(key for key in self._bytes if key is not None and bounds.holds(key))
        return found | (self.get(None) if bounds.unknown else 0)

    def __iter__(self) -> Iterator[Any]:
        """Yield every key that was ever put."""
        return iter(self._bytes)


def positions(mask: int, after: int = -1) -> Iterator[int]:
    """Yield the positions in a mask, ascending, beginning after one."""
    bits = bin(mask)[:1:-1]
    at = bits.find("1", after + 1)
    while at >= 0:
        yield at
        at = bits.find("1", at + 1)


def descending(mask: int, before: int | None = None) -> Iterator[int]:
    """Yield the positions in a mask, descending, beginning before one."""
    bits = bin(mask)[:1:-1]
    at = bits.rfind("1", 0, len(bits) if before is None else before)
    while at >= 0:
        yield at
        at = bits.rfind("1", 0, at)
