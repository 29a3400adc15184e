"""The lease templates that are shipped: Ontario and British Columbia, one for every tenant.

The wording is this project's own and short; each landlord's counsel checks it before use. It is part of a
released
migration, so a change of wording is a new version published at the desk, never an edit here.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "4fca8e608451"
down_revision = "959d91bb0fdf"

Clause = tuple[str, str, str, str]
"""Title and text in English, title and text in French."""

_EVERYWHERE_FIRST: tuple[Clause, ...] = (
    (
        "The home and the people",
        "The landlord lets the home named in this lease to the tenants named in it. The tenants may live there with "
        "the occupants named, and may have guests.",
        "Le logement et les personnes",
        "Le locateur loue le logement nommé dans ce bail aux locataires qui y sont nommés. Les locataires peuvent y "
        "vivre avec les occupants nommés et y recevoir des invités.",
    ),
    (
        "Rent",
        "The rent and the day it is due are those written in this lease. A receipt is given on request, at no charge.",
        "Loyer",
        "Le loyer et le jour où il est dû sont ceux inscrits dans ce bail. Un reçu est remis sur demande, sans frais.",
    ),
)

_EVERYWHERE_LAST: tuple[Clause, ...] = (
    (
        "Only this lease governs the tenancy",
        "Taking part in services, treatment, case management or any programme is never a condition of this tenancy. "
        "The landlord may not end the tenancy because the tenant refuses or stops services.",
        "Seul ce bail régit la location",
        "La participation à des services, à un traitement, à une gestion de cas ou à un programme n'est jamais une "
        "condition de la location. Le locateur ne peut mettre fin à la location parce que le locataire refuse ou cesse "
        "des services.",
    ),
    (
        "Privacy in the home",
        "The home is private. No camera, microphone or sensor that watches people is installed inside.",
        "Vie privée dans le logement",
        "Le logement est privé. Aucune caméra, aucun microphone ni capteur qui observe les personnes n'y est installé.",
    ),
)

_ONTARIO: tuple[Clause, ...] = (
    (
        "Rent increases",
        "The rent may be raised once in twelve months, with 90 days' written notice, and not beyond what the "
        "Residential Tenancies Act, 2006 allows.",
        "Augmentations de loyer",
        "Le loyer peut être augmenté une fois par période de douze mois, avec un avis écrit de 90 jours, dans les "
        "limites de la Loi de 2006 sur la location à usage d'habitation.",
    ),
    (
        "Deposit",
        "A rent deposit may not be more than one month's rent. It is used for the last month's rent and for nothing "
        "else, and interest is paid on it every year. There is no damage deposit.",
        "Dépôt",
        "Le dépôt de loyer ne dépasse pas un mois de loyer. Il sert au dernier mois de loyer et à rien d'autre, et des "
        "intérêts sont versés chaque année. Il n'y a pas de dépôt pour dommages.",
    ),
    (
        "Repairs",
        "The landlord keeps the home and the building in a good state of repair and fit to live in. The tenant keeps "
        "the home reasonably clean and repairs damage caused wilfully or by negligence.",
        "Réparations",
        "Le locateur garde le logement et l'immeuble en bon état et habitables. Le locataire garde le logement propre "
        "et répare les dommages causés volontairement par lui ou ses invités, ou par négligence.",
    ),
    (
        "Entry",
        "The landlord may enter with 24 hours' written notice that says why and when, between 8 a.m. and 8 p.m., for a "
        "reason the Act allows, and without notice only in an emergency or when the tenant agrees at that moment.",
        "Entrée",
        "Le locateur peut entrer après un avis écrit de 24 heures qui précise le motif et l'heure, entre 8 h et 20 h, "
        "dans les cas prévus par la Loi, et sans avis seulement en cas d'urgence ou avec l'accord du locataire.",
    ),
    (
        "Quiet enjoyment",
        "The tenant and the landlord do not disturb each other's or the neighbours' reasonable enjoyment.",
        "Jouissance paisible",
        "Le locataire et le locateur ne troublent pas la jouissance raisonnable l'un de l'autre ni celle des voisins.",
    ),
    (
        "Ending the tenancy",
        "A fixed term that ends goes on from month to month. The tenant may end the tenancy with 60 days' notice. The "
        "landlord may end it only for a reason and in the way that the Act sets out.",
        "Fin de la location",
        "Une durée fixe qui se termine se poursuit de mois en mois. Le locataire peut mettre fin à la location avec un "
        "avis de 60 jours. Le locateur ne peut y mettre fin que pour un motif et selon la manière prévus par la Loi.",
    ),
)

_BRITISH_COLUMBIA: tuple[Clause, ...] = (
    (
        "Rent increases",
        "The rent may be raised once in twelve months, with three months' notice on the approved form, and not beyond "
        "what the Residential Tenancy Act allows.",
        "Augmentations de loyer",
        "Le loyer peut être augmenté une fois par période de douze mois, avec un avis de trois mois sur le formulaire "
        "approuvé, dans les limites de la loi intitulée Residential Tenancy Act.",
    ),
    (
        "Deposit",
        "A security deposit may not be more than half a month's rent. It is returned within 15 days after the tenancy "
        "ends and a new address is given, unless the law allows part of it to be kept.",
        "Dépôt",
        "Le dépôt de garantie ne dépasse pas un demi-mois de loyer. Il est remis dans les 15 jours qui suivent la fin "
        "de la location et la remise d'une nouvelle adresse, sauf la part que la loi permet de garder.",
    ),
    (
        "Condition of the home",
        "The landlord and the tenant look at the home together at the beginning and at the end, and each keeps a copy "
        "of the report.",
        "État du logement",
        "Le locateur et le locataire visitent ensemble le logement au début et à la fin, et chacun garde une copie du "
        "rapport.",
    ),
    (
        "Repairs",
        "The landlord keeps the home in the state the law sets for health, safety and housing. The tenant keeps it "
        "reasonably clean and repairs damage caused by the tenant or guests.",
        "Réparations",
        "Le locateur garde le logement dans l'état que la loi fixe pour la santé, la sécurité et l'habitation. Le "
        "locataire le garde propre et répare les dommages causés par lui ou ses invités.",
    ),
    (
        "Entry",
        "The landlord may enter with at least 24 hours' and not more than 30 days' written notice that says why and "
        "when, between 8 a.m. and 9 p.m., or when the tenant agrees, or in an emergency.",
        "Entrée",
        "Le locateur peut entrer après un avis écrit d'au moins 24 heures et d'au plus 30 jours qui précise le motif et "
        "l'heure, entre 8 h et 21 h, ou avec l'accord du locataire, ou en cas d'urgence.",
    ),
    (
        "Ending the tenancy",
        "The tenant may end a month-to-month tenancy with one month's notice. The landlord may end a tenancy only for "
        "a reason and in the way that the Act sets out.",
        "Fin de la location",
        "Le locataire peut mettre fin à une location au mois avec un avis d'un mois. Le locateur ne peut y mettre fin "
        "que pour un motif et selon la manière prévus par la loi.",
    ),
)

SHIPPED: dict[str, tuple[str, str, tuple[Clause, ...]]] = {
    "ca_on": ("Ontario residential lease", "Bail d'habitation de l'Ontario", _ONTARIO),
    "ca_bc": (
        "British Columbia residential tenancy agreement",
        "Bail d'habitation de la Colombie-Britannique",
        _BRITISH_COLUMBIA,
    ),
}
"""Jurisdiction → name in English and French, and the clauses between those that are the same everywhere."""

_NAMESPACE = uuid.UUID("5e6f8a52-92d9-5b4e-8f0a-6d2b6c4f7a11")


def clauses_of(jurisdiction: str) -> tuple[Clause, ...]:
    """Return every clause shipped for a jurisdiction, in order."""
    return (*_EVERYWHERE_FIRST, *SHIPPED[jurisdiction][2], *_EVERYWHERE_LAST)


def upgrade() -> None:
    """Publish version 1 of each shipped template."""
    connection = op.get_bind()
    for jurisdiction, (name_en, name_fr, _) in SHIPPED.items():
        template = uuid.uuid5(_NAMESPACE, jurisdiction)
        edition = uuid.uuid5(_NAMESPACE, f"{jurisdiction}/1")
        connection.execute(
            sa.text(
                "INSERT INTO lease_templates (id, version, jurisdiction, name_en, name_fr)"
                " VALUES (:id, 1, :jurisdiction, :name_en, :name_fr)"
            ),
            {"id": template, "jurisdiction": jurisdiction, "name_en": name_en, "name_fr": name_fr},
        )
        connection.execute(
            sa.text(
                "INSERT INTO template_editions (id, version, template_id, number, state, begun_at, published_at,"
                " published_by) VALUES (:id, 1, :template, 1, 'published', now(), now(), '')"
            ),
            {"id": edition, "template": template},
        )
        for position, (title_en, text_en, title_fr, text_fr) in enumerate(clauses_of(jurisdiction), start=1):
            connection.execute(
                sa.text(
                    "INSERT INTO template_clauses (id, version, edition_id, position, title_en, title_fr, text_en,"
                    " text_fr, verdict, written_by) VALUES (:id, 1, :edition, :position, :title_en, :title_fr,"
                    " :text_en, :text_fr, 'passed', '')"
                ),
                {
                    "id": uuid.uuid5(_NAMESPACE, f"{jurisdiction}/1/{position}"),
                    "edition": edition,
                    "position": position,
                    "title_en": title_en,
                    "title_fr": title_fr,
                    "text_en": text_en,
                    "text_fr": text_fr,
                },
            )
