"""What is due, as the tasks of a My day page: by urgency, in the reader's words (F2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from markupsafe import Markup

from chassis.feature import tasks_of
from deskkit.call import PageCall
from deskkit.i18n.catalogue import N_
from deskkit.labels import label_of
from trade.due import Due, Note, Urgency

TITLES: dict[Urgency, tuple[str, str]] = {
    Urgency.OVERDUE: (N_("Overdue"), "bad"),
    Urgency.TODAY: (N_("Today"), "warning"),
    Urgency.SOON: (N_("In the next two weeks"), "information"),
    Urgency.LATER: (N_("Later"), "neutral"),
    Urgency.WAITING: (N_("Waiting for somebody else"), "neutral"),
}
"""The title of each part of the page (a message id), and its tone."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a My day page: `total` is how many things it has, also when not all are listed."""

    title: str
    tone: str
    items: list[dict[str, Any]]
    total: int


def due_parts(call: PageCall, due: Sequence[Due], phones: Mapping[UUID, str] | None = None) -> list[Part]:
    """Return what is due by urgency; `phones` are the numbers of the persons it's about."""
    tasks = tasks_of(call.runtime.features)
    parts: list[Part] = []
    for urgency, (title, tone) in TITLES.items():
        items = [due_item(call, one, tasks[one.task], phones) for one in due if one.urgency is urgency]
        parts.append(Part(call._(title), tone, items, len(items)))
    return parts


def due_item(
    call: PageCall, one: Due, words: str, phones: Mapping[UUID, str] | None = None
) -> dict[str, Any]:
    """Return one thing to do as an entry of `ui.tasks`; `words` are the sentence of its task."""
    notes = [_note(call, note) for note in one.notes if note]
    if one.person is not None and (phone := (phones or {}).get(one.person)):
        notes.append(Markup('<a class="phone" href="tel:{}">{}</a>').format(phone.replace(" ", ""), phone))
    return {
        "href": call.url(one.page, **one.at),
        "words": call.speech.say(words, {"name": one.name}),
        "due": one.by,
        "note": Markup(" · ").join(notes),
    }


def _note(call: PageCall, note: Note | Enum | str) -> str:
    if isinstance(note, Note):
        return call.speech.say(note.words, note.values)
    return call._(label_of(note)) if isinstance(note, Enum) else note
