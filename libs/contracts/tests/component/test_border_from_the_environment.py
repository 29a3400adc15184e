"""What an operator makes on the command line holds no secret, and needs exactly what it says it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contracts.__main__ import main

pytestmark = pytest.mark.row("W1")

BINARY = Path(sys.executable).with_name("nats-server")
DEPLOY = Path(__file__).parents[4] / "deploy"
MEMBERS = ["--member", "property=property/units,property/tenancy", "--member", "support=support/support"]
KINDS = {
    "one server": [],
    "one server for two of each": ["--parties", str(DEPLOY / "parties" / "two-of-each.json")],
    "property's own": ["--host", "property", *MEMBERS],
    "support's own": ["--host", "support", *MEMBERS],
}


def _accepted(config: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [BINARY, "-t", "-c", config]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_configuration_needs_exactly_the_variables_it_names(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "nats.conf"
    assert main(["nats-config", *KINDS[kind], "--store", str(tmp_path), "--output", str(config)]) == 0
    assert main(["nats-users", *KINDS[kind]]) == 0
    names = capsys.readouterr().out.split()
    environment = {
        name: "nats://user:s3cret@127.0.0.1:7422" if name.endswith("_URL") else "s3cretS3cret"
        for name in names
    }
    assert "s3cret" not in config.read_text()
    whole = _accepted(config, environment)
    assert whole.returncode == 0, whole.stderr
    for missing in names:
        fewer = {name: value for name, value in environment.items() if name != missing}
        assert _accepted(config, fewer).returncode != 0, f"{missing} isn't needed"


def test_a_host_must_be_one_of_the_members() -> None:
    with pytest.raises(SystemExit, match="--member must name nobody"):
        main(["nats-config", "--host", "nobody", *MEMBERS])
