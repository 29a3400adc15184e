"""Two people editing one record: the second is refused, and shown the difference (X4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from chassis.errors import EditedMeanwhile


class HasVersion(Protocol):
    """A record with a version, which counts its changes."""

    version: Any


def expect(record: HasVersion, version: int, *, sent: Mapping[str, Any] | None = None) -> None:
    """Refuse with `EditedMeanwhile` unless `record` still has the `version` that the editor read.

    `sent` has the values that the editor sends, by field; the refusal has each field whose value differs.
    """
    if record.version == version:
        return
    raise EditedMeanwhile(current=record.version, difference=difference(record, sent or {}))


def difference(record: object, sent: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return field → (present value, value sent) for every field in which they differ."""
    return {
        name: (present, value) for name, value in sent.items() if (present := getattr(record, name)) != value
    }
