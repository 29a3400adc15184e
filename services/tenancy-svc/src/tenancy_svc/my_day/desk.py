"""The front page of the property desk: what waits for somebody."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from tenancy_svc.my_day.model import Due, MyDay, Task, Urgency
from tenancy_svc.my_day.queries import my_day

router = DeskRouter(prefix="/property-desk")

_PAGES: dict[Task, str] = {
    Task.NAME_APPLICANT: "people",
    Task.ASK_CHOICES: "choices",
    Task.DRAW_UP: "lease_of_application",
}
"""Where a task is done, when it isn't the record itself."""


@router.get("", name="my_day")
async def show_my_day(call: DeskCall) -> Response:
    """What is overdue, due today, due soon, and waiting for somebody else."""
    day: MyDay = await call.ask(my_day) if call.may("view_applications") else MyDay(())
    return call.page(
        "my_day/my_day.html",
        groups={urgency.value: [_item(call, due) for due in day.of(urgency)] for urgency in Urgency},
    )


def _item(call: PageCall, due: Due) -> dict[str, Any]:
    words = {
        "application": lambda: call.url(_PAGES.get(due.task, "application"), application_id=due.record),
        "lease_record": lambda: call.url("lease", lease_id=due.record),
        "lease": lambda: call.url("lease_signings", lease_id=due.record),
        "signing": lambda: call.url("signing", signing_id=due.record),
        "entry_request": lambda: call.url("entry_request", request_id=due.record),
    }
    nameless = due.number is not None and due.kind == "application"
    who = due.name or (call._("Applicant brings details in person") if nameless else "")
    note = " · ".join(part for part in (who, due.address) if part)
    # The number or the place keeps two links with the same words apart for people who hear the page.
    apart = due.address if due.number is None else str(due.number)
    return {
        "href": words[due.kind](),
        "words": f"{call._(due.task.label)} ({apart})",
        "due": due.by,
        "note": note,
    }
