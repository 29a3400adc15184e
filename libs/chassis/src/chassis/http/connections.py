"""Connections with time-outs: uvicorn never closes one whose request arrives too slowly."""

from __future__ import annotations

import asyncio
from asyncio import Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""Longest time for a request's line and headers."""
PAUSE_SECONDS = 15.0
"""Longest time for the next piece of a body."""
BODY_SECONDS = 300.0
"""Longest time for a whole body."""
UNREAD_SECONDS = 60.0
"""Longest time that an answer waits for a client that doesn't read it."""


class BoundedConnection(HttpToolsProtocol):
    """One connection, closed when its client takes longer than these limits to send or to read."""

    _head: asyncio.TimerHandle | None = None
    _pause: asyncio.TimerHandle | None = None
    _body: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the time-out of the first request."""
        super().connection_made(transport)
        self._head = self._close_after(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel every time-out."""
        self._received()
        _cancel(self._unread)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Start the time-out of a request's head."""
        super().on_message_begin()
        if self._head is None:
            self._head = self._close_after(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Start the time-outs of the body."""
        _cancel(self._head)
        self._head = None
        self._pause, self._body = self._close_after(PAUSE_SECONDS), self._close_after(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Accept a piece of the body, and restart the time-out of the next."""
        _cancel(self._pause)
        self._pause = self._close_after(PAUSE_SECONDS)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Cancel the time-outs: the whole request has arrived."""
        self._received()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start the time-out of a client that doesn't read."""
        if self._unread is None:
            self._unread = self._close_after(UNREAD_SECONDS, at_once=True)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Cancel the time-out: the client has read."""
        _cancel(self._unread)
        self._unread = None
        super().resume_writing()

    def _received(self) -> None:
        for waiting in (self._head, self._pause, self._body):
            _cancel(waiting)
        self._head = self._pause = self._body = None

    def _close_after(self, seconds: float, *, at_once: bool = False) -> asyncio.TimerHandle:
        # An orderly close would wait until the client has read.
        close = self.transport.abort if at_once else self.transport.close
        return self.loop.call_later(seconds, close)


def _cancel(waiting: asyncio.TimerHandle | None) -> None:
    if waiting is not None:
        waiting.cancel()
