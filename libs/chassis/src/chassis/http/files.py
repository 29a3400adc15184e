"""How a file that is stored or made is answered: as what it is and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response


def file_answer(
    content: bytes,
    media_type: str,
    name: str,
    *,
    shown: bool = False,
    cached: str = "no-store",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a file that a browser saves, or shows if `shown`, can't take for a page, and runs nothing of.

    `name` is a word of ours, never the name that somebody's file had.
    """
    return Response(
        content,
        media_type=media_type,
        headers={
            "Cache-Control": cached,
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
