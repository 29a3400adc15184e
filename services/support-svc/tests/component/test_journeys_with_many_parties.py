"""Random journeys among two inventories and two landlords, compared with a plain model (N2, N4, W5)."""

import datetime as dt
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import DomainError
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import LANDLORDS_ASKED, ConsentMissing, Consequence, Purpose
from support_svc.placements.queries import placement as placement_view
from support_svc.securing.commands import (
    GiveUpUnit,
    ReferHousehold,
    SecureUnit,
    give_up_unit,
    refer_household,
    secure_unit,
)
from support_svc.securing.model import NothingToGiveUp, NothingToRefer
from support_svc.securing.queries import preview_securing
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences

INVENTORIES = ("property", "city-inventory")
LANDLORDS = ("property", "lakeside-homes")
PURPOSES = (Purpose.BE_HOUSED, Purpose.SHARE_CONTACT_FOR_TENANCY)
OF_REQUEST = {"unit_requested", "unit_request_withdrawn"}
RECIPIENTS = [LANDLORDS_ASKED, LANDLORDS_ASKED, *LANDLORDS]
MANAGERS = [*LANDLORDS, *LANDLORDS, None]
STEPS = st.one_of(
    st.tuples(
        st.just("give"),
        st.sampled_from(PURPOSES),
        st.sampled_from(RECIPIENTS),
    ),
    st.tuples(st.just("withdraw"), st.sampled_from(PURPOSES), st.sampled_from([LANDLORDS_ASKED, *LANDLORDS])),
    st.tuples(
        st.just("ask"),
        st.sampled_from(INVENTORIES),
        st.sampled_from(MANAGERS),
        st.booleans(),
    ),
    st.tuples(st.just("answer"), st.sampled_from(["secured", "secured", "secured", "refused"])),
    st.tuples(st.just("refer")),
    st.tuples(st.just("sign")),
    st.tuples(st.just("give_up")),
)


@dataclass
class Consents:
    """What a person agreed to, as a list of what they said: who was named, and when."""

    for_all: dict = field(default_factory=dict)
    named: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)

    def give(self, purpose, recipient, now):
        if recipient == LANDLORDS_ASKED:
            self.for_all[purpose] = now
        else:
            self.named[purpose, recipient] = now

    def withdraw(self, purpose, recipient, now):
        if recipient == LANDLORDS_ASKED:
            self.for_all.pop(purpose)
        else:
            self.named.pop((purpose, recipient))
            self.refused[purpose, recipient] = now

    def agrees(self, purpose, landlord):
        if (purpose, landlord) in self.named:
            return True
        given_at = self.for_all.get(purpose)
        return given_at is not None and self.refused.get((purpose, landlord), given_at - 1) < given_at


class Journey:
    """One household on its way, and the plain model beside it."""

    def __init__(self, world):
        self.world = world
        self.consents = Consents()
        self.homes = {}
        self.requests = {}
        self.referrals = {}
        self.seen = 0
        self.named_to = set()

    async def begin(self):
        self.client = await self.world.client(f"P{uuid.uuid4().hex[:8]}", "Marrow", phones=["416 555 0142"])
        self.placement = await self.world.placement(self.client, agrees_to_be_housed=None)

    async def give(self, purpose, recipient):
        command = GiveConsent(
            client_id=self.client, purpose=purpose, recipient=recipient, given_on=self.world.today
        )
        await self.world.do(give_consent, command)
        self.consents.give(purpose, recipient, self.world.clock.now().timestamp())

    async def withdraw(self, purpose, recipient):
        found = await self.world.rows(
            "SELECT id FROM consent WHERE client_id = $1 AND purpose = $2 AND recipient = $3"
            " AND withdrawn_at IS NULL AND superseded_by IS NULL",
            self.client,
            purpose.value,
            recipient,
        )
        for row in found:
            follows = [Consequence.FORGET_CONTACT, Consequence.WITHDRAW_REFERRAL]
            command = WithdrawWithConsequences(client_id=self.client, consent_id=row["id"], follows=follows)
            await self.world.do(withdraw_with_consequences, command)
            self.consents.withdraw(purpose, recipient, self.world.clock.now().timestamp())
            for event, addressee, _, _ in await self.fresh():
                assert recipient in (LANDLORDS_ASKED, addressee), (
                    event,
                    "followed where it wasn't withdrawn",
                )
                assert not self.consents.agrees(purpose, addressee), (event, "another consent serves it")

    async def ask(self, inventory, manager, short):
        managed = {"managed_by": "property_entity" if manager else "third_party", "manager": manager}
        unit = await self.world.home(sender=inventory, **managed)
        self.homes[unit] = (inventory, manager)
        day = self.world.today + dt.timedelta(days=14)
        shown = {}
        if short:
            preview = await self.world.see(preview_securing, self.placement, unit, day)
            assert (preview.consent is not None) == self.consents.agrees(Purpose.BE_HOUSED, manager)
            assert [one.landlord for one in preview.referrals] == ([manager] if manager else [])
            names = ("adults", "children", "consent", "inventory")
            shown = {name: getattr(preview, name) for name in names}
        command = SecureUnit(
            placement_id=self.placement,
            unit=unit,
            secured_on=self.world.today,
            expected_move_in=day,
            **shown,
        )
        try:
            started = await self.world.do(secure_unit, command)
        except DomainError as refused:
            if isinstance(refused, ConsentMissing):
                assert not self.consents.agrees(Purpose.BE_HOUSED, manager)
        else:
            assert self.consents.agrees(Purpose.BE_HOUSED, manager)
            self.requests[started.request] = unit

    async def answer(self, how):
        found = await self.world.rows(
            "SELECT request, unit FROM securing WHERE placement_id = $1 AND state = 'asked'", self.placement
        )
        for row in found:
            inventory, manager = self.homes[row["unit"]]
            more = {"manager": manager} if how == "secured" else {}
            more |= {"managed_by": "third_party"} if how == "secured" and manager is None else {}
            more |= {"deadline": self.world.clock.now() + dt.timedelta(days=9)} if how == "secured" else {}
            await self.world.receive(f"unit_{how}", **row, sender=inventory, **more)

    async def refer(self):
        if (await self.world.see(placement_view, self.placement)).request is not None:
            with suppress(NothingToRefer):
                await self.world.do(refer_household, ReferHousehold(placement_id=self.placement))

    async def sign(self):
        found = await self.world.rows(
            "SELECT referral, unit FROM securing WHERE placement_id = $1 AND state = 'held'"
            " AND referral IS NOT NULL AND referral_withdrawn_at IS NULL",
            self.placement,
        )
        for row in found:
            signing = uuid.uuid4()
            landlord = self.homes[row["unit"]][1]
            await self.world.receive(
                "signing_scheduled",
                referral=row["referral"],
                signing=signing,
                starts_at=self.world.clock.now() + dt.timedelta(days=1),
                sender=landlord,
            )
            await self.world.do(
                answer_signing, AnswerSigning(signing=signing, attendance=Attendance.ATTENDING)
            )

    async def give_up(self):
        with suppress(NothingToGiveUp):
            await self.world.do(give_up_unit, GiveUpUnit(placement_id=self.placement))

    async def fresh(self):
        """What the outbox has that wasn't looked at yet."""
        rows = await self.world.rows(
            "SELECT type, addressee, status, data, position FROM outbox WHERE about = $1 AND position > $2"
            " ORDER BY position",
            str(self.placement),
            self.seen,
        )
        self.seen = max([self.seen, *(row["position"] for row in rows)])
        found = [
            (row["type"].split(".")[1], row["addressee"], row["status"], json.loads(row["data"])["data"])
            for row in rows
        ]
        for event, addressee, status, data in found:
            self.compare(event, addressee, status, data)
        return found

    def compare(self, event, addressee, status, data):
        """Hold a row of the outbox against the model."""
        if event in OF_REQUEST:
            assert addressee == self.homes[uuid.UUID(data["unit"])][0], event
            return
        if event == "tenancy_referred":
            landlord = self.homes[uuid.UUID(data["unit"])][1]
            self.referrals[data["referral"]] = landlord
            housed = self.consents.agrees(Purpose.BE_HOUSED, landlord)
            named = "name" in data
            shares = self.consents.agrees(Purpose.SHARE_CONTACT_FOR_TENANCY, landlord)
            assert (status != "withheld") == housed
            assert named == shares
            if named and housed:
                self.named_to.add(landlord)
        assert addressee == self.referrals[data["referral"]], event


@pytest.mark.row("N2", "N3", "N4", "W5", "C6")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=6, max_size=16), everybody=st.booleans())
async def test_every_row_is_for_whom_it_concerns_and_rests_on_a_consent_that_serves_them(
    world, steps, everybody
):
    journey = Journey(world)
    await journey.begin()
    for purpose in PURPOSES if everybody else ():
        await journey.give(purpose, LANDLORDS_ASKED)
    for name, *values in steps:
        world.clock.advance(dt.timedelta(minutes=1))
        await getattr(journey, name)(*values)
        await journey.fresh()
