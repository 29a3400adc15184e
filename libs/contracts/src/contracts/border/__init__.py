"""The border in the broker, generated from the catalogue: accounts, grants, streams and consumers.

The publisher keeps its events in its own stream and grants one durable pull consumer to each foreign
listener; a listener may ask for the next messages, acknowledge them and read that consumer's state, and
nothing else exists for it (decision 0003). Everything here follows from `contracts.catalogue` and the
register of parties (`contracts.parties`), so a grant can't disagree with either.
"""

from contracts.border.config import Address, Certificates, nats_config
from contracts.border.grants import Grant, Grants, inbox_of, wake_subject
from contracts.border.leaf import Host, leaf_config, leaf_users
from contracts.border.own import OwnBorder
from contracts.border.streams import (
    Changes,
    ConsumerSpec,
    StreamSpec,
    establish,
    jetstream,
    redeliver,
    stream_for,
)
from contracts.seats import Seat

__all__ = [
    "Address",
    "Certificates",
    "Changes",
    "ConsumerSpec",
    "Grant",
    "Grants",
    "Host",
    "OwnBorder",
    "Seat",
    "StreamSpec",
    "establish",
    "inbox_of",
    "jetstream",
    "leaf_config",
    "leaf_users",
    "nats_config",
    "redeliver",
    "stream_for",
    "wake_subject",
]
