"""Who PostgreSQL runs as when root starts it."""

from __future__ import annotations

import pwd
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from partywall import system_user
from partywall.system_user import NoSystemUser, postgres_identity


@pytest.fixture
def users(monkeypatch):
    """Root, on a machine without the user; returns the list of users there are."""
    known = []

    def look(name):
        if not known:
            raise KeyError(name)
        return known[-1]

    monkeypatch.setattr(system_user.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_user.pwd, "getpwnam", look)
    return known


def test_stacks_that_start_at_the_same_moment_create_the_user_once(users, monkeypatch):
    began, together = [], Barrier(4)

    def create(command, **_):
        began.append(command)
        time.sleep(0.1)
        users.append(pwd.getpwuid(0))

    def start(_):
        together.wait()
        return postgres_identity()

    monkeypatch.setattr(system_user.subprocess, "run", create)
    with ThreadPoolExecutor(4) as stacks:
        found = set(stacks.map(start, range(4)))
    assert [identity.uid for identity in found] == [0]
    assert len(began) == 1


def test_without_the_user_it_says_what_to_do(users, monkeypatch):
    def refuse(command, **_):
        raise subprocess.CalledProcessError(1, command, stderr="useradd: cannot lock /etc/passwd")

    monkeypatch.setattr(system_user.subprocess, "run", refuse)
    with pytest.raises(NoSystemUser, match=r"cannot lock.*Create it \(`useradd"):
        postgres_identity()
