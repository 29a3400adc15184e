"""Merging two records of one person, undoing that, and noting who is somebody else (C3)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, Faults, NotFound
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from chassis.usecase import use_case
from support_svc.clients.facts import FactOfClient, compared
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client
from support_svc.clients.one_person import MovesToClient, Pair, Question, Undoing, Whose
from support_svc.merging.feature import MERGE_CLIENTS, REVIEW_DUPLICATES, UNDO_MERGE
from support_svc.merging.model import (
    AlreadyUndone,
    ChoiceNeeded,
    DifferentPeople,
    KnownToDiffer,
    Merge,
    MergedSince,
    NeitherOfTheTwo,
    OneRecordOnly,
    ordered,
)


class Answer(BaseModel):
    """What was chosen about something that both records can't have."""

    about: str = Field(max_length=40)
    choice: str = Field(default="", max_length=60, title="Choice")


class MergeChoices(BaseModel):
    """Which record's facts are stored where both have one, and the versions of both that were compared.

    A fact that only one record has is stored without a choice.
    """

    merged_id: UUID
    version: int
    merged_version: int = Field(le=2_147_483_647)
    name: Whose | None = Field(default=None, title="Name")
    preferred_name: Whose | None = Field(default=None, title="Preferred name")
    birth: Whose | None = Field(default=None, title="Date of birth")
    gender: Whose | None = Field(default=None, title="Gender")
    indigenous: Whose | None = Field(default=None, title="Indigenous indicator")
    disability: Whose | None = Field(default=None, title="Lives with a disability")
    preferred_language: Whose | None = Field(default=None, title="Preferred language")
    address: Whose | None = Field(default=None, title="Mailing address")
    comments: Whose | None = Field(default=None, title="Comments")
    state: Whose | None = Field(default=None, title="State of the record")
    answers: list[Answer] = Field(default=[], max_length=20)

    def pair_with(self, survivor: UUID) -> Pair:
        """The two records, with everything that was chosen."""
        facts = {fact: getattr(self, fact) for fact in FactOfClient}
        chosen = {fact.value: choice.value for fact, choice in facts.items() if choice is not None}
        asked = {one.about: one.choice for one in self.answers if one.choice}
        return Pair(survivor, self.merged_id, asked | chosen)


class MergeClients(MergeChoices):
    """Make `merged_id` a part of `client_id`: both are records of one person."""

    client_id: UUID


class Undo(BaseModel):
    """With whom what was recorded since the merge stays."""

    stays_with: UUID = Field(title="What was recorded since belongs to")


class UndoMerge(Undo):
    """Make two records of what was merged."""

    merge_id: UUID


class TwoPeople(BaseModel):
    """Two records that were compared."""

    client_id: UUID
    other_id: UUID


@use_case(MERGE_CLIENTS)
async def merge_clients(tx: Tx, command: MergeClients) -> UUID:
    """Merge two records of one person, and return the merge's id (C3). All of it is done, or nothing.

    Raises OneRecordOnly, KnownToDiffer, EditedMeanwhile, ChoiceNeeded, and what hinders a feature.
    """
    if command.client_id == command.merged_id:
        raise OneRecordOnly
    pair = command.pair_with(command.client_id)
    parts = parts_of(tx)
    for _, part in parts:
        await part.lock(tx, pair.both)
    survivor, merged = await _locked(tx, pair)
    if (by := await found_different_by(tx, pair)) is not None:
        raise KnownToDiffer(by=by)
    if (survivor.version, merged.version) != (command.version, command.merged_version):
        raise EditedMeanwhile(current=survivor.version, difference={})
    for _, part in parts:
        for obstacle in await part.obstacles(tx, pair):
            raise obstacle
    await _require_choices(tx, pair, survivor, merged)
    moved = {name: await part.move(tx, pair) for name, part in parts}
    merge = Merge(
        id=new_id(),
        survivor_id=pair.survivor,
        merged_id=pair.merged,
        merged_at=tx.now,
        merged_by_name=tx.actor.name,
        moved=moved,
    )
    tx.session.add(merge)
    tx.touched("client", pair.survivor, "merged", {"merged": (None, pair.merged)})
    tx.touched("client", pair.merged, "merged_into", {"survivor": (None, pair.survivor)})
    return merge.id


@use_case(UNDO_MERGE)
async def undo_merge(tx: Tx, command: UndoMerge) -> None:
    """Make two records again, as they were; what was recorded since stays with the person named (C3).

    The two are known to be different from then on. Raises AlreadyUndone, MergedSince, NeitherOfTheTwo,
    NotFound, and what a feature can't move back.
    """
    merge = await tx.session.get(Merge, command.merge_id, with_for_update=True)
    if merge is None:
        raise NotFound(what="merge")
    if merge.undone_at is not None:
        raise AlreadyUndone
    if command.stays_with not in (merge.survivor_id, merge.merged_id):
        raise NeitherOfTheTwo(field="stays_with")
    undoing = Undoing(merge.survivor_id, merge.merged_id, command.stays_with)
    parts = parts_of(tx)
    for _, part in parts:
        await part.lock(tx, undoing.both)
    locked = select(Client).where(Client.id.in_(undoing.both)).order_by(Client.id).with_for_update()
    people = {one.id: one for one in (await tx.execute(locked)).scalars()}
    if people[undoing.survivor].merged_into is not None:
        raise MergedSince
    await require_client(tx, undoing.survivor)
    moved = await tx.scalar(select(Merge.moved).where(Merge.id == merge.id))
    for name, part in sorted(parts, key=lambda one: not one[1].leads):
        if name in moved:
            await part.move_back(tx, undoing, moved[name])
    merge.undone_at, merge.undone_by_name = tx.now, tx.actor.name
    merge.stays_with_id = command.stays_with
    await _note(tx, undoing.survivor, undoing.merged)
    tx.touched("client", undoing.survivor, "merge_undone", {"merged": (undoing.merged, None)})
    tx.touched("client", undoing.merged, "merge_undone", {"survivor": (undoing.survivor, None)})


@use_case(MERGE_CLIENTS)
async def note_different_people(tx: Tx, command: TwoPeople) -> None:
    """Note that two records are of two people; neither is proposed to be the other any more (C3).

    Raises OneRecordOnly, NotFound.
    """
    if command.client_id == command.other_id:
        raise OneRecordOnly
    for one in ordered(command.client_id, command.other_id):
        await require_client(tx, one)
    if await _note(tx, command.client_id, command.other_id):
        tx.touched("client", command.client_id, "known_to_differ", {"from": (None, command.other_id)})
        tx.touched("client", command.other_id, "known_to_differ", {"from": (None, command.client_id)})


@use_case(REVIEW_DUPLICATES)
async def forget_difference(tx: Tx, command: TwoPeople) -> None:
    """Let two people be proposed as one again: it was noted by mistake (C3). Raises NotFound."""
    for one in ordered(command.client_id, command.other_id):
        await require_client(tx, one)
    low, high = ordered(command.client_id, command.other_id)
    noted = await tx.session.get(DifferentPeople, (low, high), with_for_update=True)
    if noted is None:
        raise NotFound(what="note of two different people")
    await tx.session.delete(noted)
    tx.touched("client", command.client_id, "may_be_the_same", {"from": (command.other_id, None)})
    tx.touched("client", command.other_id, "may_be_the_same", {"from": (command.client_id, None)})


def parts_of(tx: Tx | ReadTx) -> list[tuple[str, MovesToClient]]:
    """What every feature moves, each with the name under which it's stored what was moved."""
    offered: list[Callable[[], Sequence[MovesToClient]]] = offers_of(tx.runtime.features, "moved_to_client")
    return [(str(part.columns[0]), part) for parts in offered for part in parts()]


async def questions_about(tx: Tx | ReadTx, pair: Pair) -> list[Question]:
    """Everything besides facts that has to be chosen before two records are merged."""
    return [question for _, part in parts_of(tx) for question in await part.questions(tx, pair)]


async def found_different_by(tx: Tx | ReadTx, pair: Pair) -> str | None:
    """Who found that two records are of two people, if anybody did."""
    low, high = ordered(*pair.both)
    by: str | None = await tx.scalar(
        select(DifferentPeople.noted_by_name).where(
            DifferentPeople.low_id == low, DifferentPeople.high_id == high
        )
    )
    return by


async def _locked(tx: Tx, pair: Pair) -> tuple[Client, Client]:
    found = await tx.execute(
        select(Client)
        .where(Client.id.in_(pair.both), may_see(tx))
        .order_by(Client.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    people = {one.id: one for one in found.scalars()}
    if len(people) < 2:
        raise NotFound(what="client")
    return people[pair.survivor], people[pair.merged]


async def _require_choices(tx: Tx, pair: Pair, survivor: Client, merged: Client) -> None:
    faults = Faults()
    for one in compared(survivor, merged):
        if one.differs and one.fact.value not in pair.answers:
            faults.add(ChoiceNeeded(field=one.fact.value))
    for at, question in enumerate(await questions_about(tx, pair)):
        if pair.answers.get(question.about) not in question.options:
            faults.add(ChoiceNeeded(field=f"answers-{at}-choice"))
    faults.refuse()


async def _note(tx: Tx, one: UUID, other: UUID) -> bool:
    """Note that two people are two; return whether that wasn't known."""
    low, high = ordered(one, other)
    if await tx.session.get(DifferentPeople, (low, high)) is not None:
        return False
    tx.session.add(DifferentPeople(low_id=low, high_id=high, noted_at=tx.now, noted_by_name=tx.actor.name))
    await tx.session.flush()
    return True


# ------------------------------------------------- used by the commands of other features
async def note_differences(tx: Tx, client_id: UUID, others: Sequence[UUID]) -> None:
    """Note who was looked at before somebody was recorded, and is somebody else."""
    await tx.session.flush()
    known = (await tx.execute(select(Client.id).where(Client.id.in_(others), may_see(tx)))).scalars().all()
    for other in known:
        if other != client_id:
            await _note(tx, client_id, other)
