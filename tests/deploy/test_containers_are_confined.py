"""docker-compose.yml keeps the entities apart and its containers confined, and the check would notice."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.row("W1")

ROOT = Path(__file__).parents[2]
Document = dict[str, Any]
COMPOSE: Document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

ENTITY_OF = {"units": "property", "tenancy": "property", "support": "support"}
# The only parts that both entities share: the router and the broker.
BETWEEN = {"nats": {"property-broker", "support-broker"}, "traefik": {"edge", "property-web", "support-web"}}
OPEN = {"edge", "property-egress", "support-egress"}
SECRET = re.compile(r"(PASSWORD|SECRET|DATABASE_URL)$")
OWN_IMAGE = "${PARTYWALL_IMAGES:-partywall}/"


def entity_of(service: str) -> str:
    """Return the entity that a container belongs to. Raises KeyError for one that belongs to both."""
    if service in BETWEEN:
        raise KeyError(service)
    for entity in ("property", "support"):
        if re.search(rf"(^|-){entity}(-|$)", service):
            return entity
    return ENTITY_OF[re.sub(r"^(migrate|border)-|-worker$", "", service)]


def holders(variable: str) -> set[str]:
    """Return the containers that may know a secret."""
    if found := re.fullmatch(r"POSTGRES_(\w+)_PASSWORD", variable):
        return {f"postgres-{found[1].lower()}"}
    if found := re.fullmatch(r"NATS_(?:PROPERTY|SUPPORT)_(\w+)_ADMIN_PASSWORD", variable):
        return {"nats", f"border-{found[1].lower()}"}
    if found := re.fullmatch(r"NATS_(?:PROPERTY|SUPPORT)_(\w+)_PASSWORD", variable):
        return {"nats", *_parts(found[1].lower())}
    if found := re.fullmatch(r"GATEWAY_(\w+)_KEY_SECRET", variable):
        return _parts(f"gateway-{found[1].lower()}")
    if found := re.fullmatch(r"(?:DATABASE|CSRF)_(\w+)_(PASSWORD|SECRET)", variable):
        name = found[1].lower().replace("_", "-")
        own = _parts(name)
        return own | {f"postgres-{entity_of(name)}"} if found[2] == "PASSWORD" else own
    return set()


def _parts(name: str) -> set[str]:
    return {name, f"{name}-worker", f"migrate-{name}", f"border-{name}"}


REGISTER = "${PARTYWALL_PARTIES:-./.partywall/parties}:/etc/partywall:ro"


def _register(name: str, service: Document) -> list[str]:
    """Each deployable reads the register of parties, checks it with a given key, and can't change it."""
    settings = service.get("environment", {})
    prefix = next((key.removesuffix("ENTITY") for key in settings if key.endswith("_ENTITY")), None)
    if prefix is None:
        return []
    found = []
    if settings.get(f"{prefix}PARTIES_FILE") != "/etc/partywall/parties.json":
        found.append("doesn't know where the register of parties is")
    if settings.get(f"{prefix}PARTIES_KEYS") != "${PARTIES_KEYS:?run deploy/make-env}":
        found.append("believes a register that anybody signed")
    if service.get("volumes") != [REGISTER]:
        found.append("has no register of parties, or could change it")
    user = settings.get(f"{prefix}NATS_USER")
    if user not in (None, f"{settings[f'{prefix}ENTITY']}_{prefix.rstrip('_').lower()}"):
        found.append("has the account of another seat")
    return found


def violations(compose: Document) -> list[str]:
    """Return every way in which the deployment is less separate or less confined than required."""
    found = [
        f"the network {name} has a way out"
        for name, network in compose["networks"].items()
        if name not in OPEN and not (network or {}).get("internal")
    ]
    for name, service in compose["services"].items():
        found += [f"{name}: {problem}" for problem in _confinement(name, service)]
        found += [f"{name}: {problem}" for problem in _networks(name, service)]
        found += [f"{name}: {problem}" for problem in _secrets(name, service)]
        found += [f"{name}: {problem}" for problem in _register(name, service)]
    return found


def _confinement(name: str, service: Document) -> list[str]:
    found = []
    if service.get("read_only") is not True:
        found.append("can write to its own file system")
    if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
        found.append("has capabilities")
    if service.get("security_opt") != ["no-new-privileges:true"] or service.get("privileged"):
        found.append("can gain privileges")
    user = str(service.get("user", ""))
    if user.startswith(("0", "root")) or not (user or service["image"].startswith(OWN_IMAGE)):
        found.append("runs as root")
    if {"network_mode", "pid", "ipc", "userns_mode", "devices"} & service.keys():
        found.append("shares something of the machine")
    if any(
        "docker.sock" in volume or not re.search(r"^[a-z-]+:/|:ro$", volume)
        for volume in service.get("volumes", [])
    ):
        found.append("mounts a folder of the machine that it could change")
    if not service.get("mem_limit") or not service.get("pids_limit"):
        found.append("has no limits")
    is_job = service.get("restart") == "no"
    if not is_job and "healthcheck" not in service and not service.get("profiles"):
        found.append("nobody knows whether it is well")
    if any(not str(port).startswith("127.0.0.1:") for port in service.get("ports", [])):
        found.append("is published beyond this machine")
    if service.get("ports") and name != "traefik":
        found.append("is published")
    return found


def _networks(name: str, service: Document) -> list[str]:
    networks = set(service.get("networks", ["default"]))
    if name in BETWEEN:
        return [] if networks == BETWEEN[name] else ["is on networks that it has no business on"]
    entity = entity_of(name)
    allowed = {f"{entity}-{part}" for part in ("web", "data", "broker")}
    if name.startswith("postgres-"):
        allowed = {f"{entity}-data"}
    if name.startswith("otel-"):
        allowed |= {f"{entity}-egress"}
    return [f"is on the network {other}" for other in sorted(networks - allowed)]


def _secrets(name: str, service: Document) -> list[str]:
    found = []
    for key, value in service.get("environment", {}).items():
        used = re.findall(r"\$\{(\w+)(:?[-?][^}]*)?\}", str(value))
        secret = [variable for variable, _ in used if SECRET.search(variable)]
        if SECRET.search(key) and not secret:
            found.append(f"{key} is written down")
        for variable, otherwise in used:
            if SECRET.search(variable) and not otherwise.startswith(":?"):
                found.append(f"{variable} has a default")
            if SECRET.search(variable) and name not in holders(variable):
                found.append(f"knows {variable}")
    return found


def test_the_deployment_is_separate_and_confined() -> None:
    assert violations(COMPOSE) == []


def test_every_part_of_the_deployment_is_there() -> None:
    services = ENTITY_OF.keys()
    expected = {f"postgres-{entity}" for entity in ("property", "support")} | {"nats", "traefik"}
    expected |= {f"gateway-{entity}" for entity in ("property", "support")}
    expected |= {f"migrate-gateway-{entity}" for entity in ("property", "support")}
    expected |= {f"otel-{entity}" for entity in ("property", "support")}
    for part in ("{}", "{}-worker", "migrate-{}", "border-{}"):
        expected |= {part.format(service) for service in services}
    assert set(COMPOSE["services"]) == expected


def _plant(service: str, **changes: Any) -> Callable[[Document], None]:
    def change(compose: Document) -> None:
        compose["services"][service].update(changes)

    return change


def _tell(service: str, **variables: str) -> Callable[[Document], None]:
    def change(compose: Document) -> None:
        compose["services"][service]["environment"].update(variables)

    return change


def _open(network: str) -> Callable[[Document], None]:
    def change(compose: Document) -> None:
        compose["networks"][network] = {}

    return change


PLANTED = {
    "a published database": _plant("postgres-support", ports=["127.0.0.1:5432:5432"]),
    "a router for the world": _plant("traefik", ports=["443:8443"]),
    "a broker that is published": _plant("nats", ports=["127.0.0.1:4222:4222"]),
    "a foreign database network": _plant(
        "support", networks=["support-web", "support-data", "property-data"]
    ),
    "a foreign web network": _plant("support", networks=["support-web", "property-web"]),
    "a database on the broker's network": _plant(
        "postgres-property", networks=["property-data", "property-broker"]
    ),
    "a broker beside the databases": _plant(
        "nats", networks=["property-broker", "support-broker", "support-data"]
    ),
    "the default network": _plant("units", networks=["default"]),
    "a network with a way out": _open("support-data"),
    "a writable file system": _plant("units", read_only=False),
    "a capability": _plant("traefik", cap_add=["NET_BIND_SERVICE"]),
    "privileges": _plant("nats", privileged=True),
    "a way to privileges": _plant("units", security_opt=[]),
    "no register of parties": _plant("units", volumes=[]),
    "the file of the register alone": _plant(
        "units", volumes=["./parties.json:/etc/partywall/parties.json:ro"]
    ),
    "a register that it signs itself": _tell("units", UNITS_PARTIES_KEYS="${OWN_KEY:?x}"),
    "the account of another seat": _tell("units", UNITS_NATS_USER="property_tenancy"),
    "root": _plant("traefik", user="0:0"),
    "no user is named": _plant("traefik", user=None),
    "the engine's socket": _plant("traefik", volumes=["/var/run/docker.sock:/var/run/docker.sock:ro"]),
    "a writable mount": _plant("traefik", volumes=["./deploy:/deploy"]),
    "the machine's network": _plant("units-worker", network_mode="host"),
    "no limits": _plant("gateway-support", mem_limit=None),
    "nobody asks how it is": _plant("gateway-support", healthcheck=None),
    "a password that is written down": _tell("units", UNITS_NATS_PASSWORD="units"),
    "a password with a default": _tell("units", UNITS_NATS_PASSWORD="${NATS_PROPERTY_UNITS_PASSWORD:-units}"),
    "another service's password": _tell("units", OTHER_PASSWORD="${DATABASE_TENANCY_PASSWORD:?x}"),
    "the admin's password in a running service": _tell(
        "units", X_PASSWORD="${NATS_PROPERTY_UNITS_ADMIN_PASSWORD:?x}"
    ),
    "the other entity's secret": _tell("gateway-support", X_SECRET="${GATEWAY_PROPERTY_KEY_SECRET:?x}"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_found(what: str) -> None:
    compose = copy.deepcopy(COMPOSE)
    PLANTED[what](compose)
    for service in compose["services"].values():
        for key in [key for key, value in service.items() if value is None]:
            del service[key]
    assert violations(compose), f"{what} went through"
