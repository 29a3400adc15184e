"""What a history is made of: who changed which record and how, and who looked at it (X3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Matter(StrEnum):
    """What of a person a history is about; the words are the kinds of record in the audit."""

    CLIENT = "client"
    HOUSEHOLD = "household"
    STAY = "housing_record"
    CONSENT = "consent"
    CONTACT = "contact"
    DOCUMENT = "client_document"
    PLAN = "plan"


class Looked(StrEnum):
    """What somebody looked at."""

    RECORD = "record"
    HOUSEHOLD = "household"
    STAYS = "stays"
    CONSENTS = "consents"
    CONTACTS = "contacts"
    DOCUMENTS = "documents"
    PLAN = "plan"
    PLACEMENT = "placement"
    HISTORY = "history"
    ADDRESS = "address"
    """A safe address, which is shown only to who asks for it."""


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """A record that the history of a client is about, by its kind and id in the audit.

    A later feature offers those of its own as `history_records`: `(tx, client_id) -> list[HistoryRecord]`.
    """

    matter: Matter
    id: UUID


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that was changed; both values are None where the change itself is all that is shown."""

    field: str
    before: str | date | None
    after: str | date | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something somebody did with a record; `action` is the audit's word, or `viewed`.

    `landlord` is the one that a consent names, `name` whom else it concerns, such as who joined a household;
    `times` how often something was looked at on that day, the last time `at`.
    """

    at: datetime
    actor_name: str
    matter: Matter
    action: str
    changes: tuple[FieldChange, ...] = ()
    name: str | None = None
    purpose: str | None = None
    landlord: str | None = None
    record_id: UUID | None = None
    shown: str | None = None
    looked: Looked | None = None
    times: int = 1


VIEWED = "viewed"
"""The action of a line that shows who looked at something."""
