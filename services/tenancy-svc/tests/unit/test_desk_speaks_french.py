"""Every text of the property desk has its French (X1)."""

from __future__ import annotations

import pytest

from deskkit.testing.translations import missing_translations
from tenancy_svc.applications import model as applications
from tenancy_svc.disclosures import model as disclosures
from tenancy_svc.entry import model as entry
from tenancy_svc.entry.queries import Listed
from tenancy_svc.homes import model as homes
from tenancy_svc.lease_templates import model as lease_templates
from tenancy_svc.leases import deposits
from tenancy_svc.leases import model as leases
from tenancy_svc.signings import model as signings
from tenancy_svc.statutes import model as statutes
from trade.text_review.verdicts import Verdict

SHOWN = (
    applications.Origin,
    applications.ApplicationStatus,
    applications.DeclineReason,
    applications.Part,
    Verdict,
    disclosures.Answer,
    disclosures.Purpose,
    disclosures.Withheld,
    Listed,
    entry.EntryAnswer,
    entry.EntryPurpose,
    entry.EntryRefusal,
    entry.EntryState,
    entry.EntryWithdrawal,
    homes.Occupancy,
    homes.ReleaseReason,
    lease_templates.EditionState,
    lease_templates.Jurisdiction,
    deposits.DepositKind,
    deposits.DepositState,
    deposits.Most,
    leases.Holder,
    leases.Inclusion,
    leases.LeaseStatus,
    leases.Term,
    signings.AbsenceReason,
    signings.Attendance,
    signings.Outcome,
    signings.Place,
    signings.SigningStatus,
    statutes.Reach,
)


@pytest.mark.row("X1")
def test_every_text_and_every_closed_list_has_its_french() -> None:
    assert missing_translations("tenancy_svc", enums=SHOWN) == []
