"""The same grants when each organisation runs its own server: the listener's server dials the publisher's.

On the publisher's server a *guest* account stands for the foreign listener and imports exactly its grants;
on the listener's server a *bridge* account is what the leaf node binds to, and the listener imports its
grants from there. Neither organisation's own account is ever joined to the other's server, so that whoever
runs that server can neither watch nor inject anything: between the two there are only the requests of a
grant and the answers to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contracts.border.config import (
    HEADING,
    MAX_FILE_STORE,
    STATE_IMPORT,
    SYSTEM_ACCOUNT,
    Address,
    Certificates,
    FromEnvironment,
    account_limits,
    account_users,
    exports_of,
    imports_of,
    jetstream_settings,
    password_for,
    render,
    server_settings,
    system_account,
    user,
)
from contracts.border.grants import Grant, account_of, grants
from contracts.catalogue import CATALOGUE, Catalogue
from contracts.words import Service


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation's server: its accounts, and the address for the others' servers."""

    name: str
    """Lower-case name, also the JetStream domain."""
    services: tuple[Service, ...]
    leaf_host: str
    leaf_port: int


def guest_account(listener: str) -> str:
    """Return the account that represents another organisation's listener on the publisher's server."""
    return f"GUEST_{account_of(listener)}"


def leaf_user(listener: str, host: str) -> str:
    """Return the user with which a listener's bridge signs in at the server of the organisation `host`."""
    return f"{Service(listener)}_at_{host}"


def bridge_account(listener: str, host: str) -> str:
    """Return the account on the listener's own server that is joined to the organisation `host`."""
    return f"{account_of(listener)}_AT_{host.upper()}"


def url_variable(leaf: str) -> str:
    """Return the variable with the other server's URL and password, when no passwords are given."""
    return f"NATS_{leaf.upper()}_URL"


def leaf_users(organisation: Organisation, others: Sequence[Organisation]) -> tuple[str, ...]:
    """Return the users that cross into or out of an organisation's server; both sides know them."""
    into = tuple(leaf_user(s, organisation.name) for other in others for s in other.services)
    out = tuple(leaf_user(s, other.name) for other in others for s in organisation.services)
    return into + out


def leaf_config(
    organisation: Organisation,
    others: Sequence[Organisation],
    *,
    listen: Address,
    monitor: Address,
    leaf_listen: Address,
    store_dir: str,
    passwords: Mapping[str, str] | None = None,
    certificates: Certificates | None = None,
    max_file_store: int = MAX_FILE_STORE,
    catalogue: Catalogue = CATALOGUE,
) -> str:
    """Return the configuration of one organisation's own server.

    `passwords` as in `nats_config`, with the `leaf_users` besides. Without `certificates` the leaf
    connection is in the clear: for a test on one machine, never between organisations.
    """
    own = set(organisation.services)
    everything = grants(catalogue)
    accounts: dict[str, Any] = {SYSTEM_ACCOUNT: system_account(organisation.services)}
    remotes: list[dict[str, Any]] = []
    for service in organisation.services:
        local = [g for g in everything if g.publisher == service and g.listener in own]
        guests = [g for g in everything if g.publisher == service and g.listener not in own]
        heard = [g for g in everything if g.listener == service]
        accounts[account_of(service)] = {
            "users": account_users(service, passwords, catalogue),
            **account_limits(service, max_file_store // len(own), catalogue),
            "exports": [entry for g in local for entry in exports_of(g)]
            + [entry for g in guests for entry in exports_of(g, guest_account(g.listener))],
            "imports": [STATE_IMPORT]
            + [entry for g in heard if g.publisher in own for entry in imports_of(g)]
            + [
                entry
                for other in others
                for g in heard
                if g.publisher in other.services
                for entry in _imports_from_bridge(g, bridge_account(service, other.name))
            ],
        }
    for other in others:
        for service in other.services:
            granted = [g for g in everything if g.listener == service and g.publisher in own]
            if granted:
                accounts[guest_account(service)] = _guest(granted, organisation, passwords)
        for service in organisation.services:
            wanted = [g for g in everything if g.listener == service and g.publisher in other.services]
            if wanted:
                bridge = bridge_account(service, other.name)
                accounts[bridge] = {"exports": [entry for g in wanted for entry in _exports_of_bridge(g)]}
                remotes.append(_remote(service, bridge, other, passwords, certificates))
    leaf: dict[str, Any] = {"listen": str(leaf_listen), "reconnect": "1s", "remotes": remotes}
    if certificates:
        # The servers authenticate each other by certificate; their own clients use passwords.
        leaf["tls"] = certificates.settings() | {"verify": True}
    config = {
        **server_settings(organisation.name, listen, monitor, certificates),
        "jetstream": jetstream_settings(store_dir, max_file_store, domain=organisation.name),
        "leafnodes": leaf,
        "system_account": SYSTEM_ACCOUNT,
        "accounts": accounts,
    }
    return HEADING + render(config)


def _guest(
    granted: Sequence[Grant], organisation: Organisation, passwords: Mapping[str, str] | None
) -> dict[str, Any]:
    listener = granted[0].listener
    requests = [subject for g in granted for subject in g.requests]
    name = leaf_user(listener, organisation.name)
    # Answers are sent to subjects that the listener's server creates for each request.
    return {
        "users": [user(name, passwords, requests, ("_R_.>",), connection="LEAFNODE")],
        "imports": [entry for g in granted for entry in imports_of(g)],
    }


def _exports_of_bridge(grant: Grant) -> list[dict[str, Any]]:
    accounts = [account_of(grant.listener)]
    return [
        {"service": grant.imported(grant.next_subject), "response_type": "stream", "accounts": accounts},
        {"service": grant.imported(grant.info_subject), "accounts": accounts},
        {"service": grant.ack_subject, "response_type": "singleton", "accounts": accounts},
    ]


def _imports_from_bridge(grant: Grant, bridge: str) -> list[dict[str, Any]]:
    return [{"service": {"account": bridge, "subject": subject}} for subject in grant.requests]


def _remote(
    service: Service,
    bridge: str,
    other: Organisation,
    passwords: Mapping[str, str] | None,
    certificates: Certificates | None,
) -> dict[str, Any]:
    name = leaf_user(service, other.name)
    password = password_for(name, passwords)
    url: str | FromEnvironment
    if isinstance(password, FromEnvironment):
        # nats-server reads a whole value from its environment, never a part of one.
        url = FromEnvironment(url_variable(name))
    else:
        scheme = "tls" if certificates else "nats"
        url = f"{scheme}://{name}:{quote(password, safe='')}@{other.leaf_host}:{other.leaf_port}"
    remote: dict[str, Any] = {"account": bridge, "url": url}
    if certificates:
        remote["tls"] = certificates.settings()
    return remote
