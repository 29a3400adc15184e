"""The response that holds the PDF of a document: a file to download."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import Response

from chassis.http.files import file_answer
from tenancy_svc.documents.model import Document

PDF = "application/pdf"
PDF_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
"""The description of such a response in OpenAPI."""

_PDF_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")


async def pdf_bytes(document: Document) -> bytes:
    """Return the PDF of a document, made in a thread of its own, one at a time."""
    return await asyncio.get_running_loop().run_in_executor(_PDF_THREAD, _pdf, document)


def _pdf(document: Document) -> bytes:
    # The library that writes PDFs takes 30 MiB and half a second to load: only when one is asked for.
    from tenancy_svc.documents.pdf import pdf_of  # noqa: PLC0415

    return pdf_of(document)


async def pdf_file(document: Document) -> Response:
    """Return the PDF of a document as a file to download."""
    return file_answer(
        await pdf_bytes(document),
        PDF,
        f"{document.name}.pdf",
        headers={"Content-Language": f"{document.language.value}-CA"},
    )
