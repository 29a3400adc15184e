"""A member of staff at the public API: signs in, renews the token, sends requests through Traefik."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from partywall.layout import Door


class ApiRefused(Exception):
    """The API refused; `status` and `code` are those of its problem document (RFC 9457)."""

    def __init__(self, method: str, path: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = dict(problem)
        words = problem.get("detail") or problem.get("title") or ""
        super().__init__(f"{method} {path}: {status} {self.code} {words} {problem.get('errors', '')}".strip())


class StaffApi:
    """One person's session with the API behind `door`. Use as `async with`.

    `traceparent` (W3C), when set, is the trace context of every request.
    """

    traceparent: str | None = None

    def __init__(self, door: Door, email: str, password: str) -> None:
        self._email, self._password = email, password
        self._token, self._until = "", 0.0
        self._client = door.client(headers={"Accept": "application/json"}, timeout=30.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, **params: Any) -> Any:
        """Return the content of `path`. Raises `ApiRefused`."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Post `body` once, under an idempotency key of its own or the given one. Raises `ApiRefused`."""
        return await self._call(
            "POST", path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())}
        )

    async def put(self, path: str, body: Any) -> Any:
        """Replace the content of `path`. Raises `ApiRefused`."""
        return await self._call("PUT", path, json=body)

    async def upload(self, path: str, file: Path, fields: Mapping[str, str]) -> Any:
        """Post a file with form fields. Raises `ApiRefused`."""
        content = await asyncio.to_thread(file.read_bytes)
        files = {"file": (file.name, content, "text/csv")}
        return await self._call("POST", path, data=dict(fields), files=files, timeout=300.0)

    async def token(self) -> str:
        """Return a token that is valid for at least another half minute, signing in when needed."""
        if time.monotonic() > self._until - 30:
            credentials = {"email": self._email, "password": self._password}
            answer = await self._client.post("/api/gateway/v1/sign-in", json=credentials)
            content = _content(answer)
            if answer.is_error:
                raise ApiRefused("POST", "/api/gateway/v1/sign-in", answer.status_code, content)
            self._token = str(content["access_token"])
            self._until = time.monotonic() + float(content["expires_in"])
        return self._token

    async def subject(self) -> str:
        """Return the signed-in person's own identifier, as the token names it."""
        payload = (await self.token()).split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {await self.token()}", **options.pop("headers", {})}
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        answer = await self._client.request(method, path, headers=headers, **options)
        content = _content(answer)
        if answer.is_error:
            raise ApiRefused(method, path, answer.status_code, content if isinstance(content, dict) else {})
        return content


def _content(answer: httpx.Response) -> Any:
    if not answer.content:
        return {}
    if "json" in answer.headers.get("Content-Type", ""):
        return answer.json()
    return {"detail": answer.text[:300]}
