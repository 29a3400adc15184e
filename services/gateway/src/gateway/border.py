"""The register of parties, from which a gateway knows what its organisation is called and does (N1)."""

from __future__ import annotations

from contracts.parties import RegisterFile, RegisterRefused
from gateway.settings import GatewaySettings


def register_of(settings: GatewaySettings) -> RegisterFile:
    """Return the register of parties, which follows its file.

    Raises RegisterRefused when it can't be relied on, or doesn't have the gateway's own organisation.
    """
    register = RegisterFile(settings.parties_file, settings.parties_keys)
    if register.party(settings.entity) is None:
        raise RegisterRefused(f"the register of parties has no {settings.entity}")
    return register
