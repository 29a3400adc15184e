"""The border in the broker, generated from the catalogue: accounts, grants, streams and consumers.

The publisher keeps its events in its own stream and grants one durable pull consumer to each foreign
listener; a listener may ask for the next messages, acknowledge them and read that consumer's state, and
nothing else exists for it (decision 0003). Everything here follows from `contracts.catalogue`, so a grant
can't disagree with the catalogue.
"""

from contracts.border.config import Address, Certificates, nats_config
from contracts.border.grants import (
    Grant,
    Source,
    account_of,
    admin_user,
    grants,
    inbox_of,
    sources_for,
    users,
    wake_subject,
)
from contracts.border.leaf import Organisation, leaf_config, leaf_users
from contracts.border.own import OwnBorder
from contracts.border.streams import Changes, ConsumerSpec, StreamSpec, establish, redeliver, streams_for

__all__ = [
    "Address",
    "Certificates",
    "Changes",
    "ConsumerSpec",
    "Grant",
    "Organisation",
    "OwnBorder",
    "Source",
    "StreamSpec",
    "account_of",
    "admin_user",
    "establish",
    "grants",
    "inbox_of",
    "leaf_config",
    "leaf_users",
    "nats_config",
    "redeliver",
    "sources_for",
    "streams_for",
    "users",
    "wake_subject",
]
