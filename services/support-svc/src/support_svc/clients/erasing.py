"""What becomes of clients and households when somebody is erased, and what hinders it (X7)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from chassis.erasing import TODAY, ErasedRows, Found
from chassis.errors import DomainError, Kind
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from support_svc.clients.feature import RETAIN_CASE_FILE
from support_svc.clients.model import Client, ClientName, ContactPoint, HouseholdMember, YesNoUnknown

NAME = "Erased / Effacé"
"""What an anonymous record is called wherever others were recorded together with the person."""


class MembersOfHouseholds(ErasedRows):
    """Times in a household: the others' household still had that many people."""

    async def collect(self, tx: Tx | ReadTx, found: Found) -> None:
        """Find the rows, and the households, whose history others share."""
        await super().collect(tx, found)
        theirs = select(HouseholdMember.household_id).where(HouseholdMember.client_id.in_(found.people))
        found.shared.update((await tx.execute(theirs)).scalars())


_LEFT = func.coalesce(HouseholdMember.left_on, func.greatest(HouseholdMember.joined_on, TODAY))

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        Client.id,
        names=Client.__tablename__,
        also=(Client.merged_into,),
        period=RETAIN_CASE_FILE,
        last=func.date(Client.created_at),
    ),
    ErasedRows(ContactPoint.client_id),
    ErasedRows(ClientName.client_id),
    MembersOfHouseholds(
        HouseholdMember.client_id,
        stays=(
            HouseholdMember.id,
            HouseholdMember.household_id,
            HouseholdMember.is_head,
            HouseholdMember.joined_on,
        ),
        blanked={HouseholdMember.left_on: _LEFT, HouseholdMember.relationship_id: None},
        period=RETAIN_CASE_FILE,
        last=func.greatest(HouseholdMember.joined_on, HouseholdMember.left_on),
    ),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


class HeadOfOthers(DomainError):
    """Others live in the household that the person is the head of; they need another head first (C2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "head_of_others"
    message: ClassVar[str] = "The person is the head of a household with others. Choose another head first."


async def head_of_others(tx: Tx | ReadTx, people: Sequence[UUID]) -> Sequence[DomainError]:
    """Say whether somebody is the head of a household in which others live."""
    mine = (
        select(HouseholdMember.household_id)
        .where(
            HouseholdMember.client_id.in_(people), HouseholdMember.is_head, HouseholdMember.left_on.is_(None)
        )
        .scalar_subquery()
    )
    others = select(HouseholdMember.id).where(
        HouseholdMember.household_id.in_(mine),
        HouseholdMember.left_on.is_(None),
        HouseholdMember.client_id.not_in(people),
    )
    return [] if await tx.scalar(others.limit(1)) is None else [HeadOfOthers()]


Hinders = Callable[[Tx | ReadTx, Sequence[UUID]], Awaitable[Sequence[DomainError]]]
"""Why the records of one person can't be erased; a feature offers it as `hinders_erasure`."""


async def hindrances(tx: Tx | ReadTx, people: Sequence[UUID]) -> list[DomainError]:
    """Return why the records of one person can't be erased now, such as a case that runs."""
    asked: list[Hinders] = offers_of(tx.runtime.features, "hinders_erasure")
    return [one for its in asked for one in await its(tx, people)]


async def records_of(tx: Tx | ReadTx, client_id: UUID) -> list[UUID]:
    """Return the ids of a person's record and of those merged into it; none if it's unknown."""
    own = select(Client.id).where(Client.id == client_id, Client.erased_on.is_(None)).cte(recursive=True)
    merged = select(Client.id).join(own, Client.merged_into == own.c.id)
    every = own.union_all(merged)
    return list((await tx.execute(select(every.c.id).order_by(every.c.id))).scalars())


async def put_anonymous_in_place(tx: Tx, found: Found) -> None:
    """Write the anonymous records that take the place of a person's, for what is counted and for proofs."""
    rows = await tx.execute(
        select(Client.id, Client.state, Client.merged_into, Client.created_at).where(
            Client.id.in_(found.people)
        )
    )
    people = rows.all()
    for stands_for in (found.counted, found.proven):
        stands_for.update({person.id: new_id() for person in people})
        for person in people:
            made = Client(
                id=stands_for[person.id],
                given_name="",
                family_name=NAME,
                name_search="",
                disability=YesNoUnknown.UNKNOWN,
                state=person.state,
                created_at=person.created_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
                erased_on=found.today,
            )
            tx.session.add(made)
        await tx.session.flush()
        for person in people:
            if person.merged_into in stands_for:
                one = await tx.session.get_one(Client, stands_for[person.id])
                one.merged_into = stands_for[person.merged_into]
        await tx.session.flush()
