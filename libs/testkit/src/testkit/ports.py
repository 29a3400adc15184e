"""Ports for servers that tests start: each is given out once, outside the range that connections use."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator

_LOWEST, _HIGHEST = 11_000, 32_000
"""Below what systems give to outgoing connections: one of those may take the port of a server that a test
has stopped for a moment, and then it can't start again. Above 10080, the last one that browsers refuse.
"""


def _candidates() -> Iterator[int]:
    # Each process starts somewhere else: test runs side by side look for ports at the same time.
    number = secrets.randbelow(_HIGHEST - _LOWEST)
    while True:
        yield _LOWEST + number
        number = (number + 1) % (_HIGHEST - _LOWEST)


_CANDIDATES = _candidates()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on and that this process hasn't given out lately."""
    return free_ports(1)


def free_ports(number: int) -> int:
    """Return the first of `number` neighbouring ports like `free_port`. Raises LookupError without any."""
    found = 0
    for _ in range(_HIGHEST - _LOWEST + number):
        port = next(_CANDIDATES)
        # The lowest follows the highest, and isn't its neighbour.
        found = (1 if port == _LOWEST else found + 1) if _free(port) else 0
        if found == number:
            return port - number + 1
    raise LookupError(f"There are no {number} free ports side by side from {_LOWEST} to {_HIGHEST}.")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
