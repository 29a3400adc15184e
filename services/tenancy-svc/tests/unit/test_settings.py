"""The settings of this service are read by type: those of another service are refused."""

from types import SimpleNamespace

import pytest

from tenancy_svc.settings import TenancySettings, settings_of


@pytest.mark.row("W13")
def test_settings_of_another_service_are_refused() -> None:
    own = TenancySettings.model_construct(organisation="Example Homes")
    assert settings_of(SimpleNamespace(settings=own)).organisation == "Example Homes"
    with pytest.raises(TypeError):
        settings_of(SimpleNamespace(settings=SimpleNamespace(organisation="Example Homes")))
