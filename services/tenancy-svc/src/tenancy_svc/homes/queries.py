"""Looks up homes and holds in the copy."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, false, select

from chassis.paging import PAGE, Page, Paging
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from tenancy_svc.homes.feature import VIEW_HOMES
from tenancy_svc.homes.model import (
    Hold,
    HoldEnded,
    HoldStatus,
    Home,
    HomeHeld,
    HomeNotOurs,
    HomeTaken,
    HomeUnknown,
    ManagedBy,
    ManagerUnknown,
    Occupancy,
    ReleaseReason,
)
from trade.letters import words

_BY_ID = Paging(Home.unit)
MOST_WORDS = 6
"""How many words of what somebody typed are looked for."""


@dataclass(frozen=True, slots=True)
class HomeView:
    """A home as the property desk shows it; unknown values are None, never invented."""

    unit: uuid.UUID
    address: str
    building_name: str | None
    postal_code: str | None
    province: str | None
    housing_type: str | None
    bedrooms: int | None
    rent: Decimal | None
    currency: str
    accessible: bool
    managed_by: ManagedBy | None
    occupancy: Occupancy | None
    available_from: dt.date | None
    listed: bool

    @property
    def label(self) -> str:
        """Words for the home in a list of choices."""
        return self.address


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold as the property desk shows it; `stands` at the moment of asking."""

    request: uuid.UUID
    unit: uuid.UUID
    status: HoldStatus
    deadline: dt.datetime | None
    ending_soon: bool
    released_at: dt.datetime | None
    release_reason: ReleaseReason | None
    managed_by: ManagedBy | None
    stands: bool


def view_of(home: Home) -> HomeView:
    """Return what a page may show of a home."""
    return HomeView(
        unit=home.unit,
        address=home.address_line,
        building_name=home.building_name,
        postal_code=home.postal_code,
        province=home.province,
        housing_type=home.housing_type,
        bedrooms=home.bedrooms,
        rent=home.rent_amount,
        currency=home.rent_currency or "CAD",
        accessible=home.accessible,
        managed_by=home.managed_by,
        occupancy=home.occupancy,
        available_from=home.available_from,
        listed=home.listed,
    )


async def find_home(tx: ReadTx | Tx, unit: uuid.UUID) -> HomeView | None:
    """Return the home, or None while its listing hasn't arrived."""
    home = await tx.session.get(Home, unit)
    return view_of(home) if home is not None and home.listing_version > 0 else None


async def find_hold(tx: ReadTx | Tx, request: uuid.UUID | None) -> HoldView | None:
    """Return the hold of a request, or None when none was announced yet."""
    hold = await tx.session.get(Hold, request) if request is not None else None
    if hold is None:
        return None
    return HoldView(
        request=hold.request,
        unit=hold.unit,
        status=hold.status,
        deadline=hold.deadline,
        ending_soon=hold.ending_announced_at is not None,
        released_at=hold.released_at,
        release_reason=hold.release_reason,
        managed_by=hold.managed_by,
        stands=hold.stands(tx.now),
    )


def must_be_ours(home: HomeView, held_under: ManagedBy | None = None) -> None:
    """Refuse a home that the property entity doesn't manage, or didn't when it was held.

    Raises HomeNotOurs, ManagerUnknown.
    """
    # An application may be for a home of which support said who manages it, when the inventory didn't know.
    known = [one for one in (held_under, home.managed_by) if one not in {None, ManagedBy.NOT_KNOWN}]
    if not known:
        raise ManagerUnknown(field="unit", address=home.address)
    if known[0] is not ManagedBy.PROPERTY_ENTITY:
        raise HomeNotOurs(field="unit", address=home.address)


async def must_be_free(tx: Tx, unit: uuid.UUID, request: uuid.UUID | None) -> None:
    """Let a home be let to the household of a request, or to one that came without.

    Raises HomeHeld while it's held for another, HoldEnded when the request's own hold is over, HomeTaken when
    a household without one wants a home that isn't free. A hold that wasn't heard of yet doesn't stand in the
    way: its announcement may be under way.
    """
    holds = (await tx.session.scalars(select(Hold).where(Hold.unit == unit))).all()
    if any(hold.request != request and hold.stands(tx.now) for hold in holds):
        raise HomeHeld
    if request is not None:
        if any(hold.request == request and not hold.stands(tx.now) for hold in holds):
            raise HoldEnded
        return
    home = await find_home(tx, unit)
    if home is None:
        raise HomeUnknown
    if home.occupancy not in {Occupancy.AVAILABLE, Occupancy.NOTICE_GIVEN}:
        raise HomeTaken(address=home.address)


def mentioning(
    typed: str, name: ColumnElement[str | None], number: ColumnElement[int]
) -> Iterator[ColumnElement[bool]]:
    """For each word typed, the condition that a record's searchable `name`, its home or its `number` mentions
    it; what holds no word mentions nothing.
    """
    sought = words(typed)[:MOST_WORDS]
    if typed.strip() and not sought:
        yield false()
    for word in sought:
        mentioned = name.contains(word) | Home.address_search.contains(word)
        yield mentioned | (number == int(word)) if word.isdecimal() and len(word) < 10 else mentioned


@query(VIEW_HOMES)
async def homes(
    tx: ReadTx, *, text: str = "", free_only: bool = False, after: str | None = None, limit: int = PAGE
) -> Page[HomeView]:
    """Return listed homes of the property entity in the order of their ids, at most `limit` behind the place
    `after`. A whole city's homes aren't counted each time.
    """
    statement = select(Home).where(
        Home.listing_version > Home.withdrawn_version, Home.managed_by == ManagedBy.PROPERTY_ENTITY
    )
    sought = words(text)[:MOST_WORDS]
    if text.strip() and not sought:
        statement = statement.where(false())
    statement = statement.where(*(Home.address_search.contains(word) for word in sought))
    if free_only:
        statement = statement.where(Home.occupancy.in_([Occupancy.AVAILABLE, Occupancy.NOTICE_GIVEN]))
    return await _BY_ID.page(tx, statement, view_of, after=after, limit=limit)


@query(VIEW_HOMES)
async def home(tx: ReadTx, unit: uuid.UUID) -> HomeView:
    """Return one home. Raises HomeUnknown."""
    found = await find_home(tx, unit)
    if found is None:
        raise HomeUnknown
    return found
