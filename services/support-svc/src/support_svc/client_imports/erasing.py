"""What becomes of imports when somebody is erased, and of what is stored of those finished long ago (X7)."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, cast, delete, func, select, update

from chassis.erasing import ErasedRows, Expiring, Found
from chassis.tx import ReadTx, Tx
from support_svc.client_imports.feature import RETAIN_IMPORTS
from support_svc.client_imports.model import (
    ClientImport,
    ClientSource,
    ConsentSource,
    ImportPart,
    ImportProblem,
    ImportRow,
    WrongRow,
)

CONTENTS = (ImportPart, ImportRow, ImportProblem, WrongRow)
"""What is stored of a file: its content, right and wrong lines, and problems."""


class ContentsOfImports(ErasedRows):
    """What is still stored of finished files: any line of them may be about the person."""

    async def collect(self, tx: Tx | ReadTx, found: Found) -> None:
        """Find nothing: a line of a file is no record."""

    async def erase(self, tx: Tx, found: Found) -> None:
        """Delete the contents of all files that are finished."""
        await forget_contents(tx, found.today)


_PARTS: Sequence[ErasedRows] = (
    ErasedRows(ClientSource.client_id),
    ErasedRows(ConsentSource.client_id, also=(ConsentSource.consent_id,)),
    ContentsOfImports(ClientSource.client_id),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


async def forget_contents(tx: Tx, until: date) -> int:
    """Delete what is stored of files that were finished by a day; return how many lines were set aside."""
    finished = select(ClientImport.id).where(cast(ClientImport.finished_at, Date) <= until)
    deleted = 0
    for table in CONTENTS:
        gone = await tx.execute(delete(table).where(table.import_id.in_(finished)).returning(table.import_id))
        deleted += len(gone.all())
    # How far it came is the name of the last person in the order of names.
    await tx.execute(
        update(ClientImport)
        .where(ClientImport.id.in_(finished), ClientImport.reached != "")
        .values(reached="")
        .execution_options(synchronize_session=False)
    )
    return deleted


async def expired_contents(tx: Tx | ReadTx, last: date, spared: Collection[UUID]) -> int:
    """How many imports that were finished by a day still have contents."""
    finished = select(ClientImport.id).where(cast(ClientImport.finished_at, Date) <= last)
    having = [select(table.import_id).where(table.import_id.in_(finished)) for table in CONTENTS]
    having.append(select(ClientImport.id).where(ClientImport.id.in_(finished), ClientImport.reached != ""))
    first, *others = having
    found = first.union(*others).subquery()
    return await tx.scalar(select(func.count()).select_from(found)) or 0


async def _delete(tx: Tx, last: date, spared: Collection[UUID]) -> int:
    return await forget_contents(tx, last)


_EXPIRING = Expiring(RETAIN_IMPORTS, expired_contents, _delete)


def expiring() -> Expiring:
    """What of this feature is deleted by itself when its period is over."""
    return _EXPIRING
