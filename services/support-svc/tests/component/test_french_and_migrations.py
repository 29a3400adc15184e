"""Every text of the Front Desk has its French (X1), and the migrations build what the models define."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from chassis.db.tables import metadata as chassis_tables
from deskkit.testing import missing_translations
from support_svc.clients.model import ClientState, YesNoUnknown
from support_svc.consents.model import ConsentStatus, GivenHow, Purpose
from support_svc.followups.model import StillInHousing
from support_svc.homes.model import Occupancy
from support_svc.signings.model import AbsenceReason, Attendance, SigningPlace, SigningState
from support_svc.tables import Base

SHOWN = (
    ClientState,
    YesNoUnknown,
    ConsentStatus,
    GivenHow,
    Purpose,
    StillInHousing,
    Occupancy,
    AbsenceReason,
    Attendance,
    SigningPlace,
    SigningState,
)


@pytest.mark.row("X1")
def test_every_text_and_every_shown_word_has_its_french():
    assert missing_translations("support_svc", enums=SHOWN) == []


@pytest.mark.filterwarnings("error::sqlalchemy.exc.SAWarning")
async def test_migrations_and_models_agree(world):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, [Base.metadata, chassis_tables])

    async with world.runtime.database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("locale", "words"), [("en", "Support organisation"), ("fr", "Organisme de soutien")]
)
async def test_the_header_names_the_organisation_in_the_readers_language(world, locale, words):
    async with world.desk("caseworker", locale=locale) as browser:
        page = (await browser.get("/front-desk")).text
    assert f'<span class="brand-org">{words}</span>' in page
