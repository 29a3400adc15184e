"""Clients and households: create, edit, form and change households (C1, C2, C3)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.feature import EDIT_CLIENT, GENDER, INDIGENOUS_INDICATOR, RELATIONSHIP
from support_svc.clients.finding import anybody_alike, may_see
from support_svc.clients.model import (
    ADDRESS_FIELDS,
    AgeOrBirth,
    AlreadyInHousehold,
    ArchivedAlike,
    BeforeJoining,
    BornInTheFuture,
    Client,
    ClientState,
    ContactKind,
    ContactPoint,
    HeadCannotLeave,
    HeadIsAChild,
    Household,
    HouseholdMember,
    InAnotherHousehold,
    Language,
    NewHeadNeeded,
    NotAMember,
    PossibleDuplicates,
    StillOpen,
    YesNoUnknown,
    is_adult,
)
from support_svc.clients.names import plain_digits, searchable_name
from support_svc.clients.open_matters import open_matters
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import (
    CONFIGURABLE,
    NEVER_HIDDEN,
    NEVER_MANDATORY,
    ConfigurableForm,
    declared,
)
from support_svc.lookups.commands import list_myself_at_the_end, require_values
from trade.contact import Email, InternationalPhone, Name, OptionalName
from trade.dates import BirthDay, PastDay

GIVEN_NAME_MISSING = "Enter a given name, or say that the person has one name only."
ONE_NAME = "Enter the one name as the family name, and leave the given name empty."


class ClientFields(BaseModel):
    """What is recorded about a client (C1)."""

    given_name: OptionalName = Field(default="", title="Given name")
    family_name: Name = Field(title="Family name")
    one_name: bool = Field(default=False, title="Has one name only")
    preferred_name: OptionalName | None = Field(
        default=None, title="Preferred name", json_schema_extra=NEVER_HIDDEN
    )
    other_names: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = Field(
        default=None, title="Other names", json_schema_extra=NEVER_HIDDEN
    )
    date_of_birth: BirthDay | None = Field(default=None, title="Date of birth")
    estimated_age: int | None = Field(default=None, ge=0, le=120, title="Estimated age")
    gender_id: UUID | None = Field(default=None, title="Gender", json_schema_extra=CONFIGURABLE)
    indigenous_id: UUID | None = Field(
        default=None, title="Indigenous indicator", json_schema_extra=CONFIGURABLE
    )
    disability: YesNoUnknown = Field(
        default=YesNoUnknown.UNKNOWN, title="Lives with a disability", json_schema_extra=NEVER_MANDATORY
    )
    preferred_language: Language | None = Field(
        default=None, title="Preferred language", json_schema_extra=CONFIGURABLE
    )
    phones: list[InternationalPhone] = Field(default=[], max_length=20, title="Phone numbers")
    emails: list[Email] = Field(default=[], max_length=20, title="E-mail addresses")
    address_line: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        default=None, title="Mailing address"
    )
    city: Annotated[str, StringConstraints(max_length=100)] | None = Field(default=None, title="City")
    province: Annotated[str, StringConstraints(max_length=40)] | None = Field(default=None, title="Province")
    postal_code: Annotated[str, StringConstraints(max_length=12)] | None = Field(
        default=None, title="Postal code"
    )
    safe_address: bool = Field(default=False, title="Safe address")
    comments: Annotated[str, StringConstraints(max_length=4000)] | None = Field(
        default=None, title="Comments", json_schema_extra=CONFIGURABLE
    )

    @model_validator(mode="after")
    def _birth_or_age(self) -> Self:
        if self.date_of_birth is not None and self.estimated_age is not None:
            raise PydanticCustomError("age_or_birth", AgeOrBirth.message, {"at": "estimated_age"})
        return self

    @model_validator(mode="after")
    def _one_name_or_two(self) -> Self:
        if self.one_name and self.given_name:
            raise PydanticCustomError("one_name", ONE_NAME, {"at": "given_name"})
        if not self.one_name and not self.given_name:
            raise PydanticCustomError("given_name_missing", GIVEN_NAME_MISSING, {"at": "given_name"})
        return self


CLIENT_FORM = ConfigurableForm("client", N_("Client"), ClientFields, Client.created_at)


class CreateClient(ClientFields):
    """Record a client. `checked`: the possible duplicates, `differs_from`, were looked at (C3)."""

    checked: bool = Field(default=False, title="None of these is the person")
    differs_from: list[UUID] = Field(default=[], max_length=20)


class ChangedClient(ClientFields):
    """Changed fields of a client, and the version that was shown to the editor (X4)."""

    version: int
    state: ClientState = Field(default=ClientState.ACTIVE, title="State of the record")
    new_head_id: UUID | None = Field(default=None, title="New head of the household")
    """Who becomes the head of the household when its head has died or is archived (C2)."""
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")


class EditClient(ChangedClient):
    """Change a client's record."""

    client_id: UUID


class HouseholdMembers(BaseModel):
    """Who is housed together with a client from now on."""

    member_ids: list[UUID] = Field(default=[], max_length=20)
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")


class FormHousehold(HouseholdMembers):
    """Form a household of people who are housed together from now on; `head_id` is its head (C2)."""

    head_id: UUID


class NewMember(BaseModel):
    """A person who joins a household."""

    member_id: UUID = Field(title="Person")
    relationship_id: UUID | None = Field(
        default=None, title="Relationship to the head", json_schema_extra=CONFIGURABLE
    )
    joined_on: PastDay | None = Field(default=None, title="Member since")
    leaves_other: bool = Field(default=False, title="Yes, the person leaves the other household")
    head_of_other_id: UUID | None = Field(default=None, title="New head of the other household")
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")


MEMBER_FORM = ConfigurableForm("household_member", N_("Member of a household"), NewMember)
FORMS = declared(CLIENT_FORM, MEMBER_FORM)


class AddMember(NewMember):
    """Add a person to a client's household; the client becomes the head of one that is formed with it."""

    client_id: UUID


class Leaving(BaseModel):
    """When a person left a household, and who is its head since, if it was the head."""

    left_on: PastDay | None = Field(default=None, title="Left the household on")
    new_head_id: UUID | None = Field(default=None, title="New head of the household")
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")


class RemoveMember(Leaving):
    """Record that a person leaves a household."""

    client_id: UUID
    member_id: UUID


class NewHead(BaseModel):
    """Who becomes the head of a household."""

    head_id: UUID = Field(title="New head of the household")
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")


class ChooseHead(NewHead):
    """Make another member the head of the household."""

    client_id: UUID


@use_case(EDIT_CLIENT)
async def create_client(tx: Tx, command: CreateClient) -> UUID:
    """Record a client and return its id.

    Raises PossibleDuplicates when somebody alike is known and nobody has looked at them, ArchivedAlike when
    their record is archived (C3).
    """
    _check_birth(tx, command)
    command = await follow_field_rules(tx, CLIENT_FORM, command)
    list_myself_at_the_end(tx)
    if not command.checked:
        who = (command.given_name, command.family_name, command.date_of_birth)
        seen, archived = await anybody_alike(tx, *who)
        if seen:
            raise PossibleDuplicates(field="checked")
        if archived:
            raise ArchivedAlike(field="checked")
    await _check_lists(tx, command)
    client = Client(id=new_id(), state=ClientState.ACTIVE, created_at=tx.now)
    _fill(client, command, tx.today)
    client.contact_points = _contact_points(client.id, command)
    tx.session.add(client)
    tx.touched("client", client.id, "created")
    if command.checked and command.differs_from:
        for note in offers_of(tx.runtime.features, "differs_from"):
            await note(tx, client.id, command.differs_from)
    return client.id


@use_case(EDIT_CLIENT)
async def edit_client(tx: Tx, command: EditClient) -> None:
    """Change a client's record.

    Who has died is in no household any more. Raises EditedMeanwhile with the difference when somebody else
    did first (X4), StillOpen when it would be archived while something is open, NewHeadNeeded, HeadIsAChild.
    """
    _check_birth(tx, command)
    client = (
        await tx.execute(
            select(Client)
            .where(Client.id == command.client_id, may_see(tx))
            .options(selectinload(Client.contact_points))
            .with_for_update()
        )
    ).scalar_one_or_none()
    if client is None:
        raise NotFound(what="client")
    command = _with_safe_address(client, command)
    command = await follow_field_rules(tx, CLIENT_FORM, command, before=client)
    changes = _changes(client, command)
    if client.version != command.version:
        raise EditedMeanwhile(current=client.version, difference=changes)
    await _check_lists(tx, command, client)
    if command.state is ClientState.ARCHIVED and client.state is not ClientState.ARCHIVED:
        matters = await open_matters(tx, client.id)
        if matters:
            raise StillOpen(matters, field="state")
    if command.state is not client.state:
        await _leave_headship(tx, client, command)
    _fill(client, command, tx.today)
    client.state = command.state
    if "phones" in changes or "emails" in changes:
        client.contact_points = _contact_points(client.id, command)
        client.version += 1
    tx.touched("client", client.id, "edited", changes)


@use_case(EDIT_CLIENT)
async def form_household(tx: Tx, command: FormHousehold) -> UUID:
    """Form a household of people who are in none, and return its id.

    Raises AlreadyInHousehold, HeadIsAChild.
    """
    people = [command.head_id, *(m for m in command.member_ids if m != command.head_id)]
    await _require_clients(tx, people)
    await require_head(tx, command.head_id, child_too=command.child_as_head)
    household = Household(id=new_id(), formed_on=tx.today)
    tx.session.add(household)
    await tx.session.flush()
    for person in people:
        await _join(
            tx, household.id, person, is_head=person == command.head_id, relationship_id=None, day=tx.today
        )
    tx.touched("household", household.id, "formed")
    return household.id


@use_case(EDIT_CLIENT)
async def add_member(tx: Tx, command: AddMember) -> UUID | None:
    """Take a person into a client's household; one is formed around the client when there is none (C2).

    Whoever is in another household leaves it alone, once that is confirmed; the head of that household is
    returned. Raises AlreadyInHousehold, InAnotherHousehold, NewHeadNeeded, HeadIsAChild, BeforeJoining.
    """
    await _require_clients(tx, [command.client_id, command.member_id])
    await follow_field_rules(tx, MEMBER_FORM, command)
    await require_values(tx, RELATIONSHIP, [command.relationship_id], "relationship_id")
    day = command.joined_on or tx.today
    household_id = await _household_of(tx, command.client_id)
    left = await _household_of(tx, command.member_id)
    if left is not None and left == household_id:
        raise AlreadyInHousehold(name=await _name_of(tx, command.member_id), field="member_id")
    left_head = None if left is None else await _leave_for_another(tx, command, left, day)
    if household_id is None:
        await require_head(tx, command.client_id, child_too=command.child_as_head)
        household_id = new_id()
        tx.session.add(Household(id=household_id, formed_on=day))
        await tx.session.flush()
        await _join(tx, household_id, command.client_id, is_head=True, relationship_id=None, day=day)
    await _join(
        tx,
        household_id,
        command.member_id,
        is_head=False,
        relationship_id=command.relationship_id,
        day=day,
    )
    tx.touched("household", household_id, "joined", {"member": (None, command.member_id)})
    return left_head


async def _leave_for_another(tx: Tx, command: AddMember, household_id: UUID, day: date) -> UUID:
    """Let one person leave a household for another one, and return its head."""
    members = await _members(tx, household_id)
    leaving = next(one for one in members if one.client_id == command.member_id)
    others = [one for one in members if one is not leaving]
    if not others:
        # Nobody is left behind: there's nothing to confirm.
        _leave(tx, leaving, day)
        await tx.session.flush()
        return command.member_id
    name = await _name_of(tx, command.member_id)
    head = next((one for one in others if one.is_head), leaving)
    if not command.leaves_other:
        raise InAnotherHousehold(name=name, head=await _name_of(tx, head.client_id), field="leaves_other")
    if leaving.is_head:
        new_head = next((one for one in others if one.client_id == command.head_of_other_id), None)
        if new_head is None:
            raise NewHeadNeeded(name=name, field="head_of_other_id")
        head = new_head
        await change_head(tx, leaving.client_id, head.client_id, child_too=command.child_as_head)
    if day < leaving.joined_on:
        raise BeforeJoining(name=name, day=leaving.joined_on, field="joined_on")
    _leave(tx, leaving, day)
    await tx.session.flush()
    return head.client_id


def _leave(tx: Tx, leaving: HouseholdMember, day: date) -> None:
    leaving.left_on = day
    tx.touched("household", leaving.household_id, "left", {"member": (leaving.client_id, None)})


async def _name_of(tx: Tx, client_id: UUID) -> str:
    return (await tx.session.get_one(Client, client_id)).full_name


@use_case(EDIT_CLIENT)
async def remove_member(tx: Tx, command: RemoveMember) -> None:
    """Let a person leave the household.

    Raises NotAMember, HeadCannotLeave while others stay and none of them is chosen, HeadIsAChild,
    BeforeJoining.
    """
    household_id = await _household_of(tx, command.client_id)
    members = await _members(tx, household_id)
    leaving = next((m for m in members if m.client_id == command.member_id), None)
    if leaving is None:
        raise NotAMember(field="member_id")
    others = {one.client_id for one in members} - {command.member_id}
    if leaving.is_head and others:
        if command.new_head_id not in others or command.new_head_id is None:
            raise HeadCannotLeave(field="new_head_id")
        await change_head(tx, command.member_id, command.new_head_id, child_too=command.child_as_head)
    day = command.left_on or tx.today
    if day < leaving.joined_on:
        name = await _name_of(tx, command.member_id)
        raise BeforeJoining(name=name, day=leaving.joined_on, field="left_on")
    _leave(tx, leaving, day)


async def _leave_headship(tx: Tx, client: Client, command: EditClient) -> None:
    """Let another be the head of the household of somebody who has died or is archived (C2)."""
    if command.state not in (ClientState.DECEASED, ClientState.ARCHIVED):
        return
    members = await _members(tx, await _household_of(tx, client.id))
    mine = next((one for one in members if one.client_id == client.id), None)
    if mine is None:
        return
    others = {one.client_id for one in members} - {client.id}
    if mine.is_head and others:
        if command.new_head_id not in others or command.new_head_id is None:
            raise NewHeadNeeded(name=client.full_name, field="new_head_id")
        await change_head(tx, client.id, command.new_head_id, child_too=command.child_as_head)
    if command.state is ClientState.DECEASED:
        _leave(tx, mine, max(tx.today, mine.joined_on))


@use_case(EDIT_CLIENT)
async def choose_head(tx: Tx, command: ChooseHead) -> None:
    """Make another member the head of the household. Raises NotAMember, HeadIsAChild."""
    await change_head(tx, command.client_id, command.head_id, child_too=command.child_as_head)


async def require_head(tx: Tx, client_id: UUID, *, child_too: bool) -> None:
    """Refuse a child as the head of a household until that was confirmed. Raises HeadIsAChild."""
    person = await tx.session.get_one(Client, client_id)
    if not child_too and not is_adult(person.age_on(tx.today)):
        raise HeadIsAChild(name=person.full_name, field="child_as_head")


async def change_head(tx: Tx, client_id: UUID, head_id: UUID, *, child_too: bool) -> None:
    """Make `head_id` the head of the household that `client_id` is in. Raises NotAMember, HeadIsAChild."""
    members = await _members(tx, await _household_of(tx, client_id))
    if all(member.client_id != head_id for member in members):
        raise NotAMember(field="head_id")
    await require_head(tx, head_id, child_too=child_too)
    for member in members:
        member.is_head = False
    await tx.session.flush()  # one head at a time: the old one steps down before the new one steps up
    for member in members:
        member.is_head = member.client_id == head_id
    tx.touched("household", members[0].household_id, "head_chosen", {"head": (None, head_id)})


def _check_birth(tx: Tx, fields: ClientFields) -> None:
    if fields.date_of_birth is not None and fields.date_of_birth > tx.today:
        raise BornInTheFuture(field="date_of_birth")


async def _check_lists(tx: Tx, fields: ClientFields, client: Client | None = None) -> None:
    """Refuse values that can't be chosen; one that was chosen before may stay although it was retired."""
    if client is None or client.gender_id != fields.gender_id:
        await require_values(tx, GENDER, [fields.gender_id], "gender_id")
    if client is None or client.indigenous_id != fields.indigenous_id:
        await require_values(tx, INDIGENOUS_INDICATOR, [fields.indigenous_id], "indigenous_id")


def _fill(client: Client, fields: ClientFields, today: date) -> None:
    known = fields.model_dump(
        include=set(ClientFields.model_fields) - {"phones", "emails", "estimated_age", "one_name"}
    )
    for name, value in known.items():
        setattr(client, name, value)
    if client.estimated_age != fields.estimated_age:
        client.estimated_age = fields.estimated_age
        client.estimated_on = None if fields.estimated_age is None else today
    client.name_search = searchable_name(
        (fields.given_name, fields.preferred_name, fields.family_name, fields.other_names)
    )


def _contact_points(client_id: UUID, fields: ClientFields) -> list[ContactPoint]:
    phones = [(ContactKind.PHONE, phone, plain_digits(phone)) for phone in fields.phones]
    emails = [(ContactKind.EMAIL, email, email.casefold()) for email in fields.emails]
    return [
        ContactPoint(id=new_id(), client_id=client_id, kind=kind, value=value, plain=plain, position=position)
        for position, (kind, value, plain) in enumerate([*phones, *emails])
    ]


_NOT_COLUMNS = {"phones", "emails", "client_id", "version", "one_name", "new_head_id", "child_as_head"}


def _changes(client: Client, command: EditClient) -> dict[str, tuple[object, object]]:
    before: dict[str, object] = {
        name: getattr(client, name) for name in command.model_fields_set if name not in _NOT_COLUMNS
    }
    for kind, name in ((ContactKind.PHONE, "phones"), (ContactKind.EMAIL, "emails")):
        before[name] = [point.value for point in client.contact_points if point.kind is kind]
    changes = {
        name: (old, getattr(command, name)) for name, old in before.items() if old != getattr(command, name)
    }
    if client.safe_address or command.safe_address:
        # The audit is read by more people than a safe address: that it was changed is enough.
        changes |= {name: (None, None) for name in ADDRESS_FIELDS if name in changes}
    return changes


def _with_safe_address(client: Client, command: EditClient) -> EditClient:
    """Return the command with the safe address that it doesn't repeat: the form doesn't show it."""
    if not client.safe_address or any(getattr(command, name) for name in ADDRESS_FIELDS):
        return command
    return command.model_copy(update={name: getattr(client, name) for name in ADDRESS_FIELDS})


async def _require_clients(tx: Tx, ids: list[UUID]) -> None:
    known = set((await tx.execute(select(Client.id).where(Client.id.in_(ids), may_see(tx)))).scalars())
    if known != set(ids):
        raise NotFound(what="client")


async def _household_of(tx: Tx, client_id: UUID) -> UUID | None:
    found: UUID | None = await tx.scalar(
        select(HouseholdMember.household_id).where(
            HouseholdMember.client_id == client_id, HouseholdMember.left_on.is_(None)
        )
    )
    return found


async def _members(tx: Tx, household_id: UUID | None) -> list[HouseholdMember]:
    found = await tx.execute(
        select(HouseholdMember)
        .where(HouseholdMember.household_id == household_id, HouseholdMember.left_on.is_(None))
        .with_for_update()
    )
    return list(found.scalars())


async def _join(
    tx: Tx,
    household_id: UUID,
    client_id: UUID,
    *,
    is_head: bool,
    relationship_id: UUID | None,
    day: date,
) -> None:
    if await _household_of(tx, client_id) is not None:
        raise AlreadyInHousehold(name=await _name_of(tx, client_id), field="member_id")
    left_on: date | None = await tx.scalar(
        select(func.max(HouseholdMember.left_on)).where(HouseholdMember.client_id == client_id)
    )
    if left_on is not None and day < left_on:
        raise BeforeJoining(name=await _name_of(tx, client_id), day=left_on, field="joined_on")
    tx.session.add(
        HouseholdMember(
            id=new_id(),
            household_id=household_id,
            client_id=client_id,
            relationship_id=relationship_id,
            is_head=is_head,
            joined_on=day,
        )
    )
    await tx.session.flush()


# ------------------------------------------------- used by the commands of other features
async def reach_at(tx: Tx, client_id: UUID, kind: ContactKind, value: str) -> None:
    """Make a telephone number or an e-mail address the first of its kind for a client (P7)."""
    plain = plain_digits(value) if kind is ContactKind.PHONE else value.casefold()
    points = list(
        (await tx.execute(select(ContactPoint).where(ContactPoint.client_id == client_id))).scalars()
    )
    known = next((point for point in points if point.kind is kind and point.plain == plain), None)
    first = min((point.position for point in points), default=1) - 1
    if known is not None:
        known.position = first
    else:
        tx.session.add(
            ContactPoint(
                id=new_id(), client_id=client_id, kind=kind, value=value, plain=plain, position=first
            )
        )
    tx.touched("client", client_id, "reached_at", {kind.value: (None, "changed")})
