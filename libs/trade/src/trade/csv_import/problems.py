"""What can be wrong with a file, a row or a cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trade.texts import N_

EMPTY = N_("This can't be empty.")
SHOWN = 200
"""Characters of a cell that are shown with what is wrong with it."""


class TableUnreadable(Exception):
    """A file isn't a table that a mapping can read. `message` is a msgid, to be filled in with `params`."""

    message: ClassVar[str] = N_("The file can't be read: {rule}")

    def __init__(self, **params: Any) -> None:
        super().__init__(self.message)
        self.params = params

    def __str__(self) -> str:
        """Return the English message, filled in."""
        return self.message.format_map(self.params)


class Wrong(Exception):
    """A cell breaks a rule; caught where the row is read. `message` is a msgid."""

    def __init__(self, rule: str, message: str, **params: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message
        self.params = params


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one cell of a file. `line` counts from 1, the header included."""

    line: int
    column: str | None
    rule: str
    message: str
    value: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, line: int, column: str | None, wrong: Wrong, value: str | None = None) -> Problem:
        """Return what is wrong with a cell, with as much of its text as is shown."""
        shown = None if value is None else value[:SHOWN]
        params = wrong.params if shown is None else {**wrong.params, "value": shown}
        return cls(line, column, wrong.rule, wrong.message, shown, params)
