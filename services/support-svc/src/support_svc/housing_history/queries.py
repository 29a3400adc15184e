"""Reading where people have lived (C5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased, selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import require_client
from support_svc.configuration.queries import number_of
from support_svc.corrections.model import Corrected
from support_svc.corrections.queries import CorrectionView, corrections_of
from support_svc.housing_history.feature import OUT_OF_DATE_AFTER
from support_svc.housing_history.model import HousingRecord
from support_svc.lookups.model import LookupValue, english, french


@dataclass(frozen=True, slots=True)
class RentView:
    """A rent from a day on."""

    from_date: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class HousingView:
    """A stay of a client."""

    id: UUID
    housing_type_en: str
    housing_type_fr: str
    address: str | None
    safe_address: bool
    started_on: date
    ended_on: date | None
    rents: tuple[RentView, ...]
    other_people: int
    reason_left_en: str | None
    reason_left_fr: str | None
    placement_id: UUID | None
    out_of_date: bool
    housing_type_id: UUID
    reason_left_id: UUID | None
    version: int
    corrections: tuple[CorrectionView, ...]

    def housing_type(self, locale: str) -> str:
        """The housing type in the person's language."""
        return self.housing_type_fr if locale == "fr" else self.housing_type_en

    def reason_left(self, locale: str) -> str | None:
        """The reason for leaving in the person's language."""
        return self.reason_left_fr if locale == "fr" else self.reason_left_en


@dataclass(frozen=True, slots=True)
class HousingAction:
    """What a later feature offers on the page of a client's housing history, as `housing_actions`.

    `words` are a message id; `page` is the route where it's done, with its parameters `at`.
    """

    words: str
    page: str
    at: Mapping[str, UUID]


@query(VIEW_CLIENTS, views="client")
async def housing_history(tx: ReadTx, client_id: UUID) -> list[HousingView]:
    """Where a client has lived, the latest first. Raises NotFound."""
    await require_client(tx, client_id)
    reason = aliased(LookupValue)
    rows = await tx.execute(
        select(HousingRecord, LookupValue, reason)
        .join(LookupValue, LookupValue.id == HousingRecord.housing_type_id)
        .outerjoin(reason, reason.id == HousingRecord.reason_left_id)
        .where(HousingRecord.client_id == client_id)
        .options(selectinload(HousingRecord.rents))
        .order_by(HousingRecord.started_on.desc())
    )
    found = rows.all()
    recent = tx.today - timedelta(days=await number_of(tx, OUT_OF_DATE_AFTER))
    corrected = await corrections_of(tx, Corrected.STAY, [record.id for record, *_ in found])
    return [
        HousingView(
            id=record.id,
            housing_type_en=kind.label_en,
            housing_type_fr=kind.label_fr,
            address=record.shown_address,
            safe_address=record.safe_address,
            started_on=record.started_on,
            ended_on=record.ended_on,
            rents=tuple(RentView(rent.from_date, rent.amount, rent.currency) for rent in record.rents),
            other_people=record.other_people,
            reason_left_en=english(left),
            reason_left_fr=french(left),
            placement_id=record.placement_id,
            out_of_date=record.ended_on is None and record.last_activity_on < recent,
            housing_type_id=record.housing_type_id,
            reason_left_id=record.reason_left_id,
            version=record.version,
            corrections=corrected.get(record.id, ()),
        )
        for record, kind, left in found
    ]


@query(VIEW_CLIENTS, views="client")
async def address_of_stay(tx: ReadTx, client_id: UUID, record_id: UUID) -> str | None:
    """The address of a stay, also a safe one. Raises NotFound. The view is logged (C8, X3)."""
    await require_client(tx, client_id)
    found = (
        await tx.execute(
            select(HousingRecord.address).where(
                HousingRecord.id == record_id, HousingRecord.client_id == client_id
            )
        )
    ).one_or_none()
    if found is None:
        raise NotFound(what="housing history record")
    address: str | None = found.address
    return address
