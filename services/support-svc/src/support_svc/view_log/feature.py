"""Who looked at which client's record, for supervisors (X3)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem, Setting
from support_svc.roles import SUPERVISOR

SEE_VIEWS = Permission("see_views", SUPERVISOR)
RETAIN_VIEWS = Setting(
    code="retain_views",
    label="Retention of the log of who looked",
    hint="For how long a view of a client’s record can be looked up. Your organisation decides.",
    default=84,
    low=1,
    high=600,
    unit="months",
)

FEATURE = Feature(
    module=__name__,
    permissions=(SEE_VIEWS,),
    navigation=(NavItem("Who looked", "views", SEE_VIEWS, position=80),),
    settings=(RETAIN_VIEWS,),
    offers={"expiring": "erasing:expiring"},
)
