"""Which parties homes, requests, referrals and consents concern (N2, N3, N4).

Until now there was one inventory and one property entity, run by one legal entity, which had the id
`property`: the rule by which existing rows get their parties is written once, as _BEFORE. Every consent was
for the landlords of the homes that a client asks for, whoever they were.
"""

from alembic import op

revision = "b8863de48690"
down_revision = "8f783eb6aa79"

_BEFORE = "property"
_INVENTORYS_LINES = ("asked", "secured", "refused", "hold_ending", "released")
_LANDLORDS_LINES = (
    "referred",
    "referral_withdrawn",
    "contact_withdrawn",
    "application_opened",
    "application_declined",
    "signing_scheduled",
    "signing_moved",
    "signing_cancelled",
    "signing_held",
    "signing_answered",
    "tenancy_started",
)


def upgrade() -> None:
    """Add the parties, and name them in existing rows."""
    for table in ("home", "securing", "home_early_change", "inventory_receipt"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN inventory VARCHAR(31) NOT NULL DEFAULT '{_BEFORE}'")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN inventory DROP DEFAULT")
    op.execute("ALTER TABLE home_early_change DROP CONSTRAINT pk_home_early_change")
    op.execute(
        "ALTER TABLE home_early_change ADD CONSTRAINT pk_home_early_change PRIMARY KEY (unit, inventory)"
    )
    op.execute("ALTER TABLE inventory_receipt DROP COLUMN id")
    op.execute("ALTER TABLE inventory_receipt ADD CONSTRAINT pk_inventory_receipt PRIMARY KEY (inventory)")
    for table in ("home", "securing"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN manager VARCHAR(31)")
        op.execute(f"UPDATE {table} SET manager = '{_BEFORE}' WHERE managed_by = 'property_entity'")  # noqa: S608
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_names_its_manager"
            " CHECK ((managed_by = 'property_entity') = (manager is not null))"
        )
    op.execute("ALTER TABLE securing ADD COLUMN referred_to VARCHAR(31)")
    op.execute(f"UPDATE securing SET referred_to = '{_BEFORE}' WHERE referral IS NOT NULL")  # noqa: S608
    op.execute(
        "ALTER TABLE securing ADD CONSTRAINT ck_securing_referred_to_somebody"
        " CHECK ((referral is null) = (referred_to is null))"
    )
    op.execute(f"ALTER TABLE former_referral ADD COLUMN referred_to VARCHAR(31) NOT NULL DEFAULT '{_BEFORE}'")
    op.execute("ALTER TABLE former_referral ALTER COLUMN referred_to DROP DEFAULT")
    for name, kinds in (("inventory", _INVENTORYS_LINES), ("landlord", _LANDLORDS_LINES)):
        lines = ", ".join(f"'{kind}'" for kind in kinds)
        op.execute(
            f'UPDATE placement_timeline SET details = details || \'{{"{name}": "{_BEFORE}"}}\''  # noqa: S608
            f" WHERE kind IN ({lines})"
        )
    op.execute(f"UPDATE outbox SET addressee = '{_BEFORE}' WHERE addressee IS NULL")  # noqa: S608
    op.execute("UPDATE outbox SET type = substr(type, 5) WHERE type LIKE 'evt.%'")
    op.execute("DROP INDEX uq_consent_in_force")
    op.execute("ALTER TABLE consent DROP CONSTRAINT ck_consent_recipient")
    op.execute("ALTER TABLE consent ALTER COLUMN recipient TYPE VARCHAR(31)")
    op.execute(
        "UPDATE consent SET recipient = 'landlords_of_homes_asked_for' WHERE purpose <> 'coordinate_services'"
    )
    op.execute(
        "ALTER TABLE consent ADD CONSTRAINT ck_consent_recipient_fits"
        " CHECK ((purpose = 'coordinate_services') = (recipient = 'service_partners'))"
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_consent_in_force ON consent (client_id, purpose, recipient)"
        " WHERE withdrawn_at is null and superseded_by is null"
    )
    op.execute(
        "CREATE INDEX ix_consent_refused ON consent (client_id, purpose, recipient)"
        " WHERE withdrawn_at is not null or type = 'declined_anonymous'"
    )
