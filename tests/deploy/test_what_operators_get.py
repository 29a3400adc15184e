"""What an operator of one entity gets is generated from the project as it is now, and names no machine."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.border import Address, Grants, nats_config
from contracts.enrolment import read_plan
from contracts.parties import verified
from partywall.postgres import CONNECTIONS_OF_A_ROLE, DURABLE_SETTINGS, ROLE_SETTINGS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SCRIPTS = ("make-env", "images/install-docker", "images/install", "images/standin/build")


@pytest.mark.row("W1")
def test_the_brokers_configuration_is_the_catalogues() -> None:
    plan = read_plan(DEPLOY / "parties/pair.json")
    generated = nats_config(
        Grants(plan.seats, plan.suspended),
        listen=Address("0.0.0.0", 4222),  # noqa: S104 - inside a container
        monitor=Address("127.0.0.1", 8222),
        store_dir="/data",
    )
    assert (DEPLOY / "nats/nats.conf").read_text() == generated, "run `python -m contracts generate`"


def test_both_ways_of_running_postgresql_have_the_same_rules() -> None:
    written = (DEPLOY / "postgres/postgresql.conf").read_text()
    found = dict(re.findall(r"^(\w+) = '?([^'#\n]+?)'?(?: #.*)?$", written, re.MULTILINE))
    for name, value in DURABLE_SETTINGS.items():
        if name not in {"shared_buffers", "log_line_prefix"}:  # a laptop has less memory, and one line of log
            assert found[name] == value, name
    script = (DEPLOY / "postgres/databases.sh").read_text()
    assert f"CONNECTION LIMIT {CONNECTIONS_OF_A_ROLE} " in script
    for name, value in ROLE_SETTINGS.items():
        assert f"SET {name} = '{value}';" in script


def test_the_images_install_what_the_lock_pins() -> None:
    done = subprocess.run(
        [sys.executable, DEPLOY / "images/locks.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_a_script(script: str) -> None:
    path = DEPLOY / script
    assert path.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", path], check=True)


def test_nothing_names_a_registry() -> None:
    named = re.compile(
        r"https?://[\w.-]*(debian|pypi|pythonhosted|docker|npmjs|quay|ghcr)[\w.-]*", re.IGNORECASE
    )
    files = [ROOT / "docker-compose.yml", *(path for path in DEPLOY.rglob("*") if path.suffix != ".whl")]
    assert not [path for path in files if path.is_file() and named.search(path.read_text(errors="replace"))]


def _environment(folder: Path) -> dict[str, str]:
    subprocess.run([DEPLOY / "make-env", folder], check=True, timeout=60)
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_secrets_are_random_private_and_made_once(tmp_path: Path) -> None:
    made = _environment(tmp_path)
    secrets = [value for name, value in made.items() if name.endswith(("_PASSWORD", "_SECRET"))]
    assert len(secrets) >= 20
    assert len(set(secrets)) == len(secrets)
    # nats-server parses the contents of a variable, and some are part of addresses: letters and digits only.
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{31,}", value) for value in secrets)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / ".partywall/certificates/ca.key").stat().st_mode) == 0o600
    assert _environment(tmp_path) == made


@pytest.mark.row("N1")
def test_the_register_of_parties_is_signed_and_its_keys_are_not_where_services_look(tmp_path: Path) -> None:
    made = _environment(tmp_path)
    parties = Path(made["PARTYWALL_PARTIES"])
    register = verified((parties / "parties.json").read_bytes(), made["PARTIES_KEYS"].split())
    assert {party.id for party in register.parties} == {"property", "support"}
    assert [path.name for path in parties.iterdir()] == ["parties.json"]
    # Containers read it as an unprivileged user.
    assert stat.S_IMODE(parties.stat().st_mode) == 0o755
    assert stat.S_IMODE((parties / "parties.json").stat().st_mode) == 0o644
    keys = list((tmp_path / ".partywall/keys").iterdir())
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert {key.stem for key in keys} == {"neighbourhood", "property", "support"}
    before = (parties / "parties.json").read_bytes()
    assert _environment(tmp_path) == made
    assert (parties / "parties.json").read_bytes() == before


def test_the_compose_file_asks_for_nothing_that_make_env_does_not_make(tmp_path: Path) -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert required <= _environment(tmp_path).keys()


@pytest.mark.row("W1", "W10")
@pytest.mark.parametrize(
    ("entity", "reached"),
    [("property", {"gateway-property", "units", "tenancy"}), ("support", {"gateway-support", "support"})],
)
def test_a_host_has_routes_to_its_own_entity_alone(entity: str, reached: set[str]) -> None:
    text = (DEPLOY / f"traefik/routes/{entity}.yaml").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("{{"))
    routes: dict[str, Any] = yaml.safe_load(text)["http"]
    addresses = [
        server["url"]
        for service in routes["services"].values()
        for server in service["loadBalancer"]["servers"]
    ]
    assert set(addresses) == {f"http://{name}:8000" for name in reached}
    for name, router in routes["routers"].items():
        assert router["rule"].startswith("Host(`{{ $host }}`) && "), name
        assert router["entryPoints"] == ["websecure"], name
        assert router["service"] in routes["services"], name


def _pods() -> list[tuple[str, dict[str, Any]]]:
    documents = [
        document
        for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
    ]
    return [
        (d["metadata"]["name"], d["spec"]["template"]["spec"])
        for d in documents
        if d["kind"] in ("Job", "Deployment")
    ]


@pytest.mark.parametrize(("name", "pod"), _pods(), ids=[name for name, _ in _pods()])
def test_a_pod_is_as_confined_as_a_container(name: str, pod: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    confinement = container["securityContext"]
    assert confinement["allowPrivilegeEscalation"] is False
    assert confinement["readOnlyRootFilesystem"] is True
    assert confinement["capabilities"] == {"drop": ["ALL"]}
    names = {variable["name"] for variable in container["env"]}
    assert all("valueFrom" in variable for variable in container["env"])
    assert ("SUPPORT_NATS_ADMIN_PASSWORD" in names) == (name == "support-border")
    assert {"name": "parties", "mountPath": "/etc/partywall", "readOnly": True} in container["volumeMounts"]
    assert {"name": "parties", "configMap": {"name": "parties"}} in pod["volumes"]


@pytest.mark.row("N1", "N5")
def test_pods_follow_the_register_of_parties_without_a_restart() -> None:
    kustomization = yaml.safe_load((DEPLOY / "kubernetes/kustomization.yaml").read_text())
    (parties,) = [each for each in kustomization["configMapGenerator"] if each["name"] == "parties"]
    assert parties["files"] == ["parties.json"]
    # A name with a hash of the content would replace every pod when somebody joins.
    assert parties["options"]["disableNameSuffixHash"] is True
    lines = (DEPLOY / "kubernetes/settings.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for prefix in ("SUPPORT", "GATEWAY"):
        assert settings[f"{prefix}_PARTIES_FILE"] == "/etc/partywall/parties.json"
        assert settings[f"{prefix}_PARTIES_KEYS"]
    assert settings["SUPPORT_NATS_USER"] == "support_support"
