"""The same grants when parties run servers of their own: the listener's server connects to the publisher's.

On the publisher's server a *guest* account represents the foreign listener and imports exactly its grants; on
the listener's server a *bridge* account is what the leaf node binds to, and the listener imports its grants
from there. Nobody's own account is ever joined to another's server, so that whoever runs that server can
neither watch nor inject anything: between the two there are only the requests of a grant and the answers to
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contracts.border.config import (
    HEADING,
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
from contracts.border.grants import Grant, Grants
from contracts.seats import Seat


@dataclass(frozen=True, slots=True)
class Host:
    """One party's own server, or one that several share: its accounts, and the address for other servers."""

    name: str
    """Lower-case name, also the JetStream domain."""
    seats: tuple[Seat, ...]
    leaf_host: str
    leaf_port: int


def guest_account(listener: Seat) -> str:
    """Return the account that represents a listener of another server on the publisher's server."""
    return f"GUEST_{listener.account}"


def leaf_user(listener: Seat, host: str) -> str:
    """Return the user with which a listener's bridge signs in at the server `host`."""
    return f"{listener.account}_at_{host}"


def bridge_account(listener: Seat, host: str) -> str:
    """Return the account on the listener's own server that is joined to the server `host`."""
    return f"{listener.account}_AT_{host}"


def url_variable(leaf: str) -> str:
    """Return the variable with the other server's URL and password, when no passwords are given."""
    return f"NATS_{leaf.upper().replace('-', '_')}_URL"


def leaf_users(host: Host, others: Sequence[Host], grants: Grants) -> tuple[str, ...]:
    """Return the users that cross into or out of a server; both sides know them."""
    elsewhere = {seat: other.name for other in others for seat in other.seats}
    arriving = [
        (g.listener, host.name)
        for seat in host.seats
        for g in grants.given_by(seat)
        if g.listener in elsewhere
    ]
    leaving = [
        (g.listener, elsewhere[g.publisher])
        for seat in host.seats
        for g in grants.given_to(seat)
        if g.publisher in elsewhere
    ]
    return tuple(dict.fromkeys(leaf_user(listener, name) for listener, name in arriving + leaving))


def leaf_config(
    host: Host,
    others: Sequence[Host],
    grants: Grants,
    *,
    listen: Address,
    monitor: Address,
    leaf_listen: Address,
    store_dir: str,
    passwords: Mapping[str, str] | None = None,
    certificates: Certificates | None = None,
) -> str:
    """Return the configuration of one server of several that are joined.

    `passwords` as in `nats_config`, with the `leaf_users` besides. Without `certificates` the leaf
    connection isn't encrypted: for a test on one machine, never between organisations.
    """
    accounts: dict[str, Any] = {SYSTEM_ACCOUNT: system_account(host.seats)}
    remotes: list[dict[str, Any]] = []
    for seat in host.seats:
        local = [g for g in grants.given_by(seat) if g.listener in host.seats]
        guests = [g for g in grants.given_by(seat) if g.listener not in host.seats]
        received = grants.given_to(seat)
        accounts[seat.account] = {
            "users": account_users(seat, passwords, grants),
            **account_limits(seat, grants),
            "exports": [entry for g in local for entry in exports_of(g)]
            + [entry for g in guests for entry in exports_of(g, guest_account(g.listener))],
            "imports": [STATE_IMPORT]
            + [entry for g in received if g.publisher in host.seats for entry in imports_of(g)]
            + [
                entry
                for other in others
                for g in received
                if g.publisher in other.seats
                for entry in _imports_from_bridge(g, bridge_account(seat, other.name))
            ],
        }
    for other in others:
        for seat in other.seats:
            granted = [g for g in grants.given_to(seat) if g.publisher in host.seats]
            if granted:
                accounts[guest_account(seat)] = _guest(granted, host, passwords)
        for seat in host.seats:
            wanted = [g for g in grants.given_to(seat) if g.publisher in other.seats]
            if wanted:
                bridge = bridge_account(seat, other.name)
                accounts[bridge] = {"exports": [entry for g in wanted for entry in _exports_of_bridge(g)]}
                remotes.append(_remote(seat, bridge, other, passwords, certificates))
    leaf: dict[str, Any] = {"listen": str(leaf_listen), "reconnect": "1s", "remotes": remotes}
    if certificates:
        # The servers authenticate each other by certificate; their own clients use passwords.
        leaf["tls"] = certificates.settings() | {"verify": True}
    config = {
        **server_settings(host.name, listen, monitor, certificates, accounts=len(accounts)),
        "jetstream": jetstream_settings(store_dir, domain=host.name),
        "leafnodes": leaf,
        "system_account": SYSTEM_ACCOUNT,
        "accounts": accounts,
    }
    return HEADING + render(config)


def _guest(granted: Sequence[Grant], host: Host, passwords: Mapping[str, str] | None) -> dict[str, Any]:
    listener = granted[0].listener
    requests = [subject for g in granted for subject in g.requests]
    name = leaf_user(listener, host.name)
    # Answers are sent to subjects that the listener's server creates for each request.
    return {
        "users": [user(name, passwords, requests, ("_R_.>",), connection="LEAFNODE")],
        "imports": [entry for g in granted for entry in imports_of(g)],
    }


def _exports_of_bridge(grant: Grant) -> list[dict[str, Any]]:
    accounts = [grant.listener.account]
    return [
        {"service": grant.imported(grant.next_subject), "response_type": "stream", "accounts": accounts},
        {"service": grant.imported(grant.info_subject), "accounts": accounts},
        {"service": grant.ack_subject, "response_type": "singleton", "accounts": accounts},
    ]


def _imports_from_bridge(grant: Grant, bridge: str) -> list[dict[str, Any]]:
    return [{"service": {"account": bridge, "subject": subject}} for subject in grant.requests]


def _remote(
    listener: Seat,
    bridge: str,
    other: Host,
    passwords: Mapping[str, str] | None,
    certificates: Certificates | None,
) -> dict[str, Any]:
    name = leaf_user(listener, other.name)
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
