"""How a photo is answered: as what it is and nothing else."""

from __future__ import annotations

from fastapi import Response

from chassis.http.files import file_answer


def jpeg(content: bytes) -> Response:
    """Return a JPEG that a browser shows as a picture, and stores for itself alone."""
    return file_answer(
        content, "image/jpeg", "photo.jpg", shown=True, cached="private, max-age=86400, immutable"
    )
