"""Starting values of the lists, in both languages; administrators keep them from here on."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "2abc4cddd2c3"
down_revision = "1017119eab48"

_VALUES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "gender": (
        ("woman", "Woman", "Femme"),
        ("man", "Man", "Homme"),
        ("non_binary", "Non-binary person", "Personne non binaire"),
        ("two_spirit", "Two-Spirit person", "Personne bispirituelle"),
        ("other", "Another gender", "Autre genre"),
        ("not_answered", "Prefers not to answer", "Préfère ne pas répondre"),
    ),
    "indigenous_indicator": (
        ("first_nations", "First Nations", "Première Nation"),
        ("inuit", "Inuit", "Inuit"),
        ("metis", "Métis", "Métis"),
        ("indigenous_other", "Indigenous, another or several", "Autochtone, autre ou plusieurs"),
        ("not_indigenous", "Not Indigenous", "Non autochtone"),
        ("not_answered", "Prefers not to answer", "Préfère ne pas répondre"),
    ),
    "relationship": (
        ("partner", "Partner or spouse", "Partenaire ou conjoint"),
        ("child", "Child", "Enfant"),
        ("parent", "Parent", "Parent"),
        ("sibling", "Brother or sister", "Frère ou sœur"),
        ("grandparent", "Grandparent", "Grand-parent"),
        ("grandchild", "Grandchild", "Petit-enfant"),
        ("other_relative", "Another relative", "Autre parenté"),
        ("friend", "Friend", "Ami ou amie"),
        ("caregiver", "Caregiver", "Aidant ou aidante"),
    ),
    "housing_type": (
        ("apartment", "Apartment", "Appartement"),
        ("basement_apartment", "Basement apartment", "Appartement au sous-sol"),
        ("studio", "Studio", "Studio"),
        ("townhouse", "Townhouse", "Maison en rangée (étages)"),
        ("row_house", "Row house", "Maison en rangée"),
        ("duplex", "Duplex", "Duplex"),
        ("semi_detached", "Semi-detached house", "Maison jumelée"),
        ("single_detached", "Detached house", "Maison individuelle"),
        ("room", "Room", "Chambre"),
        ("rooming_house", "Rooming house", "Maison de chambres"),
        ("shared_home", "Shared home", "Logement partagé"),
        ("co_operative", "Housing co-operative", "Coopérative d’habitation"),
        ("seniors_housing", "Seniors’ housing", "Résidence pour aînés"),
        ("transitional", "Transitional housing", "Logement de transition"),
        ("supportive", "Supportive housing", "Logement avec soutien"),
        ("mobile_home", "Mobile home", "Maison mobile"),
        ("other", "Another kind of home", "Autre type de logement"),
    ),
    "program": (
        ("housing_first", "Housing First", "Logement d’abord"),
        ("rapid_rehousing", "Rapid rehousing", "Relogement rapide"),
        ("rent_supplement", "Rent supplement", "Supplément au loyer"),
        ("outreach", "Street outreach", "Intervention de rue"),
        ("coordinated_access", "Coordinated access", "Accès coordonné"),
    ),
    "referral_source": (
        ("self", "The client", "La personne elle-même"),
        ("shelter", "Shelter", "Refuge"),
        ("outreach", "Outreach team", "Équipe de rue"),
        ("hospital", "Hospital", "Hôpital"),
        ("corrections", "Corrections", "Services correctionnels"),
        ("child_welfare", "Child welfare", "Protection de la jeunesse"),
        ("community_agency", "Community agency", "Organisme communautaire"),
        ("family_or_friends", "Family or friends", "Famille ou amis"),
        ("other", "Another source", "Autre source"),
    ),
    "reason_not_secured": (
        ("rented_to_another", "Rented to somebody else", "Loué à quelqu’un d’autre"),
        ("not_affordable", "Rent not affordable", "Loyer trop élevé"),
        ("too_small", "Too small for the household", "Trop petit pour le ménage"),
        ("not_accessible", "Not accessible", "Non accessible"),
        ("location", "Location did not suit the client", "Emplacement ne convenant pas"),
        ("condition", "Condition of the home", "État du logement"),
        ("landlord_declined", "Landlord declined", "Refus du propriétaire"),
        ("client_declined", "Client chose not to take it", "La personne a choisi de ne pas le prendre"),
        ("client_not_reached", "Client could not be reached", "Personne non jointe"),
        ("other", "Another reason", "Autre raison"),
    ),
    "reason_left": (
        ("moved_by_choice", "Moved by own choice", "Déménagement par choix"),
        ("moved_to_family", "Moved in with family or friends", "Chez la famille ou des amis"),
        ("other_housing", "Moved to other housing", "Autre logement"),
        ("not_affordable", "Rent no longer affordable", "Loyer devenu trop élevé"),
        ("landlord_use", "Landlord’s own use, sale or renovation", "Reprise, vente ou rénovation"),
        ("tenancy_ended", "Tenancy ended by the landlord", "Bail résilié par le propriétaire"),
        ("safety", "Safety", "Sécurité"),
        ("health", "Health or hospital", "Santé ou hospitalisation"),
        ("institution", "Institution", "Établissement"),
        ("deceased", "Deceased", "Décès"),
        ("unknown", "Not known", "Inconnue"),
    ),
}


def upgrade() -> None:
    """Add the values. A housing type stands for the published word of the same name."""
    table = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(name, sa.Text()) for name in ("list", "code", "label_en", "label_fr", "published_as")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(
        table,
        [
            {
                "id": uuid5(NAMESPACE_URL, f"partywall/support/{name}/{code}"),
                "list": name,
                "code": code,
                "label_en": english,
                "label_fr": french,
                "published_as": code if name == "housing_type" else None,
                "sort_order": position * 10,
                "active": True,
                "version": 1,
            }
            for name, values in _VALUES.items()
            for position, (code, english, french) in enumerate(values, start=1)
        ],
    )
