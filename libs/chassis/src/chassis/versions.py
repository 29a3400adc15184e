"""Two people editing one record: the second is told, and shown the difference (X4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from chassis.errors import EditedMeanwhile


class HasVersion(Protocol):
    """A record that counts its changes."""

    version: Any


def expect(record: HasVersion, version: int, *, sent: Mapping[str, Any] | None = None) -> None:
    """Refuse with `EditedMeanwhile` unless `record` still has the `version` that the editor read.

    `sent` is what the editor sends, by field of the record; the refusal carries each field that stands
    otherwise.
    """
    if record.version == version:
        return
    raise EditedMeanwhile(current=record.version, difference=difference(record, sent or {}))


def difference(record: object, sent: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return field → (what stands, what was sent) for every field in which they differ."""
    return {
        name: (stands, value) for name, value in sent.items() if (stands := getattr(record, name)) != value
    }
