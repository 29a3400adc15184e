"""Every province and state that an address may name has a name to choose it by (U2)."""

from __future__ import annotations

import pytest

from trade import addresses
from units_svc.inventory.provinces import NAMES


@pytest.mark.row("U2")
def test_each_province_and_state_has_a_name() -> None:
    assert {country: set(addresses.provinces(country)) for country in NAMES} == {
        country: set(names) for country, names in NAMES.items()
    }
