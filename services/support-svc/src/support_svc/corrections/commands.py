"""Recording a correction. The feature of the record decides what may be corrected and what follows."""

from uuid import UUID

from chassis.ids import new_id
from chassis.tx import Changes, Tx
from support_svc.corrections.model import Corrected, Correction


def correct(tx: Tx, kind: Corrected, record_id: UUID, reason: str, changes: Changes) -> bool:
    """Record what was corrected and why; return whether anything was different."""
    different = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not different:
        return False
    tx.session.add(
        Correction(
            id=new_id(),
            kind=kind,
            record_id=record_id,
            at=tx.now,
            by_name=tx.actor.name,
            reason=reason,
            changes={name: [_text(old), _text(new)] for name, (old, new) in different.items()},
        )
    )
    tx.touched(kind.value, record_id, "corrected", {**different, "reason": (None, reason)})
    return True


def _text(value: object) -> str | None:
    if isinstance(value, dict):
        return ", ".join(f"{one}: {each}" for one, each in value.items())
    return None if value is None else str(value)
