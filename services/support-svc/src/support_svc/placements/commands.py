"""Starting, changing and ending placements, and attempts that didn't lead to a home (P2, P4)."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Boolean, Uuid, select
from sqlalchemy.orm.attributes import set_committed_value

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import offers_of
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.commands import require_head
from support_svc.clients.finding import is_visible, require_client, sees_archived
from support_svc.clients.model import Client, ClientState, NotAMember
from support_svc.clients.queries import household_on
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import GivenHow, Purpose
from support_svc.corrections.commands import correct
from support_svc.corrections.model import Corrected, NothingCorrected, Reasoned
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, NEVER_HIDDEN, ConfigurableForm, declared
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.commands import list_myself, require_caseworker, require_values
from support_svc.lookups.model import Caseworker
from support_svc.placements.feature import (
    EDIT_PLACEMENT,
    REASON_NOT_SECURED,
    REFERRAL_SOURCE,
    START_PLACEMENT,
)
from support_svc.placements.model import (
    ACTIVE,
    SEARCHING,
    ActivePlacementExists,
    Attempt,
    FinalOnlyWhileSearching,
    InTheFuture,
    NotSearching,
    PersonArchived,
    PersonDeceased,
    Placement,
    PlacementEnded,
    PlacementMember,
    PlacementStatus,
    TargetBeforeStart,
    TimelineKind,
    TypeSought,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.programs.commands import require_program
from trade.contact import InternationalPhone
from trade.dates import MoveDay, PastDay
from trade.money import USUAL, Currency

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Comments = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Income(BaseModel):
    """The income of a household in a month."""

    amount: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    currency: Currency = USUAL


class PlacementFields(BaseModel):
    """What the caseworker decides about a placement (P2)."""

    caseworker: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(title="Caseworker")
    housing_types: list[UUID] = Field(min_length=1, max_length=20, title="Housing types sought")
    search_started_on: MoveDay = Field(title="Search start date")
    target_on: MoveDay | None = Field(default=None, title="Target date", json_schema_extra=CONFIGURABLE)
    program_id: UUID | None = Field(default=None, title="Program", json_schema_extra=CONFIGURABLE)
    referral_source_id: UUID | None = Field(default=None, title="Referred by", json_schema_extra=CONFIGURABLE)
    referral_organisation: Short | None = Field(
        default=None, title="Referring organisation", json_schema_extra=CONFIGURABLE
    )
    referral_person: Short | None = Field(
        default=None, title="Referring person", json_schema_extra=CONFIGURABLE
    )
    referral_phone: InternationalPhone | None = Field(
        default=None, title="Phone of the referring person", json_schema_extra=CONFIGURABLE
    )
    monthly_income: Income | None = Field(
        default=None, title="Household income a month", json_schema_extra=NEVER_HIDDEN
    )


PLACEMENT_FORM = ConfigurableForm("placement", N_("Housing placement"), PlacementFields, Placement.started_at)


class StartPlacement(PlacementFields):
    """Start Housing Placement for a client and the household members included.

    `agrees_to_be_housed` and `agrees_to_share_contact` record the consents given in the same step, and how
    (C6).
    """

    client_id: UUID
    member_ids: list[UUID] = Field(default=[], max_length=20, title="Household members included")
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")
    agrees_to_be_housed: GivenHow | None = Field(default=None, title="Agrees to be housed")
    agrees_to_share_contact: GivenHow | None = Field(default=None, title="Agrees to share name and contact")


class ChangedPlacement(PlacementFields):
    """Changed fields of a placement, and the version that was shown (X4)."""

    version: int


class ChangePlacement(ChangedPlacement):
    """Change what is sought, by whom and until when."""

    placement_id: UUID


class AttemptFields(BaseModel):
    """What was tried on a day, and why it didn't lead to a home."""

    attempted_on: PastDay = Field(title="Date attempted")
    reason_id: UUID = Field(title="Reason housing was not secured")
    caseworker: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(title="Caseworker")
    final: bool = Field(default=False, title="Final attempt")
    comments: Comments | None = Field(default=None, title="Comments", json_schema_extra=CONFIGURABLE)


ATTEMPT_FORM = ConfigurableForm(
    "attempt", N_("Housing placement attempt"), AttemptFields, Attempt.recorded_at
)
FORMS = declared(PLACEMENT_FORM, ATTEMPT_FORM)


class RecordAttempt(AttemptFields):
    """An attempt that didn't lead to a home; a final one ends the placement (P4)."""

    placement_id: UUID


class AttemptCorrection(Reasoned):
    """What was really tried, and why it didn't lead to a home."""

    attempted_on: PastDay = Field(title="Date attempted")
    reason_id: UUID = Field(title="Reason housing was not secured")
    caseworker: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(title="Caseworker")
    final: bool | None = Field(default=None, title="Final attempt")
    """Whether it was the final one; without a value that stays as it was recorded."""
    comments: Comments | None = Field(default=None, title="Comments")


class CorrectAttempt(AttemptCorrection):
    """Correct an attempt; the search ends if it becomes the final one, and goes on if it no longer is."""

    placement_id: UUID
    attempt_id: UUID


@use_case(START_PLACEMENT)
async def start_placement(tx: Tx, command: StartPlacement) -> UUID:
    """Start Housing Placement and return its id.

    Raises ActivePlacementExists, NotAMember, PersonDeceased, PersonArchived, HeadIsAChild.
    """
    command = await follow_field_rules(tx, PLACEMENT_FORM, command)
    await list_myself(tx)
    await _check_fields(tx, command, before=None)
    people = [command.client_id, *dict.fromkeys(m for m in command.member_ids if m != command.client_id)]
    await _lock_people(tx, people)
    await require_client(tx, command.client_id)
    # Before the household: somebody who died is no longer of it, and that is what a caseworker must learn.
    await _require_living(tx, people)
    household = {member.client_id for member in (await household_on(tx, command.client_id, tx.today)).members}
    if not set(people) <= household:
        raise NotAMember(field="member_ids")
    await _require_unplaced(tx, people)
    await require_head(tx, command.client_id, child_too=command.child_as_head)
    placement = Placement(
        id=new_id(),
        client_id=command.client_id,
        status=PlacementStatus.HOUSING_NOT_SECURED,
        started_at=tx.now,
    )
    _fill(placement, command)
    placement.types_sought = [
        TypeSought(housing_type_id=kind) for kind in dict.fromkeys(command.housing_types)
    ]
    tx.session.add(placement)
    await tx.session.flush()
    tx.session.add_all(
        PlacementMember(
            placement_id=placement.id, client_id=person, is_head=at == 0, active=True, position=at
        )
        for at, person in enumerate(people)
    )
    for purpose, how in (
        (Purpose.BE_HOUSED, command.agrees_to_be_housed),
        (Purpose.SHARE_CONTACT_FOR_TENANCY, command.agrees_to_share_contact),
    ):
        if how is not None:
            given = {"purpose": purpose, "given_on": tx.today, "given_how": how}
            await give_consent(tx, GiveConsent(client_id=command.client_id, **given))
    add_to_timeline(tx, placement.id, TimelineKind.STARTED)
    tx.touched("placement", placement.id, "started")
    return placement.id


@use_case(EDIT_PLACEMENT)
async def change_placement(tx: Tx, command: ChangePlacement) -> None:
    """Change what is sought, by whom and until when. Raises EditedMeanwhile with the difference (X4)."""
    placement = await locked_placement(tx, command.placement_id)
    await tx.session.refresh(placement, ["types_sought"])
    command = await follow_field_rules(tx, PLACEMENT_FORM, command, before=placement)
    await _check_fields(tx, command, before=placement)
    sought = {kind.housing_type_id for kind in placement.types_sought}
    changes = _changes(placement, command, sought)
    if placement.version != command.version:
        raise EditedMeanwhile(current=placement.version, difference=changes)
    if placement.status not in ACTIVE:
        raise PlacementEnded
    _fill(placement, command)
    if "housing_types" in changes:
        for kind in placement.types_sought:
            await tx.session.delete(kind)
        await tx.session.flush()
        tx.session.add_all(
            TypeSought(placement_id=placement.id, housing_type_id=kind)
            for kind in dict.fromkeys(command.housing_types)
        )
    if "caseworker" in changes:
        await _let_others_act(tx, "placement_handed_over", placement)
        name = await tx.scalar(select(Caseworker.name).where(Caseworker.subject == command.caseworker))
        add_to_timeline(tx, placement.id, TimelineKind.HANDED_OVER, {"to": name})
    if changes.keys() - {"caseworker"}:
        add_to_timeline(tx, placement.id, TimelineKind.CHANGED, {"fields": ",".join(sorted(changes))})
    if changes:
        tx.touched("placement", placement.id, "changed", changes)


@use_case(EDIT_PLACEMENT)
async def record_attempt(tx: Tx, command: RecordAttempt) -> UUID:
    """Record an attempt and return its id; a final one fails the placement (P4).

    Raises InTheFuture, NotSearching, and what `fail_placement` raises.
    """
    if command.attempted_on > tx.today:
        raise InTheFuture(field="attempted_on")
    command = await follow_field_rules(tx, ATTEMPT_FORM, command)
    await require_values(tx, REASON_NOT_SECURED, [command.reason_id], "reason_id")
    await require_caseworker(tx, command.caseworker)
    placement = await locked_placement(tx, command.placement_id)
    if placement.status not in SEARCHING:
        raise NotSearching
    attempt = Attempt(id=new_id(), recorded_at=tx.now, **command.model_dump())
    tx.session.add(attempt)
    add_to_timeline(
        tx, placement.id, TimelineKind.ATTEMPT, {"final": command.final, "on": command.attempted_on}
    )
    if command.final:
        await fail_placement(tx, placement)
    tx.touched("placement", placement.id, "attempt_recorded", {"final": (None, command.final)})
    return attempt.id


@use_case(EDIT_PLACEMENT)
async def correct_attempt(tx: Tx, command: CorrectAttempt) -> None:
    """Correct an attempt, and whether it ended the placement as Failed (P4).

    Raises InTheFuture, NotFound, FinalOnlyWhileSearching, and what `fail_placement` and `search_again` raise.
    """
    if command.attempted_on > tx.today:
        raise InTheFuture(field="attempted_on")
    placement = await locked_placement(tx, command.placement_id)
    attempt = await tx.session.get(Attempt, command.attempt_id, with_for_update=True)
    if attempt is None or attempt.placement_id != placement.id:
        raise NotFound(what="attempt")
    command = await follow_field_rules(tx, ATTEMPT_FORM, command, before=attempt)
    if attempt.reason_id != command.reason_id:
        await require_values(tx, REASON_NOT_SECURED, [command.reason_id], "reason_id")
    if attempt.caseworker != command.caseworker:
        await require_caseworker(tx, command.caseworker)
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(attempt, name), getattr(command, name))
        for name in ("attempted_on", "reason_id", "caseworker", "comments")
    }
    final = attempt.final if command.final is None else command.final
    if final and not attempt.final and placement.status not in SEARCHING:
        raise FinalOnlyWhileSearching(field="final")
    changes["final"] = (attempt.final, final)
    record_correction(tx, placement, Corrected.ATTEMPT, changes, reason=command.reason, record_id=attempt.id)
    if final and not attempt.final:
        await fail_placement(tx, placement)
    elif attempt.final and not final:
        await search_again(tx, placement)
    for name, (_, new) in changes.items():
        setattr(attempt, name, new)


async def fail_placement(tx: Tx, placement: Placement) -> None:
    """End a placement with its final attempt (P4); a home that is asked for or held is given up.

    Raises what a later feature refuses, such as TenancyHasStarted, at the field `final`.
    """
    await _let_others_act(tx, "placement_failed", placement)
    await end_placement(tx, placement, PlacementStatus.FAILED, TimelineKind.FAILED)


async def search_again(tx: Tx, placement: Placement) -> None:
    """Let a placement that failed go on searching for those who were in it.

    Homes that were given up stay so. Raises PersonDeceased, PersonArchived, ActivePlacementExists.
    """
    people = [placement.client_id]
    people += [one.client_id for one in placement.members if one.left_on is None and not one.is_head]
    await _lock_people(tx, people)
    await _require_living(tx, people, at="final")
    await _require_unplaced(tx, people, at="final")
    before, placement.status = placement.status, PlacementStatus.HOUSING_NOT_SECURED
    placement.ended_on = None
    for member in placement.members:
        member.active = member.client_id in people
    tx.touched("placement", placement.id, "searching_again", {"status": (before, placement.status)})


async def _check_fields(tx: Tx, fields: PlacementFields, before: Placement | None) -> None:
    if fields.target_on is not None and fields.target_on < fields.search_started_on:
        raise TargetBeforeStart(field="target_on")
    if before is None or before.caseworker != fields.caseworker:
        await require_caseworker(tx, fields.caseworker)
    chosen = {kind.housing_type_id for kind in before.types_sought} if before is not None else set()
    await require_values(tx, HOUSING_TYPE, set(fields.housing_types) - chosen, "housing_types")
    if before is None or before.program_id != fields.program_id:
        await require_program(tx, fields.program_id, "program_id")
    if before is None or before.referral_source_id != fields.referral_source_id:
        await require_values(tx, REFERRAL_SOURCE, [fields.referral_source_id], "referral_source_id")


async def _lock_people(tx: Tx, people: list[UUID]) -> None:
    """Let nobody's record be archived, and no other placement of theirs start, while this one is decided.

    They're locked in the order of their ids, so that two transactions never wait for each other.
    """
    await tx.execute(
        select(Client).where(Client.id.in_(people)).order_by(Client.id).with_for_update(key_share=True)
    )


async def _require_living(tx: Tx, people: list[UUID], at: str | None = None) -> None:
    """Refuse somebody who has died, or whose record is archived; the error is shown at the field `at`."""
    found = (await tx.execute(select(Client).where(Client.id.in_(people)))).scalars()
    for person in sorted(found, key=lambda one: people.index(one.id)):
        # The client is who the page is about; a member is one of its choices.
        field = at or (None if person.id == people[0] else "member_ids")
        if person.state is ClientState.DECEASED:
            raise PersonDeceased(name=person.full_name, field=field)
        if person.state is ClientState.ARCHIVED:
            raise PersonArchived(name=person.full_name, field=field)


async def _require_unplaced(tx: Tx, people: list[UUID], at: str = "member_ids") -> None:
    """Refuse somebody who is included in an active placement; the error is shown at the field `at`."""
    placed = (
        await tx.execute(
            select(Client)
            .join(PlacementMember, PlacementMember.client_id == Client.id)
            .where(Client.id.in_(people), PlacementMember.active)
        )
    ).scalars()
    for person in placed:
        raise ActivePlacementExists(name=person.full_name, field=at)


_PLAIN = (
    "caseworker",
    "search_started_on",
    "target_on",
    "program_id",
    "referral_source_id",
    "referral_organisation",
    "referral_person",
    "referral_phone",
)


def _fill(placement: Placement, fields: PlacementFields) -> None:
    for name in _PLAIN:
        setattr(placement, name, getattr(fields, name))
    placement.monthly_income = fields.monthly_income.amount if fields.monthly_income else None
    placement.currency = fields.monthly_income.currency if fields.monthly_income else USUAL


def _changes(
    placement: Placement, fields: PlacementFields, sought: set[UUID]
) -> dict[str, tuple[object, object]]:
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(placement, name), getattr(fields, name))
        for name in _PLAIN
        if getattr(placement, name) != getattr(fields, name)
    }
    income = (
        _income(placement.monthly_income, placement.currency),
        fields.monthly_income and _income(fields.monthly_income.amount, fields.monthly_income.currency),
    )
    if income[0] != income[1]:
        changes["monthly_income"] = income
    if sought != set(fields.housing_types):
        changes["housing_types"] = (sorted(sought), sorted(fields.housing_types))
    return changes


def _income(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{amount:.2f} {currency}"


async def _let_others_act(tx: Tx, event: str, placement: Placement) -> None:
    """Let every later feature do its part of what happens to a placement."""
    for act in offers_of(tx.runtime.features, event):
        await act(tx, placement)


# ------------------------------------------------- used by the commands of other features
async def locked_placement(tx: Tx, placement_id: UUID) -> Placement:
    """The placement with its members, locked until the transaction ends.

    Raises NotFound, also for one of a client that the actor may not see.
    """
    asked = {"placement": placement_id, "sees_archived": sees_archived(tx)}
    placement = (await tx.execute(_LOCKED, asked)).scalar_one_or_none()
    if placement is None:
        raise NotFound(what="placement")
    # Asked for once the lock is held: whoever had it before may have changed them.
    members = (await tx.execute(_MEMBERS, {"placement": placement_id})).scalars().all()
    set_committed_value(placement, "members", list(members))
    return placement


_LOCKED = (
    select(Placement)
    .join(Client, Client.id == Placement.client_id)
    .where(Placement.id == parameter("placement", Uuid()), is_visible(parameter("sees_archived", Boolean())))
    .with_for_update(of=Placement)
    .execution_options(populate_existing=True)
)
_MEMBERS = (
    select(PlacementMember)
    .where(PlacementMember.placement_id == parameter("placement", Uuid()))
    .order_by(PlacementMember.position)
    .execution_options(populate_existing=True)
)


async def end_placement(tx: Tx, placement: Placement, status: PlacementStatus, line: TimelineKind) -> None:
    """End a placement: nobody is an active member any more, and nothing is due."""
    placement.status = status
    placement.ended_on = tx.today
    for member in placement.members:
        member.active = False
    await _let_others_act(tx, "placement_ended", placement)
    add_to_timeline(tx, placement.id, line)


def record_correction(
    tx: Tx,
    placement: Placement,
    kind: Corrected,
    changes: Changes,
    *,
    reason: str,
    record_id: UUID | None = None,
) -> None:
    """Record a correction and its line on the timeline (P10). Raises NothingCorrected."""
    if not correct(tx, kind, record_id or placement.id, reason, changes):
        raise NothingCorrected
    day = next((pair for name, pair in changes.items() if name.endswith("_on") and pair[0] != pair[1]), None)
    before, after = day or (None, None)
    details = {"what": kind, "before": before, "after": after, "reason": reason}
    was, final = changes.get("final", (None, None))
    if was is not final:
        details["final"] = final
    add_to_timeline(tx, placement.id, TimelineKind.CORRECTED, details)


async def include(tx: Tx, placement: Placement, client_id: UUID) -> None:
    """Include one more person of the household in an active placement.

    Raises NotAMember, PersonDeceased, PersonArchived, ActivePlacementExists.
    """
    await _lock_people(tx, [client_id])
    await _require_living(tx, [client_id], at="client_id")
    household = {
        member.client_id for member in (await household_on(tx, placement.client_id, tx.today)).members
    }
    if client_id not in household:
        raise NotAMember(field="client_id")
    before = next((one for one in placement.members if one.client_id == client_id), None)
    await _require_unplaced(tx, [client_id], at="client_id")
    if before is not None:
        before.active, before.left_on = True, None
    else:
        last = max(one.position for one in placement.members)
        tx.session.add(
            PlacementMember(
                placement_id=placement.id, client_id=client_id, is_head=False, active=True, position=last + 1
            )
        )
    await tx.session.flush()
