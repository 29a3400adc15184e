"""What clients move when two records of one person are merged: facts, ways to reach them, households."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from deskkit.i18n import N_
from support_svc.clients.facts import (
    FactOfClient,
    as_json,
    compared,
    from_json,
    is_blank,
    values,
    with_names,
    write,
)
from support_svc.clients.model import Client, ClientName, ContactPoint, HouseholdMember
from support_svc.clients.names import searchable_name
from support_svc.clients.one_person import Moved, MovesToClient, Moving, Pair, Question, Undoing, Whose
from support_svc.clients.queries import names_of

HOUSEHOLD = "household"
HEAD = "head"


class MovesFacts(Moving):
    """Facts: the chosen one is stored, a blank never overwrites, and former names are found."""

    columns = (Client.merged_into, ClientName.client_id)
    """The database derives the words of names from the names."""

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Write the chosen facts into the survivor's record."""
        survivor, merged = await _two(tx, pair)
        before = {fact: as_json(values(survivor, fact)) for fact in FactOfClient}
        other_names, version = survivor.other_names, survivor.version
        names = [_name(survivor), _name(merged)]
        for one in compared(survivor, merged):
            chosen = pair.answers.get(one.fact, Whose.SURVIVOR)
            if is_blank(one.survivor) or (one.differs and chosen == Whose.MERGED):
                write(survivor, one.fact, one.merged if not is_blank(one.merged) else one.survivor)
        former = [name for name in names if name.casefold() != _name(survivor).casefold()]
        preferred = {survivor.preferred_name, merged.preferred_name} - {survivor.preferred_name}
        survivor.other_names = with_names(survivor.other_names, merged.other_names, *former, *preferred)
        _fold(survivor)
        # A form that was opened for either record before is refused as outdated.
        survivor.version = max(survivor.version, merged.version) + 1
        earlier = select(Client.id).where(Client.merged_into == pair.merged)
        led_on = list((await tx.execute(earlier)).scalars())
        await _lead(tx, [pair.merged, *led_on], pair.survivor)
        await tx.session.flush()
        return {
            "before": before,
            "after": {fact: as_json(values(survivor, fact)) for fact in FactOfClient},
            "other_names": [other_names, survivor.other_names],
            "led_on": [str(one) for one in led_on],
            "version": version,
        }

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Put back what the survivor's record said, and what was changed since where it stays."""
        survivor, merged = await _two(tx, undoing)
        for fact in FactOfClient:
            before, after = (from_json(fact, moved[when][fact]) for when in ("before", "after"))
            now = values(survivor, fact)
            if now == after:
                write(survivor, fact, before)
            elif undoing.stays_with == undoing.merged:
                write(merged, fact, now)
                write(survivor, fact, before)
        before, after = moved["other_names"]
        if survivor.other_names == after:
            survivor.other_names = before
        elif undoing.stays_with == undoing.merged:
            merged.other_names, survivor.other_names = survivor.other_names, before
        for one in (survivor, merged):
            _fold(one)
        merged.version += 1
        survivor.version += 1
        await _lead(tx, [undoing.merged], None)
        await _lead(tx, [UUID(one) for one in moved["led_on"]], undoing.merged)
        await tx.session.flush()


class MovesContactPoints(Moving):
    """Telephone numbers and addresses: those that the survivor lacks are written there too, none twice."""

    columns = (ContactPoint.client_id,)

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Write down for the survivor what only the other record has."""
        own = await _points(tx, pair.survivor)
        known = {(point.kind, point.plain) for point in own}
        last = max((point.position for point in own), default=-1)
        copied = []
        for point in await _points(tx, pair.merged):
            if (point.kind, point.plain) in known:
                continue
            known.add((point.kind, point.plain))
            last += 1
            made = ContactPoint(
                id=new_id(),
                client_id=pair.survivor,
                kind=point.kind,
                value=point.value,
                plain=point.plain,
                position=last,
            )
            tx.session.add(made)
            copied.append([point.kind, point.plain])
        await tx.session.flush()
        return {"own": [[point.kind, point.plain] for point in own], "copied": copied}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Take the copies back; what was written down since goes to whom it stays with."""
        own, copied = ({tuple(one) for one in moved[which]} for which in ("own", "copied"))
        theirs = {(point.kind.value, point.plain) for point in await _points(tx, undoing.merged)}
        for point in await _points(tx, undoing.survivor):
            what = (point.kind.value, point.plain)
            if what in copied:
                await tx.session.delete(point)
            elif what not in own and undoing.stays_with == undoing.merged:
                if what in theirs:
                    await tx.session.delete(point)
                else:
                    point.client_id = undoing.merged
        await tx.session.flush()


class MovesHouseholds(Moving):
    """Households: the person is in one at a time, and one that loses its head gets another."""

    columns = (HouseholdMember.client_id,)

    async def questions(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[Question]:
        """Ask which household the person is in, and who is the head where the head is merged or leaves."""
        at = await _current(tx, pair)
        asked = []
        mine, theirs = at.get(pair.survivor), at.get(pair.merged)
        if mine is not None and theirs is not None and mine.household_id != theirs.household_id:
            asked.append(
                Question(
                    HOUSEHOLD,
                    N_("The two records are in different households. In which one is the person?"),
                    {
                        Whose.SURVIVOR: await _called(tx, mine.household_id, pair),
                        Whose.MERGED: await _called(tx, theirs.household_id, pair),
                    },
                    usual=Whose.SURVIVOR,
                )
            )
        head = await self._head_asked(tx, pair, mine, theirs)
        return [*asked, *([head] if head is not None else [])]

    async def _head_asked(
        self, tx: Tx | ReadTx, pair: Pair, mine: HouseholdMember | None, theirs: HouseholdMember | None
    ) -> Question | None:
        """Whom to make the head: of the household that the head leaves, or that the merged head stays in."""
        if theirs is None:
            return None
        whole = mine is None or mine.household_id == theirs.household_id
        stays = whole or pair.answers.get(HOUSEHOLD, Whose.SURVIVOR) == Whose.MERGED
        losing = theirs if whole or not stays else mine
        if losing is None or not losing.is_head:
            return None
        others = [one.client_id for one in await _members(tx, losing.household_id)]
        others = [one for one in others if one not in pair.both]
        if not others:
            return None
        names = await names_of(tx, [*others, *pair.both])
        able = [*([pair.survivor] if whole else []), *others]
        return Question(
            HEAD,
            N_("%(name)s is the head of a household. Who is its head once the records are merged?"),
            {str(one): names[one] for one in able},
            {"name": names[losing.client_id]},
            usual=str(pair.survivor) if whole else None,
        )

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Let the survivor be where the person is, and nobody be there twice."""
        at = await _current(tx, pair)
        mine, theirs = at.get(pair.survivor), at.get(pair.merged)
        rows = await _memberships(tx, pair.both)
        stored = [_row(one) for one in rows]
        ended: HouseholdMember | None = None
        losing = theirs
        if mine is not None and theirs is not None and mine.household_id == theirs.household_id:
            await tx.session.delete(theirs)
            rows.remove(theirs)
        elif mine is not None and theirs is not None:
            ended = losing = mine if pair.answers.get(HOUSEHOLD) == Whose.MERGED else theirs
            ended.left_on = tx.today
            tx.touched("household", ended.household_id, "left", {"member": (ended.client_id, None)})
        of = losing.household_id if losing is not None and losing.is_head else None
        if ended is not None:
            ended.is_head = False
        await tx.session.flush()
        for one in rows:
            one.client_id = pair.survivor
        await tx.session.flush()
        head = UUID(chosen) if (chosen := pair.answers.get(HEAD)) else pair.survivor
        if of is not None:
            await _make_head(tx, of, head)
        return {
            "rows": stored,
            "ended": None if ended is None else str(ended.id),
            "head": None if of is None else [str(of), str(head)],
        }

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Let both be members where they were; whoever has joined a household since stays in it."""
        rows = {one.id: one for one in await _memberships(tx, undoing.both)}
        stored = {UUID(one["id"]): one for one in moved["rows"]}
        since = [one for id_, one in rows.items() if id_ not in stored]
        joined = {undoing.stays_with for one in since if one.left_on is None}
        for one in since:
            # First out of the way: nobody is in two households, not even between two statements.
            one.client_id = undoing.stays_with
        for id_, was in stored.items():
            if id_ in rows:
                rows[id_].client_id = UUID(was["client_id"])
        await tx.session.flush()
        for id_, was in stored.items():
            whose = UUID(was["client_id"])
            if id_ not in rows:
                left_on = tx.today if whose in joined else None
                rows[id_] = _restored(id_, was, left_on)
                tx.session.add(rows[id_])
            elif moved["ended"] == str(id_) and whose not in joined:
                rows[id_].left_on = None
        await tx.session.flush()
        if moved["head"] is None:
            return
        of, chosen = (UUID(one) for one in moved["head"])
        was_head = next(
            (
                rows[id_]
                for id_, was in stored.items()
                if was["is_head"] and was["household_id"] == str(of) and rows[id_].left_on is None
            ),
            None,
        )
        present = next((one.client_id for one in await _members(tx, of) if one.is_head), None)
        if was_head is not None and present in (None, chosen):
            await _make_head(tx, of, was_head.client_id)


def _name(client: Client) -> str:
    return f"{client.given_name} {client.family_name}".strip()


def _fold(client: Client) -> None:
    client.name_search = searchable_name(
        (client.given_name, client.preferred_name, client.family_name, client.other_names)
    )


async def _two(tx: Tx, pair: Pair | Undoing) -> tuple[Client, Client]:
    return (
        await tx.session.get_one(Client, pair.survivor),
        await tx.session.get_one(Client, pair.merged),
    )


async def _lead(tx: Tx, ids: Sequence[UUID], to: UUID | None) -> None:
    """Let old ids and addresses lead to a record, or stand for themselves again."""
    for one in ids:
        (await tx.session.get_one(Client, one)).merged_into = to
    await tx.session.flush()


async def _points(tx: Tx, client_id: UUID) -> list[ContactPoint]:
    found = await tx.execute(
        select(ContactPoint).where(ContactPoint.client_id == client_id).order_by(ContactPoint.position)
    )
    return list(found.scalars())


async def _current(tx: Tx | ReadTx, pair: Pair) -> dict[UUID, HouseholdMember]:
    found = await tx.execute(
        select(HouseholdMember).where(
            HouseholdMember.client_id.in_(pair.both), HouseholdMember.left_on.is_(None)
        )
    )
    return {one.client_id: one for one in found.scalars()}


async def _memberships(tx: Tx, people: Sequence[UUID]) -> list[HouseholdMember]:
    found = await tx.execute(
        select(HouseholdMember).where(HouseholdMember.client_id.in_(people)).with_for_update()
    )
    return list(found.scalars())


async def _members(tx: Tx | ReadTx, household_id: UUID) -> list[HouseholdMember]:
    found = await tx.execute(
        select(HouseholdMember)
        .where(HouseholdMember.household_id == household_id, HouseholdMember.left_on.is_(None))
        .order_by(HouseholdMember.is_head.desc(), HouseholdMember.joined_on, HouseholdMember.id)
    )
    return list(found.scalars())


async def _called(tx: Tx | ReadTx, household_id: UUID, pair: Pair) -> str:
    """Who else is in a household, for the people who choose one."""
    members = [one.client_id for one in await _members(tx, household_id)]
    names = await names_of(tx, members)
    return ", ".join(names[one] for one in members)


async def _make_head(tx: Tx, household_id: UUID, head: UUID) -> None:
    members = await _members(tx, household_id)
    if all(one.client_id != head for one in members):
        return
    for one in members:
        one.is_head = False
    await tx.session.flush()  # one head at a time
    for one in members:
        one.is_head = one.client_id == head
    await tx.session.flush()
    tx.touched("household", household_id, "head_chosen", {"head": (None, head)})


def _row(one: HouseholdMember) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "household_id": str(one.household_id),
        "client_id": str(one.client_id),
        "relationship_id": str(one.relationship_id) if one.relationship_id else None,
        "is_head": one.is_head,
        "joined_on": one.joined_on.isoformat(),
    }


def _restored(id_: UUID, was: dict[str, Any], left_on: date | None) -> HouseholdMember:
    return HouseholdMember(
        id=id_,
        household_id=UUID(was["household_id"]),
        client_id=UUID(was["client_id"]),
        relationship_id=UUID(was["relationship_id"]) if was["relationship_id"] else None,
        is_head=False,
        joined_on=date.fromisoformat(was["joined_on"]),
        left_on=left_on,
    )


_PARTS = (MovesFacts(), MovesContactPoints(), MovesHouseholds())


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
