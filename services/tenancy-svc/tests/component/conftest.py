"""Applications, leases, signings, entry requests and clauses that real commands took to every stage."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chassis.actor import Actor
from tenancy_svc.clauses.commands import approve_clause, write_clause
from tenancy_svc.clauses.model import ApproveClause, WriteClause
from tenancy_svc.lease_templates.commands import (
    add_clause,
    begin_draft,
    discard_draft,
    publish_draft,
    remove_clause,
)
from tenancy_svc.lease_templates.model import (
    AddClause,
    BeginDraft,
    DiscardDraft,
    PublishDraft,
    RemoveClause,
)
from testkit.rendered import Scene

NAME = {"given": "Robin", "family": "Sample"}
CONTACT = {"phone": "416-555-0142", "email": "robin@mail.example", "language": "en"}
TENANT = {
    "part": "tenant",
    "given_name": "Robin",
    "family_name": "Sample",
    "phone": "416 555 0100",
    "email": "robin@mail.example",
}
OCCUPANT = {"part": "occupant", "given_name": "", "family_name": "Sky"}
TERMS = {
    "start_on": "2026-04-01",
    "rent": {"amount": "1250.00", "currency": "CAD"},
    "due_day": 1,
    "deposits": [{"kind": "last_month_rent", "amount": {"amount": "1250.00"}}],
    "inclusions": ["heat", "water"],
    "parties": [TENANT, OCCUPANT],
}
ARRANGED = {
    "starts_at": "2026-03-05T14:00:00-05:00",
    "place": "property_office",
    "directions": "2 Market Street, 3rd floor",
    "landlord_name": "Dana Roy",
}
CLAUSE = {
    "title_en": "Lobby",
    "title_fr": "Hall",
    "text_en": "A list of shops hangs in the lobby.",
    "text_fr": "Une liste des commerces est affichée dans le hall.",
}
BAR = {
    "jurisdiction": "ca_on",
    "section": "Housing Act, 2020, s. 12 (3)",
    "says_en": "The home is reserved by law for people of 60 years or more.",
    "says_fr": "La loi réserve le logement aux personnes de 60 ans ou plus.",
}
ADMINISTRATORS = [
    Actor(f"staff-{number}", "property", frozenset({"property_administrator"}), name)
    for number, name in ((2, "Ada Pike"), (3, "Bo Lund"), (4, "Cy Reed"))
]


class Office:
    """The property office at work through the API; each method does one thing and returns what came of it."""

    def __init__(self, world: Any, api: Any) -> None:
        self.world, self.api = world, api

    async def post(self, path: str, body: Any = None) -> Any:
        """Do something that must succeed."""
        return self._done(await self.api.post(path, json=body))

    async def delete(self, path: str) -> Any:
        """Take something away that must be there."""
        return self._done(await self.api.delete(path))

    def _done(self, answer: Any) -> Any:
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def referred(self, **changes: Any) -> tuple[Any, Any, Any]:
        """A referral with name and contact whose tenant chose; return application, referral and unit."""
        application, referral, unit = await self.world.referral(name=NAME, contact=CONTACT, **changes)
        subsidy = {"referral": referral, "subsidy": uuid.uuid4()}
        await self.world.receive("subsidy_committed", **subsidy)
        await self.world.receive("subsidy_changed", **subsidy)
        choices = {"given_on": "2026-03-02", "signing": "share", "start": "share", "notices": "do_not_share"}
        await self.post(f"/applications/{application}/choices", {**choices, "party": "support"})
        return application, referral, unit

    async def two_supporters(self, *, join: bool = True) -> tuple[Any, Any, Any]:
        """An application of a household that two organisations referred for one home, one after the other.

        Return it with the reference of each; without `join`, the first referral's application is still open.
        """
        first, one, unit = await self.world.referral(name=NAME, contact=CONTACT)
        (hold,) = await self.world.rows("SELECT request FROM hold WHERE unit = $1", unit)
        await self.world.receive(
            "unit_released", request=hold["request"], unit=unit, reason="deadline_passed"
        )
        second, other, _ = await self.world.referral(sender="harbour-support", unit=unit, name=NAME)
        if join:
            await self.post(f"/applications/{first}/joining", {"application": str(second)})
        return second, one, other

    async def lease(self, application: Any) -> str:
        """Accept an application and draw its lease up."""
        await self.post(f"/applications/{application}/acceptance")
        return str((await self.post("/leases", {"application_id": str(application), **TERMS}))["id"])

    async def signing(self, lease: str) -> str:
        """Arrange the signing of a lease."""
        return str((await self.post(f"/leases/{lease}/signings", ARRANGED))["id"])

    async def scene(self, name: str, application: Any, **ids: Any) -> Scene:
        """The records of an application, by the parameters of paths."""
        found: dict[str, Any] = {"application_id": application, "purpose": "start", "party": "support"}
        for column, sql in (
            ("lease_id", "SELECT id FROM lease WHERE application_id = $1"),
            (
                "signing_id",
                "SELECT s.id FROM signing s JOIN lease l ON l.id = s.lease_id WHERE l.application_id = $1",
            ),
            (
                "attestation_id",
                "SELECT a.id FROM attestation a JOIN signing s ON s.id = a.signing_id"
                " JOIN lease l ON l.id = s.lease_id WHERE l.application_id = $1 AND a.taken_back_at IS NULL",
            ),
        ):
            for row in await self.world.rows(sql, application):
                found[column] = row["id"]
        return Scene(name, found | ids)


async def new(office: Office) -> Scene:
    """A referral whose people were recorded, a choice taken back, and its hold about to lapse."""
    world = office.world
    application, _, unit = await office.referred()
    version = (await office.api.get(f"/applications/{application}")).json()["version"]
    people = {"version": version, "people": [TENANT, OCCUPANT]}
    assert (await office.api.put(f"/applications/{application}/people", json=people)).is_success
    await office.post(
        f"/applications/{application}/choices/signing/withdrawal",
        {"withdrawn_on": "2026-03-02", "party": "support"},
    )
    (hold,) = await world.rows("SELECT request, deadline FROM hold WHERE unit = $1", unit)
    await world.receive("unit_hold_ending", request=hold["request"], unit=unit, deadline=hold["deadline"])
    return await office.scene("new", application)


async def declined(office: Office) -> Scene:
    """An application declined for a legal bar that was taken off the list afterwards."""
    async with office.world.api("property_administrator") as administrator:
        keeper = Office(office.world, administrator)
        statute = (await keeper.post("/statutes", BAR))["id"]
        application, _, _ = await office.referred()
        await office.post(
            f"/applications/{application}/decline", {"reason": "other_legal_bar", "statute": statute}
        )
        await keeper.delete(f"/statutes/{statute}")
        listed = (await keeper.post("/statutes", {**BAR, "section": "Housing Act, 2020, s. 14"}))["id"]
    return await office.scene("declined", application, statute_id=uuid.UUID(listed))


async def withdrawn(office: Office) -> Scene:
    """An applicant who withdrew; the home went to somebody else, and the contact is forgotten."""
    world = office.world
    application, referral, unit = await office.referred()
    await world.receive("contact_withdrawn", referral=referral)
    await office.post(f"/applications/{application}/withdrawal")
    (hold,) = await world.rows("SELECT request FROM hold WHERE unit = $1", unit)
    await world.receive("unit_released", request=hold["request"], unit=unit, reason="application_closed")
    return await office.scene("withdrawn", application)


async def arranged(office: Office) -> Scene:
    """A lease changed before signing, its signing moved and answered, an attestation taken back."""
    application, referral, _ = await office.referred()
    lease = await office.lease(application)
    changed = {**TERMS, "term": "fixed", "end_on": "2027-03-31", "rent": {"amount": "1275.00"}, "version": 1}
    await office.post(f"/leases/{lease}/amendments", changed)
    signing = await office.signing(lease)
    await office.post(f"/signings/{signing}/move", {**ARRANGED, "place": "the_unit", "version": 1})
    await office.world.receive(
        "signing_attendance",
        referral=referral,
        signing=uuid.UUID(signing),
        attendance="cannot_attend",
        reason="nobody_available",
    )
    await office.post(f"/signings/{signing}/rights-explained")
    await office.world.attest(office.api, signing)
    (tenant, *_) = (await office.api.get(f"/signings/{signing}")).json()["attested"]
    await office.delete(f"/signings/{signing}/attestations/{tenant['attestation']}")
    await office.world.receive("contact_withdrawn", referral=referral)
    return await office.scene("arranged", application)


async def discarded(office: Office) -> Scene:
    """A direct application whose signings came to nothing, and whose lease was discarded."""
    unit = await office.world.home()
    opened = await office.post("/applications", {"unit": str(unit), "adults": 1, "people": [TENANT]})
    application = uuid.UUID(opened["id"])
    lease = await office.lease(application)
    await office.post(f"/signings/{await office.signing(lease)}/cancellation")
    signing = await office.signing(lease)
    office.world.meet()
    await office.post(f"/signings/{signing}/unsigned-end")
    await office.delete(f"/leases/{lease}")
    return await office.scene("discarded", application)


async def let(office: Office) -> Scene:
    """A tenancy that began at another time than arranged, and what the inventory asked about its home."""
    world = office.world
    application, _, unit = await office.referred()
    lease = await office.lease(application)
    signing = await office.signing(lease)
    await office.post(f"/signings/{signing}/rights-explained")
    await world.attest(office.api, signing)
    await office.post(f"/signings/{signing}/signature", {"tenants_agreed": True})
    starts = world.clock.now() + dt.timedelta(days=40)
    window = {"unit": unit, "starts_at": starts, "ends_at": starts + dt.timedelta(hours=3)}
    requests = [uuid.uuid4() for _ in range(4)]
    for request in requests:
        await world.receive("entry_requested", request=request, **window)
    delivered = world.clock.now().isoformat()
    for request, answer in zip(
        requests,
        (
            {"answer": "notice_given", "delivered_at": delivered},
            {"answer": "tenant_agreed"},
            {"answer": "refused", "reason": "not_enough_notice"},
        ),
        strict=False,
    ):
        await office.post(f"/entry-requests/{request}/answer", {**answer, "version": 1})
    early = (uuid.uuid4(), uuid.uuid4())  # withdrawn before the request itself arrived
    for request, reason in zip(
        (requests[1], *early), ("window_changed", "no_longer_needed", "nobody_lives_there"), strict=True
    ):
        await world.receive("entry_request_withdrawn", request=request, unit=unit, reason=reason)
    return await office.scene("let", application, request_id=requests[3])


async def joined(office: Office) -> Scene:
    """A referral that joined the application of the same household that another organisation referred."""
    application, _, _ = await office.two_supporters()
    (row,) = await office.world.rows("SELECT id FROM application WHERE joined_id = $1", application)
    return await office.scene("joined", row["id"])


async def supported_by_two(office: Office) -> Scene:
    """A household that two organisations support, one of which withdrew: both answered for its signing."""
    world = office.world
    application, first, second = await office.two_supporters()
    for party in ("support", "harbour-support"):
        answers = {"party": party, "given_on": "2026-03-02", "notices": "share"}
        await office.post(
            f"/applications/{application}/choices", {**answers, "signing": "share", "start": "do_not_share"}
        )
    signing = uuid.UUID(await office.signing(await office.lease(application)))
    answer = {"signing": signing, "attendance": "attending", "reason": None}
    await world.receive("signing_attendance", referral=first, **answer)
    await world.receive("signing_attendance", sender="harbour-support", referral=second, **answer)
    await world.receive("tenancy_referral_withdrawn", referral=first)
    return await office.scene("supported by two", application, party="harbour-support")


async def to_join(office: Office) -> Scene:
    """A referral of a household that has another application for the same home."""
    _, first, _ = await office.two_supporters(join=False)
    (row,) = await office.world.rows("SELECT opened_id FROM counterpart WHERE referral = $1", first)
    return await office.scene("to join", row["opened_id"])


async def writing(office: Office) -> Scene:
    """A template with a version that was discarded, one that was published, and a draft; clauses beside."""
    do = office.world.do
    (template,) = await office.world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'")
    template_id = template["id"]
    await do(begin_draft, BeginDraft(template_id=template_id), ADMINISTRATORS[0])
    await do(discard_draft, DiscardDraft(template_id=template_id), ADMINISTRATORS[0])
    written = [
        (await do(write_clause, WriteClause(**CLAUSE | {"title_en": title}), ADMINISTRATORS[0])).clause_id
        for title in ("Lobby", "Hall")
    ]
    for clause_id in written:
        for reader in ADMINISTRATORS[1:]:
            await do(approve_clause, ApproveClause(clause_id=clause_id, wording=1), reader)
    await do(begin_draft, BeginDraft(template_id=template_id), ADMINISTRATORS[0])
    _, second = [
        await do(add_clause, AddClause(template_id=template_id, clause_id=clause_id), ADMINISTRATORS[0])
        for clause_id in written
    ]
    await do(remove_clause, RemoveClause(template_id=template_id, clause_id=second), ADMINISTRATORS[0])
    await do(publish_draft, PublishDraft(template_id=template_id), ADMINISTRATORS[0])
    await do(begin_draft, BeginDraft(template_id=template_id), ADMINISTRATORS[0])
    changed = WriteClause(**CLAUSE | {"title_en": "Entrance"}, clause_id=written[1], version=1)
    await do(write_clause, changed, ADMINISTRATORS[0])
    refused = dict.fromkeys(("text_en", "text_fr"), "The tenant agrees to stay sober.")
    await do(write_clause, WriteClause(**CLAUSE | refused), ADMINISTRATORS[0])
    return Scene("writing", {"template_id": template_id, "clause_id": written[0]})


@pytest.fixture
def every_stage(world: Any) -> Callable[[], Awaitable[tuple[Scene, ...]]]:
    """Play an application to every stage, each with its own people, and return the scenes."""

    async def play() -> tuple[Scene, ...]:
        async with world.api("property_manager") as api:
            office = Office(world, api)
            stages = (
                new,
                declined,
                withdrawn,
                joined,
                supported_by_two,
                to_join,
                arranged,
                let,
                discarded,
                writing,
            )
            return tuple([await stage(office) for stage in stages])

    return play
