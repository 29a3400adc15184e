"""How a photo is answered: as what it is and nothing else."""

from __future__ import annotations

from fastapi import Response


def jpeg(content: bytes) -> Response:
    """Return a JPEG that a browser shows as a picture, keeps for itself, and can't take for a page."""
    return Response(
        content,
        media_type="image/jpeg",
        headers={
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Disposition": 'inline; filename="photo.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
