"""The nats-server configuration for one shared server: an account for each deployable owner."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.border.grants import (
    SERVER_STATE,
    Grant,
    account_of,
    admin_may_publish,
    admin_user,
    grants,
    inbox_of,
    may_publish,
    may_subscribe,
)
from contracts.border.streams import MAX_PAYLOAD, streams_for
from contracts.catalogue import CATALOGUE, Catalogue
from contracts.words import Service

CONNECTIONS = 32
"""Connections of one account: a service's web processes, its worker, an operator's tools, and some more."""

SUBSCRIPTIONS = 512
"""Subscriptions of one account; a connection has three or four."""

CONSUMERS = 32
"""Consumers of one account's streams; a publisher has one for each listener."""

SYSTEM_ACCOUNT = "SYS"
_STATE_OF_SERVER = "$SYS.REQ.SERVER.PING.VARZ"

MAX_FILE_STORE = 16 * 1024**3
"""Bytes that the broker may store; a limit, nothing is reserved on the disk."""

HEADING = """\
# Generated from the contracts' catalogue by `python -m contracts nats-config`. Change the catalogue, not
# this file.
"""


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files of a server's certificate, its key, and the authority that it trusts."""

    cert_file: str
    key_file: str
    ca_file: str

    def settings(self) -> dict[str, str]:
        """Return them as nats-server names them."""
        return {"cert_file": self.cert_file, "key_file": self.key_file, "ca_file": self.ca_file}


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """A value that nats-server reads from its environment, so that the file has no secret."""

    variable: str


def password_variable(user: str) -> str:
    """Return the environment variable that holds a user's password when no passwords are given."""
    return f"NATS_{user.upper()}_PASSWORD"


def password_for(user: str, passwords: Mapping[str, str] | None) -> str | FromEnvironment:
    """Return a user's password, plain or as a bcrypt hash, or where nats-server will find it.

    Raises ValueError when passwords are given and this user's is missing or empty: there are no default
    secrets.
    """
    if passwords is None:
        return FromEnvironment(password_variable(user))
    password = passwords.get(user, "")
    if not password:
        raise ValueError(f"the broker user {user!r} has no password")
    return password


def nats_config(
    *,
    listen: Address,
    monitor: Address,
    store_dir: str,
    passwords: Mapping[str, str] | None = None,
    server_name: str = "partywall",
    certificates: Certificates | None = None,
    max_file_store: int = MAX_FILE_STORE,
    catalogue: Catalogue = CATALOGUE,
) -> str:
    """Return the configuration of one server that all owners share.

    `passwords` maps each of `users()` to its password or bcrypt hash; without it the file refers to the
    environment variables NATS_<USER>_PASSWORD, which nats-server requires when it starts. With `certificates`
    clients must use TLS; without them only a network of one\'s own should lead here.
    """
    config = {
        **server_settings(server_name, listen, monitor, certificates),
        "jetstream": jetstream_settings(store_dir, max_file_store),
        "system_account": SYSTEM_ACCOUNT,
        "accounts": {
            SYSTEM_ACCOUNT: system_account(catalogue.services),
            **{
                account_of(service): {
                    "users": account_users(service, passwords, catalogue),
                    **account_limits(service, max_file_store // len(catalogue.services), catalogue),
                    "exports": [
                        entry for g in grants(catalogue) if g.publisher == service for entry in exports_of(g)
                    ],
                    "imports": [
                        STATE_IMPORT,
                        *(
                            entry
                            for g in grants(catalogue)
                            if g.listener == service
                            for entry in imports_of(g)
                        ),
                    ],
                }
                for service in catalogue.services
            },
        },
    }
    return HEADING + render(config)


STATE_IMPORT = {"service": {"account": SYSTEM_ACCOUNT, "subject": _STATE_OF_SERVER}, "to": SERVER_STATE}
"""Lets an account request the server's state, and nothing else of the system account."""


def system_account(services: Sequence[Service]) -> dict[str, Any]:
    """Return the system account: it has no user, and answers one request of each service."""
    accounts = [account_of(service) for service in services]
    return {"exports": [{"service": _STATE_OF_SERVER, "accounts": accounts}]}


def account_limits(service: Service, file_store: int, catalogue: Catalogue) -> dict[str, Any]:
    """Return the limits of an account, so that none can exhaust the server for the others."""
    return {
        "jetstream": {
            "max_mem": 0,
            "max_file": file_store,
            "max_streams": len(streams_for(service, catalogue)),
            "max_consumers": CONSUMERS,
        },
        "limits": {"max_connections": CONNECTIONS, "max_subscriptions": SUBSCRIPTIONS},
    }


def server_settings(
    server_name: str, listen: Address, monitor: Address, certificates: Certificates | None
) -> dict[str, Any]:
    """Return the settings that all servers have in common."""
    settings: dict[str, Any] = {
        "server_name": server_name,
        "listen": str(listen),
        "http": str(monitor),
        "max_payload": MAX_PAYLOAD,
        "max_connections": 512,
        "write_deadline": "10s",
        "lame_duck_duration": "30s",
        "lame_duck_grace_period": "5s",
    }
    return settings | ({"tls": certificates.settings()} if certificates else {})


def jetstream_settings(store_dir: str, max_file_store: int, domain: str | None = None) -> dict[str, Any]:
    """Return the store's settings: every acknowledged event is on the disk before it is acknowledged."""
    settings = {"store_dir": store_dir, "max_memory_store": 64 * 1024**2, "max_file_store": max_file_store}
    return {**settings, "sync_interval": "always", **({"domain": domain} if domain else {})}


def account_users(
    service: Service, passwords: Mapping[str, str] | None, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Return an account's two users: one sets up and never publishes events, the other does the reverse."""
    admin, speaker = admin_user(service), str(service)
    return [
        user(admin, passwords, admin_may_publish(), (f"{inbox_of(admin)}.>",)),
        user(speaker, passwords, may_publish(service, catalogue), may_subscribe(service)),
    ]


def user(
    name: str,
    passwords: Mapping[str, str] | None,
    publish: Sequence[str],
    subscribe: Sequence[str],
    connection: str = "STANDARD",
) -> dict[str, Any]:
    """Return a user that may do exactly what is listed, over one kind of connection."""
    return {
        "user": name,
        "password": password_for(name, passwords),
        "allowed_connection_types": [connection],
        "permissions": {"publish": {"allow": list(publish)}, "subscribe": {"allow": list(subscribe)}},
    }


def exports_of(grant: Grant, to_account: str | None = None) -> list[dict[str, Any]]:
    """Return what the publisher's account exports for a grant, to the listener's account alone."""
    accounts = [to_account or account_of(grant.listener)]
    return [
        {"service": grant.next_subject, "response_type": "stream", "accounts": accounts},
        {"service": grant.info_subject, "accounts": accounts},
        {"service": grant.ack_subject, "response_type": "singleton", "accounts": accounts},
    ]


def imports_of(grant: Grant) -> list[dict[str, Any]]:
    """Return what the listener's account imports for a grant, under the grant's own prefix."""
    account = account_of(grant.publisher)
    return [
        *(
            {"service": {"account": account, "subject": subject}, "to": grant.imported(subject)}
            for subject in (grant.next_subject, grant.info_subject)
        ),
        {"service": {"account": account, "subject": grant.ack_subject}},
    ]


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def render(value: Any, indent: str = "") -> str:
    """Return a value in nats-server's configuration format; the outermost mapping has no braces."""
    if not isinstance(value, Mapping):
        raise TypeError("a configuration is a mapping")
    return "".join(f"{indent}{_key(key)}: {_value(item, indent)}\n" for key, item in value.items())


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else json.dumps(key)


def _value(value: Any, indent: str) -> str:
    match value:
        case FromEnvironment():
            return f"${value.variable}"
        case bool() | int():
            return json.dumps(value)
        case str():
            if not value.isprintable():
                raise ValueError("a value of the broker's configuration has a control character")
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return f"{{\n{render(value, indent + '  ')}{indent}}}"
        case Sequence():
            if not value:
                return "[]"
            inner = indent + "  "
            return "[\n" + "".join(f"{inner}{_value(item, inner)}\n" for item in value) + f"{indent}]"
    raise TypeError(f"a configuration can't hold {type(value).__name__}")
