"""How the PDF of a document is answered: as a file to keep, and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from tenancy_svc.documents.model import Document
from tenancy_svc.documents.pdf import printed

PDF = "application/pdf"
HELD: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
"""What the description of an API says about such an answer."""


async def pdf_file(document: Document) -> Response:
    """Return the PDF of a document as a file with its name."""
    return Response(
        await printed(document),
        media_type=PDF,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{document.name}.pdf"',
            "Content-Language": f"{document.language.value}-CA",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
