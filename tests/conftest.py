"""The local stack that integration and browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from testkit.local import LocalBack


@pytest.fixture(scope="session")
def local_back() -> Iterator[LocalBack]:
    """The stack as local processes, once for the session."""
    back = LocalBack()
    try:
        back.up()
        yield back
    finally:
        back.down()
