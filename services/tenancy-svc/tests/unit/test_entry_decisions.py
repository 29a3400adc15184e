"""When a tenant's home may be entered under a notice: the rules alone (U7)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenancy_svc.entry.model import (
    Answering,
    Decision,
    DeliveryLater,
    DeliveryMissing,
    EntryAnswer,
    EntryPassed,
    EntryPurpose,
    EntryRefusal,
    EntryRequest,
    EntryState,
    EntryWithdrawn,
    NoTenancyThere,
    NoticeTooLate,
    ReasonMissing,
    decide,
    earliest_entry,
)

pytestmark = pytest.mark.row("U7")

ZONE = ZoneInfo("America/Toronto")
START = dt.datetime(2026, 3, 5, 9, tzinfo=ZONE)


def local(text: str) -> dt.datetime:
    """Return a moment in Toronto."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def request(**changes: Any) -> EntryRequest:
    """Return an open request for three hours."""
    given: dict[str, Any] = {
        "id": uuid.UUID(int=1),
        "unit": uuid.UUID(int=2),
        "purpose": EntryPurpose.REPAIR_OR_WORK,
        "starts_at": START,
        "ends_at": START + dt.timedelta(hours=3),
        "state": EntryState.OPEN,
        **changes,
    }
    return EntryRequest(**given)


def decided(answer: str, *, now: dt.datetime | None = None, tenancy: bool = True, **more: Any) -> Decision:
    """Decide on the open request, at the beginning of its window unless another is given."""
    answering = Answering(answer=EntryAnswer(answer), version=1, **more)
    return decide(request(), answering, now or START, ZONE, tenancy=tenancy)


@pytest.mark.parametrize(
    ("delivered", "earliest"),
    [
        ("2026-03-04T09:00", "2026-03-05T09:00"),
        ("2026-03-04T20:00", "2026-03-06T08:00"),  # 24 hours later the day is over
        ("2026-03-04T19:59", "2026-03-05T19:59"),
        ("2026-03-04T06:30", "2026-03-05T08:00"),
        ("2026-03-07T10:00", "2026-03-08T11:00"),  # a night of 23 hours
        ("2026-03-07T19:30", "2026-03-09T08:00"),  # and so past 20 o'clock
        ("2026-10-31T10:00", "2026-11-01T09:00"),  # a night of 25 hours
        ("2026-10-31T08:30", "2026-11-01T08:00"),  # and so before 8 o'clock
        ("2026-02-28T10:00", "2026-03-01T10:00"),
        ("2028-02-28T10:00", "2028-02-29T10:00"),
        ("2026-12-31T21:00", "2027-01-02T08:00"),
    ],
)
def test_a_notice_permits_entry_after_24_hours_by_day(delivered: str, earliest: str) -> None:
    assert earliest_entry(local(delivered), ZONE) == local(earliest).astimezone(dt.UTC)


def test_exactly_24_hours_are_enough_and_a_minute_less_is_not() -> None:
    delivered = START - dt.timedelta(hours=24)
    assert decided("notice_given", delivered_at=delivered) == Decision(delivered, START.astimezone(dt.UTC))
    with pytest.raises(NoticeTooLate):
        decided("notice_given", delivered_at=delivered + dt.timedelta(minutes=1))


def test_agreement_needs_no_notice_and_a_refusal_its_reason() -> None:
    assert decided("tenant_agreed") == Decision()
    reason = EntryRefusal.TENANT_ASKS_ANOTHER_TIME
    assert decided("refused", reason=reason) == Decision(reason=reason)
    with pytest.raises(ReasonMissing):
        decided("refused")


def test_what_did_not_happen_is_not_recorded() -> None:
    with pytest.raises(DeliveryMissing):
        decided("notice_given")
    with pytest.raises(DeliveryLater):
        decided("notice_given", delivered_at=START + dt.timedelta(minutes=1))
    for answer in ("notice_given", "tenant_agreed"):
        with pytest.raises(NoTenancyThere):
            decided(answer, tenancy=False)


def test_what_is_over_or_withdrawn_is_not_answered() -> None:
    with pytest.raises(EntryPassed):
        decided("tenant_agreed", now=START + dt.timedelta(hours=3))
    answer = Answering(answer=EntryAnswer.TENANT_AGREED, version=1)
    with pytest.raises(EntryWithdrawn):
        decide(request(state=EntryState.WITHDRAWN), answer, START, ZONE, tenancy=True)
