"""Reading clients and households (C1, C2, C3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, all_, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased, selectinload

from chassis.errors import NotFound
from chassis.paging import Page, Paging
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import Meaning, alike, may_see, meaning, require_client
from support_svc.clients.model import (
    Client,
    ClientState,
    ContactKind,
    HouseholdMember,
    Language,
    MailingAddress,
    YesNoUnknown,
    age_on,
    display_name,
    is_adult,
)
from support_svc.lookups.model import LookupValue, english, french

PAGE = 25
OFFERED = 10
"""Clients nearest by surname who are offered when nobody fits all that was typed."""
CONSIDERED = 200
"""The most equally near clients that are compared to show the likeliest; to find one of more, type more."""
_BY_NAME = Paging(Client.family_name, Client.given_name, Client.id)
_SHOWN = (
    Client.id,
    Client.number,
    Client.given_name,
    Client.family_name,
    Client.preferred_name,
    Client.other_names,
    Client.date_of_birth,
    Client.estimated_age,
    Client.estimated_on,
    Client.state,
)


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client in a list."""

    id: UUID
    number: int
    name: str
    other_names: str | None
    date_of_birth: date | None
    age: int | None
    state: ClientState


@dataclass(frozen=True, slots=True)
class FoundClients(Page[ClientLine]):
    """The clients of a page; `nearest`: nobody fits all that was typed, and these have the surname."""

    nearest: bool


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a household, with the age on the day asked for."""

    client_id: UUID
    name: str
    is_head: bool
    date_of_birth: date | None
    age: int | None
    adult: bool
    relationship_en: str | None
    relationship_fr: str | None

    def relationship(self, locale: str) -> str | None:
        """The relationship to the head in the person's language."""
        return self.relationship_fr if locale == "fr" else self.relationship_en


@dataclass(frozen=True, slots=True)
class MemberInTime:
    """Somebody's time in a household together with a client; `left_on` is the first day without them."""

    client_id: UUID
    name: str
    is_head: bool
    relationship_en: str | None
    relationship_fr: str | None
    joined_on: date
    left_on: date | None
    household_id: UUID

    def relationship(self, locale: str) -> str | None:
        """The relationship to the head in the person's language."""
        return self.relationship_fr if locale == "fr" else self.relationship_en


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household on a day; somebody of unknown age counts as an adult."""

    id: UUID | None
    members: tuple[MemberView, ...]

    @property
    def adults(self) -> int:
        """Number of adults."""
        return sum(member.adult for member in self.members)

    @property
    def children(self) -> int:
        """Number of children."""
        return sum(not member.adult for member in self.members)


@dataclass(frozen=True, slots=True)
class ClientView:
    """Everything recorded about a client (C1)."""

    id: UUID
    number: int
    name: str
    given_name: str
    family_name: str
    preferred_name: str | None
    other_names: str | None
    date_of_birth: date | None
    estimated_age: int | None
    age: int | None
    gender_id: UUID | None
    gender_en: str | None
    gender_fr: str | None
    indigenous_id: UUID | None
    indigenous_en: str | None
    indigenous_fr: str | None
    disability: YesNoUnknown
    preferred_language: Language | None
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address_line: str | None
    city: str | None
    province: str | None
    postal_code: str | None
    safe_address: bool
    comments: str | None
    state: ClientState
    version: int
    household: HouseholdView

    @property
    def one_name(self) -> bool:
        """Whether the person has one name only, which is recorded as the family name."""
        return not self.given_name


def _line(*shown: Any, today: date) -> ClientLine:
    """The line of a row of `_SHOWN`."""
    id_, number, given, family, preferred, others, born, estimated_age, estimated_on, state = shown
    age = age_on(today, born, estimated_age, estimated_on)
    return ClientLine(id_, number, display_name(given, family, preferred), others, born, age, state)


@query(VIEW_CLIENTS)
async def search_clients(
    tx: ReadTx, q: str = "", after: str | None = None, state: ClientState | None = None
) -> FoundClients:
    """Clients meant by `q`, the likeliest first (C3); without `q` all of them by family name, in pages."""
    allowed = may_see(tx) if state is None else and_(may_see(tx), Client.state == state)
    if q.strip():
        return await _found(tx, await meaning(tx, q), allowed)
    item = partial(_line, today=tx.today)
    everybody = await _BY_NAME.page(tx, select(*_SHOWN).where(allowed), item, after=after, limit=PAGE)
    return FoundClients(everybody.items, everybody.next, nearest=False)


async def _found(tx: ReadTx, meant: Meaning, allowed: ColumnElement[bool]) -> FoundClients:
    """Those who are meant or, when nobody fits all that was typed, those nearest by surname."""
    items = await _likeliest(tx, meant, allowed)
    if items or meant.nothing:
        return FoundClients(items, None, nearest=False)
    for other in meant.nearest():
        if items := await _likeliest(tx, other, allowed):
            return FoundClients(items[:OFFERED], None, nearest=True)
    return FoundClients([], None, nearest=False)


async def _likeliest(tx: ReadTx, meant: Meaning, allowed: ColumnElement[bool]) -> list[ClientLine]:
    """The page of clients nearest to what is meant; the less near are looked for when room is left."""
    found: list[ClientLine] = []
    for likeness in meant.steps():
        new = Client.id != all_(literal([line.id for line in found], ARRAY(Uuid)))
        # First all who are meant, then their order: people of one name are next to each other, so to follow
        # the index by name would be to read most of it.
        near = (
            select(*_SHOWN, Client.name_search)
            .where(allowed, meant.fits(likeness), new)
            .limit(CONSIDERED)
            .subquery()
            .columns
        )
        statement = select(*(near[column.key] for column in _SHOWN)).order_by(
            meant.score(near.name_search).desc(), near.family_name, near.given_name, near.id
        )
        rows = await tx.execute(statement.limit(PAGE - len(found)))
        found += [_line(*row, today=tx.today) for row in rows]
        if len(found) == PAGE:
            break
    return found


@query(VIEW_CLIENTS)
async def possible_duplicates(
    tx: ReadTx, given: str, family: str, date_of_birth: date | None
) -> list[ClientLine]:
    """People who may be the one about to be recorded, the likeliest first (C3)."""
    ids = await alike(tx, given, family, date_of_birth)
    rows = await tx.execute(select(*_SHOWN).where(Client.id.in_(ids)))
    found = {line.id: line for line in (_line(*row, today=tx.today) for row in rows)}
    return [found[id_] for id_ in ids]


@query(VIEW_CLIENTS)
async def somebody_archived(tx: ReadTx, given: str, family: str, date_of_birth: date | None) -> bool:
    """Whether somebody similar has an archived record; only a supervisor sees which one (C3)."""
    return bool(await alike(tx, given, family, date_of_birth, archived=True))


@query(VIEW_CLIENTS, views="client")
async def client(tx: ReadTx, client_id: UUID) -> ClientView:
    """A client's record. Raises NotFound, also for one the asker may not know of. The view is logged (X3)."""
    gender, indigenous = aliased(LookupValue), aliased(LookupValue)
    row = (
        await tx.execute(
            select(Client, gender, indigenous)
            .where(Client.id == client_id, may_see(tx))
            .outerjoin(gender, gender.id == Client.gender_id)
            .outerjoin(indigenous, indigenous.id == Client.indigenous_id)
            .options(selectinload(Client.contact_points))
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="client")
    found, its_gender, its_indigenous = row
    points, address = found.contact_points, found.mailing_address
    return ClientView(
        id=found.id,
        number=found.number,
        name=found.full_name,
        given_name=found.given_name,
        family_name=found.family_name,
        preferred_name=found.preferred_name,
        other_names=found.other_names,
        date_of_birth=found.date_of_birth,
        estimated_age=found.estimated_age,
        age=found.age_on(tx.today),
        gender_id=found.gender_id,
        gender_en=english(its_gender),
        gender_fr=french(its_gender),
        indigenous_id=found.indigenous_id,
        indigenous_en=english(its_indigenous),
        indigenous_fr=french(its_indigenous),
        disability=found.disability,
        preferred_language=found.preferred_language,
        phones=tuple(point.value for point in points if point.kind is ContactKind.PHONE),
        emails=tuple(point.value for point in points if point.kind is ContactKind.EMAIL),
        address_line=address.address_line,
        city=address.city,
        province=address.province,
        postal_code=address.postal_code,
        safe_address=found.safe_address,
        comments=found.comments,
        state=found.state,
        version=found.version,
        household=await household_on(tx, found.id, tx.today),
    )


@query(VIEW_CLIENTS, views="client")
async def mailing_address(tx: ReadTx, client_id: UUID) -> MailingAddress:
    """The mailing address of a client, also a safe one. Raises NotFound. The view is logged (C8, X3)."""
    found: Client | None = await tx.scalar(select(Client).where(Client.id == client_id, may_see(tx)))
    if found is None:
        raise NotFound(what="client")
    return found.safe_mailing_address


@query(VIEW_CLIENTS)
async def household(tx: ReadTx, client_id: UUID, day: date | None = None) -> HouseholdView:
    """The household of a client on a day (today unless given); the client alone when there is none (C2)."""
    await require_client(tx, client_id)
    return await household_on(tx, client_id, day or tx.today)


async def household_on(tx: Tx | ReadTx, client_id: UUID, day: date) -> HouseholdView:
    """See `household`; for use inside another query, which has checked who may see the client."""
    mine = aliased(HouseholdMember)
    found = (
        await tx.execute(
            select(HouseholdMember, Client, LookupValue)
            .join(mine, mine.household_id == HouseholdMember.household_id)
            .join(Client, Client.id == HouseholdMember.client_id)
            .outerjoin(LookupValue, LookupValue.id == HouseholdMember.relationship_id)
            .where(mine.client_id == client_id, is_member_on(mine, day), is_member_on(HouseholdMember, day))
            .order_by(HouseholdMember.is_head.desc(), Client.date_of_birth, Client.given_name)
        )
    ).all()
    if not found:
        alone = await tx.session.get_one(Client, client_id)
        return HouseholdView(None, (_member(alone, day, is_head=True, relationship=None),))
    members = tuple(
        _member(person, day, is_head=membership.is_head, relationship=relation)
        for membership, person, relation in found
    )
    return HouseholdView(found[0][0].household_id, members)


def is_member_on(membership: Any, day: date) -> ColumnElement[bool]:
    """Whether somebody is in a household on a day; the day of leaving isn't one of them."""
    return and_(membership.joined_on <= day, or_(membership.left_on.is_(None), membership.left_on > day))


@query(VIEW_CLIENTS, views="client")
async def household_over_time(tx: ReadTx, client_id: UUID) -> list[MemberInTime]:
    """Everybody who was in a household with a client, and the client, the latest first (C2). Raises NotFound.

    Only the days that they were in it together.
    """
    await require_client(tx, client_id)
    mine = aliased(HouseholdMember)
    first = func.greatest(HouseholdMember.joined_on, mine.joined_on)
    last = func.least(HouseholdMember.left_on, mine.left_on)
    rows = await tx.execute(
        select(HouseholdMember, Client, LookupValue, first, last)
        .join(mine, mine.household_id == HouseholdMember.household_id)
        .join(Client, Client.id == HouseholdMember.client_id)
        .outerjoin(LookupValue, LookupValue.id == HouseholdMember.relationship_id)
        .where(mine.client_id == client_id, may_see(tx), or_(last.is_(None), first <= last))
        .order_by(first.desc(), HouseholdMember.is_head.desc(), HouseholdMember.id)
    )
    return [
        MemberInTime(
            client_id=person.id,
            name=person.full_name,
            is_head=membership.is_head,
            relationship_en=english(relation),
            relationship_fr=french(relation),
            joined_on=since,
            left_on=until,
            household_id=membership.household_id,
        )
        for membership, person, relation, since, until in rows
    ]


def _member(person: Client, day: date, *, is_head: bool, relationship: LookupValue | None) -> MemberView:
    age = person.age_on(day)
    return MemberView(
        client_id=person.id,
        name=person.full_name,
        is_head=is_head,
        date_of_birth=person.date_of_birth,
        age=age,
        adult=is_adult(age),
        relationship_en=english(relationship),
        relationship_fr=french(relationship),
    )


async def names_of(tx: Tx | ReadTx, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id, for use inside another query or command."""
    wanted: Sequence[UUID] = list(ids)
    if not wanted:
        return {}
    rows = await tx.execute(
        select(Client.id, Client.given_name, Client.family_name, Client.preferred_name).where(
            Client.id.in_(wanted)
        )
    )
    return {id_: display_name(given, family, preferred) for id_, given, family, preferred in rows}
