"""Reads homes and holds from the copy of the inventory, and says who may have a home."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, false, select

from chassis.paging import PAGE, Page, Paging
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from tenancy_svc.homes.feature import VIEW_HOMES
from tenancy_svc.homes.model import (
    FREE,
    Hold,
    HoldEnded,
    HoldStatus,
    Home,
    HomeHeld,
    HomeNotOurs,
    HomeTaken,
    HomeUnknown,
    ManagedBy,
    Manager,
    ManagerUnknown,
    Occupancy,
    ReleaseReason,
)
from trade.letters import words
from trade.money import USUAL

_BY_ID = Paging(Home.unit)
MOST_WORDS = 6
"""How many words of what somebody typed are looked for."""


@dataclass(frozen=True, slots=True)
class HomeView:
    """A home as the property desk shows it; unknown values are None, never invented."""

    unit: uuid.UUID
    inventory: str
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
    manager: str | None
    occupancy: Occupancy | None
    available_from: dt.date | None
    listed: bool

    @property
    def free(self) -> bool:
        """Whether it can be let to a household that has no hold on it."""
        return self.occupancy in FREE

    @property
    def label(self) -> str:
        """Words for the home in a list of choices."""
        return self.address

    @property
    def managed(self) -> Manager:
        """Who manages it, as its listing says."""
        return Manager(self.managed_by, self.manager)


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold as the property desk shows it; `stands` says whether it did when it was read."""

    request: uuid.UUID
    unit: uuid.UUID
    status: HoldStatus
    deadline: dt.datetime | None
    ending_soon: bool
    released_at: dt.datetime | None
    release_reason: ReleaseReason | None
    managed_by: ManagedBy | None
    manager: str | None
    stands: bool

    @property
    def managed(self) -> Manager:
        """Who managed the home when it was held."""
        return Manager(self.managed_by, self.manager)


def view_of(home: Home) -> HomeView:
    """Return what a page may show of a home."""
    return HomeView(
        unit=home.unit,
        inventory=home.inventory,
        address=home.address_line,
        building_name=home.building_name,
        postal_code=home.postal_code,
        province=home.province,
        housing_type=home.housing_type,
        bedrooms=home.bedrooms,
        rent=home.rent_amount,
        currency=home.rent_currency or USUAL,
        accessible=home.accessible,
        managed_by=home.managed_by,
        manager=home.manager,
        occupancy=home.occupancy,
        available_from=home.available_from,
        listed=home.listed,
    )


async def find_home(tx: ReadTx | Tx, unit: uuid.UUID) -> HomeView | None:
    """Return the home, or None while its listing hasn't arrived."""
    home = await tx.session.get(Home, unit)
    return view_of(home) if home is not None and home.listing_version > 0 else None


async def inventory_of(tx: ReadTx | Tx, unit: uuid.UUID) -> str | None:
    """Return the party whose inventory a home is in, or None while none has published anything about it."""
    found: str | None = await tx.scalar(select(Home.inventory).where(Home.unit == unit))
    return found


async def find_hold(tx: ReadTx | Tx, unit: uuid.UUID, request: uuid.UUID | None) -> HoldView | None:
    """Return the hold of a home for a request, or None when none was announced yet."""
    hold = await tx.session.get(Hold, (unit, request)) if request is not None else None
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
        manager=hold.manager,
        stands=hold.stands(tx.now),
    )


def ours(tx: ReadTx | Tx) -> ColumnElement[bool]:
    """Whether a `Home` is managed by the party that runs this service (N4)."""
    return Home.manager == tx.runtime.entity


def must_be_ours(tx: Tx, home: HomeView, hold: HoldView | None = None) -> None:
    """Refuse a home that this party doesn't manage, or didn't when it was held.

    Raises HomeNotOurs, ManagerUnknown.
    """
    # The hold may know who manages the home when its listing doesn't.
    known = [one for one in (hold.managed if hold else None, home.managed) if one is not None and one.known]
    if not known:
        raise ManagerUnknown(field="unit", address=home.address)
    if known[0].party != tx.runtime.entity:
        raise HomeNotOurs(field="unit", address=home.address)


async def must_be_free(tx: Tx, unit: uuid.UUID, request: uuid.UUID | None) -> None:
    """Refuse to let a home to the household of a request, or to one without, when it isn't free for them.

    Raises HomeHeld while it's held for another, HoldEnded when the request's own hold is over, HomeTaken when
    a household without one wants a home that isn't free. A request whose hold wasn't received yet is allowed:
    its announcement may be on its way.
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
    if not home.free:
        raise HomeTaken(address=home.address)


def mentioning(
    typed: str, name: ColumnElement[str | None], number: ColumnElement[int]
) -> Iterator[ColumnElement[bool]]:
    """For each word typed, whether a record's searchable `name`, its home or its `number` contains it.

    Text without any word finds nothing.
    """

    def mentions(word: str) -> ColumnElement[bool]:
        mentioned = name.contains(word) | Home.address_search.contains(word)
        return mentioned | (number == int(word)) if word.isdecimal() and len(word) < 10 else mentioned

    return _for_each_word(typed, mentions)


def _for_each_word(
    typed: str, found_by: Callable[[str], ColumnElement[bool]]
) -> Iterator[ColumnElement[bool]]:
    sought = words(typed)[:MOST_WORDS]
    if typed.strip() and not sought:
        yield false()
    yield from map(found_by, sought)


@query(VIEW_HOMES)
async def homes(
    tx: ReadTx, *, text: str = "", free_only: bool = False, after: str | None = None, limit: int = PAGE
) -> Page[HomeView]:
    """Return listed homes that this party manages, in the order of their ids, at most `limit` after `after`.

    They aren't counted: that would read a whole city's homes for each page.
    """
    statement = select(Home).where(Home.listed, ours(tx))
    statement = statement.where(*_for_each_word(text, Home.address_search.contains))
    if free_only:
        statement = statement.where(Home.occupancy.in_(FREE))
    return await _BY_ID.page(tx, statement, view_of, after=after, limit=limit)


@query(VIEW_HOMES)
async def home(tx: ReadTx, unit: uuid.UUID) -> HomeView:
    """Return one home that this party manages. Raises HomeUnknown."""
    found = await find_home(tx, unit)
    if found is None or found.manager != tx.runtime.entity:
        raise HomeUnknown
    return found
