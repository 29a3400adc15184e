"""What a property manager's day is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """How soon something wants doing."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    WAITING = "waiting"


class Task(StrEnum):
    """What wants doing. The label is the verb of the link."""

    NAME_APPLICANT = "name_applicant"
    DECIDE = "decide"
    ASK_CHOICES = "ask_choices"
    ASK_AFTER_WITHDRAWAL = "ask_after_withdrawal"
    DRAW_UP = "draw_up"
    ARRANGE_SIGNING = "arrange_signing"
    HOLD_SIGNING = "hold_signing"
    HOLD_ENDING = "hold_ending"
    HOLD_ENDED = "hold_ended"
    ANSWER_ENTRY = "answer_entry"
    CROSSED_HOLD = "crossed_hold"

    @property
    def label(self) -> str:
        """The task in plain words (a message id)."""
        return {
            Task.NAME_APPLICANT: "Enter the applicant's details, brought in person",
            Task.DECIDE: "Decide on the application",
            Task.ASK_CHOICES: "Ask what may be shared with the support organisation",
            Task.ASK_AFTER_WITHDRAWAL: (
                "Ask whether the applicant still wants the home: the referral was withdrawn"
            ),
            Task.DRAW_UP: "Draw up the lease",
            Task.ARRANGE_SIGNING: "Arrange the signing",
            Task.HOLD_SIGNING: "Hold the signing",
            Task.HOLD_ENDING: "Sign before the hold on the home ends",
            Task.HOLD_ENDED: "The hold on the home ended: ask the inventory, or decline",
            Task.CROSSED_HOLD: "A lease took a home that was held for another applicant: read what followed",
            Task.ANSWER_ENTRY: "Answer the request for entry, while a notice can be in time",
        }[self]


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: about whom, where, by when; `kind` and `record` say which page it's done on.

    `number` is None for what has none.
    """

    task: Task
    urgency: Urgency
    kind: str
    record: uuid.UUID
    number: int | None
    name: str
    address: str
    by: dt.datetime | None


@dataclass(frozen=True, slots=True)
class MyDay:
    """Everything that waits, most urgent first."""

    due: tuple[Due, ...]

    def of(self, urgency: Urgency) -> list[Due]:
        """Return what is of one urgency."""
        return [item for item in self.due if item.urgency is urgency]
