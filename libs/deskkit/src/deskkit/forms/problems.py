"""What can be wrong with typed input before a command model sees it."""

from __future__ import annotations

from typing import Any


class Problem(ValueError):
    """Typed input that can't be read; `kind` names the rule, `context` fills its message."""

    def __init__(self, kind: str, **context: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.context = context
