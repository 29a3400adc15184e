"""A rule that queries need as well is the same there: who is an adult, which consent is in force."""

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.model import Client, adult_on, age_on, is_adult
from support_svc.consents.model import (
    CONCERN_LANDLORDS,
    LANDLORDS_ASKED,
    SERVICE_PARTNERS,
    SUFFICIENT,
    Consent,
    ConsentStatus,
    ConsentType,
    Purpose,
    status_on,
)
from support_svc.consents.standing import is_in_force

anything = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
BIRTHS = st.dates(dt.date(2004, 1, 1), dt.date(2012, 12, 31)) | st.dates(dt.date(1930, 1, 1))
LEAP = dt.date(2008, 2, 29)


@query(VIEW_CLIENTS)
async def adults(tx, client_id, day):
    """Whether a client is an adult on a day, as queries find it."""
    return await tx.scalar(select(adult_on(day)).where(Client.id == client_id))


@query(VIEW_CLIENTS)
async def in_force(tx, consent_id, purpose, landlord):
    """Whether a consent is in force for a purpose towards a landlord, as queries find it."""
    return await tx.scalar(select(is_in_force(purpose, landlord, tx.today)).where(Consent.id == consent_id))


async def one_client(world):
    known = await world.rows("SELECT id FROM client")
    return known[0]["id"] if known else await world.client()


@pytest.mark.row("C2", "P6")
@anything
@given(known=st.none() | BIRTHS | st.tuples(st.integers(0, 60), st.none() | DAYS), day=DAYS)
@example(known=LEAP, day=dt.date(2026, 2, 28))
@example(known=LEAP, day=dt.date(2026, 3, 1))
@example(known=(17, dt.date(2025, 3, 1)), day=dt.date(2026, 3, 1))
@example(known=None, day=dt.date(2026, 3, 1))
async def test_who_is_an_adult(world, known, day):
    client = await one_client(world)
    born, (age, estimated_on) = (None, known) if isinstance(known, tuple) else (known, (None, None))
    await world.rows(
        "UPDATE client SET date_of_birth = $2, estimated_age = $3, estimated_on = $4 WHERE id = $1"
        " RETURNING id",
        client,
        born,
        age,
        estimated_on,
    )
    assert await world.see(adults, client, day) == is_adult(age_on(day, born, age, estimated_on))


LANDLORDS = ("property", "lakeside-homes")


@pytest.mark.row("C6", "N4", "W5")
@anything
@given(
    towards=st.tuples(st.sampled_from(Purpose), *[st.none() | st.sampled_from(LANDLORDS)] * 2),
    type_=st.sampled_from(ConsentType),
    days=st.tuples(st.integers(-2, 2), st.none() | st.integers(0, 4)),
    ended=st.fixed_dictionaries({"withdrawn": st.booleans(), "superseded": st.booleans()}),
)
async def test_which_consent_is_in_force(world, towards, type_, days, ended):
    given_ago, lasts = days
    purpose, named, landlord = towards
    client = await one_client(world)
    given_on = world.today - given_ago * dt.timedelta(days=1)
    expires_on = None if lasts is None else given_on + lasts * dt.timedelta(days=1)
    consent = uuid.uuid4()
    await world.rows("DELETE FROM consent RETURNING id")
    await world.rows(
        "INSERT INTO consent (id, client_id, purpose, recipient, categories, type, given_on, expires_on,"
        " given_how, taken_by, taken_by_name, withdrawn_at, superseded_by, recorded_at, version) VALUES"
        " ($1, $2, $3, $10, '{}', $4, $5, $6, 'verbal', 'staff-7', 'Robin Hale', $7, $8, $9, 1)"
        " RETURNING id",
        consent,
        client,
        purpose.value,
        type_.value,
        given_on,
        expires_on,
        world.clock.now() if ended["withdrawn"] else None,
        consent if ended["superseded"] else None,
        world.clock.now(),
        named or LANDLORDS_ASKED if purpose in CONCERN_LANDLORDS else SERVICE_PARTNERS,
    )
    status = status_on(world.today, given_on, expires_on, **ended, type_=type_)
    expected = status is ConsentStatus.ACTIVE and type_ in SUFFICIENT[purpose]
    serves = purpose not in CONCERN_LANDLORDS or named in (None, landlord)
    assert await world.see(in_force, consent, purpose, landlord) == (expected and serves)
