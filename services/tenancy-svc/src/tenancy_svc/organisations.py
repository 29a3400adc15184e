"""How an organisation is called: on a line of its own, and in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deskkit.i18n import N_
from tenancy_svc.settings import PROPERTY_ENTITY, SUPPORT_ORGANISATION

_IN_SENTENCES = {
    PROPERTY_ENTITY: (N_("the property entity"), N_("The property entity")),
    SUPPORT_ORGANISATION: (N_("the support organisation"), N_("The support organisation")),
}
"""Names that are no proper nouns, as they are written within a sentence and at its beginning."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A name as it stands alone, such as in a table, `within` a sentence, and as its beginning (`first`)."""

    alone: str
    within: str
    first: str


def organisation_named(name: str, translate: Callable[[str], str]) -> Organisation:
    """Return how an organisation of that name is called; a plain name is in the reader's language."""
    within, first = _IN_SENTENCES.get(name, (name, name))
    return Organisation(translate(name), translate(within), translate(first))
