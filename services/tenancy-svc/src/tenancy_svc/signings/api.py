"""Signings over HTTP (T5, W4)."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Body, Response
from pydantic import BaseModel

from chassis.http import ApiRouter, Call
from tenancy_svc.documents.model import Language
from tenancy_svc.documents.responses import PDF_RESPONSES, pdf_file
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
    Move,
    MoveSigning,
    RecordNotSigned,
    RecordRightsExplained,
    ScheduleSigning,
    Signatures,
    SigningStatus,
    SignLease,
    TakeAttestationBack,
)
from tenancy_svc.signings.queries import SigningLine, SigningRecord, signing, signings
from tenancy_svc.signings.signatures import record_not_signed, sign_lease

router = ApiRouter(tags=["signings"])


class Scheduled(BaseModel):
    """The signing that was arranged."""

    id: uuid.UUID


class Signed(BaseModel):
    """The lease that is in force now."""

    lease: uuid.UUID


@router.get("/signings")
async def list_signings(
    call: Call, status: SigningStatus | None = SigningStatus.SCHEDULED
) -> list[SigningLine]:
    """List signings; scheduled ones earliest first."""
    return await call.ask(signings, status=status)


@router.get("/signings/{signing_id}")
async def show_signing(call: Call, signing_id: uuid.UUID) -> SigningRecord:
    """Show one signing with what still has to be done."""
    return await call.ask(signing, signing_id)


@router.get("/signings/{signing_id}/document", response_class=Response, responses=PDF_RESPONSES)
async def read_document(call: Call, signing_id: uuid.UUID, language: Language | None = None) -> Response:
    """The record of one signing, attestations and what changed on the way, as a PDF."""
    return await pdf_file(
        await call.ask(signing_document, signing_id, language=language or Language.of(call.actor.locale))
    )


@router.post("/leases/{lease_id}/signings", status_code=201)
async def post_signing(call: Call, lease_id: uuid.UUID, body: Arrangement) -> Scheduled:
    """Arrange the signing of a lease."""
    command = ScheduleSigning(lease_id=lease_id, **dict(body))
    return Scheduled(id=await call.perform(schedule_signing, command))


@router.post("/signings/{signing_id}/move", status_code=204)
async def post_move(call: Call, signing_id: uuid.UUID, body: Move) -> None:
    """Give a signing another time or place."""
    await call.perform(move_signing, MoveSigning(signing_id=signing_id, **dict(body)))


@router.post("/signings/{signing_id}/cancellation", status_code=204)
async def post_cancellation(call: Call, signing_id: uuid.UUID) -> None:
    """Cancel a signing."""
    await call.perform(cancel_signing, CancelSigning(signing_id=signing_id))


@router.post("/signings/{signing_id}/rights-explained", status_code=204)
async def post_rights_explained(call: Call, signing_id: uuid.UUID) -> None:
    """Record that the tenant's rights were explained and acknowledged."""
    await call.perform(record_rights_explained, RecordRightsExplained(signing_id=signing_id))


@router.post("/signings/{signing_id}/attestations", status_code=204)
async def post_attestation(call: Call, signing_id: uuid.UUID, body: Attesting) -> None:
    """Record a party's attestation that no service is a condition of the lease."""
    await call.perform(attest, Attest(signing_id=signing_id, **dict(body)))


@router.delete("/signings/{signing_id}/attestations/{attestation_id}", status_code=204)
async def delete_attestation(call: Call, signing_id: uuid.UUID, attestation_id: uuid.UUID) -> None:
    """Take an attestation back before the signatures; it stays on record."""
    command = TakeAttestationBack(signing_id=signing_id, attestation_id=attestation_id)
    await call.perform(take_attestation_back, command)


@router.post("/signings/{signing_id}/signature")
async def post_signature(
    call: Call, signing_id: uuid.UUID, body: Annotated[Signatures | None, Body()] = None
) -> Signed:
    """Record the signatures: the tenancy begins."""
    command = SignLease(signing_id=signing_id, **dict(body or Signatures()))
    return Signed(lease=await call.perform(sign_lease, command))


@router.post("/signings/{signing_id}/unsigned-end", status_code=204)
async def post_unsigned_end(call: Call, signing_id: uuid.UUID) -> None:
    """Record that the parties met without signing."""
    await call.perform(record_not_signed, RecordNotSigned(signing_id=signing_id))


@router.delete("/leases/{lease_id}", status_code=204)
async def delete_lease(call: Call, lease_id: uuid.UUID) -> None:
    """Discard a draft lease and cancel its signing."""
    await call.perform(discard_lease, DiscardLease(lease_id=lease_id))
