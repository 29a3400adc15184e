"""Homes that support organisations found outside of the inventory and propose to it (P11)."""

from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from units_svc.inventory.feature import VIEW_UNITS

FEATURE = Feature(
    module=__name__,
    navigation=(NavItem("Proposed homes", "proposed_homes", VIEW_UNITS, position=35),),
    tasks={"decide_proposal": N_("Decide about the proposed home %(name)s")},
    offers={"due": "due:due"},
)
