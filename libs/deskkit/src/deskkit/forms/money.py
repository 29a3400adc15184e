"""Reading amounts of money as people type them: '1,250.50', '1 250,50 $', '$1250'."""

from __future__ import annotations

import re
from decimal import Decimal

from deskkit.forms.problems import Problem

_NOISE = re.compile(r"(?:CAD|CA)?\s*\$|CAD|[\s\u00a0\u202f']", re.IGNORECASE)
_NAMED = re.compile(r"(?<![A-Za-z])(?:([A-Za-z]{3})|(US)\s*(?=\$))(?![A-Za-z])", re.IGNORECASE)
_PLAIN = re.compile(r"-?\d{1,10}(\.\d{1,2})?")
_TOO_FINE = re.compile(r"-?\d+\.\d{3,}")


def parse_number(text: str) -> str:
    """A typed number with thousands separators of either language as plain digits with a point.

    A comma before exactly one or two last digits is a decimal comma, otherwise it separates thousands.
    """
    bare = _NOISE.sub("", text.strip())
    if "," in bare and "." in bare:
        last = max(bare.rfind(","), bare.rfind("."))
        bare = re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    elif re.search(r",\d{1,2}$", bare):
        bare = bare.replace(",", ".", 1) if bare.count(",") == 1 else bare.replace(",", "")
    else:
        bare = bare.replace(",", "")
    return bare


def currency_in(text: str) -> str | None:
    """The currency that an amount names, by three letters or as "US$"; None for one that names none."""
    found = _NAMED.search(text)
    if found is None:
        return None
    return "USD" if found[2] else found[1].upper()


def parse_money(text: str) -> Decimal:
    """An amount with at most two decimals, whatever its currency; raises Problem when it isn't one."""
    bare = parse_number(_NAMED.sub("", text))
    if _TOO_FINE.fullmatch(bare):
        raise Problem("money_cents")
    if not _PLAIN.fullmatch(bare):
        raise Problem("money_unreadable")
    return Decimal(bare).quantize(Decimal("0.01"))
