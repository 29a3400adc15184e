"""Moving contacts when two records of one person are merged: nobody is a contact twice (C3, C4)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.tx import Tx
from support_svc.clients.one_person import MovesRows, MovesToClient, Pair
from support_svc.contacts.model import Contact


class MovesContacts(MovesRows):
    """Contacts: one whom the survivor has as well stays with the merged record."""

    async def left(self, tx: Tx, pair: Pair) -> set[UUID]:
        """Contacts of the same name with nothing else to reach them by, or for, than the survivor's."""
        own = [one for one in await _contacts(tx, pair.survivor) if one.ended_on is None]
        theirs = await _contacts(tx, pair.merged)
        return {one.id for one in theirs if any(_adds_nothing(one, mine) for mine in own)}


async def _contacts(tx: Tx, client_id: UUID) -> list[Contact]:
    return list((await tx.execute(select(Contact).where(Contact.client_id == client_id))).scalars())


def _adds_nothing(one: Contact, mine: Contact) -> bool:
    if one.name.casefold() != mine.name.casefold():
        return False
    reached = one.phone in (None, mine.phone) and one.email in (None, mine.email)
    return reached and set(one.about) <= set(mine.about)


_PARTS = (MovesContacts(Contact.client_id),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
