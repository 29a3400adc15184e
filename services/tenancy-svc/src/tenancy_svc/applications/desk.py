"""Pages about applications (T1)."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.labels import label_of
from deskkit.router import DeskRouter
from tenancy_svc.applications.commands import (
    accept_application,
    decline_application,
    join_application,
    open_application,
    record_people,
    withdraw_application,
)
from tenancy_svc.applications.model import (
    AcceptApplication,
    ApplicationStatus,
    DeclineApplication,
    DeclineReason,
    JoinApplication,
    OpenApplication,
    RecordPeople,
    WithdrawApplication,
)
from tenancy_svc.applications.people import Part
from tenancy_svc.applications.queries import ApplicationRecord, application, applications, joinable
from tenancy_svc.disclosures.panel import Recipient, disclosure_panel, recipients
from tenancy_svc.disclosures.queries import ChoiceView, disclosure_statements, would_be_disclosed
from tenancy_svc.homes.model import HomeUnknown
from tenancy_svc.homes.queries import home, homes
from tenancy_svc.panels import timeline_items
from tenancy_svc.statutes.queries import statute, statutes
from tenancy_svc.subsidies.queries import paid_by_others

router = DeskRouter(prefix="/property-desk")


@router.get("/applications", name="applications")
async def list_applications(
    call: DeskCall,
    q: Annotated[str, Query(max_length=100)] = "",
    status: Annotated[list[ApplicationStatus] | None, Query()] = None,
    after: str | None = None,
) -> Response:
    """Applications, newest first."""
    page = await call.ask(applications, statuses=status or (), words=q, after=after)
    return call.page(
        "applications/list.html", page=page, q=q, chosen=status or [], statuses=list(ApplicationStatus)
    )


@router.get("/applications/new", name="new_application")
async def new_application(call: DeskCall, unit: uuid.UUID | None = None) -> Response:
    """Open an application that came directly from a household."""
    initial = {"unit": unit, "adults": 1, "children": 0}
    return await _opening(call, await call.form(OpenApplication, initial=initial))


@router.post("/applications/new", name="post_application")
async def post_application(call: DeskCall) -> Response:
    """Open it."""
    form = await call.form(OpenApplication)
    if done := await call.carry_out(form, open_application):
        return call.redirect(
            "application", application_id=done.result, notice=call._("The application is open.")
        )
    return await _opening(call, form, status=422)


async def _opening(call: PageCall, form: Form[OpenApplication], status: int = 200) -> Response:
    chosen = form.value("unit")
    free = (await call.ask(homes, free_only=True, limit=200)).items
    known = {str(item.unit) for item in free}
    if chosen and chosen not in known:
        try:
            free = [*free, await call.ask(home, uuid.UUID(chosen))]
        except (ValueError, HomeUnknown):
            form.add(call._("Choose a home from the list."), "unit")
    options = [(item.unit, item.address) for item in free]
    return call.page("applications/new.html", form=form, options=options, parts=Part, status=status)


@router.get("/applications/{application_id}", name="application")
async def show_application(call: DeskCall, application_id: uuid.UUID) -> Response:
    """One application."""
    record = await call.ask(application, application_id)
    statements = await call.ask(disclosure_statements, application_id)
    others = record.referred_by is not None and record.status.can_be_closed
    return call.page(
        "applications/record.html",
        may_join=others and bool(await call.ask(joinable, application_id)),
        record=record,
        paid_by_others=await call.ask(paid_by_others, application_id),
        timeline=timeline_items(call, record.timeline),
        people_lines=_people_lines(call, record),
        choices=[
            (one, [(call._(choice.purpose.label), _answer(call, choice)) for choice in one.choices])
            for one in statements
        ],
        **disclosure_panel(call, statements),
    )


def _people_lines(call: PageCall, record: ApplicationRecord) -> list[tuple[str, str]]:
    return [
        (
            call._(label_of(person.part)),
            ", ".join(part for part in (person.name, person.phone, person.email) if part),
        )
        for person in record.people
    ]


def _answer(call: PageCall, choice: ChoiceView) -> str:
    if choice.answer is None:
        return call._("Not asked yet")
    if choice.withdrawn_on is not None:
        return call._("Taken back")
    return call._("May be shared") if choice.discloses else call._("Not to be shared")


@router.get("/applications/{application_id}/people", name="people")
async def people(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The people applying, as the applicant gives them."""
    record = await call.ask(application, application_id)
    initial = {"version": record.version, "people": record.people}
    form = await call.form(RecordPeople, initial=initial, fixed={"application_id": application_id})
    return call.page("applications/people.html", form=form, record=record, parts=Part)


@router.post("/applications/{application_id}/people", name="post_people")
async def post_people(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Record the people."""
    record = await call.ask(application, application_id)
    form = await call.form(RecordPeople, fixed={"application_id": application_id})
    if await call.carry_out(form, record_people):
        return call.redirect(
            "application", application_id=application_id, notice=call._("The people are recorded.")
        )
    return call.page("applications/people.html", form=form, record=record, parts=Part, status=422)


@router.get("/applications/{application_id}/accept", name="accept")
async def accept(call: DeskCall, application_id: uuid.UUID) -> Response:
    """What accepting means; nobody is informed of it."""
    form = await call.form(AcceptApplication, fixed={"application_id": application_id})
    return await _accepting(call, application_id, form)


@router.post("/applications/{application_id}/accept", name="post_accept")
async def post_accept(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Accept."""
    form = await call.form(AcceptApplication, fixed={"application_id": application_id})
    if await call.carry_out(form, accept_application):
        return call.redirect(
            "application", application_id=application_id, notice=call._("The application is accepted.")
        )
    return await _accepting(call, application_id, form, status=422)


async def _accepting(
    call: PageCall, application_id: uuid.UUID, form: Form[AcceptApplication], status: int = 200
) -> Response:
    return call.page(
        "applications/accept.html",
        form=form,
        record=await call.ask(application, application_id),
        statements=await call.ask(disclosure_statements, application_id),
        status=status,
    )


@router.get("/applications/{application_id}/decline", name="decline")
async def decline(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The allowed reasons, and what support organisations will receive."""
    form = await call.form(DeclineApplication, fixed={"application_id": application_id})
    return await _declining(call, application_id, form)


@router.post("/applications/{application_id}/decline", name="post_decline")
async def post_decline(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Show the decision as it will be sent; decline once that was confirmed."""
    form = await call.form(DeclineApplication, fixed={"application_id": application_id})
    if form.unconfirmed and await call.accepts(form, decline_application):
        return await _declining(call, application_id, form, confirm=True)
    if await call.carry_out(form, decline_application):
        return call.redirect(
            "application", application_id=application_id, notice=call._("The application is declined.")
        )
    return await _declining(call, application_id, form, status=422)


async def _declining(
    call: PageCall,
    application_id: uuid.UUID,
    form: Form[DeclineApplication],
    *,
    confirm: bool = False,
    status: int = 200,
) -> Response:
    record: ApplicationRecord = await call.ask(application, application_id)
    context: dict[str, Any] = {"form": form, "record": record}
    if confirm:
        context["recipients"] = await _informed(call, application_id, form.command.reason)
        cited = form.command.statute
        context["statute"] = await call.ask(statute, cited) if cited else None
        return call.page("applications/decline_confirm.html", **context)
    province = record.home.province if record.home else ""
    bars = await call.ask(statutes, province=province or "")
    reasons = [reason for reason in DeclineReason if bars or reason is not DeclineReason.OTHER_LEGAL_BAR]
    options = [(bar.id, f"{bar.section}{call.formats.colon} {bar.says(call.locale)}") for bar in bars]
    return call.page("applications/decline.html", reasons=reasons, statutes=options, status=status, **context)


@router.get("/applications/{application_id}/join", name="join")
async def join(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Ask which other application for the home is of the same household; nobody is informed."""
    form = await call.form(JoinApplication, fixed={"application_id": application_id})
    return await _joining(call, application_id, form)


@router.post("/applications/{application_id}/join", name="post_join")
async def post_join(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Let the referral join that application."""
    form = await call.form(JoinApplication, fixed={"application_id": application_id})
    if await call.carry_out(form, join_application):
        return call.redirect(
            "application",
            application_id=form.command.application,
            notice=call._("The referral joined this application. Ask the tenant what may be shared."),
        )
    return await _joining(call, application_id, form, status=422)


async def _joining(
    call: PageCall, application_id: uuid.UUID, form: Form[JoinApplication], status: int = 200
) -> Response:
    others = await call.ask(joinable, application_id)
    options = [
        (one.id, " · ".join(part for part in (_number(call, one.number), one.name) if part)) for one in others
    ]
    return call.page(
        "applications/join.html",
        form=form,
        record=await call.ask(application, application_id),
        options=options,
        status=status,
    )


def _number(call: PageCall, number: int) -> str:
    return call._("Application %(number)s", number=number)


@router.get("/applications/{application_id}/withdraw", name="withdraw")
async def withdraw(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The applicant no longer wants the home: what support organisations will receive."""
    form = await call.form(WithdrawApplication, fixed={"application_id": application_id})
    return await _withdrawing(call, application_id, form)


@router.post("/applications/{application_id}/withdraw", name="post_withdraw")
async def post_withdraw(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Close the application."""
    form = await call.form(WithdrawApplication, fixed={"application_id": application_id})
    if await call.carry_out(form, withdraw_application):
        return call.redirect(
            "application", application_id=application_id, notice=call._("The application is closed.")
        )
    return await _withdrawing(call, application_id, form, status=422)


async def _withdrawing(
    call: PageCall, application_id: uuid.UUID, form: Form[WithdrawApplication], status: int = 200
) -> Response:
    return call.page(
        "applications/withdraw.html",
        form=form,
        record=await call.ask(application, application_id),
        recipients=await _informed(call, application_id, DeclineReason.APPLICANT_WITHDREW),
        status=status,
    )


async def _informed(call: PageCall, application_id: uuid.UUID, reason: DeclineReason) -> list[Recipient]:
    """Return what each organisation will receive of a decision, in the words of the page."""
    lines = [
        (call._("Event"), call._("The application was declined")),
        (call._("Reason"), call._(reason.label)),
    ]
    return recipients(call, (await call.ask(would_be_disclosed, application_id, None), lines))
