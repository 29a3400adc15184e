"""The same journeys on both back ends: local processes, and containers where a Docker engine answers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from testkit.containers import ContainerBack, engine_answers
from testkit.live import Back, Live


@pytest.fixture(scope="session", params=["local", pytest.param("containers", marks=pytest.mark.containers)])
def back(request: pytest.FixtureRequest) -> Iterator[Back]:
    """The running stack on one back end; in CI the containers are never skipped."""
    if request.param == "local":
        yield request.getfixturevalue("local_back")
        return
    if not engine_answers() and os.environ.get("CI") != "true":
        pytest.skip("no Docker engine with Compose v2 answers here")
    containers = ContainerBack()
    try:
        containers.up()
        yield containers
    finally:
        containers.down()


@pytest.fixture
def live(back: Back) -> Live:
    """A running stack."""
    return Live(back)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests of a whole stack enough time on a busy machine; the first one also builds it."""
    for item in items:
        if {"live", "local_back"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.timeout(900))
