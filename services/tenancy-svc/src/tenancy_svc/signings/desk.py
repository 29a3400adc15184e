"""Pages about signings (T5, W4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.disclosures.model import Purpose
from tenancy_svc.disclosures.panel import Recipient, SentLines, disclosure_panel, recipients
from tenancy_svc.disclosures.queries import Prospect, disclosure_statements, would_be_disclosed
from tenancy_svc.documents.model import Language
from tenancy_svc.documents.responses import pdf_file
from tenancy_svc.leases.queries import lease
from tenancy_svc.panels import timeline_items
from tenancy_svc.signings.attestations import attest, take_attestation_back
from tenancy_svc.signings.commands import (
    cancel_signing,
    move_signing,
    record_rights_explained,
    schedule_signing,
)
from tenancy_svc.signings.document import signing_document
from tenancy_svc.signings.drafts import discard_lease
from tenancy_svc.signings.model import (
    Arrangement,
    Attest,
    Attesting,
    CancelSigning,
    DiscardLease,
    MoveSigning,
    Place,
    RecordNotSigned,
    RecordRightsExplained,
    ScheduleSigning,
    Side,
    SigningStatus,
    SignLease,
    TakeAttestationBack,
    TimeNotAgreed,
)
from tenancy_svc.signings.queries import SigningRecord, signing, signings, signings_of_lease
from tenancy_svc.signings.signatures import at_another_time, record_not_signed, sign_lease

router = DeskRouter(prefix="/property-desk")

Words = Callable[[PageCall, SigningRecord], dict[str, Any]]


@router.get("/signings", name="signings")
async def list_signings(call: DeskCall, status: SigningStatus = SigningStatus.SCHEDULED) -> Response:
    """Scheduled signings, or those that are over."""
    items = await call.ask(signings, status=status)
    return call.page("signings/list.html", items=items, status_shown=status, statuses=list(SigningStatus))


@router.get("/leases/{lease_id}/signings", name="lease_signings")
async def of_lease(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """The signings of one lease."""
    record = await call.ask(lease, lease_id)
    statements = await call.ask(disclosure_statements, record.application.id)
    return call.page(
        "signings/of_lease.html",
        lease=record,
        tab="signings",
        items=await call.ask(signings_of_lease, lease_id),
        timeline=timeline_items(call, record.timeline),
        **disclosure_panel(call, statements),
    )


@router.get("/leases/{lease_id}/signings/new", name="new_signing")
async def new_signing(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Ask when and where the lease is signed."""
    initial = {"landlord_name": call.actor.name, "place": Place.PROPERTY_OFFICE}
    form = await call.form(ScheduleSigning, initial=initial, fixed={"lease_id": lease_id})
    return await _arranging(call, form, lease_id)


@router.post("/leases/{lease_id}/signings/new", name="post_signing")
async def post_signing(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Show what will be sent, word for word; arrange the signing once that was confirmed."""
    form = await call.form(ScheduleSigning, fixed={"lease_id": lease_id})
    if form.unconfirmed and await call.accepts(form, schedule_signing):
        return await _arranging(call, form, lease_id, confirm=True)
    if done := await call.carry_out(form, schedule_signing):
        return call.redirect("signing", signing_id=done.result, notice=call._("The signing is arranged."))
    return await _arranging(call, form, lease_id, status=422)


async def _arranging(
    call: PageCall, form: Form[Any], lease_id: uuid.UUID, *, confirm: bool = False, status: int = 200
) -> Response:
    record = await call.ask(lease, lease_id)
    prospects = await call.ask(would_be_disclosed, record.application.id, Purpose.SIGNING)
    sent = _dated(call, call._("A lease signing was arranged"), form.command) if confirm else []
    return call.page(
        "signings/confirm_time.html" if confirm else "signings/edit.html",
        form=form,
        heading_words=call._("Arrange the signing"),
        back=call.url("lease_signings", lease_id=lease_id),
        lease=record,
        recipients=recipients(call, (prospects, sent)),
        places=Place,
        status=status,
    )


def _dated(call: PageCall, event: str, arranged: Arrangement) -> SentLines:
    """Return what is sent of a signing with a date: its time, and the kind of place."""
    return [
        (call._("Event"), event),
        (call._("Date and time"), call.formats.moment(arranged.starts_at)),
        (call._("Place"), call._(arranged.place.label)),
    ]


@router.get("/signings/{signing_id}", name="signing")
async def show_signing(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """One signing, and what still has to be done before anybody signs."""
    return await _show(call, signing_id)


@router.get("/signings/{signing_id}/document", name="signing_document")
async def show_document(call: DeskCall, signing_id: uuid.UUID, language: Language | None = None) -> Response:
    """The record of a signing on one page, to read and to print (T5)."""
    chosen = language or Language.of(call.locale)
    document = await call.ask(signing_document, signing_id, language=chosen)
    return call.page(
        "signings/document.html",
        signing_id=signing_id,
        document=document,
        pdf=call.url("signing_pdf", signing_id=signing_id, language=chosen.value),
        other_language=call.url("signing_document", signing_id=signing_id, language=chosen.other.value),
    )


@router.get("/signings/{signing_id}/document.pdf", name="signing_pdf")
async def show_pdf(call: DeskCall, signing_id: uuid.UUID, language: Language | None = None) -> Response:
    """The same as a PDF (T5)."""
    chosen = language or Language.of(call.locale)
    return await pdf_file(await call.ask(signing_document, signing_id, language=chosen))


async def _show(
    call: PageCall, signing_id: uuid.UUID, error: str | None = None, status: int = 200
) -> Response:
    record = await call.ask(signing, signing_id)
    statements = await call.ask(disclosure_statements, record.lease.application.id)
    return call.page(
        "signings/record.html",
        signing=record,
        lease=record.lease,
        refusal=error,
        timeline=timeline_items(call, record.lease.timeline),
        status=status,
        **disclosure_panel(call, statements),
    )


@router.post("/signings/{signing_id}/rights", name="post_rights")
async def post_rights(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Record that the rights were explained."""
    form = await call.form(RecordRightsExplained, fixed={"signing_id": signing_id})
    if await call.carry_out(form, record_rights_explained):
        notice = call._("It's recorded that the rights were explained.")
        return call.redirect("signing", signing_id=signing_id, notice=notice)
    return await _show(call, signing_id, form.problem, status=422)


@router.get("/signings/{signing_id}/attestation", name="attest")
async def ask_attestation(
    call: DeskCall, signing_id: uuid.UUID, side: Side, party: uuid.UUID | None = None
) -> Response:
    """Ask whether a party attests, with the words of the attestation."""
    whom = Attesting(side=side, party=party)
    form = await call.form(Attest, initial=whom, fixed={"signing_id": signing_id})
    return await _attesting(call, signing_id, form, whom)


@router.post("/signings/{signing_id}/attestation", name="post_attestation")
async def post_attestation(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Record a party's attestation, with who recorded it."""
    form = await call.form(Attest, fixed={"signing_id": signing_id})
    if not form.ok:
        return await _show(call, signing_id, call._("Choose who attests."), status=422)
    if await call.carry_out(form, attest):
        return call.redirect("signing", signing_id=signing_id, notice=call._("The attestation is recorded."))
    return await _attesting(call, signing_id, form, form.command, status=422)


async def _attesting(
    call: PageCall, signing_id: uuid.UUID, form: Form[Attest], whom: Attesting, status: int = 200
) -> Response:
    record = await call.ask(signing, signing_id)
    meant = (whom.side, whom.party)
    found = next((one for one in record.attested if (one.side, one.party) == meant), None)
    if found is None:
        raise NotFound(what="party")
    return call.page("signings/attest.html", form=form, signing=record, party=found, status=status)


@router.get("/signings/{signing_id}/attestations/{attestation_id}/take-back", name="take_attestation_back")
async def ask_taking_back(call: DeskCall, signing_id: uuid.UUID, attestation_id: uuid.UUID) -> Response:
    """What taking an attestation back means."""
    fixed = {"signing_id": signing_id, "attestation_id": attestation_id}
    form = await call.form(TakeAttestationBack, fixed=fixed)
    return await _ask(call, signing_id, form, _taking_back)


@router.post(
    "/signings/{signing_id}/attestations/{attestation_id}/take-back", name="post_take_attestation_back"
)
async def post_taking_back(call: DeskCall, signing_id: uuid.UUID, attestation_id: uuid.UUID) -> Response:
    """Take it back."""
    fixed = {"signing_id": signing_id, "attestation_id": attestation_id}
    form = await call.form(TakeAttestationBack, fixed=fixed)
    if await call.carry_out(form, take_attestation_back):
        notice = call._("The attestation is taken back.")
        return call.redirect("signing", signing_id=signing_id, notice=notice)
    return await _ask(call, signing_id, form, _taking_back, status=422)


def _taking_back(call: PageCall, record: SigningRecord) -> dict[str, Any]:
    return {
        "heading_words": call._("Take the attestation back"),
        "lines": [
            call._("It no longer counts, and nobody can sign before this person attests again."),
            call._("That it was given and taken back stays in the record of the signing."),
        ],
        "button": call._("Take it back"),
        "recipients": None,
        "danger": False,
    }


@router.get("/signings/{signing_id}/move", name="move_signing")
async def move(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Another time or place."""
    record = await call.ask(signing, signing_id)
    form = await call.form(MoveSigning, initial=record, fixed={"signing_id": signing_id})
    return await _moving(call, form, record)


@router.post("/signings/{signing_id}/move", name="post_move_signing")
async def post_move(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Show what will be sent, word for word; move the signing once that was confirmed."""
    record = await call.ask(signing, signing_id)
    form = await call.form(MoveSigning, fixed={"signing_id": signing_id})
    if form.unconfirmed and await call.accepts(form, move_signing):
        return await _moving(call, form, record, confirm=True)
    if await call.carry_out(form, move_signing):
        return call.redirect("signing", signing_id=signing_id, notice=call._("The signing is moved."))
    return await _moving(call, form, record, status=422)


async def _moving(
    call: PageCall, form: Form[Any], record: SigningRecord, *, confirm: bool = False, status: int = 200
) -> Response:
    sent = _dated(call, call._("The lease signing was moved"), form.command) if confirm else []
    return call.page(
        "signings/confirm_time.html" if confirm else "signings/edit.html",
        form=form,
        heading_words=call._("Move the signing"),
        back=call.url("signing", signing_id=record.id),
        lease=record.lease,
        recipients=recipients(call, (_inviting(record), sent)),
        places=Place,
        status=status,
    )


def _cancelling(call: PageCall, record: SigningRecord) -> dict[str, Any]:
    return {
        "heading_words": call._("Cancel the signing"),
        "lines": [call._("The signing won't take place. You can arrange another.")],
        "button": call._("Cancel the signing"),
        "recipients": recipients(call, (_inviting(record), _cancelled(call))),
        "danger": True,
    }


def _not_signed(call: PageCall, record: SigningRecord) -> dict[str, Any]:
    lines = [(call._("Event"), call._("The lease signing took place"))]
    lines.append((call._("Outcome"), call._("Not signed")))
    return {
        "heading_words": call._("The lease wasn't signed"),
        "lines": [call._("The parties met, and the lease stays a draft. You can arrange another signing.")],
        "button": call._("Record that it wasn't signed"),
        "recipients": recipients(call, (_inviting(record), lines)),
        "danger": False,
    }


def _signing(call: PageCall, record: SigningRecord, moved: SentLines) -> dict[str, Any]:
    terms = record.lease.current
    start = call.formats.date(terms.start_on)
    held = [(call._("Event"), call._("The lease signing took place")), (call._("Outcome"), call._("Signed"))]
    begun = [
        (call._("Event"), call._("The tenancy started")),
        (call._("First day of the tenancy"), start),
        (call._("Rent for a month"), call.formats.money(terms.rent)),
    ]
    return {
        "heading_words": call._("Record the signatures"),
        "lines": [
            call._("The lease is in force and the tenancy begins on %(day)s.", day=start),
            call._("The inventory receives the home, a reference and the first day: no person and no rent."),
        ],
        "button": call._("Everybody signed"),
        "recipients": recipients(call, (_inviting(record), [*moved, *held]), (record.discloses_start, begun)),
        "danger": False,
    }


def _inviting(record: SigningRecord) -> list[Prospect]:
    return [one.prospect for one in record.invites]


def _cancelled(call: PageCall) -> SentLines:
    return [(call._("Event"), call._("The lease signing was cancelled"))]


async def _ask(
    call: PageCall, signing_id: uuid.UUID, form: Form[Any], words: Words, status: int = 200
) -> Response:
    record = await call.ask(signing, signing_id)
    return call.page(
        "signings/confirm.html",
        form=form,
        back=call.url("signing", signing_id=signing_id),
        status=status,
        **words(call, record),
    )


@router.get("/signings/{signing_id}/cancel", name="cancel_signing")
async def cancel(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """What cancelling means."""
    form = await call.form(CancelSigning, fixed={"signing_id": signing_id})
    return await _ask(call, signing_id, form, _cancelling)


@router.post("/signings/{signing_id}/cancel", name="post_cancel_signing")
async def post_cancel(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Cancel."""
    form = await call.form(CancelSigning, fixed={"signing_id": signing_id})
    if await call.carry_out(form, cancel_signing):
        return call.redirect("signing", signing_id=signing_id, notice=call._("The signing is cancelled."))
    return await _ask(call, signing_id, form, _cancelling, status=422)


@router.get("/signings/{signing_id}/unsigned", name="record_not_signed")
async def not_signed(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """What it means that nobody signed."""
    form = await call.form(RecordNotSigned, fixed={"signing_id": signing_id})
    return await _ask(call, signing_id, form, _not_signed)


@router.post("/signings/{signing_id}/unsigned", name="post_record_not_signed")
async def post_not_signed(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Record it."""
    form = await call.form(RecordNotSigned, fixed={"signing_id": signing_id})
    if await call.carry_out(form, record_not_signed):
        return call.redirect(
            "signing", signing_id=signing_id, notice=call._("It's recorded that the lease wasn't signed.")
        )
    return await _ask(call, signing_id, form, _not_signed, status=422)


@router.get("/signings/{signing_id}/sign", name="sign_lease")
async def sign(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """What signing means, and what will be sent; before the arranged time the tenants are asked."""
    initial = {"signed_at": call.runtime.clock.now()}
    form = await call.form(SignLease, initial=initial, fixed={"signing_id": signing_id})
    return await _signatures(call, signing_id, form)


@router.post("/signings/{signing_id}/sign", name="post_sign_lease")
async def post_sign(call: DeskCall, signing_id: uuid.UUID) -> Response:
    """Record the signatures."""
    form = await call.form(SignLease, fixed={"signing_id": signing_id})
    if await call.carry_out(form, sign_lease):
        return call.redirect(
            "signing", signing_id=signing_id, notice=call._("The lease is signed and the tenancy begins.")
        )
    return await _signatures(call, signing_id, form, status=422)


async def _signatures(
    call: PageCall, signing_id: uuid.UUID, form: Form[SignLease], status: int = 200
) -> Response:
    record = await call.ask(signing, signing_id)
    signed_at = (form.command.signed_at if form.ok or form.refused else None) or call.runtime.clock.now()
    another_time = isinstance(form.refused, TimeNotAgreed) or at_another_time(
        record.starts_at, signed_at, call.runtime.time_zone
    )
    moved = [
        (call._("Event"), call._("The lease signing was moved")),
        (call._("Date and time"), call.formats.moment(signed_at)),
        (call._("Place"), call._(record.place.label)),
    ]
    return call.page(
        "signings/sign.html",
        form=form,
        signing=record,
        another_time=another_time,
        back=call.url("signing", signing_id=signing_id),
        status=status,
        **_signing(call, record, moved if another_time else []),
    )


@router.get("/leases/{lease_id}/discard", name="discard_lease")
async def discard(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """What discarding a draft means."""
    return await _discarding(call, lease_id, await call.form(DiscardLease, fixed={"lease_id": lease_id}))


@router.post("/leases/{lease_id}/discard", name="post_discard_lease")
async def post_discard(call: DeskCall, lease_id: uuid.UUID) -> Response:
    """Discard the draft and cancel its signing."""
    form = await call.form(DiscardLease, fixed={"lease_id": lease_id})
    if await call.carry_out(form, discard_lease):
        return call.redirect("lease", lease_id=lease_id, notice=call._("The draft lease is discarded."))
    return await _discarding(call, lease_id, form, status=422)


async def _discarding(call: PageCall, lease_id: uuid.UUID, form: Any, status: int = 200) -> Response:
    record = await call.ask(lease, lease_id)
    scheduled = any(
        item.status is SigningStatus.SCHEDULED for item in await call.ask(signings_of_lease, lease_id)
    )
    informed: list[Recipient] | None = None
    lines = [call._("The draft can still be read, and you can draw up another lease.")]
    if scheduled:
        lines.append(call._("The scheduled signing is cancelled."))
        prospects = await call.ask(would_be_disclosed, record.application.id, Purpose.SIGNING)
        informed = recipients(call, (prospects, _cancelled(call)))
    return call.page(
        "signings/confirm.html",
        form=form,
        back=call.url("lease", lease_id=lease_id),
        heading_words=call._("Discard the draft lease"),
        lines=lines,
        button=call._("Discard the draft"),
        recipients=informed,
        danger=True,
        status=status,
    )
