"""Who PostgreSQL runs as when root starts it."""

from __future__ import annotations

import pwd
import subprocess

import pytest

from partywall import system_user
from partywall.system_user import NoSystemUser, postgres_identity


@pytest.fixture
def as_root_without_the_user(monkeypatch):
    """Root, on a machine where somebody else holds the list of users; returns the entries to be found."""
    found = []

    def refuse(command, **_):
        raise subprocess.CalledProcessError(1, command, stderr="useradd: cannot lock /etc/passwd")

    def look(name):
        return found.pop(0)(name)

    monkeypatch.setattr(system_user.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_user.subprocess, "run", refuse)
    monkeypatch.setattr(system_user.pwd, "getpwnam", look)
    monkeypatch.setattr(system_user, "PATIENCE", 0.2)
    return found


def missing(name):
    raise KeyError(name)


def test_another_stack_may_be_creating_the_user(as_root_without_the_user):
    entry = pwd.getpwuid(0)
    as_root_without_the_user += [missing, missing, missing, lambda _: entry]
    assert postgres_identity().uid == entry.pw_uid


def test_without_the_user_it_says_what_to_do(as_root_without_the_user):
    as_root_without_the_user += [missing] * 100
    with pytest.raises(NoSystemUser, match=r"cannot lock.*Create it \(`useradd"):
        postgres_identity()
