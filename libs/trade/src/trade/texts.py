"""Texts that people read: marked here, translated in `fr.po` beside them, shown by the desks."""


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text for translation where it's written; it is translated later, where it's shown."""
    return msgid
