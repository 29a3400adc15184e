"""What a property manager's day is made of (F2)."""

from __future__ import annotations

from dataclasses import dataclass

from trade.due import Due


@dataclass(frozen=True, slots=True)
class MyDay:
    """What is due, most urgent first; `due_count` also counts what isn't listed."""

    due: tuple[Due, ...] = ()
    due_count: int = 0
