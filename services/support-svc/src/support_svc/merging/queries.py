"""Reading who may be the same person, what two records say, and which were merged (C3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from chassis.errors import NotFound
from chassis.paging import Page, Paging
from chassis.tx import ReadTx
from chassis.usecase import Query, query
from support_svc.clients.facts import FactOfClient, compared
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import alike, may_see, require_client
from support_svc.clients.model import (
    Client,
    ClientState,
    ContactKind,
    ContactPoint,
    Language,
    YesNoUnknown,
    display_name,
)
from support_svc.clients.one_person import Pair, Question
from support_svc.lookups.model import LookupValue
from support_svc.merging.commands import found_different_by, parts_of, questions_about
from support_svc.merging.feature import REVIEW_DUPLICATES
from support_svc.merging.model import DifferentPeople, Merge

PAGE = 25
SHOWN = 10
"""The most people who are shown as possible duplicates of one client."""


class SharedFact(StrEnum):
    """Why two records of the same name may be one person's."""

    BIRTH = "birth"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody who may be the same person as a client, and what the two share; blanks share nothing."""

    id: UUID
    number: int
    name: str
    date_of_birth: date | None
    state: ClientState
    same_name: bool
    same_birth: bool
    same_contact: bool


@dataclass(frozen=True, slots=True)
class PossiblePair:
    """Two records that may be one person's."""

    client_id: UUID
    number: int
    name: str
    date_of_birth: date | None
    other_id: UUID
    other_number: int
    other_name: str
    other_date_of_birth: date | None


@dataclass(frozen=True, slots=True)
class Different:
    """Somebody who is known not to be a client, and who found that."""

    id: UUID
    name: str
    noted_at: datetime
    noted_by_name: str


@dataclass(frozen=True, slots=True)
class MergeView:
    """A merge: which record became a part of which, and whether that was undone."""

    id: UUID
    client_id: UUID
    client_name: str
    merged_id: UUID
    merged_number: int
    merged_name: str
    merged_at: datetime
    merged_by_name: str
    undone_at: datetime | None
    undone_by_name: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """What a record says about a fact, as it's shown: a text, a day, a word, or a value of a list."""

    text: str | None = None
    day: date | None = None
    age: int | None = None
    word: ClientState | YesNoUnknown | Language | None = None
    label_en: str | None = None
    label_fr: str | None = None


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact in both records; `differs`: it has to be chosen which is stored."""

    fact: FactOfClient
    mine: Value
    theirs: Value
    differs: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records that are compared."""

    id: UUID
    number: int
    name: str
    version: int
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    other_names: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Two records side by side, with what has to be chosen and what hinders a merge."""

    client: Side
    other: Side
    facts: tuple[FactLine, ...]
    questions: tuple[Question, ...]
    different: str | None
    """Who found that they are two people, if anybody did."""
    placements: tuple[UUID, ...]
    obstacles: tuple[tuple[str, str], ...]
    """Code and English words of each."""


def _not_known_to_differ(one: Any, other: Any) -> ColumnElement[bool]:
    return ~exists().where(
        DifferentPeople.low_id == func.least(one, other), DifferentPeople.high_id == func.greatest(one, other)
    )


def _shares_contact(one: Any, other: Any) -> ColumnElement[bool]:
    mine, theirs = aliased(ContactPoint), aliased(ContactPoint)
    return exists().where(mine.client_id == one, theirs.client_id == other, theirs.plain == mine.plain)


@query(VIEW_CLIENTS)
async def likely_duplicates(tx: ReadTx, client_id: UUID) -> list[UUID]:
    """Ids of up to ten of the same name who share a birth date, telephone or e-mail with a client."""
    mine = aliased(Client)
    rows = await tx.execute(
        select(Client.id)
        .join(mine, mine.same_name == Client.same_name)
        .where(
            mine.id == client_id,
            Client.id != client_id,
            may_see(tx),
            or_(Client.date_of_birth == mine.date_of_birth, _shares_contact(mine.id, Client.id)),
            _not_known_to_differ(mine.id, Client.id),
        )
        .limit(SHOWN)
    )
    return list(rows.scalars())


@query(VIEW_CLIENTS, views="client")
async def duplicates_of(tx: ReadTx, client_id: UUID) -> list[Duplicate]:
    """Who may be the same person as a client, the likeliest first; nobody who is known to be another (C3)."""
    await require_client(tx, client_id)
    me = (await tx.execute(select(Client).where(Client.id == client_id))).scalar_one()
    near = await alike(tx, me.given_name, me.family_name, me.date_of_birth, limit=3 * SHOWN)
    mine = aliased(Client)
    same_name = Client.same_name == mine.same_name
    same_birth = func.coalesce(Client.date_of_birth == mine.date_of_birth, False)
    same_contact = _shares_contact(mine.id, Client.id)
    reached = select(ContactPoint.client_id).where(
        ContactPoint.plain.in_(select(ContactPoint.plain).where(ContactPoint.client_id == client_id))
    )
    rows = await tx.execute(
        select(Client, same_name, same_birth, same_contact)
        .join(mine, mine.id == client_id)
        .where(
            or_(Client.id.in_(near), and_(Client.id.in_(reached), same_name)),
            Client.id != client_id,
            may_see(tx),
            _not_known_to_differ(mine.id, Client.id),
        )
    )
    found = [
        Duplicate(
            one.id,
            one.number,
            one.full_name,
            one.date_of_birth,
            one.state,
            bool(name),
            bool(birth),
            bool(contact),
        )
        for one, name, birth, contact in rows
    ]
    return sorted(found, key=lambda one: (-_likeness(one), near.index(one.id) if one.id in near else 0))[
        :SHOWN
    ]


def _likeness(one: Duplicate) -> int:
    """The same name with another fact first: members of one family share a telephone and a day as well."""
    return 4 * one.same_name + 2 * one.same_birth + one.same_contact


_mine, _other, _point, _their_point = (
    aliased(Client),
    aliased(Client),
    aliased(ContactPoint),
    aliased(ContactPoint),
)
_BY_NAME = Paging(_mine.same_name, _mine.id, _other.id)
_BY_CONTACT = Paging(_point.plain, _mine.id, _other.id)
_PAIR = tuple(
    getattr(one, name)
    for one in (_mine, _other)
    for name in ("id", "number", "given_name", "family_name", "preferred_name", "date_of_birth")
)


@query(REVIEW_DUPLICATES)
async def possible_duplicates_of_all(
    tx: ReadTx, because: SharedFact = SharedFact.BIRTH, after: str | None = None
) -> Page[PossiblePair]:
    """Pairs of records of one name that share the date of birth, or a telephone number or e-mail (C3)."""
    both = (
        _mine.merged_into.is_(None),
        _other.merged_into.is_(None),
        _not_known_to_differ(_mine.id, _other.id),
    )
    if because is SharedFact.BIRTH:
        same = and_(_other.same_name == _mine.same_name, _other.date_of_birth == _mine.date_of_birth)
        pairs = select(*_PAIR).join(_other, and_(same, _other.id > _mine.id)).where(*both)
        return await _BY_NAME.page(tx, pairs, _pair, after=after, limit=PAGE)
    first, second = aliased(ContactPoint), aliased(ContactPoint)
    earlier = exists().where(
        first.client_id == _mine.id,
        second.client_id == _other.id,
        second.plain == first.plain,
        first.plain < _point.plain,
    )
    pairs = (
        select(*_PAIR)
        .select_from(_point)
        .join(
            _their_point,
            and_(_their_point.plain == _point.plain, _their_point.client_id > _point.client_id),
        )
        .join(_mine, _mine.id == _point.client_id)
        .join(_other, and_(_other.id == _their_point.client_id, _other.same_name == _mine.same_name))
        .where(*both, ~earlier)
        .distinct()
    )
    return await _BY_CONTACT.page(tx, pairs, _pair, after=after, limit=PAGE)


def _pair(*row: Any) -> PossiblePair:
    mine, other = row[:6], row[6:12]
    return PossiblePair(
        mine[0],
        mine[1],
        display_name(*mine[2:5]),
        mine[5],
        other[0],
        other[1],
        display_name(*other[2:5]),
        other[5],
    )


@query(VIEW_CLIENTS)
async def different_people(tx: ReadTx, client_id: UUID) -> list[Different]:
    """Who is known not to be a client, those found last first. Raises NotFound."""
    await require_client(tx, client_id)
    low, high = DifferentPeople.low_id, DifferentPeople.high_id
    rows = await tx.execute(
        select(Client, DifferentPeople)
        .join(
            DifferentPeople,
            or_(and_(low == client_id, high == Client.id), and_(high == client_id, low == Client.id)),
        )
        .where(or_(low == client_id, high == client_id), may_see(tx))
        .order_by(DifferentPeople.noted_at.desc(), Client.id)
    )
    return [Different(one.id, one.full_name, noted.noted_at, noted.noted_by_name) for one, noted in rows]


def _merges() -> Any:
    survivor, merged = aliased(Client), aliased(Client)
    return (
        select(Merge, survivor, merged)
        .join(survivor, survivor.id == Merge.survivor_id)
        .join(merged, merged.id == Merge.merged_id)
    )


@query(VIEW_CLIENTS)
async def merges_of(tx: ReadTx, client_id: UUID) -> list[MergeView]:
    """The records that were merged into a client's, the last first. Raises NotFound."""
    await require_client(tx, client_id)
    rows = await tx.execute(
        _merges()
        .where(or_(Merge.survivor_id == client_id, Merge.merged_id == client_id))
        .order_by(Merge.merged_at.desc(), Merge.id)
    )
    return [_merge(*row) for row in rows]


@query(VIEW_CLIENTS)
async def one_merge(tx: ReadTx, merge_id: UUID) -> MergeView:
    """A merge. Raises NotFound, also where the asker may not know of the person."""
    row = (await tx.execute(_merges().where(Merge.id == merge_id))).one_or_none()
    if row is None:
        raise NotFound(what="merge")
    found = _merge(*row)
    seen = await tx.scalar(select(Client.id).where(Client.id == found.client_id, may_see(tx)))
    if seen is None and await client_is_now(tx, found.client_id) is None:
        raise NotFound(what="merge")
    return found


def _merge(one: Merge, survivor: Client, merged: Client) -> MergeView:
    return MergeView(
        id=one.id,
        client_id=survivor.id,
        client_name=survivor.full_name,
        merged_id=merged.id,
        merged_number=merged.number,
        merged_name=merged.full_name,
        merged_at=one.merged_at,
        merged_by_name=one.merged_by_name,
        undone_at=one.undone_at,
        undone_by_name=one.undone_by_name,
    )


@query(VIEW_CLIENTS)
async def client_is_now(tx: ReadTx, client_id: UUID) -> UUID | None:
    """The record that a merged client's old id leads to, or None (C3)."""
    old = aliased(Client)
    found: UUID | None = await tx.scalar(
        select(Client.id).join(old, old.merged_into == Client.id).where(old.id == client_id, may_see(tx))
    )
    return found


def moved_records() -> Mapping[str, Query[[UUID], UUID | None]]:
    """By the parameters of addresses that may be an old id, what answers where it leads."""
    return {"client_id": client_is_now, "member_id": client_is_now, "other_id": client_is_now}


@query(VIEW_CLIENTS, views="client")
async def merge_preview(
    tx: ReadTx, client_id: UUID, other_id: UUID, answers: Mapping[str, str] | None = None
) -> MergePreview:
    """Two records side by side, before they're merged (C3). Raises NotFound."""
    for one in (client_id, other_id):
        await require_client(tx, one)
    tx.viewed("client", other_id)
    rows = await tx.execute(
        select(Client)
        .where(Client.id.in_((client_id, other_id)))
        .options(selectinload(Client.contact_points))
    )
    people = {one.id: one for one in rows.scalars()}
    mine, theirs = people[client_id], people[other_id]
    pair = Pair(client_id, other_id, answers or {})
    obstacles = [one for _, part in parts_of(tx) for one in await part.obstacles(tx, pair)]
    labels = await _labels(tx, mine, theirs)
    return MergePreview(
        client=_side(mine),
        other=_side(theirs),
        facts=tuple(
            FactLine(
                one.fact,
                _value(one.fact, mine, labels, tx.today),
                _value(one.fact, theirs, labels, tx.today),
                one.differs,
            )
            for one in compared(mine, theirs)
        ),
        questions=tuple(await questions_about(tx, pair)),
        different=await found_different_by(tx, pair),
        placements=tuple(id_ for one in obstacles for id_ in getattr(one, "placements", ())),
        obstacles=tuple((one.code, str(one)) for one in obstacles),
    )


async def _labels(tx: ReadTx, *people: Client) -> dict[UUID | None, LookupValue]:
    ids = {id_ for one in people for id_ in (one.gender_id, one.indigenous_id) if id_ is not None}
    rows = await tx.execute(select(LookupValue).where(LookupValue.id.in_(ids)))
    return {value.id: value for value in rows.scalars()}


def _side(one: Client) -> Side:
    points = one.contact_points
    return Side(
        id=one.id,
        number=one.number,
        name=one.full_name,
        version=one.version,
        phones=tuple(point.value for point in points if point.kind is ContactKind.PHONE),
        emails=tuple(point.value for point in points if point.kind is ContactKind.EMAIL),
        other_names=one.other_names,
        created_at=one.created_at,
    )


def _value(fact: FactOfClient, one: Client, labels: Mapping[UUID | None, LookupValue], today: date) -> Value:
    if fact is FactOfClient.NAME:
        return Value(text=f"{one.given_name} {one.family_name}".strip())
    if fact is FactOfClient.BIRTH:
        return Value(day=one.date_of_birth, age=None if one.date_of_birth else one.age_on(today))
    if fact in (FactOfClient.GENDER, FactOfClient.INDIGENOUS):
        label = labels.get(one.gender_id if fact is FactOfClient.GENDER else one.indigenous_id)
        return Value() if label is None else Value(label_en=label.label_en, label_fr=label.label_fr)
    if fact is FactOfClient.ADDRESS:
        parts = (one.address_line, one.city, one.province, one.postal_code)
        return Value(text=", ".join(part for part in parts if part) or None)
    said = getattr(one, fact.value)
    return Value(text=said) if said is None or type(said) is str else Value(word=said)
