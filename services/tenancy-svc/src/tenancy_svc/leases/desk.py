"""Pages about leases (T4)."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.applications.model import ApplicationStatus
from tenancy_svc.applications.people import Part
from tenancy_svc.applications.queries import application
from tenancy_svc.disclosures.panel import disclosure_panel
from tenancy_svc.disclosures.queries import disclosure_statements
from tenancy_svc.documents.model import Language
from tenancy_svc.documents.responses import pdf_file
from tenancy_svc.homes.queries import HomeView
from tenancy_svc.leases.commands import amend_lease, draw_up_lease
from tenancy_svc.leases.deposits import DepositState, Most, rules_for
from tenancy_svc.leases.document import lease_document
from tenancy_svc.leases.model import (
    AmendLease,
    DrawUpLease,
    Holder,
    Inclusion,
    LeaseStatus,
    Term,
)
from tenancy_svc.leases.money import Money
from tenancy_svc.leases.queries import lease, lease_of_application, leases
from tenancy_svc.panels import timeline_items
from tenancy_svc.subsidies.queries import paid_by_others

router = DeskRouter(prefix="/property-desk")

CHOICES: dict[str, Any] = {
    "parts": Part,
    "holders": Holder,
    "terms": Term,
    "deposit_states": DepositState,
    "inclusions": Inclusion,
}
"""The closed lists of the form of a lease."""


@router.get("/leases", name="leases")
async def list_leases(
    call: DeskCall,
    q: Annotated[str, Query(max_length=100)] = "",
    status: Annotated[list[LeaseStatus] | None, Query()] = None,
    after: str | None = None,
) -> Response:
    """Leases, newest first."""
    page = await call.ask(leases, statuses=status or (), words=q, after=after)
    return call.page("leases/list.html", page=page, q=q, chosen=status or [], statuses=list(LeaseStatus))


@router.get("/applications/{application_id}/lease", name="lease_of_application")
async def of_application(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The lease of an application, or the form that draws it up."""
    found = await call.ask(lease_of_application, application_id)
    if found is not None:
        return call.redirect("lease", lease_id=found)
    record = await call.ask(application, application_id)
    if record.status is not ApplicationStatus.ACCEPTED:
        return call.redirect("application", application_id=application_id)
    home = record.home
    initial = {
        "holder": Holder.TENANT,
        "term": Term.PERIODIC,
        "due_day": 1,
        "start_on": record.expected_move_in,
        "parties": record.people,
        # An unknown rent begins empty: nothing is invented.
        "rent": Money(amount=home.rent, currency=home.currency) if home and home.rent else None,
    }
    form = await call.form(DrawUpLease, initial=initial)
    return await _drawing_up(call, form, application_id)


@router.post("/applications/{application_id}/lease", name="post_lease")
async def post_lease(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Draw the lease up."""
    form = await call.form(DrawUpLease, fixed={"application_id": application_id})
    if done := await call.carry_out(form, draw_up_lease):
        return call.redirect("lease", lease_id=done.result, notice=call._("The lease is drawn up."))
    return await _drawing_up(call, form, application_id, status=422)


async def _drawing_up(
    call: PageCall, form: Form[DrawUpLease], application_id: uuid.UUID, status: int = 200
) -> Response:
    record = await call.ask(application, application_id)
    back = call.url("application", application_id=application_id)
    return _terms(call, form, record.home, back=back, lease=None, status=status)


def _terms(call: PageCall, form: Form[Any], home: HomeView | None, **context: Any) -> Response:
    """The form of the terms, with the deposits that the law allows where the home is."""
    rules = rules_for(home.province if home else None, call.today)
    return call.page(
        "leases/edit.html",
        form=form,
        deposit_kinds=[(rule.kind.value, call._(rule.kind.label)) for rule in rules],
        allowed=call.formats.listing(
            [f"{call._(rule.kind.label)} ({call._(rule.most.label)})" for rule in rules]
        ),
        keys_cost=any(rule.most is Most.REPLACEMENT_COST for rule in rules),
        **context,
        **CHOICES,
    )


@router.get("/leases/{lease_id}", name="lease")
async def show_lease(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """What the lease says about people, time and money."""
    return await _record(call, lease_id, "leases/record.html", "terms")


@router.get("/leases/{lease_id}/clauses", name="lease_clauses")
async def show_clauses(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """The clauses of the template version that the lease was drawn up from."""
    return await _record(call, lease_id, "leases/clauses.html", "clauses")


Edition = Annotated[int | None, Query(ge=1, le=100_000)]


@router.get("/leases/{lease_id}/document", name="lease_document")
async def show_document(
    call: DeskCall, lease_id: uuid.UUID, edition: Edition = None, language: Language | None = None
) -> Response:
    """The whole lease on one page: terms and clauses of one version, to read and to print (T4)."""
    chosen = language or Language.of(call.locale)
    document = await call.ask(lease_document, lease_id, edition=edition, language=chosen)
    given = {"lease_id": lease_id, "edition": edition}
    return call.page(
        "leases/document.html",
        lease_id=lease_id,
        document=document,
        pdf=call.url("lease_pdf", **given, language=chosen.value),
        other_language=call.url("lease_document", **given, language=chosen.other.value),
    )


@router.get("/leases/{lease_id}/document.pdf", name="lease_pdf")
async def show_pdf(
    call: DeskCall, lease_id: uuid.UUID, edition: Edition = None, language: Language | None = None
) -> Response:
    """The same as a PDF (T4)."""
    chosen = language or Language.of(call.locale)
    return await pdf_file(await call.ask(lease_document, lease_id, edition=edition, language=chosen))


@router.get("/leases/{lease_id}/versions", name="lease_versions")
async def show_versions(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Every edition of the lease."""
    return await _record(call, lease_id, "leases/versions.html", "versions")


async def _record(call: PageCall, lease_id: uuid.UUID, template: str, tab: str) -> Response:
    record = await call.ask(lease, lease_id)
    statements = await call.ask(disclosure_statements, record.application.id)
    return call.page(
        template,
        lease=record,
        tab=tab,
        paid_by_others=await call.ask(paid_by_others, record.application.id) if tab == "terms" else (),
        timeline=timeline_items(call, record.timeline),
        **disclosure_panel(call, statements),
    )


@router.get("/leases/{lease_id}/change", name="change_lease")
async def change(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Change a lease that isn't signed."""
    record = await call.ask(lease, lease_id)
    names = (
        "holder",
        "start_on",
        "term",
        "end_on",
        "rent",
        "due_day",
        "deposits",
        "inclusions",
    )
    initial: dict[str, Any] = {name: getattr(record.current, name) for name in names}
    initial.update(version=record.version, parties=record.current.parties)
    form = await call.form(AmendLease, initial=initial, fixed={"lease_id": lease_id})
    return await _changing(call, form, lease_id)


@router.post("/leases/{lease_id}/change", name="post_change_lease")
async def post_change(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Make a new version of the lease."""
    form = await call.form(AmendLease, fixed={"lease_id": lease_id})
    if await call.carry_out(form, amend_lease):
        return call.redirect("lease", lease_id=lease_id, notice=call._("The lease has a new version."))
    return await _changing(call, form, lease_id, status=422)


async def _changing(
    call: PageCall, form: Form[AmendLease], lease_id: uuid.UUID, status: int = 200
) -> Response:
    record = await call.ask(lease, lease_id)
    back = call.url("lease", lease_id=lease_id)
    return _terms(call, form, record.application.home, back=back, lease=lease_id, status=status)
