"""Both sides attest that no service is a condition of the lease, before anybody signs (T5, W3)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.people import tenants_of
from tenancy_svc.leases.commands import locked_lease
from tenancy_svc.leases.model import LeaseEdition
from tenancy_svc.signings.commands import scheduled_signing
from tenancy_svc.signings.feature import HOLD_SIGNINGS
from tenancy_svc.signings.model import Attest, Attestation, NotAParty, Side, Signing, TakeAttestationBack


@dataclass(frozen=True, slots=True)
class SigningParty:
    """Who has to attest, and the attestation that counts, if any; the landlord's side has no `party`."""

    side: Side
    party: uuid.UUID | None
    name: str
    contact: str | None
    attestation: Attestation | None


@use_case(HOLD_SIGNINGS)
async def attest(tx: Tx, command: Attest) -> None:
    """Record a party's attestation that no service is a condition of the lease as it stands now.

    Attesting twice makes one record. Raises SigningOver, NotAParty.
    """
    signing = await scheduled_signing(tx, command.signing_id)
    lease = await locked_lease(tx, signing.lease_id)
    party = next(
        (
            one
            for one in parties_of(signing, lease.current)
            if (one.side, one.party) == (command.side, command.party)
        ),
        None,
    )
    if party is None:
        raise NotAParty(field="party")
    if party.attestation is not None:
        return
    signing.attestations.append(
        Attestation(
            id=new_id(),
            lease_edition_id=lease.current.id,
            side=party.side,
            party_id=party.party,
            name=party.name,
            attested_at=tx.now,
            recorded_by=tx.actor.name,
        )
    )
    tx.touched("lease", lease.id, "attested", {party.side.value: (None, party.name)})


@use_case(HOLD_SIGNINGS)
async def take_attestation_back(tx: Tx, command: TakeAttestationBack) -> None:
    """Take an attestation back before the signatures; it stays on record. Raises SigningOver, NotFound."""
    signing = await scheduled_signing(tx, command.signing_id)
    found = next((one for one in signing.attestations if one.id == command.attestation_id), None)
    if found is None:
        raise NotFound(what="attestation")
    if found.taken_back_at is None:
        found.taken_back_at, found.taken_back_by = tx.now, tx.actor.name
        changes = {found.side.value: (found.name, None)}
        tx.touched("lease", signing.lease_id, "attestation_taken_back", changes)


def parties_of(signing: Signing, edition: LeaseEdition) -> list[SigningParty]:
    """Return who has to attest for an edition: every tenant, and the person who signs for the landlord.

    An attestation for a former edition, by a former signatory, or one that was taken back doesn't count.
    """
    given = {
        (one.side, one.party_id, one.name): one
        for one in signing.attestations
        if one.lease_edition_id == edition.id and one.taken_back_at is None
    }
    expected: list[tuple[Side, uuid.UUID | None, str, str | None]] = [
        (Side.TENANT, party.id, party.name, party.phone or party.email)
        for party in tenants_of(edition.parties)
    ]
    expected.append((Side.LANDLORD, None, signing.landlord_name, None))
    return [SigningParty(*one, given.get(one[:3])) for one in expected]


def missing_attestations(signing: Signing, edition: LeaseEdition) -> list[str]:
    """Return the names of those who still have to attest for an edition."""
    return [party.name for party in parties_of(signing, edition) if party.attestation is None]
