"""How each part of the stack is started and checked."""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from contracts.border import Address, nats_config
from partywall import traefik
from partywall.databases import password_of
from partywall.layout import PACKAGES, Kind, Layout, Part
from partywall.memory import Vault
from partywall.nats_server import installed_program
from partywall.nursery import Child
from partywall.parties import Neighbourhood
from partywall.postgres import PostgresCluster

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")


@dataclass(slots=True)
class Programs:
    """Commands and environments of one layout; `extra` settings, by full name, replace generated ones."""

    layout: Layout
    vault: Vault
    neighbourhood: Neighbourhood
    extra: Mapping[str, str] = field(default_factory=dict)

    def postgres(self, party: str) -> PostgresCluster:
        """Return the PostgreSQL server of a party."""
        name = f"{party}/postgres"
        return PostgresCluster(
            data=self.layout.postgres_data(party),
            port=self.layout.port(name),
            superuser_password=self.vault.secret(f"postgres-{party}-superuser"),
            log=self.layout.log(name),
        )

    def dsn(self, part: Part) -> str:
        """Return the address of the part's database, as its own role."""
        cluster = self.postgres(part.party or "")
        return cluster.dsn(part.database, part.database, password_of(part, self.vault))

    def nats_passwords(self) -> dict[str, str]:
        """Return the password of every user of the broker."""
        return {user: self.vault.secret(f"nats-{user}") for user in self.neighbourhood.grants.users}

    def write_nats_config(self) -> str:
        """Write the broker's configuration (mode 0600, as it has passwords) and return its text."""
        folder = self.layout.nats_folder
        folder.mkdir(parents=True, exist_ok=True)
        text = nats_config(
            self.neighbourhood.grants,
            listen=Address("127.0.0.1", self.layout.port("nats")),
            monitor=Address("127.0.0.1", self.layout.nats_monitor_port),
            store_dir=str(folder / "jetstream"),
            passwords=self.nats_passwords(),
        )
        path = folder / "nats.conf"
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text)
        return text

    def command(self, part: Part) -> list[str]:
        """Return the command line of `part`; PostgreSQL has its own way to start."""
        match part.kind:
            case Kind.NATS:
                return [
                    str(installed_program("nats-server")),
                    "-c",
                    str(self.layout.nats_folder / "nats.conf"),
                ]
            case Kind.TRAEFIK:
                config = traefik.configuration_file(self.layout)
                return [str(installed_program("traefik")), f"--configFile={config}"]
            case Kind.SERVE | Kind.WORK:
                return [sys.executable, "-m", PACKAGES[part.service or ""], str(part.kind)]
            case Kind.POSTGRES:
                raise ValueError("PostgreSQL is started by PostgresCluster")

    def child(self, part: Part) -> Child:
        """Return how a nursery starts the service `part`."""
        log = self.layout.log(part.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        return Child(
            module=PACKAGES[part.service or ""],
            arguments=[str(part.kind)],
            environment=self.environment(part),
            folder=str(self.layout.state),
            log=str(log),
        )

    def environment(self, part: Part) -> dict[str, str]:
        """Return the whole environment of `part`, which has no setting of another part."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        if part.service is None:
            return inherited
        settings = {f"{part.prefix}{name}": value for name, value in self._settings(part).items()}
        chosen = {name: value for name, value in self.extra.items() if name.startswith(part.prefix)}
        return {**inherited, "PYTHONUNBUFFERED": "1", **settings, **chosen}

    def _settings(self, part: Part) -> dict[str, str]:
        layout, party, service = self.layout, part.party or "", part.service or ""
        settings = {
            "DATABASE_URL": self.dsn(part),
            "ISSUER": layout.public_url(party),
            "JWKS_URL": layout.jwks_url(party),
            "AUDIENCE": service,
            "ENTITY": party,
            **self.neighbourhood.settings(),
            "PUBLIC_URL": layout.public_url(party),
            "CSRF_SECRET": self.vault.secret(f"csrf-{party}-{service}"),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(layout.port(f"{party}/{service}")),
        }
        if "PARTYWALL_OTLP_ENDPOINT" in os.environ:
            settings["OTLP_ENDPOINT"] = os.environ["PARTYWALL_OTLP_ENDPOINT"]
        seat = part.seat
        if seat is None:
            return settings
        return {
            **settings,
            "WORKER_PORT": str(layout.port(f"{party}/{service}-worker")),
            "NATS_URL": layout.nats_url,
            "NATS_USER": seat.account,
            "NATS_PASSWORD": self.vault.secret(f"nats-{seat.account}"),
            # Only `border` uses the admin; the stack is its own operator.
            "NATS_ADMIN_USER": seat.admin,
            "NATS_ADMIN_PASSWORD": self.vault.secret(f"nats-{seat.admin}"),
            # Tests and the demo don't wait for what a person could take back (X8).
            "UNDO_SECONDS": os.environ.get("PARTYWALL_UNDO_SECONDS", "0"),
        }

    def prepare(self, part: Part) -> None:
        """Write the configuration files that `part` reads when it starts."""
        if part.kind is Kind.NATS:
            self.write_nats_config()
        elif part.kind is Kind.TRAEFIK:
            traefik.write_configuration(self.layout)

    def health_url(self, part: Part) -> str:
        """Return the address that answers 200 when `part` is ready (PostgreSQL has none)."""
        match part.kind:
            case Kind.NATS:
                return f"http://127.0.0.1:{self.layout.nats_monitor_port}/healthz?js-enabled-only=true"
            case Kind.TRAEFIK:
                return f"http://127.0.0.1:{self.layout.base}/ping"
            case _:
                return f"http://127.0.0.1:{self.layout.port(part.name)}/readyz"

    def not_ready(self, part: Part) -> str | None:
        """Return None when `part` is ready, or else what it reports as missing."""
        if part.kind is Kind.POSTGRES:
            return None if self.postgres(part.party or "").accepts() else "not accepting connections"
        address = urlsplit(self.health_url(part))
        # Called many times a second while everything starts: a plain connection costs hardly anything.
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=3.0)
        try:
            connection.request("GET", f"{address.path}?{address.query}")
            answer = connection.getresponse()
            report = answer.read(20_000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({type(error).__name__})"
        finally:
            connection.close()
        return None if answer.status == http.client.OK else f"{answer.status} {_failed_checks(report)}"


def _failed_checks(report: str) -> str:
    """Return the failed checks of a readiness report, or the start of any other text."""
    try:
        checks = dict(json.loads(report)["checks"])
    except (ValueError, KeyError, TypeError):
        return report[:300]
    return "; ".join(f"{name}: {state}" for name, state in checks.items() if state != "ok")
