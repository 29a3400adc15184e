"""Query parameters for a page of a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

After = Annotated[str | None, Query(description="Where the page begins: `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page, at most")]
