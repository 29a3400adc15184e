"""Settings come from the environment, and an error names what is missing."""

from __future__ import annotations

import pytest
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings, SettingsIncomplete


class DemoSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="DEMO_", extra="ignore", hide_input_in_errors=True)


COMPLETE = {
    "DATABASE_URL": "postgresql://u:p@h/d",
    "ISSUER": "http://issuer",
    "JWKS_URL": "http://issuer/jwks",
    "AUDIENCE": "demo",
    "ENTITY": "property",
    "PARTIES_FILE": "/parties.json",
    "PARTIES_KEYS": "one two",
    "PUBLIC_URL": "http://demo",
    "CSRF_SECRET": "0123456789abcdef0123456789abcdef",
    "NATS_URL": "nats://h",
    "NATS_USER": "demo",
    "NATS_PASSWORD": "hidden-password",
}


def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(f"DEMO_{name}", value)
    monkeypatch.delenv("DEMO_NATS_PASSWORD")
    monkeypatch.delenv("DEMO_ISSUER")

    with pytest.raises(SettingsIncomplete) as incomplete:
        DemoSettings.from_environment()

    assert sorted(incomplete.value.problems) == ["DEMO_ISSUER is missing", "DEMO_NATS_PASSWORD is missing"]


@pytest.mark.parametrize(
    ("name", "value"), [("CSRF_SECRET", "tiny-secret"), ("TIME_ZONE", "Mars/Olympus"), ("HTTP_PORT", "door")]
)
def test_a_value_that_cannot_be_used_is_named_but_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for each, usable in COMPLETE.items():
        monkeypatch.setenv(f"DEMO_{each}", usable)
    monkeypatch.setenv(f"DEMO_{name}", value)

    with pytest.raises(SettingsIncomplete) as incomplete:
        DemoSettings.from_environment()

    (problem,) = incomplete.value.problems
    assert problem.startswith(f"DEMO_{name}: ")
    assert "tiny-secret" not in problem


def test_no_secret_has_a_default_and_none_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(f"DEMO_{name}", value)
    settings = DemoSettings.from_environment()
    assert "hidden-password" not in repr(settings)
    for name, field in DemoSettings.model_fields.items():
        if "secret" in name or "password" in name or name == "database_url":
            assert field.is_required() or field.default is None, name
