"""The team's list: what is due, overdue and waiting for everybody who works with clients (F3)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

VIEW_TEAM_LIST = Permission("view_team_list", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_TEAM_LIST,),
    navigation=(NavItem(N_("Team’s list"), "team_list", VIEW_TEAM_LIST, position=12),),
)
