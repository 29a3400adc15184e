"""Who looked at which client's record, for supervisors (X3)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import SUPERVISOR

SEE_VIEWS = Permission("see_views", SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(SEE_VIEWS,),
    navigation=(NavItem("Who looked", "views", SEE_VIEWS, position=80),),
)
