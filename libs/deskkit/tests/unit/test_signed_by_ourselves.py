"""Form tokens and notices: only what we signed, for whom we signed it, for as long as it holds."""

from __future__ import annotations

import pytest
from itsdangerous import TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from deskkit.csrf import LIFETIME_SECONDS, CsrfTokens
from deskkit.notices import Notice, read_notice, write_notice

SECRET = "a-secret-for-tests-that-is-long-enough"
TOKENS = CsrfTokens(SECRET)


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    now = TimestampSigner(SECRET).get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + seconds)


def test_a_token_holds_for_its_session_and_for_nobody_else() -> None:
    token = TOKENS.issue("session", "person")
    assert TOKENS.holds(token, "session", "person", same_origin=False)
    assert not TOKENS.holds(token, "another", "other-person", same_origin=True)
    assert not CsrfTokens(SECRET + "x").holds(token, "session", "person", same_origin=True)


def test_a_token_of_an_earlier_session_holds_only_where_the_browser_vouches() -> None:
    token = TOKENS.issue("session", "person")
    assert TOKENS.holds(token, "renewed", "person", same_origin=True)
    assert not TOKENS.holds(token, "renewed", "person", same_origin=False)


@pytest.mark.parametrize("spoiled", ["", ".", "a.b.c", "\x00", "é" * 50, "." * 5000, "{token}x", "x{token}"])
def test_a_spoiled_token_never_holds(spoiled: str) -> None:
    token = spoiled.format(token=TOKENS.issue("session", "person"))
    assert not TOKENS.holds(token, "session", "person", same_origin=True)


def test_a_token_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    token = TOKENS.issue("session", "person")
    later(monkeypatch, LIFETIME_SECONDS - 5)
    assert TOKENS.holds(token, "session", "person", same_origin=True)
    later(monkeypatch, LIFETIME_SECONDS + 5)
    assert not TOKENS.holds(token, "session", "person", same_origin=True)


def carried(cookie: str, secret: str = SECRET) -> Notice | None:
    headers = [(b"cookie", f"partywall_notice={cookie}".encode())]
    return read_notice(Request({"type": "http", "headers": headers}), secret)


def test_a_notice_is_read_only_when_it_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Response()
    write_notice(answer, Notice("Le logement est réservé.", "success"), SECRET, secure=True)
    cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert carried(cookie) == Notice("Le logement est réservé.", "success")
    assert carried(cookie, SECRET + "x") is None
    assert carried(cookie[:-1]) is None
    assert carried("") is None
    assert carried("\x00.\xff") is None
    later(monkeypatch, 120)
    assert carried(cookie) is None
