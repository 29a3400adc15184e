"""How the PDF of a document is answered: as a file to keep, and nothing else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import Response

from tenancy_svc.documents.model import Document

PDF = "application/pdf"
HELD: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
"""What the description of an API says about such an answer."""


_PRESS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")


async def printed(document: Document) -> bytes:
    """Return the PDF of a document, made beside other requests, one at a time."""
    return await asyncio.get_running_loop().run_in_executor(_PRESS, _pressed, document)


def _pressed(document: Document) -> bytes:
    # What writes PDFs takes 30 MiB and half a second to load: only where one is asked for.
    from tenancy_svc.documents.pdf import pdf_of  # noqa: PLC0415

    return pdf_of(document)


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
