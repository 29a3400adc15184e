"""My day: what is due, overdue and waiting for the person who asks (F2)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

VIEW_MY_DAY = Permission("view_my_day", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_MY_DAY,),
    navigation=(NavItem("My day", "my_day", VIEW_MY_DAY, position=10),),
    tasks={
        "renew_consent": N_("Ask %(name)s whether the consent is renewed"),
    },
    task_names={"renew_consent": N_("Consent to renew")},
    offers={"due": "renewals:due"},
)
