"""Moving consents when two records of one person are merged: what was said last counts (C3, C6)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tx import Tx
from support_svc.clients.one_person import Moved, MovesRows, MovesToClient, Pair, Undoing
from support_svc.consents.model import Consent, ConsentType


class MovesConsents(MovesRows):
    """Consents: a double stays with the merged record, and of one recipient the one given last counts."""

    def __init__(self, column: InstrumentedAttribute[Any]) -> None:
        super().__init__(column, Consent.id)

    async def left(self, tx: Tx, pair: Pair) -> set[UUID]:
        """Consents that the survivor has in the same words."""
        own = {_words(one) for one in await _consents(tx, pair.survivor)}
        return {one.id for one in await _consents(tx, pair.merged) if _words(one) in own}

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the consents; one that the other record withdrew later is in force no more."""
        await _suspend(tx, pair.merged)
        moved = await super().move(tx, pair)
        for person in pair.both:
            await _let_last_count(tx, person)
        return moved

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the consents back; of each person's own the one given last counts again."""
        for person in undoing.both:
            await _suspend(tx, person)
        await super().move_back(tx, undoing, moved)
        for person in undoing.both:
            await _let_last_count(tx, person)


async def _consents(tx: Tx, client_id: UUID) -> list[Consent]:
    found = await tx.execute(
        select(Consent)
        .where(Consent.client_id == client_id)
        .order_by(Consent.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


def _words(one: Consent) -> tuple[object, ...]:
    """What a consent says; two that say the same are one."""
    what = (one.purpose, one.recipient, one.type, one.given_on, one.expires_on, one.given_how)
    return (*what, one.document_reference, one.withdrawn_at is None)


async def _suspend(tx: Tx, client_id: UUID) -> None:
    """Let no consent count until it is decided which one does: there is one at most for a recipient."""
    for one in await _consents(tx, client_id):
        if one.superseded_by is None and one.withdrawn_at is None:
            one.superseded_by = one.id
    await tx.session.flush()


async def _let_last_count(tx: Tx, client_id: UUID) -> None:
    """Of what isn't superseded by another consent of the same person let the one given last count.

    Nothing counts that was given before the day of a withdrawal.
    """
    own = await _consents(tx, client_id)
    ids = {one.id for one in own}
    groups: dict[tuple[object, object], list[Consent]] = {}
    for one in own:
        if one.withdrawn_at is None and (one.superseded_by in (None, one.id) or one.superseded_by not in ids):
            groups.setdefault((one.purpose, one.recipient), []).append(one)
    lasting = []
    for (purpose, recipient), candidates in groups.items():
        last = max(candidates, key=lambda one: _rank(tx, one))
        for one in candidates:
            if one is not last:
                one.superseded_by = last.id
        withdrawn = [
            one
            for one in own
            if (one.purpose, one.recipient) == (purpose, recipient)
            and one.withdrawn_at is not None
            and one.withdrawn_at.astimezone(tx.runtime.time_zone).date() > last.given_on
        ]
        if withdrawn:
            last.superseded_by = withdrawn[-1].id
        else:
            lasting.append(last)
    await tx.session.flush()
    for last in lasting:
        last.superseded_by = None
    await tx.session.flush()


def _rank(tx: Tx, one: Consent) -> tuple[object, ...]:
    """The order in which consents of one recipient replace each other; a refusal comes last in its day."""
    expired = one.expires_on is not None and one.expires_on < tx.today
    return not expired, one.given_on, one.type is ConsentType.DECLINED_ANONYMOUS, one.recorded_at, one.id


_PARTS = (MovesConsents(Consent.client_id),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
