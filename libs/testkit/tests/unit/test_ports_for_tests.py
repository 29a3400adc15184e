"""Ports for servers of tests: once each, side by side where asked for, out of the way of connections."""

import socket

import pytest

from testkit import ports


def test_every_port_is_given_out_once_and_below_those_of_connections() -> None:
    """Servers that start together never get one port, nor one that a connection may have."""
    given = [ports.free_port() for _ in range(50)]
    assert len(set(given)) == len(given)
    assert max(given) < 32_768


def test_neighbouring_ports_leave_out_what_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port in use begins the search again, and ports at the two ends of the range are no neighbours."""
    first = ports.free_ports(5)
    around = [first + each for each in (3, 4, 0, 1, 2, 3, 4, 0)]
    monkeypatch.setattr(ports, "_LOWEST", first)
    monkeypatch.setattr(ports, "_HIGHEST", first + 5)
    monkeypatch.setattr(ports, "_CANDIDATES", iter(around))
    assert ports.free_ports(3) == first
    monkeypatch.setattr(ports, "_CANDIDATES", iter(around))
    with socket.create_server(("127.0.0.1", first + 2)), pytest.raises(LookupError, match="no 3 free ports"):
        ports.free_ports(3)
